"""New stacks from checkpoints, and the guesses in them."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from core.document import dumps, loads
from core.events import Cancelled, Failed
from core.named_tensors import BuiltTensors, TensorInfo, by_name
from core.opened_checkpoint import OpenedCheckpoint
from core.restore_check import check_restore
from core.sources import CheckpointValues
from core.stack import Layer, Scope, Stack
from core.stack_proposal import StackProposal
from core.tasks import ProposeStack
from gui.dialogs import Answer
from gui.models.stack_cells import Column

PATH = Path("/models/model.ckpt")
STACK = Stack(
    "model.ckpt",
    nodes=(
        Layer("x", "input", "input", arguments={"shape": (None, 4)}, guesses=("shape",)),
        Scope(
            "s",
            "net",
            nodes=(
                Layer(
                    "d",
                    "conv1d",
                    "d",
                    "layers",
                    arguments={"filters": 2, "kernel_size": 3, "padding": "same"},
                    guesses=("strides", "padding", "activation"),
                ),
            ),
        ),
    ),
)
KERNEL = TensorInfo("net/d/kernel", (3, 4, 2), "float32")


def proposal(*lacking: TensorInfo) -> StackProposal:
    made = BuiltTensors("the stack", by_name([KERNEL]))
    there = BuiltTensors("model.ckpt", by_name([KERNEL, *lacking]))
    why_not = {found.name: "there is no such type" for found in lacking}
    return StackProposal(STACK, "model.ckpt", check_restore(made, there), why_not, {})


def act(window, name):
    window.action_table[name].trigger()


def messages(window):
    return window.panels.messages.texts


@pytest.fixture
def asked(window, dialogs, bridge):
    """The window with a stack asked for."""
    dialogs.chosen = PATH
    act(window, "new_from_checkpoint")
    assert bridge.proposals == [PATH]
    return window


@pytest.fixture
def proposed(asked, bridge):
    """The window with a proposed stack."""
    bridge.stack_proposed.emit(proposal())
    return asked


def select(window, *ids):
    window.editor.select(ids)
    return window.panels.inspector.form


def guess_marks(form):
    fields = {**form.fields("Main").fields}
    return {name for name, field in fields.items() if not field.guess_mark.isHidden()}


def test_a_proposed_stack_is_unsaved_work_in_no_file(proposed, editor):
    assert editor.stack == STACK
    assert proposed.files.path is None
    assert proposed.isWindowModified()
    assert "all 1 variables" in messages(proposed)["proposal"]


def test_what_it_does_not_create_is_told(asked, bridge):
    bridge.stack_proposed.emit(proposal(TensorInfo("words", (2,), "string")))
    text = messages(asked)["proposal"]
    assert "1 of 2 variables" in text
    assert "words: there is no such type" in text


def test_what_is_going_on_is_told_until_it_is_cancelled(asked, bridge):
    assert "model.ckpt" in messages(asked)["proposal"]
    bridge.cancelled.emit(Cancelled(1, ProposeStack(PATH)))
    assert not messages(asked)


def test_a_checkpoint_that_can_not_be_read_leaves_the_stack(asked, bridge, editor):
    before = editor.stack
    bridge.failed.emit(Failed(1, ProposeStack(PATH), "it is no checkpoint"))
    assert messages(asked) == {"proposal": "It is no checkpoint"}
    assert editor.stack is before


def test_unsaved_work_is_asked_about_first(window, dialogs, bridge, editor):
    act(window, "add_dense")
    dialogs.chosen = PATH
    act(window, "new_from_checkpoint")
    assert not bridge.proposals
    dialogs.answer = Answer.DISCARD
    act(window, "new_from_checkpoint")
    count = len(dialogs.asked)
    bridge.stack_proposed.emit(proposal())
    assert editor.stack == STACK
    assert len(dialogs.asked) == count


def test_what_was_edited_meanwhile_is_asked_about_too(asked, dialogs, bridge, editor):
    act(asked, "add_dense")
    edited = editor.stack
    bridge.stack_proposed.emit(proposal())
    assert editor.stack is edited
    assert dialogs.asked[-1] == asked.files.title


def test_a_stack_is_proposed_for_the_open_checkpoint(window, bridge):
    action = window.action_table["propose_stack"]
    assert not action.isEnabled()
    source = CheckpointValues(PATH, "of these files")
    opened = OpenedCheckpoint(source, "V2", PATH, 1, (), by_name([KERNEL]))
    bridge.checkpoint_opened.emit(opened)
    action.trigger()
    assert bridge.proposals == [PATH]


def test_another_stack_takes_the_message_away(proposed, dialogs):
    dialogs.answer = Answer.DISCARD
    act(proposed, "new")
    assert not messages(proposed)


def test_guesses_are_marked_in_the_stack_and_in_the_inspector(proposed):
    model = proposed.panels.stack_view.model
    state = model.index_of("d", Column.STATE)
    assert state.data() == "guess"
    assert "strides, padding, activation" in state.data(Qt.ItemDataRole.ToolTipRole)
    assert guess_marks(select(proposed, "d")) == {"strides", "padding", "activation"}


def test_a_click_on_the_mark_confirms_a_guess(proposed, editor, qtbot):
    form = select(proposed, "d")
    form.fields("Main").fields["strides"].guess_mark.click()
    assert editor.stack.node("d").guesses == ("padding", "activation")
    assert guess_marks(form) == {"padding", "activation"}
    act(proposed, "undo")
    assert editor.stack == STACK
    assert guess_marks(form) == {"strides", "padding", "activation"}


def test_a_value_is_no_guess(proposed, editor):
    form = select(proposed, "d")
    form.fields("Main").fields["padding"].editor.entered.emit("valid")
    form.fields("Main").fields["strides"].reset.emit()
    assert editor.stack.node("d").guesses == ("activation",)


def test_all_guesses_of_a_selected_scope_are_confirmed_at_once(proposed, editor):
    action = proposed.action_table["confirm_guesses"]
    editor.select(("s",))
    assert action.isEnabled()
    action.trigger()
    assert editor.stack.node("d").guesses == ()
    assert editor.stack.node("x").guesses == ("shape",)
    assert not action.isEnabled()
    act(proposed, "undo")
    assert editor.stack == STACK


def test_guesses_are_kept_in_the_file():
    assert loads(dumps(STACK)) == STACK
