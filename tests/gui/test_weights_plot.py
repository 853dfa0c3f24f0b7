"""The plot of weights: honest pictures of ordinary and of odd tensors."""

from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication, QTextCursor, QTextDocument
from PySide6.QtTest import QAbstractItemModelTester

from core.density import Density
from core.weights import Weights, summarize
from gui import theme
from gui.models.weights_model import WeightsModel
from gui.theme import Scheme
from gui.weights_plot import MOST_CURVES, WeightsPlot

DISPLAY = Qt.ItemDataRole.DisplayRole
JOINER = "\N{WORD JOINER}"
DASH = "\N{EN DASH}"


@pytest.fixture
def plot(qtbot):
    found = WeightsPlot()
    qtbot.addWidget(found)
    found.resize(700, 500)
    with qtbot.waitExposed(found):
        found.show()
    return found


def weights(name: str, values, dtype=np.float32) -> Weights:
    return summarize(name, np.dtype(dtype).name, np.asarray(values, dtype))


def normal(name: str, count: int = 1000, seed: int = 3) -> Weights:
    return weights(name, np.random.default_rng(seed).normal(size=count))


def curves(plot) -> list[pg.PlotCurveItem]:
    return [item for item in plot.plot.plotItem.items if isinstance(item, pg.PlotCurveItem)]


def legend(plot) -> list[str]:
    return [name for _, name in legend_items(plot)]


def legend_items(plot) -> list[tuple[str, str]]:
    """Return the colours and names in the legend, as they are painted."""
    document = QTextDocument()
    document.setHtml(plot.legend.text())
    cursor = QTextCursor(document)
    found = []
    for part in document.toPlainText().split("\N{BLACK SQUARE}")[1:]:
        cursor = document.find("\N{BLACK SQUARE}", cursor)
        found.append(
            (cursor.charFormat().foreground().color().name(), part.strip().replace(JOINER, ""))
        )
    return found


def labels_in_plot(plot) -> list[str]:
    items = plot.plot.plotItem.items
    return [item.textItem.toPlainText().strip() for item in items if isinstance(item, pg.TextItem)]


def rows(plot) -> list[dict[str, str]]:
    model = plot.table.model()
    columns = [at for at in range(model.columnCount()) if not plot.table.isColumnHidden(at)]
    titles = [model.headerData(at, Qt.Orientation.Horizontal) for at in columns]
    return [
        dict(zip(titles, (model.index(row, at).data(DISPLAY) for at in columns), strict=True))
        for row in range(model.rowCount())
    ]


def seen(plot) -> str:
    """Return all sentences that can be seen."""
    labels = (plot.message, plot.note)
    found = (label for label in labels if label.isVisible())
    return "\n".join(label.text() for label in found)


def test_at_first_it_says_what_to_do(plot):
    assert seen(plot) == "Select variables to see their values"
    assert not plot.plot.isVisible()


def test_a_histogram_is_a_step_curve_over_the_bins(plot):
    found = normal("dense/kernel")
    plot.set_weights((found,))
    assert plot.plot.isVisible()
    (curve,) = curves(plot)
    assert np.array_equal(curve.xData, found.edges)
    assert np.array_equal(curve.yData, found.counts)
    assert curve.opts["stepMode"] == "center"
    assert curve.opts["pen"].width() == 1
    assert legend(plot) == ["dense/kernel"]
    assert plot.plot.getAxis("bottom").labelText == "value"
    assert plot.plot.getAxis("left").labelText == "count"
    assert seen(plot) == ""


def test_the_whole_range_is_in_sight_from_zero_on(plot):
    one, other = normal("a"), weights("b", np.linspace(5, 9, 500))
    plot.set_weights((one, other))
    (left, right), (bottom, top) = plot.plot.viewRange()
    assert left < one.edges[0] < other.edges[-1] < right
    assert bottom == 0
    assert top > max(one.counts.max(), other.counts.max())


def test_several_have_the_colours_of_their_rows(plot):
    plot.set_weights([normal(f"v{at}", seed=at) for at in range(3)])
    role = Qt.ItemDataRole.DecorationRole
    in_table = [plot.table.model().index(row, 0).data(role).name() for row in range(3)]
    in_plot = {curve.opts["pen"].color().name() for curve in curves(plot)}
    in_legend = [colour for colour, _ in legend_items(plot)]
    assert set(in_table) == in_plot
    assert in_legend == in_table
    assert len(in_plot) == 3


def test_the_statistics_stand_in_the_table(plot):
    plot.set_weights((weights("v", [0, 1, 2, 3]),))
    expected = {"Name": "v", "Values": "4", "Mean": "1.5", "Std": "1.118", "Min": "0", "Max": "3"}
    assert rows(plot) == [{**expected, "Zeros": "25 %"}]


def test_no_more_than_a_few_curves_and_it_says_so(plot):
    plot.set_weights([normal(f"v{at}", seed=at) for at in range(40)])
    assert len(curves(plot)) == MOST_CURVES == len(legend(plot))
    assert len(rows(plot)) == 40
    assert "8 of 40 shown" in seen(plot)


def test_a_constant_is_a_spike_that_names_its_value(plot):
    plot.set_weights((weights("bias", np.full(128, 0.25)),))
    (curve,) = curves(plot)
    assert list(curve.xData) == [0.25, 0.25]
    assert list(curve.yData) == [0, 128]
    assert labels_in_plot(plot) == ["constant 0.25"]
    (left, right), _ = plot.plot.viewRange()
    assert left < 0.25 < right


def test_constants_at_one_place_share_their_name(plot):
    plot.set_weights([weights(f"b{at}", np.zeros(4 + at)) for at in range(3)])
    assert labels_in_plot(plot) == ["constant 0 (3 variables)"]
    heights = [int(curve.yData[1]) for curve in curves(plot)]
    assert heights == [6, 5, 4]


def test_one_value_is_seen(plot):
    plot.set_weights((weights("step", 7.0),))
    assert list(curves(plot)[0].xData) == [7, 7]
    assert rows(plot)[0]["Values"] == "1"


def test_no_values_are_told(plot):
    plot.set_weights((weights("none", np.zeros((0, 5))),))
    assert curves(plot) == []
    assert "none has no values." in seen(plot)
    expected = {"Values": "0", **dict.fromkeys(("Mean", "Std", "Min", "Max", "Zeros"), DASH)}
    assert rows(plot) == [{"Name": "none", **expected}]


def test_nan_and_infinite_values_are_counted_and_left_out(plot):
    values = [*np.linspace(-1, 1, 50), np.nan, np.nan, np.inf]
    plot.set_weights((weights("odd", values), normal("fine")))
    assert "odd: only the finite values are drawn." in seen(plot)
    assert (rows(plot)[0]["NaN"], rows(plot)[0]["Infinite"]) == ("2", "1")
    assert len(curves(plot)) == 2
    plot.set_weights((normal("fine"),))
    assert "NaN" not in rows(plot)[0]


def test_nothing_finite_is_told(plot):
    plot.set_weights((weights("lost", [np.nan, np.inf]),))
    assert curves(plot) == []
    assert "lost has no finite value." in seen(plot)


def test_an_outlier_that_crowds_the_rest_is_told(plot):
    values = np.random.default_rng(1).normal(size=2000)
    values[0] = 1e6
    plot.set_weights((weights("crowded", values),))
    assert "crowded: 99.95 % of the values are in one bar" in seen(plot)
    assert plot.plot.viewRange()[0][1] > 1e6


@pytest.mark.parametrize(
    "values",
    [
        [1e307, -1e307, 0],
        [1e-320, 2e-320, 0],
        [3e38] * 5,
        [1, 1 + 1e-15, 1 + 2e-15],
        [1e300, 1.1e300, 1.2e300],
        [-1e-300, 1e-300],
    ],
)
def test_numbers_at_the_ends_of_the_range(qtbot, plot, values):
    plot.set_weights((weights("far", values, np.float64),))
    # A warning of numpy or Qt in the painting fails the test.
    assert not plot.grab().isNull()
    assert rows(plot)[0]["Values"] == str(len(values))


@pytest.mark.parametrize("dtype", [np.bool_, np.int64, np.float16, np.complex64])
def test_other_types(plot, dtype):
    plot.set_weights((weights("v", [0, 1, 1, 1], dtype),))
    assert rows(plot)[0]["Zeros"] == "25 %"
    assert len(curves(plot)) == 1


def test_names_stand_in_the_legend_as_they_are(plot):
    plot.set_weights((normal("a<b>&/c"), normal("x" * 200)))
    assert legend(plot)[0] == "a<b>&/c"
    assert len(legend(plot)[1]) < 80


def test_the_plot_keeps_its_height_where_names_and_formula_would_take_it(plot, qtbot):
    names = [f"encoder/block_{at}/attention/kernel" for at in range(8)]
    drawn = Density("a long formula, " * 20, ())
    plot.set_weights([replace(normal(name), density=drawn) for name in names])
    assert legend(plot) == names
    plot.resize(420, 320)
    qtbot.waitUntil(lambda: legend(plot) != names)
    formula = plot.histogram.formula
    assert plot.plot.height() >= 120
    assert legend(plot)[0].startswith(f"{names[0]}")
    assert legend(plot)[-1].endswith(f"{len(names) - len(legend(plot))} more")
    assert "\N{HORIZONTAL ELLIPSIS}" in formula.text()
    assert drawn.formula in formula.toolTip()
    plot.resize(700, 700)
    qtbot.waitUntil(lambda: legend(plot) == names)
    assert drawn.formula in formula.text()


def test_the_names_of_spikes_stand_beside_each_other(plot):
    plot.resize(300, 500)
    plot.set_weights([weights(name, [name < "c"] * 9) for name in "abcd"])
    items = plot.plot.plotItem.items
    one, other = (item for item in items if isinstance(item, pg.TextItem))
    assert not plot.grab().isNull()
    assert not one.sceneBoundingRect().intersects(other.sceneBoundingRect())


def test_a_message_stands_in_place_of_the_plot(plot):
    plot.set_weights((normal("v"),))
    plot.set_message("The initial values were not drawn.")
    assert seen(plot) == "The initial values were not drawn."
    assert not plot.plot.isVisible()
    plot.set_weights((normal("v"),))
    assert plot.plot.isVisible()
    plot.set_weights(())
    assert seen(plot) == "Select variables to see their values"


def test_the_theme_changes_background_and_curves(plot):
    plot.set_weights((normal("v"),))
    pens = set()
    for scheme in (Scheme.DARK, Scheme.LIGHT):
        theme.current().use(scheme)
        pens.add(curves(plot)[0].opts["pen"].color().name())
        assert plot.plot.backgroundBrush().color() == theme.colours().base
        corner = plot.plot.grab().toImage().pixelColor(3, 3)
        assert corner == theme.colours().base
        assert theme.contrast(QColor(max(pens)), theme.colours().base) > 2
    assert len(pens) == 2
    theme.current().use(Scheme.SYSTEM)


def test_a_theme_change_leaves_a_message_alone(plot):
    plot.set_weights((normal("v"),))
    plot.set_message("Wait.")
    theme.current().use(Scheme.DARK)
    theme.current().use(Scheme.SYSTEM)
    assert seen(plot) == "Wait."


def test_copying_gives_the_statistics(qtbot, plot):
    plot.set_weights((weights("v", [0, 1, 2, 3]), weights("w", [1])))
    qtbot.keyClick(plot.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().splitlines() == [
        "v\t4\t1.5\t1.118\t0\t3\t25 %\t0\t0",
        "w\t1\t1\t0\t1\t1\t0 %\t0\t0",
    ]


def test_the_model_stands_the_tester_through_changes(qapp):
    model = WeightsModel()
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    tester = QAbstractItemModelTester(model, mode, model)
    for count in (3, 0, 1, 5):
        model.show([normal(f"v{at}") for at in range(count)], {0: QColor("red")})
        assert model.rowCount() == count
    assert tester.model().data(QModelIndex()) is None


def test_a_spike_does_not_push_the_histogram_beside_it_down(plot):
    found = normal("dense/bias")
    plot.set_weights((found, weights("zeros", np.zeros(1000))))
    _, (_, top) = plot.plot.viewRange()
    assert found.counts.max() < top < 2 * found.counts.max()
    (label,) = (item for item in plot.plot.plotItem.items if isinstance(item, pg.TextItem))
    assert label.textItem.toPlainText().strip() == "constant 0"
    assert label.pos().y() < top
