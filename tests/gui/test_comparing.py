"""Both constructions side by side in the window."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester

from core.comparison_rows import comparison_rows, only_differences
from core.graph_runs import NumbersFound
from core.numbers import Feed, Numbers
from core.tasks import Compare
from gui.models.comparison_model import ComparisonModel
from tests.gui.comparisons import STACK, comparison_of, numbers_of


def texts(model, parent=QModelIndex()):  # noqa: B008
    """Return the rows of a model as nested lists of what their cells show."""
    return [
        (
            *(model.index(row, column, parent).data() for column in range(3)),
            texts(model, model.index(row, 0, parent)),
        )
        for row in range(model.rowCount(parent))
    ]


def find(model, *labels):
    """Return the index of a row by the labels of those around it and its own."""
    parent = QModelIndex()
    for label in labels:
        parent = next(
            model.index(row, 0, parent)
            for row in range(model.rowCount(parent))
            if model.index(row, 0, parent).data() == label
        )
    return parent


@pytest.fixture
def compared(window, bridge):
    """The window with a comparison that has its numbers."""
    window.editor.open(STACK)
    window.action_table["compare"].trigger()
    finish(window, bridge)
    return window


def finish(window, bridge, differs=False):
    """End the comparison that was asked for last, and its numbers."""
    bridge.compared.emit(comparison_of(bridge.comparisons[-1]))
    bridge.numbers_found.emit(NumbersFound(bridge.numbers[-1], numbers_of(differs)))
    assert window.comparing.comparison is not None


def test_the_model_is_a_good_one_whatever_it_shows(qtbot):
    model = ComparisonModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rows = comparison_rows(comparison_of(), numbers_of(True))
    for shown in (rows, only_differences(rows), (), rows):
        model.show_rows(shown)
        assert len(texts(model)) == len(shown)


def test_the_action_shows_both_side_by_side(compared, bridge):
    view = compared.panels.comparison
    assert view.isVisible()
    assert bridge.comparisons[-1] == STACK
    found = {row[0]: row for row in texts(view.model)}
    assert found["Variables"][1] == "1 of 2 differ"
    assert [row[:3] for row in found["Variables"][3]] == [
        ("d · kernel", "fc/kernel", "fc/weights"),
        ("e · kernel", "out/kernel", "out/kernel"),
    ]
    assert found["Numbers"][1] == "the same"
    assert [row[:3] for row in found["Ops by type"][3]] == [
        ("Add", "2", "3"),
        ("MatMul", "2", "2"),
    ]
    assert found["Checkpoints"][1] == "they don't fit"


def test_one_click_leaves_only_what_differs(compared, qtbot):
    view = compared.panels.comparison
    view.differences.click()
    found = {row[0]: row for row in texts(view.model)}
    assert "Numbers" not in found
    assert [row[0] for row in found["Variables"][3]] == ["d · kernel"]
    assert [row[0] for row in found["Ops by type"][3]] == ["Add"]
    view.differences.click()
    assert "Numbers" in {row[0] for row in texts(view.model)}


def test_what_differs_is_marked(compared):
    model = compared.panels.comparison.model
    different, same = (find(model, "Variables", f"{name} · kernel") for name in ("d", "e"))
    role = Qt.ItemDataRole.AccessibleDescriptionRole
    assert (different.data(role), same.data(role)) == ("differs", None)
    assert different.data(Qt.ItemDataRole.DecorationRole) is not None


def test_a_row_selects_its_layer(compared, editor):
    view = compared.panels.comparison
    view.view.setCurrentIndex(find(view.model, "Variables", "e · kernel"))
    assert editor.selection == ("e",)


def test_a_difference_of_numbers_names_its_layer(compared, bridge):
    compared.panels.comparison.compare_button.click()
    finish(compared, bridge, differs=True)
    found = {row[0]: row for row in texts(compared.panels.comparison.model)}
    assert found["Numbers"][1] == "differ, first at e"


def test_other_values_to_run_on_give_other_numbers(compared, bridge, qtbot):
    view = compared.panels.comparison
    field = view.feed.fields.fields["batch"].editor.field
    field.setText("9")
    field.setModified(True)
    field.editingFinished.emit()
    assert bridge.numbers[-1].feed == Feed(batch=9)
    assert find(view.model, "Numbers").siblingAtColumn(1).data() == "running both..."


def test_numbers_of_an_earlier_comparison_are_not_shown(compared, bridge):
    old = bridge.numbers[-1]
    compared.panels.comparison.compare_button.click()
    bridge.compared.emit(comparison_of(bridge.comparisons[-1]))
    bridge.numbers_found.emit(NumbersFound(old, Numbers(skipped="old")))
    model = compared.panels.comparison.model
    assert find(model, "Numbers").siblingAtColumn(1).data() == "running both..."


def test_each_build_is_compared_while_the_view_is_in_sight(compared, bridge):
    count = len(bridge.comparisons)
    compared.editor.select(("d",))
    compared.action_table["delete"].trigger()
    compared.building.build()
    bridge.finish()
    assert len(bridge.comparisons) == count + 1
    assert bridge.comparisons[-1] == compared.editor.stack
    compared.panels.tabs.setCurrentWidget(compared.panels.ledger)
    compared.editor.undo_stack.undo()
    compared.building.build()
    bridge.finish()
    assert len(bridge.comparisons) == count + 1


def test_a_comparison_that_fails_says_why(compared, bridge):
    compared.panels.comparison.compare_button.click()
    bridge.begin(Compare(bridge.comparisons[-1]))
    bridge.fail("there is no device")
    assert "no device" in compared.panels.comparison._state.text()


def test_the_name_map_is_copied_as_code(compared):
    compared.comparing.copy_saver_code()
    assert "'fc/kernel': variables['fc/weights']" in QGuiApplication.clipboard().text()
    compared.comparing.copy_init_code()
    assert "'fc/kernel': 'fc/weights'" in QGuiApplication.clipboard().text()


def test_the_page_is_saved(compared, dialogs, tmp_path):
    dialogs.chosen = tmp_path / "page.html"
    compared.comparing.save_page()
    assert "fc/weights" in (tmp_path / "page.html").read_text()
    dialogs.chosen = tmp_path / "no" / "page.html"
    compared.comparing.save_page()
    assert "can't be written" in compared.panels.messages.texts["export"]


def test_the_checkpoint_is_exported_under_other_names(compared, dialogs, bridge, tmp_path):
    dialogs.chosen = tmp_path / "renamed"
    compared.comparing.export_renamed()
    (stack, prefix) = bridge.exports[-1]
    assert prefix == tmp_path / "renamed"
    assert stack.node("d").construction == "layers"
    assert bridge.names == {"fc/kernel": "fc/weights", "out/kernel": "out/kernel"}


def test_another_stack_has_no_comparison(compared):
    compared.editor.open(STACK)
    assert compared.comparing.comparison is None or compared.panels.comparison.isVisible()
    compared.panels.tabs.setCurrentWidget(compared.panels.ledger)
    compared.editor.open(STACK)
    assert texts(compared.panels.comparison.model) == []
