"""The signals in the window: when they are run, what is shown, and what becomes of it."""

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QAbstractItemModelTester

from core.events import Finished
from core.forward import Forward
from core.graph_runner import STOPPED
from core.graph_runs import SignalsFound
from core.numbers import SIGNAL_FEED
from core.signal_axis import Scale, signal_axis
from core.signal_rows import side
from core.signals import GRADIENT, OUTPUT, LayerSignal, Signals
from core.tasks import BuildEach
from gui import theme
from gui.models.signals_model import Column, SignalsModel
from gui.ridge import Ridge
from tests.gui.fakes import built_of
from tests.gui.signals import STACK, signal, signals_of

FORWARD = Forward(b"", (), (("x", "x:0"),), 0)


@pytest.fixture
def shown(window, bridge):
    """The window with a stack that is built, and its signals in sight."""
    window.editor.open(STACK)
    bridge.finish(forward=FORWARD)
    window.action_table["show_signals"].trigger()
    return window


@pytest.fixture
def found(shown, bridge):
    """The same, with the signals there."""
    answer(bridge, signals_of())
    return shown


def answer(bridge, *signals):
    bridge.signals_found.emit(SignalsFound(bridge.signals[-1], signals))


def texts(window, column=None):
    model = window.panels.signals.ridge.model
    columns = [column] if column is not None else list(Column)[:-1]
    return [
        tuple(model.index(row, each).data() for each in columns) for row in range(model.rowCount())
    ]


def choose(box, text):
    """Choose by typing its text, as a person does who has no mouse."""
    box.setCurrentIndex(box.findText(text))


def side_of(signals, construction=None):
    return side(construction, built_of(STACK), signals)


# When they are run


def test_nothing_is_run_out_of_sight(window, bridge):
    window.editor.open(STACK)
    bridge.finish(forward=FORWARD)
    assert bridge.signals == []
    window.action_table["show_signals"].trigger()
    (wanted,) = bridge.signals
    assert wanted.builds == (window.building.built,)
    assert wanted.feed == SIGNAL_FEED


def test_each_build_is_run_once_while_it_is_in_sight(found, bridge):
    found.building.build()
    assert len(bridge.signals) == 1
    built = bridge.finish(forward=FORWARD)
    assert bridge.signals[-1].builds == (built,)
    found.panels.tabs.setCurrentWidget(found.panels.ledger)
    found.panels.tabs.setCurrentWidget(found.panels.signals)
    assert len(bridge.signals) == 2
    found.panels.tabs.setCurrentWidget(found.panels.ledger)
    found.building.build()
    bridge.finish(forward=FORWARD)
    assert len(bridge.signals) == 2


def test_the_signals_of_an_earlier_build_are_not_shown(shown, bridge):
    late = bridge.signals[-1]
    shown.building.build()
    bridge.finish(forward=FORWARD)
    bridge.signals_found.emit(SignalsFound(late, (signals_of(),)))
    assert texts(shown) == []
    assert shown.panels.signals.running


def test_another_stack_has_none(found):
    found.editor.open(STACK)
    view = found.panels.signals
    assert view.sides == ()
    assert view.message.isVisible()
    assert "once the stack is built" in view.message.text()


def test_another_batch_is_run(found, bridge):
    field = found.panels.signals.feed.fields.fields["batch"].editor.field
    field.setText("32")
    field.setModified(True)
    field.editingFinished.emit()
    assert bridge.signals[-1].feed == replace(SIGNAL_FEED, batch=32)


def test_what_can_not_be_run_says_why(window, bridge):
    window.editor.open(STACK)
    window.action_table["show_signals"].trigger()
    message = window.panels.signals.message
    assert "once the stack is built" in message.text()
    bridge.finish(forward=FORWARD, undrawn="They take 9 TB.")
    assert message.text() == "They take 9 TB."
    window.building.build()
    bridge.finish(forward=None)
    assert "another machine's devices" in message.text()
    window.building.build()
    bridge.finish(forward=replace(FORWARD, outputs=()))
    assert "no layer that was built" in message.text()
    assert bridge.signals == []
    window.building.build()
    bridge.finish(forward=FORWARD)
    answer(bridge, Signals(skipped="It is too large."))
    assert message.text() == "It is too large."
    assert message.isVisible()


def test_a_run_can_be_cancelled(shown, bridge):
    cancel = shown.action_table["cancel_build"]
    assert cancel.isEnabled()
    cancel.trigger()
    assert bridge.cancels == 1
    answer(bridge, Signals(skipped=STOPPED))
    assert shown.panels.signals.message.text() == "The run was cancelled; F7 runs it again"
    assert not cancel.isEnabled()
    assert len(bridge.signals) == 1
    shown.action_table["show_signals"].trigger()
    assert len(bridge.signals) == 2
    assert cancel.isEnabled()
    shown.building.build()
    bridge.finish(forward=FORWARD)
    assert len(bridge.signals) == 3


def test_asking_again_for_what_is_shown_or_under_way_runs_nothing(shown, bridge):
    shown.action_table["show_signals"].trigger()
    answer(bridge, signals_of())
    shown.action_table["show_signals"].trigger()
    assert len(bridge.signals) == 1


# Both constructions


def built_each(bridge, *builts):
    task = bridge.each_asked[-1]
    bridge.each_built.emit(Finished(1, task, builts))


def test_both_constructions_stand_in_one_row(found, bridge):
    view = found.panels.signals
    choose(view.construction, "Both")
    assert bridge.each_asked[-1].constructions == ("layers", "get_variable")
    built_each(bridge, *(built_of(STACK, forward=FORWARD) for _ in range(2)))
    assert len(bridge.signals[-1].builds) == 2
    answer(bridge, signals_of(), signals_of(0.2))
    assert texts(found, Column.DEVIATION)[0] == ("0.578",)
    assert texts(found, Column.DEVIATION)[1] == ("0.0578 / 0.116",)
    assert view.verdict.text().count("tf.layers") == 1
    answer_again(bridge, view)
    assert "tf.layers and " in view.verdict.text()
    assert view.verdict.text().count("neither vanishes") == 1


def answer_again(bridge, view):
    """Have both find the same."""
    choose(view.construction, "All tf.layers")
    choose(view.construction, "Both")
    built_each(bridge, *(built_of(STACK, forward=FORWARD) for _ in range(2)))
    answer(bridge, signals_of(), signals_of())


def test_a_construction_that_fails_or_is_cancelled_says_so(found, bridge):
    view = found.panels.signals
    choose(view.construction, "All get_variable")
    bridge.begin(bridge.each_asked[-1])
    bridge.fail("there is no device")
    assert view.message.text() == "The stack can't be built for this: there is no device"
    choose(view.construction, "All tf.layers")
    bridge.begin(bridge.each_asked[-1])
    bridge.confirm_cancel()
    assert "cancelled" in view.message.text()
    choose(view.construction, "As in the stack")
    assert len(bridge.signals) == 2


def test_builds_of_an_earlier_choice_are_not_run(found, bridge):
    view = found.panels.signals
    choose(view.construction, "Both")
    late = bridge.each_asked[-1]
    choose(view.construction, "All get_variable")
    bridge.each_built.emit(Finished(1, late, (built_of(STACK, forward=FORWARD),) * 2))
    assert len(bridge.signals) == 1


# What is shown


def test_each_layer_has_its_row(found):
    assert texts(found) == [
        ("x", "0.578", "\N{EN DASH}", "0 %"),
        ("d", "0.0578", "0.1", "0 %"),
        ("e", "0.00578", "0.1", "0 %"),
    ]


def test_the_verdict_is_that_of_the_way_that_is_shown(found, bridge):
    view = found.panels.signals
    assert view.verdict.text().startswith("The deviation goes from 0.578 at x to 0.0058 at e")
    choose(view.way, "Gradients")
    assert view.verdict.text().startswith("The gradient&#x27;s deviation goes from 1 behind")
    assert texts(found, Column.DEVIATION) == [("0.589",)] * 3
    assert view.ridge.table.isColumnHidden(Column.GAIN)
    choose(view.way, "Outputs")
    assert not view.ridge.table.isColumnHidden(Column.GAIN)


def test_a_selected_row_selects_its_layer_and_the_reverse(found, editor, qtbot):
    ridge = found.panels.signals.ridge
    ridge.table.setFocus()
    ridge.table.selectRow(0)
    assert editor.selection == ("x",)
    qtbot.keyClick(ridge.table, Qt.Key.Key_Down)
    assert editor.selection == ("d",)
    editor.select(("e",))
    assert [index.row() for index in ridge.table.selectionModel().selectedRows()] == [2]
    editor.select(())
    assert not ridge.table.selectionModel().hasSelection()


def test_the_strip_leads_to_its_rows(found, editor, qtbot):
    ridge = found.panels.signals.ridge
    height = ridge.table.rowHeight(0)
    top = ridge.table.viewport().mapTo(ridge, QPoint(0, 0)).y()
    place = QPoint(20, top + height + height // 2)
    qtbot.mouseClick(ridge.strip, Qt.MouseButton.LeftButton, pos=place)
    assert editor.selection == ("d",)


def test_all_rows_of_a_deep_stack_are_in_the_strip(qtbot):
    ridge = Ridge()
    qtbot.addWidget(ridge)
    ridge.resize(500, 300)
    layers = tuple(signal(f"l{at}", [at, -at]) for at in range(1, 101))
    ridge.show_signals((side_of(Signals(layers)),), OUTPUT)
    with qtbot.waitExposed(ridge):
        ridge.show()
    chosen = []
    ridge.selected.connect(chosen.append)
    qtbot.mouseClick(
        ridge.strip, Qt.MouseButton.LeftButton, pos=QPoint(20, ridge.strip.height() - 1)
    )
    assert chosen == [("l100",)]
    assert ridge.table.rowAt(ridge.table.viewport().height() - 2) == 99


def test_keys_read_the_bins_of_the_current_row(found, qtbot):
    view = found.panels.signals
    view.ridge.table.selectRow(1)
    qtbot.keyClick(view.ridge.table, Qt.Key.Key_Right)
    first = view.readout.text()
    assert first.startswith("d at ")
    assert "of 1,000 values from " in first
    qtbot.keyClick(view.ridge.table, Qt.Key.Key_Right)
    second = view.readout.text()
    assert first != second
    assert first.rpartition(" to ")[2] == second.rpartition(" from ")[2].partition(" to ")[0]
    qtbot.keyClick(view.ridge.table, Qt.Key.Key_Left)
    assert view.readout.text() == first


def move(widget, x, y):
    """Move the mouse; without a screen, Qt's own way to do so depends on where it was."""
    place, button = QPointF(x, y), Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, place, button, button, Qt.KeyboardModifier.NoModifier
    )
    QCoreApplication.sendEvent(widget, event)


def test_the_mouse_reads_what_is_under_it(found, qtbot):
    view = found.panels.signals
    table = view.ridge.table
    left = table.columnViewportPosition(Column.DISTRIBUTION)
    middle = left + table.columnWidth(Column.DISTRIBUTION) // 2
    move(table.viewport(), middle, table.rowHeight(0) // 2)
    assert view.readout.text().startswith("x at ")
    move(table.viewport(), left + 3, table.rowHeight(0) + 5)
    assert view.readout.text().startswith("d at ")
    assert view.readout.text().endswith("no values here")
    move(table.viewport(), 5, 5)
    assert view.readout.text() == ""
    move(table.viewport(), middle, 5)
    QCoreApplication.sendEvent(table.viewport(), QEvent(QEvent.Type.Leave))
    assert view.readout.text() == ""


def test_an_axis_that_is_cut_says_so(shown, bridge):
    values = np.concatenate([np.linspace(-1, 1, 10000), [500.0]])
    answer(bridge, Signals((signal("x", np.linspace(-1, 1, 1000)), signal("d", values, ("x",)))))
    view = shown.panels.signals
    assert view.readout.text().endswith("beyond it: 1 histogram")
    choose(view.scale, "Magnitudes (log)")
    assert view.readout.text() == ""
    assert view.ridge.axis.scale is Scale.MAGNITUDES
    view.ridge.table.setFocus()


def test_what_is_remarkable_is_said_at_the_row(shown, bridge):
    failed = LayerSignal("d", "d:0", "Conv2D", ("x:0",), fault="The op only\nsupports NHWC")
    layers = (signal("x", [-1, 1]), failed, signal("e", [nan, inf, 1], ("d",), dead=0.5))
    answer(bridge, Signals(layers, no_gradients="It has none."))
    view = shown.panels.signals
    assert texts(shown, Column.DEVIATION)[1] == ("can't run",)
    model = view.ridge.model
    assert model.index(1, 0).data(Qt.ItemDataRole.ForegroundRole) == theme.colours().refused
    assert model.index(2, 0).data(Qt.ItemDataRole.ForegroundRole) == theme.colours().warning
    words = model.index(2, 0).data(Qt.ItemDataRole.AccessibleDescriptionRole)
    assert "made up in place of d" in words
    assert "1 values are NaN and 1 infinite." in words
    assert "50 % of its units" in words
    assert "d can&#x27;t be run here" in view.verdict.text()
    assert "The op only supports NHWC" in view.verdict.text()
    choose(view.way, "Gradients")
    assert "There are no gradients. It has none." in view.verdict.text()


@pytest.mark.parametrize("scheme", [theme.Scheme.LIGHT, theme.Scheme.DARK])
@pytest.mark.parametrize("scale", Scale)
def test_odd_tensors_are_painted(qtbot, scheme, scale):
    theme.current().use(scheme)
    ridge = Ridge()
    qtbot.addWidget(ridge)
    ridge.resize(600, 500)
    odd = [[], [nan], [inf, -inf], [0.0] * 9, [3e38, -3e38], [1e-45, 2e-45], [7.0], [nan, 1, 2]]
    layers = tuple(signal(f"l{at}", values) for at, values in enumerate(odd))
    ridge.set_scale(scale)
    ridge.show_signals((side_of(Signals(layers)),) * 2, OUTPUT)
    plain = ridge.grab().toImage()
    ridge.table.selectRow(3)
    ridge.move_cursor(1)
    assert ridge.grab().toImage() != plain
    ridge.show_signals((), OUTPUT)
    assert ridge.grab().toImage() != plain
    theme.current().use(theme.Scheme.SYSTEM)


def test_a_histogram_is_where_its_values_are(qtbot):
    ridge = Ridge()
    qtbot.addWidget(ridge)
    ridge.resize(700, 300)
    layers = (signal("a", np.linspace(-4, 4, 999)), signal("b", np.linspace(3, 4, 999)))
    ridge.show_signals((side_of(Signals(layers)),), OUTPUT)
    with qtbot.waitExposed(ridge):
        ridge.show()
    table = ridge.table
    picture = table.viewport().grab().toImage()
    ratio = picture.devicePixelRatio()
    y = int((table.rowViewportPosition(1) + table.rowHeight(1) - 4) * ratio)
    left = table.columnViewportPosition(Column.DISTRIBUTION)
    width = table.columnWidth(Column.DISTRIBUTION)

    def colour(value):
        return picture.pixelColor(int((left + ridge.axis.share(value) * width) * ratio), y)

    assert colour(-2) == theme.colours().base
    assert colour(3.5) != theme.colours().base


# The model and the axis


def test_the_model_is_a_good_one_whatever_it_shows(qtbot):
    model = SignalsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    one, other = side_of(signals_of()), side_of(Signals(signals_of().layers[:2]), "layers")
    for sides in ((one,), (one, other), (other, one), (), (other,)):
        for way in (OUTPUT, GRADIENT):
            model.show(sides, way)
            assert model.rowCount() == max((len(each.signals.layers) for each in sides), default=0)
            for row in range(model.rowCount()):
                assert len(model.line(row).split("\t")) == len(Column) - 1


def test_a_tensor_that_one_construction_lacks_has_a_dash(qtbot):
    model = SignalsModel()
    one, other = side_of(signals_of()), side_of(Signals(signals_of().layers[:2]), "layers")
    model.show((one, other), OUTPUT)
    assert model.index(2, Column.DEVIATION).data() == "0.00578 / \N{EN DASH}"


@given(
    st.lists(st.lists(st.floats(width=32), max_size=40), max_size=6),
    st.sampled_from(Scale),
    st.integers(1, 12),
)
def test_an_axis_is_never_empty_and_its_ticks_are_on_it(tensors, scale, most):
    found = [signal("x", values).output for values in tensors]
    axis = signal_axis(scale, found)
    assert axis.low < axis.high
    ticks = axis.ticks(most)
    assert len(ticks) <= most + 2
    for place, text in ticks:
        assert -1e-6 <= axis.share(place) <= 1 + 1e-6
        assert float(text) == pytest.approx(10**place if scale is Scale.MAGNITUDES else place, 1e-4)
    for each in found:
        histogram = axis.histogram(each)
        if histogram is not None:
            assert np.all(np.diff(axis.shares(histogram)) >= 0)


# Files and the clipboard


def test_the_statistics_are_copied(found, qtbot):
    table = found.panels.signals.ridge.table
    table.setFocus()
    table.selectRow(1)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "d\t0.0578\t0.1\t0 %"


def test_signals_are_exported(found, dialogs, tmp_path):
    for action, suffix, start in (
        ("export_signals_csv", "csv", b"construction,layer"),
        ("export_signal_histograms_csv", "csv", b"construction,layer"),
        ("export_signals_png", "png", b"\x89PNG"),
        ("export_signals_svg", "svg", b"<?xml"),
    ):
        dialogs.chosen = tmp_path / action
        found.action_table[action].trigger()
        path = tmp_path / f"{action}.{suffix}"
        assert path.read_bytes().startswith(start)
        assert found.panels.messages.texts["export"] == f"Wrote {path.name} to {tmp_path}"
    dialogs.chosen = tmp_path / "no" / "signals.png"
    found.action_table["export_signals_png"].trigger()
    assert "can't be written" in found.panels.messages.texts["export"]


def test_a_picture_has_all_rows(found, dialogs, bridge, tmp_path):
    layers = tuple(signal(f"l{at}", [at, -at]) for at in range(1, 121))
    found.building.build()
    bridge.finish(forward=FORWARD)
    answer(bridge, Signals(layers))
    dialogs.chosen = tmp_path / "all.svg"
    found.action_table["export_signals_svg"].trigger()
    drawn = (tmp_path / "all.svg").read_text()
    assert all(f">l{at}<" in drawn for at in range(1, 121))


def test_nothing_is_exported_where_nothing_is_shown(window):
    action = window.action_table["export_signals_png"]
    assert not action.isEnabled()
    assert "No signals are shown." in action.toolTip()


def test_the_task_of_both_is_trusted_as_the_build_is(found, bridge):
    choose(found.panels.signals.construction, "Both")
    task = bridge.each_asked[-1]
    assert task == BuildEach(STACK, ("layers", "get_variable"), frozenset())
