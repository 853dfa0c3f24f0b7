"""The views of weights: densities, statistics, heat maps, filters, tables, and their files."""

import csv
import io

import ml_dtypes
import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QModelIndex, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QAbstractItemModelTester
from scipy import stats

from core.cutout import Cut, Cutout, matrix_shape, plain
from core.density import Density, Piece, Spike
from core.forward_variance import Sum
from core.saved_values import SavedValues
from core.sources import Selected, StackValues
from core.tasks import CutOut, SaveValues, SummarizeBoth
from core.weights import Weights, summarize, unnumbered
from gui import theme
from gui.models.statistics_model import StatisticsModel
from gui.models.values_model import ValuesModel
from gui.weights_bar import View
from gui.weights_plot import WeightsPlot

UNIFORM = Density("uniform within ±1", (Piece(1.0, stats.uniform(-1, 2)),))
ZEROS = Density("all zeros", spikes=(Spike(0.0, 1.0),))
HALF = Density("two values", spikes=(Spike(0.0, 0.5), Spike(1.0, 0.5)))
UNKNOWN = Density("mine is a function of its own, whose density is not known")


@pytest.fixture
def plot(qtbot):
    found = WeightsPlot()
    qtbot.addWidget(found)
    found.resize(700, 500)
    with qtbot.waitExposed(found):
        found.show()
    return found


def draw(shape, seed=3) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def weights(name, values, density=UNIFORM, **more) -> Weights:
    values = np.asarray(values)
    return summarize(name, values.dtype.name, values, density=density, **more)


def curves(item) -> list[pg.PlotCurveItem]:
    return [found for found in item.items if isinstance(found, pg.PlotCurveItem)]


def dots(item) -> list[pg.ScatterPlotItem]:
    return [found for found in item.items if isinstance(found, pg.ScatterPlotItem)]


class Values:
    """Gives a plot the values that it asks for, as the builder would."""

    def __init__(self, plot, **tensors):
        self.asked: list[tuple[str, Cut]] = []
        self.tensors = {name: np.asarray(values) for name, values in tensors.items()}
        self.plot = plot
        plot.cut_asked.connect(self.answer)
        plot.set_weights([weights(name, values) for name, values in self.tensors.items()])

    def answer(self, name, cut):
        self.asked.append((name, cut))
        self.plot.show_cutout(self.cutout(name, cut))

    def cutout(self, name, cut):
        values = self.tensors[name]
        whole = values.reshape(matrix_shape(values.shape)) if cut.as_matrix else values
        part = whole[tuple(slice(*axis) for axis in cut.axes)]
        return Cutout(name, values.shape, cut, plain(part))


def said(plot) -> str:
    return plot._trouble.text() if plot._trouble.isVisible() else ""


# Densities


def test_the_density_lies_over_the_histogram_with_its_support(plot):
    found = weights("k", draw(5000))
    plot.set_weights((found,))
    bars, line = curves(plot.plot.plotItem)
    assert bars.opts["stepMode"] == "center"
    assert line.xData[0] == -1
    assert line.xData[-1] == 1
    assert line.yData[0] == line.yData[-1] == 0
    width = found.edges[1] - found.edges[0]
    assert line.yData[5] == pytest.approx(5000 * width / 2)
    assert line.opts["pen"].color() == theme.colours().density
    assert plot.histogram.formula.text() == "drawn from: uniform within ±1"
    assert plot.histogram.formula.isVisible()


def test_what_has_no_density_says_so(plot):
    plot.set_weights((weights("k", draw(50), UNKNOWN),))
    assert len(curves(plot.plot.plotItem)) == 1
    words = "no exact density: mine is a function of its own, whose density is not known"
    assert plot.histogram.formula.text() == words


def test_spikes_stand_where_they_are_expected(plot):
    plot.set_weights((weights("eye", np.array([0.0, 1, 0, 1])[:, None], HALF),))
    hollow = [found for found in dots(plot.plot.plotItem) if found.opts["symbol"] == "d"]
    assert [tuple(found.getData()[at][0] for at in (0, 1)) for found in hollow] == [(0, 2), (1, 2)]


def test_a_constant_is_a_spike_on_its_density(plot):
    plot.set_weights((weights("b", np.zeros(7, np.float32), ZEROS),))
    assert [found.getData()[1][0] for found in dots(plot.plot.plotItem)] == [7, 7]
    assert not plot.grab().isNull()


def test_a_density_without_limit_does_not_push_the_histogram_down(plot):
    arcsine = Density("arcsine", (Piece(1.0, stats.beta(0.5, 0.5, loc=-1, scale=2)),))
    values = np.cos(np.random.default_rng(1).uniform(0, np.pi, 3000))
    found = weights("k", values, arcsine)
    plot.set_weights((found,))
    assert plot.plot.viewRange()[1][1] < 3 * found.counts.max()


def test_several_have_densities_in_their_own_colours(plot):
    plot.set_weights((weights("a", draw(500)), weights("b", draw(700))))
    colours = [curve.opts["pen"].color().name() for curve in curves(plot.plot.plotItem)]
    assert len(colours) == 4
    assert len(set(colours)) == 2
    assert plot.histogram.formula.text().startswith("a: drawn from")


# Axes, bins, cursor


def test_a_logarithmic_axis_keeps_every_count(plot):
    found = weights("k", draw(5000))
    plot.set_weights((found,))
    plot.bar.log.click()
    bars = curves(plot.plot.plotItem)[0]
    assert np.allclose(10.0**bars.yData, np.maximum(found.counts, 0.5))
    assert plot.plot.getAxis("left").logMode
    assert not plot.grab().isNull()
    plot.bar.log.click()
    assert np.array_equal(curves(plot.plot.plotItem)[0].yData, found.counts)


def test_stacked_histograms_share_the_axis_of_values(plot, qtbot):
    found = [weights(name, draw(100 * at)) for at, name in enumerate("abc", start=1)]
    found.append(weights("wide", np.array([-4.0, 5.0])))
    plot.set_weights(found)
    plot.bar.stacked.click()
    lanes = plot.histogram._lane_pool
    assert plot.histogram.lanes.isVisible()
    assert len({tuple(lane.viewRange()[0]) for lane in lanes}) == 1
    for lane, each in zip(lanes, found, strict=True):
        assert np.array_equal(curves(lane)[0].yData, each.counts)
        assert lane.viewRange()[1][1] >= each.counts.max()
    assert not plot.grab().isNull()
    plot.set_weights(found[:2])
    assert len(plot.histogram.lanes.ci.items) == 2
    plot.bar.stacked.click()
    assert plot.plot.isVisible()


def test_another_number_of_bins_is_asked_for_and_never_made_here(plot, qtbot):
    found = weights("k", draw(5000))
    plot.set_weights((found,))
    with qtbot.waitSignal(plot.bins_asked) as asked:
        plot.bar.bins.setValue(10_000)
    assert asked.args == [10_000]
    assert np.array_equal(curves(plot.plot.plotItem)[0].yData, found.counts)
    fine = weights("k", draw(5000), bins=10_000)
    plot.set_weights((fine,))
    assert curves(plot.plot.plotItem)[0].yData.size == 10_000
    assert plot.histogram.readout.text().startswith("10,000 bins of width 0.0002")
    with qtbot.waitSignal(plot.bins_asked) as asked:
        plot.bar.bins.setValue(0)
    assert asked.args == [None]
    assert plot.bar.bins.maximum() == 10_000


def test_the_cursor_reads_a_bin_by_keys_and_by_the_mouse(plot, qtbot):
    found = weights("k", draw(5000))
    plot.set_weights((found,))
    plot.plot.setFocus()
    qtbot.keyClick(plot.plot, Qt.Key.Key_Right)
    highest = int(found.counts.argmax())
    words = plot.histogram.readout.text()
    assert f": {found.counts[highest]:,} values in its bin" in words
    assert "density 0.5" in words
    assert "expected" in words
    qtbot.keyClick(plot.plot, Qt.Key.Key_Left)
    assert plot.histogram.readout.text() != words
    place = plot.plot.plotItem.vb.mapViewToScene(QPointF(found.edges[3] + 1e-4, 5))
    plot.plot.scene().sigMouseMoved.emit(place)
    assert f": {found.counts[3]:,} values" in plot.histogram.readout.text()
    plot.plot.setXRange(0, 0.1)
    qtbot.keyClick(plot.plot, Qt.Key.Key_Home)
    assert plot.plot.viewRange()[0][0] < found.edges[0]
    plot.plot.scene().sigMouseMoved.emit(QPointF(-50, -50))
    assert plot.histogram.readout.text().endswith(f"width {found.edges[1] - found.edges[0]:.4g}")


def test_the_cursor_reads_the_current_variable(plot):
    one, other = weights("a", draw(500)), weights("b", draw(700))
    plot.set_weights((one, other))
    plot.table.selectRow(1)
    assert plot.current is other
    assert plot.bar.names.currentText() == "b"
    plot.histogram.move_cursor(0)
    assert f"{other.counts.max():,} values" in plot.histogram.readout.text()
    plot.set_weights((other, one))
    assert plot.current is other


# Statistics


def test_statistics_stand_beside_the_expected_ones(plot):
    found = weights("k", draw(3000), summed=Sum(12, "12 inputs"))
    plot.set_weights((found,))
    plot.bar.set_view(View.STATISTICS)
    assert plot.statistics.isVisible()
    lines = plot.statistics.model.lines().splitlines()
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in lines}
    assert rows["values"] == ["3,000", ""]
    assert rows["mean"][1] == "0"
    assert rows["deviation"] == [f"{found.statistics.std:.4g}", "0.5774"]
    assert rows["least"][1] == "-1"
    assert rows["greatest"][1] == "1"
    assert rows["25 % quantile"][1] == "-0.5"
    assert rows["1 % quantile"][0] == f"{np.quantile(draw(3000), 0.01):.4g}"
    assert rows["Kolmogorov-Smirnov distance"][1] == "on 3,000 values"
    assert 0 < float(rows["p-value"][0]) <= 1
    assert rows["variance passed forward"][1] == "4"
    assert "n = 12 (12 inputs)" in plot.statistics.passed.text()
    plot.statistics.table.setFocus()
    plot.statistics._copy()
    assert QGuiApplication.clipboard().text().startswith("\tDrawn\tExpected\nvalues\t3,000")


def test_statistics_of_constants_and_unknown_densities_are_honest(plot):
    model = plot.statistics.model
    plot.bar.set_view(View.STATISTICS)
    plot.set_weights((weights("b", np.zeros(7, np.float32), ZEROS),))
    assert "for continuous densities, not for constants" in plot.statistics.model.lines()
    tips = [model.index(at, 1).data(Qt.ItemDataRole.ToolTipRole) for at in range(model.rowCount())]
    assert any(tip.startswith("Not told: the test is for continuous") for tip in tips)
    plot.set_weights((weights("b", np.zeros(7, np.float32), UNKNOWN),))
    assert "there is no density to compare with" in plot.statistics.model.lines()
    assert plot.statistics.formula.text().startswith("No exact density: mine")
    plot.set_weights((weights("b", [np.nan, np.inf, 1, 2], UNIFORM),))
    lines = plot.statistics.model.lines()
    assert "not a number\t1" in lines
    assert "some values are not finite" in lines
    plot.set_weights((weights("none", np.zeros((0, 3), np.float32)),))
    assert "there are no finite values" in plot.statistics.model.lines()


# Values


def test_a_heat_map_shows_the_matrix(plot):
    values = Values(plot, k=draw((30, 40)))
    plot.bar.set_view(View.HEAT_MAP)
    assert values.asked[-1] == ("k", Cut(((0, 30, 1), (0, 40, 1)), as_matrix=True))
    assert plot.heat_map.isVisible()
    assert np.array_equal(plot.heat_map.picture.matrix, values.tensors["k"])
    assert "30 × 40 values of shape [30, 40]." in plot.heat_map.note.text()  # noqa: RUF001
    plot.heat_map.picture.pointed.emit(2, 3)
    assert plot.heat_map.readout.text() == f"row 2, column 3: {values.tensors['k'][2, 3]!s}"
    image = plot.heat_map.picture.image
    place = image.mapToScene(QPointF(39.5, 0.5))
    plot.heat_map.picture.plot.scene().sigMouseMoved.emit(place)
    assert plot.heat_map.readout.text().startswith("row 0, column 39: ")


def test_a_large_matrix_is_shown_in_part_and_says_so(plot):
    values = Values(plot, k=draw((1100, 600)))
    plot.bar.set_view(View.HEAT_MAP)
    assert values.asked[-1][1].axes == ((0, 1100, 3), (0, 600, 2))
    assert "Shown is one row in 3 and one column in 2." in plot.heat_map.note.text()
    plot.heat_map.picture.pointed.emit(10, 20)
    assert plot.heat_map.readout.text().startswith("row 30, column 40: ")


ODD = {
    "one": np.float32([[7]]),
    "scalar": np.float32(7),
    "constant": np.full((3, 4), 0.25, np.float32),
    "nan": np.float32([[1, np.nan], [np.inf, -2]]),
    "lost": np.full(3, np.nan, np.float32),
    "outlier": np.append(draw(300), np.float32(1e30)),
    "bool": np.array([[True, False]]),
    "int": np.arange(12).reshape(3, 4),
    "complex": np.array([[3 + 4j, 0]], np.complex64),
    "half": np.array([[1, 2.5]], np.float16),
    "brain": np.array([[1, 2.5]], ml_dtypes.bfloat16),
    "huge": np.array([[1e300, -1e308]]),
    "tiny": np.array([[1e-310, 0]]),
    "cube": draw((3, 3, 2, 70)),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_tensors_have_an_honest_picture_in_every_view(plot, name):
    # A warning of numpy or Qt in the painting fails the test.
    values = Values(plot, **{name: ODD[name]})
    for view in View:
        plot.bar.set_view(view)
        assert not plot.grab().isNull()
        if view == View.FILTERS and name != "cube":
            assert "The kernel of a convolution has filters: 3 to 5 dimensions." in said(plot)
        else:
            assert said(plot) == ""
    assert values.asked[-1][0] == name
    notes = plot.heat_map.note.text()
    assert ("left blank" in notes) == (name in {"nan", "lost"})
    assert ("Infinite" in notes) == (name == "nan")
    assert ("magnitude" in notes) == (name == "complex")
    assert ("All finite ones are" in notes) == (name in {"one", "scalar", "constant"})


def test_no_values_are_told_in_every_view(plot):
    values = Values(plot, none=np.zeros((0, 5), np.float32))
    for view in (View.HEAT_MAP, View.FILTERS, View.VALUES):
        plot.bar.set_view(view)
        assert said(plot) == "none has no values."
    assert not values.asked


def test_filters_are_small_pictures_of_one_channel(plot):
    values = Values(plot, k=draw((3, 5, 4, 100)))
    plot.bar.set_view(View.FILTERS)
    window = ((0, 3, 1), (0, 5, 1))
    assert values.asked[-1][1] == Cut((*window, (0, 1, 1), (0, 64, 1)))
    plot.filters.channel.setValue(2)
    plot.filters.page.setValue(1)
    assert values.asked[-1][1] == Cut((*window, (2, 3, 1), (64, 100, 1)))
    kernel = values.tensors["k"]
    picture = plot.filters.picture.matrix
    assert np.allclose(picture[:3, :5], kernel[:, :, 2, 64])
    assert np.allclose(picture[:3, 6:11], kernel[:, :, 2, 65])
    assert np.isnan(picture[:3, 5]).all()
    plot.filters.picture.pointed.emit(1, 7)
    assert plot.filters.readout.text().startswith("filter 65, row 1, column 1: ")
    plot.filters.picture.pointed.emit(1, 5)
    assert plot.filters.readout.text() == "filters 64 to 99 over channel 2"


@pytest.mark.parametrize("shape", [(5, 2, 3), (2, 3, 4, 2, 3)])
def test_filters_of_one_and_three_dimensions(plot, shape):
    values = Values(plot, k=draw(shape))
    plot.bar.set_view(View.FILTERS)
    picture = plot.filters.picture.matrix
    first = values.tensors["k"][..., 0, 0]
    finite = picture[np.isfinite(picture)]
    assert finite.size == np.prod(shape[:-2]) * shape[-1]
    assert picture[0, 0] == pytest.approx(float(first.ravel()[0]))


def test_a_table_shows_pages_of_millions_of_values(plot):
    view = plot.values
    shape = (7000, 7200)
    large = summarize("k", "float32", np.zeros((1, 1), np.float32))
    large = Weights("k", shape, "float32", large.statistics, large.counts, large.edges)
    assert view.cut(large).axes == ((0, 1000, 1), (0, 100, 1))
    assert view.page.maximum() == 7 * 72
    view.page.setValue(7 * 72)
    assert view.cut(large).axes == ((6000, 7000, 1), (7100, 7200, 1))


def test_the_table_has_the_values_under_their_indices(plot, qtbot):
    values = Values(plot, k=draw((2, 3, 150)))
    plot.bar.set_view(View.VALUES)
    plot.values.page.setValue(2)
    model = plot.values.model
    assert (model.rowCount(), model.columnCount()) == (6, 50)
    assert model.headerData(4, Qt.Orientation.Vertical) == "[1, 1]"
    assert model.headerData(7, Qt.Orientation.Horizontal) == "107"
    assert model.index(4, 7).data() == f"{values.tensors['k'][1, 1, 107]:.6g}"
    plot.values.table.setFocus()
    plot.values.table.setCurrentIndex(model.index(4, 7))
    qtbot.keyClick(plot.values.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == str(values.tensors["k"][1, 1, 107])
    plot.values.table.clearSelection()
    plot.values.copy_values()
    assert len(QGuiApplication.clipboard().text().splitlines()) == 6
    assert plot.values.where.text() == "rows 0 to 5 of 6, columns 100 to 149 of 150"


def test_the_models_stand_the_tester(qapp):
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    table, lines = ValuesModel(), StatisticsModel()
    testers = [QAbstractItemModelTester(model, mode, model) for model in (table, lines)]
    for rows in (3, 1, 5):
        cut = Cut(((0, rows, 1), (0, 2, 1)), as_matrix=True)
        table.show(Cutout("k", (rows, 2), cut, draw((rows, 2))))
        lines.show(weights("k", draw(rows)))
    table.show(None)
    lines.show(None)
    assert all(tester.model().data(QModelIndex()) is None for tester in testers)


def test_values_that_come_too_late_are_not_shown(plot):
    values = Values(plot, a=draw((3, 4)), b=draw((5, 6)))
    plot.bar.set_view(View.HEAT_MAP)
    late = values.cutout(*values.asked[-1])
    plot.bar.set_current(1)
    plot.show_cutout(late)
    assert plot.heat_map.picture.matrix.shape == (5, 6)
    plot.bar.set_view(View.HISTOGRAM)
    plot.show_cutout(late)
    assert plot.plot.isVisible()


def test_the_colours_of_pictures_follow_the_theme(plot):
    values = Values(plot, k=draw((3, 4)))
    plot.bar.set_view(View.HEAT_MAP)
    for scheme in (theme.Scheme.DARK, theme.Scheme.LIGHT):
        theme.current().use(scheme)
        base = plot.heat_map.picture.plot.backgroundBrush().color()
        assert base == theme.colours().base
    theme.current().use(theme.Scheme.SYSTEM)
    assert len(values.asked) == 1


# In the window


@pytest.fixture
def shown(window, bridge, qtbot):
    """The window with the weights of a variable in its plot."""
    plot = WeightsPlot()
    window.late_plot.made.emit(plot)
    window.action_table["add_dense"].trigger()
    window.building.build()
    bridge.finish()
    window.plotting.select(("dense/kernel",))
    bridge.summarized.emit((weights("dense/kernel", draw((10, 11))),))
    assert plot.current.name == "dense/kernel"
    return plot


def test_keys_open_the_views(window, shown, bridge, qtbot):
    keys = (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_5, Qt.Key.Key_1)
    views = (View.STATISTICS, View.HEAT_MAP, View.VALUES, View.HISTOGRAM)
    for key, view in zip(keys, views, strict=True):
        qtbot.keyClick(window, key, Qt.KeyboardModifier.AltModifier)
        assert shown.bar.view == view
    assert [name for name, _ in bridge.cuts] == ["dense/kernel"] * 2
    window.action_table["show_filters"].trigger()
    assert shown.bar.view == View.FILTERS
    window.action_table["log_counts"].trigger()
    assert shown.histogram.log
    assert shown.bar.view == View.HISTOGRAM
    window.action_table["stack_histograms"].trigger()
    assert shown.bar.stacked.isChecked()
    window.action_table["set_bins"].trigger()


def test_bins_go_to_the_builder_and_stay(window, shown, bridge):
    shown.bar.bins.setValue(500)
    assert (bridge.summaries[-1], bridge.bins[-1]) == (("dense/kernel",), 500)
    window.plotting.select(())
    window.plotting.select(("dense/kernel",))
    assert bridge.bins[-1] == 500


def test_values_come_from_the_builder(window, shown, bridge):
    shown.bar.set_view(View.HEAT_MAP)
    name, cut = bridge.cuts[-1]
    bridge.cut_out_found.emit(Cutout(name, (10, 11), cut, draw((10, 11))))
    assert shown.heat_map.isVisible()
    bridge.begin(CutOut(Selected(StackValues(window.editor.stack), name), cut))
    bridge.fail("no memory")
    assert said(shown) == "The values can't be shown: no memory"


def test_both_constructions_in_one_plot(window, shown, bridge, monkeypatch):
    monkeypatch.setattr("core.both_weights.why_not_both", lambda built, name: "")
    window.building.changed.emit()
    window.action_table["plot_both"].trigger()
    assert bridge.both == ["dense/kernel"]
    names = ["dense/kernel (tf.layers)", "dense/kernel (get_variable)"]
    bridge.both_summarized.emit(tuple(weights(name, draw(110)) for name in names))
    assert [found.name for found in shown.weights] == names
    assert len(curves(shown.plot.plotItem)) == 4
    assert not window.action_table["export_values_npy"].isEnabled()
    shown.bar.bins.setValue(30)
    assert bridge.both == ["dense/kernel"] * 2
    assert bridge.bins[-1] == 30
    shown.bar.set_view(View.VALUES)
    assert said(shown) == "Select the variable itself to see its values."
    built = window.building.built
    bridge.begin(SummarizeBoth(built, "dense/kernel"))
    bridge.fail("Built with tf.layers, the stack has no such variable.")
    assert window.status.told.toolTip() == "Built with tf.layers, the stack has no such variable."
    window.plotting.select(())
    window.plotting.select(("dense/kernel",))
    assert bridge.summaries[-1] == ("dense/kernel",)


def test_actions_say_why_they_can_not_be_done(window, bridge):
    action = window.action_table["export_plot_png"]
    assert not action.isEnabled()
    assert "No weights are shown." in action.toolTip()


def test_pictures_are_files_that_open(window, shown, dialogs, tmp_path):
    shown.resize(700, 500)
    for suffix in ("png", "svg"):
        dialogs.chosen = tmp_path / f"k.{suffix}"
        window.action_table[f"export_plot_{suffix}"].trigger()
        assert dialogs.proposed[-1].name == f"dense_kernel.{suffix}"
        assert window.panels.messages.texts["export"].startswith(f"Wrote k.{suffix} to ")
    picture = QImage(str(tmp_path / "k.png"))
    assert picture.size() == shown.histogram.size() * 2
    colours = {picture.pixelColor(x, picture.height() // 2).name() for x in range(picture.width())}
    assert len(colours) > 3
    drawing = (tmp_path / "k.svg").read_text()
    renderer = QSvgRenderer(str(tmp_path / "k.svg"))
    assert renderer.isValid()
    assert renderer.viewBox().size() == shown.histogram.size()
    assert "uniform within" in drawing
    assert ">count </text>" in drawing
    assert "<image" not in drawing


def test_a_histogram_is_written_as_a_table(window, shown, dialogs, tmp_path):
    dialogs.chosen = tmp_path / "k"
    window.action_table["export_histogram_csv"].trigger()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "k.csv").read_text())))
    assert [int(row["count"]) for row in rows] == list(shown.current.counts)
    assert float(rows[0]["expected"]) > 0


def test_what_can_not_be_written_is_told(window, shown, bridge, dialogs, tmp_path):
    dialogs.chosen = tmp_path / "no" / "k.png"
    window.action_table["export_plot_png"].trigger()
    assert "k.png can't be written" in window.panels.messages.texts["export"]
    bridge.begin(
        SaveValues(Selected(StackValues(window.editor.stack), "dense/kernel"), tmp_path / "k.npy")
    )
    bridge.fail("k.npy can't be written: the disk is full")
    words = "The values were not written: k.npy can't be written: the disk is full"
    assert window.panels.messages.texts["export"] == words


def test_values_are_written_by_the_builder(window, shown, bridge, dialogs, tmp_path):
    dialogs.chosen = tmp_path / "k.npy"
    window.action_table["export_values_npy"].trigger()
    assert bridge.saves == [("dense/kernel", tmp_path / "k.npy")]
    dialogs.chosen = tmp_path / "k"
    window.action_table["export_values_csv"].trigger()
    assert bridge.saves[-1] == ("dense/kernel", tmp_path / "k.csv")
    bridge.values_saved.emit(SavedValues(tmp_path / "k.npy", "dense/kernel", 110, 568))
    told = window.panels.messages.texts["export"]
    assert told == f"Wrote k.npy to {tmp_path}: 110 values of dense/kernel, 568 B"


def test_texts_are_values_in_one_line_and_no_picture(plot):
    note = "2 texts of 3 to 900 bytes, 2 of them different"
    plot.set_weights([unnumbered("words", (2,), "string", note)])
    assert plot.note.text() == f"words has no numbers: {note}."
    plot.bar.set_view(View.STATISTICS)
    assert plot.statistics.formula.text() == note
    for view in (View.HEAT_MAP, View.FILTERS):
        plot.bar.set_view(view)
        assert said(plot) == f"words has no numbers: {note}."
    asked = []
    plot.cut_asked.connect(lambda name, cut: asked.append((name, cut)))
    plot.bar.set_view(View.VALUES)
    ((name, cut),) = asked
    texts = np.array([["a\tb"], ["x" * 900]], object)
    plot.show_cutout(Cutout(name, (2,), cut, texts))
    model = plot.values.model
    assert model.index(0, 0).data() == "a\\tb"
    assert len(model.index(1, 0).data()) == 200
    assert len(model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)) == 900
    plot.values.copy_values()
    assert QGuiApplication.clipboard().text() == "a\\tb\n" + "x" * 900


def test_values_without_a_density_have_no_expected_column(qtbot):
    model = StatisticsModel()
    model.show(weights("k", draw((30,)), density=None))
    assert model.columnCount() == 2
    assert model.lines().splitlines()[0] == "\tValue"
    model.show(weights("k", draw((30,))))
    assert model.lines().splitlines()[0] == "\tDrawn\tExpected"
