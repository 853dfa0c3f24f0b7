"""Which code of custom layers may be run, and the question about the rest."""

import json
import logging
from functools import cache
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget

from core.atomic import write_text
from core.custom_code import FIRST_CODE, custom_layers, digest, digests
from core.quantities import show_count
from core.stack import Stack
from gui.code_review import CodeReview
from gui.dialogs import Dialogs
from gui.editor import Editor
from gui.files import example_stacks
from gui.state import Folders

_TRUSTED, _DECLINED = "trusted", "declined"
_log = logging.getLogger(__name__)


class Trust(QObject):
    """Knows which code a person lets run: what they typed, and what they said yes to.

    Who has a stack built asks `of` what of its code may be run. When a stack comes that holds other
    code, the person is asked about it, once for each text.

    Signals:
        untrusted: A sentence on code of the open stack that was not run; empty where there is none.
        granted: More code of the open stack may be run.
    """

    untrusted = Signal(str)
    granted = Signal()

    def __init__(self, editor: Editor, folders: Folders, dialogs: Dialogs, window: QWidget) -> None:
        """Follow an editor's stack."""
        super().__init__(window)
        self._editor = editor
        self._file = folders.trust_file()
        self._dialogs = dialogs
        self._window = window
        self._known = _read(self._file)
        self._told: frozenset[str] | None = None
        self._review: CodeReview | None = None
        editor.stack_opened.connect(self._on_stack_opened)
        editor.stack_changed.connect(self._on_stack_changed)

    def of(self, stack: Stack) -> frozenset[str]:
        """Return the digests of a stack's code that may be run."""
        return digests(stack) - self._missing(stack)

    def grant(self, found: frozenset[str]) -> None:
        """Let code run from now on, in whichever stack it stands."""
        if not found:
            return
        self._remember(_TRUSTED, found)
        self._update()
        self.granted.emit()

    def code_written(self, code: str) -> None:
        """Let code run that a person types for the selected layers, before it is in the stack.

        Not so where it takes the place of code that may not be run: a change to such code doesn't
        mean that all of it was read.
        """
        stack = self._editor.stack
        selected = {layer.id for layer in map(stack.node, self._editor.selection)}
        replaced = {digest(old) for layer, old in custom_layers(stack) if layer.id in selected}
        if replaced.isdisjoint(self._missing(stack)):
            self._remember(_TRUSTED, frozenset({digest(code)}))

    def review(self) -> None:
        """Show the code that may not be run, and ask about it."""
        if self._review is not None:
            return
        missing = self._missing(self._editor.stack)
        if not missing:  # another window has asked meanwhile
            self._update()
            self.granted.emit()
            return
        codes: dict[str, list[str]] = {}
        for layer, code in custom_layers(self._editor.stack):
            if digest(code) in missing:
                codes.setdefault(code, []).append(layer.name or layer.kind)
        self._review = review = CodeReview(codes, self._window)
        review.finished.connect(self._on_reviewed)
        self._dialogs.open(review)

    def _missing(self, stack: Stack) -> frozenset[str]:
        """Return the digests of a stack's code that may not be run."""
        missing = digests(stack) - self._known[_TRUSTED] - {digest(FIRST_CODE)}
        if missing:
            self._read_again()
            missing = missing - self._known[_TRUSTED] - _packaged()
        return missing

    def _on_stack_opened(self, stack: Stack) -> None:
        if self._review is not None:
            review, self._review = self._review, None
            review.close()  # without an answer: it asked about a stack that is gone
        self._told = None
        self._update()
        if self._missing(stack) - self._known[_DECLINED]:
            self.review()

    def _on_stack_changed(self, stack: Stack) -> None:
        self._update()

    def _on_reviewed(self, answer: int) -> None:
        review, self._review = self._review, None
        if review is None:
            return
        shown = frozenset(map(digest, review.codes))
        if answer == QDialog.DialogCode.Accepted:
            self.grant(shown)
        else:
            self._remember(_DECLINED, shown)
            self._told = None
            self._update()

    def _update(self) -> None:
        """Tell how much code may not be run, unless that was told already."""
        missing = self._missing(self._editor.stack)
        if missing == self._told:
            return
        self._told = missing
        functions = show_count(len(missing), "function")
        text = f"This stack holds code of its own that was not run: {functions}."
        self.untrusted.emit(text if missing else "")

    def _read_again(self) -> None:
        """Take in what other windows were told meanwhile."""
        for key, found in _read(self._file).items():
            self._known[key] |= found

    def _remember(self, key: str, found: frozenset[str]) -> None:
        if found <= self._known[key]:
            return
        self._read_again()
        self._known[key] |= found
        self._known[_DECLINED] -= self._known[_TRUSTED]
        try:
            write_text(self._file, json.dumps({k: sorted(v) for k, v in self._known.items()}))
        except OSError:
            _log.exception("What code may be run can't be remembered")


def _read(file: Path) -> dict[str, frozenset[str]]:
    """Return what was said about code; nothing where the file is not as this program writes it."""
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        return {key: frozenset(map(_checked, stored[key])) for key in (_TRUSTED, _DECLINED)}
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        _log.warning("%s can't be read, so no code is trusted: %s", file, error)
    return {_TRUSTED: frozenset(), _DECLINED: frozenset()}


def _checked(found: object) -> str:
    """Return a digest that was stored. Raises ValueError."""
    if not isinstance(found, str) or len(bytes.fromhex(found)) != 32:
        raise ValueError(f"{found!r} is no digest")
    return found


@cache
def _packaged() -> frozenset[str]:
    """Return the digests of the code that comes with the program."""
    return frozenset().union(*map(digests, example_stacks()))
