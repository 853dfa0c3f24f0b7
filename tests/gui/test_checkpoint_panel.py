"""The Checkpoint tab: opening, the tree of tensors, what would load, and what is plotted."""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel, QToolBar, QToolButton

from core import commands
from core.checkpoint_diff import Changed, Diff, Distance, Renamed
from core.cutout import Cut
from core.events import Cancelled, Failed
from core.named_tensors import VALUE_ENDING, Part, TensorInfo, by_name
from core.opened_checkpoint import ComparedCheckpoints, OpenedCheckpoint
from core.sources import CheckpointValues, Selected
from core.stack import Layer, Stack
from core.tasks import CompareCheckpoints, CutOut, OpenCheckpoint, Summarize
from gui import theme
from gui.models import difference_model
from gui.models.tensor_model import Column, TensorModel
from gui.settings import CHECKPOINT_FOLDER
from tests.gui.dropping import drop
from tests.gui.fakes import FakePlot

DISPLAY = Qt.ItemDataRole.DisplayRole
SOURCE = CheckpointValues(Path("/models/model.ckpt"), "of these files")
TENSORS = (
    TensorInfo("d/kernel", (10, 11), "float32"),
    TensorInfo("d/kernel/Adam", (10, 11), "float32", Part.SLOT, slot="Adam", slot_of="d/kernel"),
    TensorInfo("e/kernel", (4, 4), "float32"),
    TensorInfo("global_step", (), "int64", Part.STEP),
    TensorInfo("names", (3,), "string"),
)
STACK = Stack(
    nodes=tuple(
        Layer(name, "dense", name, "layers", arguments={"units": 11}) for name in ("d", "e", "f")
    )
)


def opened(*tensors: TensorInfo, source=SOURCE, **changes) -> OpenedCheckpoint:
    fields = {"format": "V2", "prefix": source.path, "shards": 1, "notes": ()}
    return OpenedCheckpoint(source, tensors=by_name(tensors), **fields | changes)


@pytest.fixture
def panel(window):
    return window.panels.checkpoint


@pytest.fixture
def shown(window, bridge):
    """The window with a checkpoint open, and nothing built."""
    window.checkpoints.open_path(SOURCE.path)
    bridge.checkpoint_opened.emit(opened(*TENSORS))
    return window


@pytest.fixture
def beside(shown, bridge):
    """The window with a checkpoint open, and a stack built."""
    shown.editor.open(STACK)
    bridge.finish()
    return shown


def rows(panel, parent=None, depth=0) -> list[str]:
    """Return the rows that are open, indented, as somebody reads them."""
    parent = parent or QModelIndex()
    model, found = panel.tensors.view.model(), []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        found.append("  " * depth + index.data(DISPLAY))
        if panel.tensors.view.isExpanded(index):
            found += rows(panel, index, depth + 1)
    return found


def cell(panel, key, column, role=DISPLAY):
    model = panel.tensors.view.model()
    return model.index_of(model.tree.numbers[key], column).data(role)


def click(qtbot, panel, key):
    view = panel.tensors.view
    place = view.visualRect(view.model().index_of(view.model().tree.numbers[key])).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def titles(panel) -> list[str]:
    """Return the titles of the columns that are shown."""
    view = panel.tensors.view
    columns = [column for column in Column if not view.isColumnHidden(column)]
    return [view.model().headerData(column, Qt.Orientation.Horizontal) for column in columns]


# Opening


def test_a_checkpoint_is_opened_by_its_file(window, panel, bridge, dialogs, settings, tmp_path):
    dialogs.chosen = tmp_path / "model.ckpt.index"
    window.action_table["open_checkpoint"].trigger()
    assert bridge.checkpoints == [tmp_path / "model.ckpt.index"]
    assert panel.isVisible()
    assert panel.about.whole_text == "Opening model.ckpt.index..."
    bridge.checkpoint_opened.emit(opened(*TENSORS))
    assert panel.about.whole_text == "model.ckpt: 3 variables, 129 parameters, format V2"
    assert rows(panel) == ["d/", "  kernel", "e/", "  kernel", "names"]
    assert settings.get(CHECKPOINT_FOLDER) == str(tmp_path)
    window.action_table["open_checkpoint"].trigger()
    assert dialogs.proposed[-1] == tmp_path


def test_a_checkpoint_is_opened_by_its_folder(window, bridge, dialogs, tmp_path):
    dialogs.chosen = tmp_path
    window.action_table["open_checkpoint_folder"].trigger()
    assert bridge.checkpoints == [tmp_path]
    assert dialogs.asked == ["Open a checkpoint's folder"]


def test_a_checkpoint_is_opened_by_a_key(window, dialogs, qtbot):
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_O, keys)
    assert dialogs.asked == ["Open a checkpoint"]


@pytest.mark.parametrize(
    "name", ["model.ckpt.index", "model.ckpt.data-00000-of-00001", "checkpoint", "model.ckpt"]
)
def test_a_checkpoint_dropped_on_the_window_is_opened(window, bridge, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"")
    drop(window, path)
    assert bridge.checkpoints == [path]
    assert window.files.path is None


def test_a_folder_dropped_on_the_window_is_opened(window, bridge, tmp_path):
    drop(window, tmp_path)
    assert bridge.checkpoints == [tmp_path]


def test_the_tab_says_what_to_do_before_anything_is_open(window, panel):
    window.panels.show_checkpoint()
    assert panel.about.whole_text == "No checkpoint is open"
    assert panel.verdict.whole_text == ""
    assert not panel.everything.isVisible()
    assert not window.action_table["reload_checkpoint"].isEnabled()


def test_what_can_not_be_opened_is_said_in_the_tab(shown, panel, bridge):
    task = OpenCheckpoint(Path("/models/other"))
    bridge.failed.emit(Failed(2, task, "/models/other: there is no checkpoint"))
    assert panel.messages.texts == {"open": "/models/other: there is no checkpoint"}
    assert rows(panel)[0] == "d/", "the one before stays"
    assert panel.about.whole_text.startswith("model.ckpt: ")
    bridge.checkpoint_opened.emit(opened(*TENSORS))
    assert panel.messages.texts == {}


def test_an_opening_that_was_cancelled_leaves_what_there_was(shown, panel, bridge):
    shown.checkpoints.open_path(Path("/models/other"))
    assert panel.about.whole_text == "Opening other..."
    bridge.cancelled.emit(Cancelled(2, OpenCheckpoint(Path("/models/other"))))
    assert panel.about.whole_text.startswith("model.ckpt: ")


def test_what_a_person_should_know_of_it_is_told(window, panel, bridge):
    note = "checkpoint names /old/model.ckpt; the one of that name beside it was taken"
    bridge.checkpoint_opened.emit(opened(*TENSORS, notes=(note,), shards=3))
    assert panel.messages.texts == {"notes": note}
    assert panel.about.whole_text.endswith("format V2 in 3 shards")


def test_it_is_reloaded_and_closed(shown, panel, bridge):
    shown.action_table["reload_checkpoint"].trigger()
    assert bridge.checkpoints == [SOURCE.path, SOURCE.path]
    shown.action_table["close_checkpoint"].trigger()
    assert rows(panel) == []
    assert not shown.action_table["close_checkpoint"].isEnabled()


def test_a_file_that_changed_is_said_with_a_way_to_reload(shown, panel, bridge):
    task = Summarize((Selected(SOURCE, "d/kernel"),))
    text = "/models/model.ckpt has changed since it was opened; reload it"
    bridge.failed.emit(Failed(2, task, text))
    assert panel.messages.texts == {"values": text}
    other = Selected(CheckpointValues(SOURCE.path, "of other files"), "d/kernel")
    panel.messages.clear("values")
    bridge.failed.emit(Failed(2, CutOut(other, Cut(())), text))
    assert panel.messages.texts == {}


# The tree


def test_an_empty_checkpoint_is_no_trouble(window, panel, bridge):
    bridge.checkpoint_opened.emit(opened())
    assert rows(panel) == []
    assert panel.about.whole_text == "model.ckpt: 0 variables, 0 parameters, format V2"


@pytest.mark.parametrize(
    ("key", "column", "text"),
    [
        ("d/kernel", Column.SHAPE, "[10, 11]"),
        ("d/kernel", Column.PARAMETERS, "110"),
        ("d/kernel", Column.BYTES, "440 B"),
        ("names", Column.DTYPE, "string"),
        ("names", Column.BYTES, "\N{EN DASH}"),
        ("d/", Column.SHAPE, "1 tensor"),
        ("d/", Column.BYTES, "440 B"),
        ("d/", Column.STATE, ""),
    ],
)
def test_what_a_cell_says(shown, panel, key, column, text):
    assert cell(panel, key, column) == text


def test_optimizer_slots_and_steps_are_folded_away(shown, panel):
    assert panel.everything.toolTip() == "Show what is folded away: 1 x Adam, global_step"
    panel.everything.click()
    assert rows(panel) == [
        *("d/", "  kernel", "  kernel/", "    Adam", "e/", "  kernel", "global_step", "names")
    ]
    assert cell(panel, "d/kernel/Adam", Column.PART) == "Adam of d/kernel"
    assert cell(panel, "global_step", Column.PART) == "step"


def test_columns_without_an_answer_are_hidden(shown, panel, bridge):
    assert titles(panel) == ["Name", "Shape", "Type", "Parameters", "Bytes"]
    panel.everything.click()
    assert titles(panel) == ["Name", "Shape", "Part", "Type", "Parameters", "Bytes"]
    shown.editor.open(STACK)
    bridge.finish()
    assert "Will it load?" in titles(panel)
    assert "Layer" in titles(panel)


def test_names_of_objects_are_shown_without_their_common_ending(window, panel, bridge):
    key = f"model/layer-0/kernel{VALUE_ENDING}"
    tensors = (TensorInfo(key, (2, 2), "float32", variable="hidden/kernel"),)
    window.checkpoints.open_path(SOURCE.path)
    bridge.checkpoint_opened.emit(opened(*tensors))
    assert rows(panel) == ["model/", "  layer-0/", "    kernel"]
    assert cell(panel, "model/layer-0/kernel", Column.VARIABLE) == "hidden/kernel"
    assert cell(panel, "model/layer-0/kernel", Column.NAME, Qt.ItemDataRole.ToolTipRole) == key
    panel.tensors.view.selectAll()
    panel.tensors.copy_names()
    assert QGuiApplication.clipboard().text() == "model"
    assert panel.tensors.selected_names == ("model/layer-0/kernel",)


@pytest.mark.parametrize("name", ["a/", "/", "//x", "a\nb", "..", "x" * 5000, "a//b", " "])
def test_hostile_names_are_shown(window, panel, bridge, name):
    tensors = [TensorInfo(found, (2,), "float32") for found in (name, "a/b", "a")]
    QAbstractItemModelTester(panel.tensors.view.model())
    window.checkpoints.open_path(SOURCE.path)
    bridge.checkpoint_opened.emit(opened(*tensors))
    panel.tensors.view.open_all()
    panel.tensors.view.selectAll()
    panel.tensors.search.setText("a")
    assert all("\n" not in row for row in rows(panel))


def test_a_tensor_is_searched(shown, panel, qtbot):
    shown.action_table["find_variable"].trigger()
    shown.panels.show_checkpoint()
    panel.tensors.search.setText("kernel")
    assert rows(panel) == ["d/", "  kernel", "e/", "  kernel"]
    panel.tensors.search.setText("nothing")
    assert rows(panel) == []


def test_ten_thousand_tensors_are_closed_scopes_at_first(window, panel, bridge):
    tensors = [TensorInfo(f"s{at // 10}/v{at}", (2,), "float32") for at in range(10_000)]
    window.checkpoints.open_path(SOURCE.path)
    bridge.checkpoint_opened.emit(opened(*tensors))
    assert len(rows(panel)) == 1000


# Will it load?


def test_without_a_stack_there_is_no_verdict(shown, panel):
    assert panel.verdict.whole_text == ""


def test_what_would_be_restored_is_told_after_each_build(beside, panel, bridge):
    # Dense layers of the fakes have kernels of shape [10, 11].
    assert panel.verdict.whole_text == (
        "It will not load: 1 restored, 1 other shape, 1 missing, 1 unexpected"
    )
    assert cell(panel, "d/kernel", Column.STATE) == "restored"
    assert cell(panel, "e/kernel", Column.STATE) == "other shape: [10, 11] here"
    words = "has shape [10, 11] here and [4, 4] in the checkpoint"
    assert cell(panel, "e/kernel", Column.STATE, Qt.ItemDataRole.ToolTipRole) == words
    assert cell(panel, "f/kernel", Column.STATE) == "missing"
    assert cell(panel, "names", Column.STATE) == "unexpected"
    assert cell(panel, "f/kernel", Column.LAYER) == "f"
    beside.editor.do(commands.remove(beside.editor.stack, ["e", "f"]))
    beside.building.build()
    bridge.finish()
    assert panel.verdict.whole_text == "It will load: 1 restored, 2 unexpected"
    assert "f/" not in rows(panel)


def test_another_dtype_is_told(beside, panel, bridge):
    bridge.checkpoint_opened.emit(opened(TensorInfo("d/kernel", (10, 11), "float64")))
    assert cell(panel, "d/kernel", Column.STATE) == "other dtype: float32 here"


def test_a_hidden_tab_is_brought_up_to_date_when_it_is_seen(shown, panel, bridge):
    shown.panels.tabs.setCurrentWidget(shown.panels.variables)
    shown.editor.open(STACK)
    bridge.finish()
    shown.panels.show_checkpoint()
    assert panel.verdict.whole_text.startswith("It will not load")
    shown.panels.tabs.setCurrentWidget(shown.panels.variables)
    shown.editor.open(Stack())
    shown.panels.show_checkpoint()
    assert panel.verdict.whole_text == ""


def test_a_row_selects_its_layer_and_the_reverse(beside, panel, qtbot):
    click(qtbot, panel, "e/kernel")
    assert beside.editor.selection == ("e",)
    beside.editor.select(("f",))
    assert panel.tensors.selected_names == ("f/kernel",)


# What is plotted


def test_the_plot_shows_the_tensors_that_are_selected(shown, panel, bridge, qtbot):
    shown.plotting.set_plot(FakePlot([]))
    click(qtbot, panel, "d/kernel")
    assert bridge.selected[-1] == (Selected(SOURCE, "d/kernel"),)


def test_what_is_missing_has_no_values(beside, panel, bridge, qtbot):
    seen: list[object] = []
    beside.plotting.set_plot(FakePlot(seen))
    click(qtbot, panel, "e/kernel")
    count = len(bridge.summaries)
    click(qtbot, panel, "f/kernel")
    assert len(bridge.summaries) == count
    assert seen[-1] == "Select tensors that the checkpoint has, to see their values"


def test_the_plot_follows_the_tree_that_was_seen_last(beside, panel, bridge, qtbot):
    beside.plotting.set_plot(FakePlot([]))
    click(qtbot, panel, "e/kernel")
    assert bridge.selected[-1] == (Selected(SOURCE, "e/kernel"),)
    panels = beside.panels
    panels.tabs.setCurrentWidget(panels.ledger)
    beside.editor.select(("d",))
    assert bridge.selected[-1] == (Selected(SOURCE, "d/kernel"),)
    panels.tabs.setCurrentWidget(panels.variables)
    (selected,) = bridge.selected[-1]
    assert (selected.name, selected.source.stack) == ("d/kernel", beside.building.built.stack)
    panels.tabs.setCurrentWidget(panels.checkpoint)
    assert bridge.selected[-1] == (Selected(SOURCE, "d/kernel"),)
    count = len(bridge.selected)
    beside.building.build()
    bridge.finish()
    assert len(bridge.selected) == count, "a build changes nothing in a checkpoint"
    beside.action_table["close_checkpoint"].trigger()
    assert bridge.selected[-1][0].source.stack == beside.building.built.stack


def test_reloading_looks_at_the_new_values(shown, panel, bridge, qtbot):
    shown.plotting.set_plot(FakePlot([]))
    click(qtbot, panel, "d/kernel")
    newer = CheckpointValues(SOURCE.path, "of newer files")
    bridge.checkpoint_opened.emit(opened(*TENSORS, source=newer))
    assert bridge.selected[-1] == (Selected(newer, "d/kernel"),)


# Another checkpoint

OTHER = CheckpointValues(Path("/models/newer.ckpt"), "of other files")
DIFF = Diff(
    equal=("names",),
    only_left=("global_step",),
    only_right=("g/kernel",),
    changed=(
        Changed(TENSORS[2], TensorInfo("e/kernel", (5,), "float32"), ("shape",)),
        Changed(TENSORS[0], TENSORS[0], ("values",), Distance(0.5, 0.25, 2.0, 7)),
    ),
    renamed=(Renamed("d/kernel/Adam", "d/kernel/Momentum", 1),),
    with_values=True,
)


def test_restoring_is_in_sight_in_a_small_window(shown, panel):
    shown.resize(1280, 690)
    shown.action_table["reset_layout"].trigger()
    shown.panels.show_checkpoint()
    QCoreApplication.processEvents()
    bar = panel.findChild(QToolBar)
    assert bar.widgetForAction(shown.action_table["restore_opened"]).isVisible()


def test_the_button_of_what_is_folded_away_has_the_colour_of_text(shown, panel):
    button = panel.findChild(QToolBar).findChild(QToolButton, "qt_toolbar_ext_button")
    for scheme in (theme.Scheme.DARK, theme.Scheme.LIGHT):
        shown.action_table[f"theme_{scheme}"].trigger()
        image = button.icon().pixmap(16, 16).toImage()
        pixels = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
        drawn = [pixel for pixel in pixels if pixel.alpha() > 200]
        assert drawn
        text = theme.colours().text.lightnessF()
        assert all(abs(pixel.lightnessF() - text) < 0.2 for pixel in drawn)


@pytest.fixture
def compared(shown, bridge, dialogs):
    """The window with two checkpoints compared."""
    dialogs.chosen = OTHER.path
    shown.action_table["compare_checkpoint"].trigger()
    assert bridge.pairs == [(SOURCE, OTHER.path)]
    right = opened(
        TENSORS[0],
        TensorInfo("d/kernel/Momentum", (10, 11), "float32"),
        TensorInfo("e/kernel", (5,), "float32"),
        TensorInfo("g/kernel", (2,), "float32"),
        TENSORS[4],
        source=OTHER,
    )
    bridge.checkpoints_compared.emit(ComparedCheckpoints(SOURCE, right, DIFF))
    return shown


def choose(panel, text):
    kinds = panel.difference.kinds
    kinds.setCurrentIndex([kinds.itemText(at) for at in range(kinds.count())].index(text))


def names(panel) -> dict[str, str]:
    """Return what is shown of each tensor of the comparison."""
    model = panel.difference.tree.view.model()
    column = difference_model.Column.DIFFERENCE
    return {
        key: model.index_of(model.tree.numbers[key], column).data(DISPLAY)
        for key in model.tree.keys
        if not key.endswith("/")
    }


def test_what_differs_is_shown(compared, panel):
    assert panel.difference.about.whole_text == "model.ckpt (left) and newer.ckpt (right)"
    assert names(panel) == {
        "d/kernel": "changed",
        "d/kernel/Adam": "renamed: d/kernel/Momentum",
        "e/kernel": "changed",
        "global_step": "only left",
        "g/kernel": "only right",
    }
    model = panel.difference.tree.view.model()
    node = model.tree.numbers["d/kernel"]
    cells = [model.index_of(node, column).data(DISPLAY) for column in difference_model.Column]
    form = "[10, 11] float32"
    assert cells == ["kernel", "changed", form, form, "0.5", "0.25", "2", "7"]
    tip = model.index_of(node, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "7 of 110 values differ, at most by 0.5"


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("Changed (2)", {"d/kernel", "e/kernel"}),
        ("Only left (1)", {"global_step"}),
        ("Only right (1)", {"g/kernel"}),
        ("Renamed (1)", {"d/kernel/Adam"}),
        ("Equal (1)", {"names"}),
        ("All (6)", {"d/kernel", "d/kernel/Adam", "e/kernel", "names", "global_step", "g/kernel"}),
    ],
)
def test_one_kind_of_difference_is_shown(compared, panel, kind, found):
    choose(panel, kind)
    assert set(names(panel)) == found


def select_difference(qtbot, panel, key):
    view = panel.difference.tree.view
    place = view.visualRect(view.model().index_of(view.model().tree.numbers[key])).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


@pytest.mark.parametrize(
    ("key", "selected"),
    [
        ("d/kernel", [(SOURCE, "d/kernel", "left"), (OTHER, "d/kernel", "right")]),
        ("g/kernel", [(OTHER, "g/kernel", "right")]),
        ("global_step", [(SOURCE, "global_step", "left")]),
        (
            "d/kernel/Adam",
            [(SOURCE, "d/kernel/Adam", "left"), (OTHER, "d/kernel/Momentum", "right")],
        ),
    ],
)
def test_the_plot_shows_both_sides(compared, panel, bridge, qtbot, key, selected):
    compared.plotting.set_plot(FakePlot([]))
    compared.resize(1400, 1000)
    panel.difference.tree.view.open_all()
    select_difference(qtbot, panel, key)
    assert bridge.selected[-1] == tuple(
        Selected(source, name, f"{name} ({side})") for source, name, side in selected
    )


def test_a_page_has_a_selection_of_its_own(compared, panel, bridge, qtbot):
    compared.plotting.set_plot(FakePlot([]))
    select_difference(qtbot, panel, "e/kernel")
    panel.show_tensors()
    click(qtbot, panel, "d/kernel")
    assert bridge.selected[-1] == (Selected(SOURCE, "d/kernel"),)
    panel.show_page(panel.difference)
    assert [found.title for found in bridge.selected[-1]] == [
        "e/kernel (left)",
        "e/kernel (right)",
    ]


def test_equal_checkpoints_are_said_to_be(shown, panel, bridge):
    shown.checkpoints.compare_with(OTHER.path)
    diff = Diff(tuple(found.name for found in TENSORS), (), (), (), (), with_values=True)
    both = ComparedCheckpoints(SOURCE, opened(*TENSORS, source=OTHER), diff)
    bridge.checkpoints_compared.emit(both)
    assert names(panel) == {}
    labels = [label.text() for label in panel.difference.findChildren(QLabel)]
    assert "There is no difference: the same names, shapes, types and values" in labels


def test_reloading_compares_anew(compared, panel, bridge):
    compared.checkpoints.reload_checkpoint()
    newer = CheckpointValues(SOURCE.path, "of newer files")
    bridge.checkpoint_opened.emit(opened(*TENSORS, source=newer))
    assert bridge.pairs[-1] == (newer, OTHER.path)
    right = opened(*TENSORS, source=OTHER)
    late = ComparedCheckpoints(SOURCE, right, DIFF)
    bridge.checkpoints_compared.emit(late)
    assert names(panel) == {}, "it is of files that are no longer those of the checkpoint"


def test_opening_another_checkpoint_ends_the_comparison(compared, panel, bridge):
    compared.checkpoints.open_path(Path("/models/third.ckpt"))
    third = CheckpointValues(Path("/models/third.ckpt"), "of third files")
    bridge.checkpoint_opened.emit(opened(*TENSORS, source=third))
    assert names(panel) == {}
    assert len(bridge.pairs) == 1


def test_a_comparison_that_fails_is_said_in_the_tab(compared, panel, bridge):
    task = CompareCheckpoints(SOURCE, OTHER.path)
    bridge.failed.emit(Failed(3, task, 'the values of "d/kernel" are damaged'))
    assert panel.messages.texts == {"compare": 'The values of "d/kernel" are damaged'}
    assert panel.difference.about.whole_text == "model.ckpt (left) and newer.ckpt (right)"
    compared.checkpoints.compare_with(OTHER.path)
    bridge.cancelled.emit(Cancelled(4, task))
    assert panel.difference.about.whole_text == "model.ckpt (left) and newer.ckpt (right)"
    assert panel.messages.texts == {}


def test_layers_that_are_not_restored_are_marked_in_the_stack(beside):
    tree = beside.panels.stack_view.tree
    states = {
        name: beside.panels.stack_view.model.index_of(name, 5).data(DISPLAY) for name in "def"
    }
    assert states == {"d": "", "e": "not restored", "f": "not restored"}
    tip = tree.stack_model.index_of("e", 5).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("Not restored from the open checkpoint:\ne/kernel: has shape [10, 11]")
    beside.checkpoints.close_checkpoint()
    assert tree.stack_model.index_of("e", 5).data(DISPLAY) == ""


# The model


def test_the_model_is_one_in_every_theme(qtbot, beside, panel):
    QAbstractItemModelTester(panel.tensors.view.model())
    panel.everything.click()
    for scheme in (theme.Scheme.DARK, theme.Scheme.LIGHT):
        theme.current().use(scheme)
        assert not panel.grab().isNull()


def test_a_model_without_rows_has_columns():
    assert TensorModel().columnCount() == len(Column)
