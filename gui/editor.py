"""The open stack: the one way in for every edit, with undo, and the selection."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from core.command import Command, CommandRefusedError
from core.edits import Edit, steps
from core.stack import Stack

_MERGE_SECONDS = 1.0
_MERGE_ID = 1


class Editor(QObject):
    """Holds the open stack; views send it commands and follow its signals.

    Attributes:
        undo_stack: For the undo and redo actions, and the modified mark.

    Signals:
        step_starting: An edit (never a batch) is about to change `stack`.
        step_applied: The same edit has changed it.
        stack_changed: A whole command, or its undoing, is done.
        stack_opened: Another stack has taken the place of the one before.
        selection_changed: Another tuple of node ids is selected.
        refused: A command can't be done; a sentence says why.
    """

    step_starting = Signal(object)
    step_applied = Signal(object)
    stack_changed = Signal(object)
    stack_opened = Signal(object)
    selection_changed = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        """Start with an empty stack."""
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._stack = Stack()
        self._selection: tuple[str, ...] = ()

    @property
    def stack(self) -> Stack:
        """The stack as it is now."""
        return self._stack

    @property
    def selection(self) -> tuple[str, ...]:
        """Ids of the selected nodes, in reading order."""
        return self._selection

    def open(self, stack: Stack) -> None:
        """Take another stack, with nothing to undo."""
        self._stack = stack
        self._selection = ()
        self.undo_stack.clear()
        self.undo_stack.setClean()
        self.stack_opened.emit(stack)
        self.selection_changed.emit(())

    def do(self, command: Command | None) -> None:
        """Do a command and put it on the undo stack; None does nothing."""
        if command is None:
            return
        # A command that can't be done must raise here: one that raises in redo() would stay.
        command.edit.apply(self._stack)
        self.undo_stack.push(_Undoable(self, command))
        if command.selects:
            self.select(command.selects)

    def attempt(self, make: Callable[[Stack], Command | None]) -> None:
        """Do the command that is made of the stack, or tell why it can't be done."""
        try:
            self.do(make(self._stack))
        except CommandRefusedError as refusal:
            self.refused.emit(f"This can't be done: {refusal}.")

    def select(self, ids: tuple[str, ...]) -> None:
        """Select nodes; ids that aren't there are left out."""
        selection = tuple(node.id for node in self._stack.in_order(ids))
        if selection != self._selection:
            self._selection = selection
            self.selection_changed.emit(selection)

    def apply(self, edit: Edit) -> None:
        """Change the stack step by step; for the undo stack's commands only."""
        for step in steps(edit):
            self.step_starting.emit(step)
            self._stack = step.apply(self._stack)
            self.step_applied.emit(step)
        # First, so that who hears of the change finds no node selected that is gone.
        self.select(self._selection)
        self.stack_changed.emit(self._stack)


class _Undoable(QUndoCommand):
    """A command on the undo stack."""

    def __init__(self, editor: Editor, command: Command) -> None:
        super().__init__(command.text)
        self._editor = editor
        self._command = command
        self._edit = command.edit
        self._inverse = command.edit.inverse(editor.stack)
        self._time = time.monotonic()

    # Qt overrides

    def redo(self) -> None:
        """Do it, for the first time or again."""
        self._editor.apply(self._edit)

    def undo(self) -> None:
        """Undo it."""
        self._editor.apply(self._inverse)

    def id(self) -> int:
        """Tell Qt that this one may merge with its neighbours."""
        return _MERGE_ID if self._command.merges else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Become one with a change of the same thing that follows at once, as from a spin box."""
        assert isinstance(other, _Undoable)
        if other._command.merges != self._command.merges:
            return False
        if other._time - self._time > _MERGE_SECONDS:
            return False
        self._edit = other._edit
        self._time = other._time
        return True
