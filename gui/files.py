"""The stack and its file: new, open, save, recent files, and the question about unsaved work."""

from collections.abc import Callable, Iterator
from functools import partial
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core import document
from core.json_file import DocumentError
from core.stack import Stack
from gui.autosave import Orphan
from gui.dialogs import Answer, Dialogs
from gui.editor import Editor
from gui.settings import FILE_FOLDER, RECENT_FILES, Settings

_MOST_RECENT = 10
_FILTERS = f"Stacks (*{document.SUFFIX});;All files (*)"
_FIRST_EXAMPLE = "lenet"


class Files(QObject):
    """Opens and saves the editor's stack.

    Signals:
        changed: The path of the open stack, or the recent files, are others.
        refused: A file can't be opened or written; one sentence says why.
        told: Something was done that is worth a word.
        done: A stack is opened or saved, so what was refused before matters no more.
    """

    changed = Signal()
    refused = Signal(str)
    told = Signal(str)
    done = Signal()

    def __init__(
        self, editor: Editor, settings: Settings, dialogs: Dialogs, parent: QObject | None = None
    ) -> None:
        """Start with the stack that the editor has, in no file."""
        super().__init__(parent)
        self._editor = editor
        self._settings = settings
        self._dialogs = dialogs
        self._path: Path | None = None

    @property
    def path(self) -> Path | None:
        """The file of the open stack, None where it has none."""
        return self._path

    @property
    def title(self) -> str:
        """What to call the open stack."""
        return self._path.name if self._path else self._editor.stack.name

    @property
    def untouched(self) -> bool:
        """Whether there is nothing to lose: an empty stack in no file, never edited."""
        empty = not self._editor.stack.nodes
        return empty and self._path is None and self._editor.undo_stack.isClean()

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now: each of these always can."""
        return True

    def new(self) -> None:
        """Open an empty stack."""
        self.when_saved(partial(self._take, Stack(), None))

    def open(self) -> None:
        """Ask for a file and open it."""
        self.when_saved(self._ask_open)

    def open_path(self, path: Path) -> None:
        """Open a file, once unsaved work is safe."""
        self.when_saved(partial(self._on_chosen, path))

    def load(self, path: Path) -> bool:
        """Open a file in place of the open stack, which stays where the file can't be read."""
        path = path.absolute()
        try:
            stack = document.load(path)
        except DocumentError as error:
            self.refused.emit(f"{path.name} can't be opened: {error}")
            self._forget(path)
            return False
        self._take(stack, path)
        self._remember(path)
        return True

    def open_example(self, name: str) -> None:
        """Open a packaged example, once unsaved work is safe."""
        self.when_saved(partial(self.load_example, name))

    def load_example(self, name: str = _FIRST_EXAMPLE) -> None:
        """Open a packaged example as a stack in no file; an empty stack where it isn't there."""
        file = next((file for file in _examples() if _example_name(file) == name), None)
        if file is not None:
            self._take(_load_packaged(file), None)

    def open_lesson(self, stack: Stack) -> None:
        """Open a packaged lesson as a stack in no file, once unsaved work is safe."""
        self.when_saved(partial(self._take, stack, None))

    def take(self, stack: Stack) -> None:
        """Open a stack that was never in a file, as work that is not saved yet."""
        self._take(stack, None)
        self._editor.undo_stack.resetClean()

    def recover(self, orphan: Orphan) -> None:
        """Open what a dead window left, as work that is not saved yet. Raises DocumentError."""
        stack = orphan.load()
        self._take(stack, orphan.belongs_to)
        self._editor.undo_stack.resetClean()

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Save to the stack's file, or ask for one; then go on if that worked."""
        if self._path is None:
            self.save_as(then)
        elif self._write(self._path) and then is not None:
            then()

    def save_as(self, then: Callable[[], None] | None = None) -> None:
        """Ask for a file and save to it; then go on if that worked."""
        name = self._editor.stack.name.replace("/", "_").replace("\\", "_")
        proposed = self._path or self._folder() / f"{name}{document.SUFFIX}"
        self._dialogs.ask_save(
            "Save the stack", proposed, _FILTERS, document.SUFFIX[1:], partial(self._save_to, then)
        )

    def when_saved(self, then: Callable[[], None]) -> None:
        """Go on at once where nothing is unsaved, else once it is saved or given up."""
        if self._editor.undo_stack.isClean():
            then()
        else:
            self._dialogs.ask_unsaved(self.title, partial(self._on_answered, then))

    def recent_files(self) -> tuple[Path, ...]:
        """Return the files opened or saved last that are still there, the newest first."""
        stored = self._settings.get(RECENT_FILES)
        return tuple(path for path in map(Path, stored) if path.is_file())

    def examples(self) -> tuple[str, ...]:
        """Return the names of the packaged examples."""
        return tuple(sorted(map(_example_name, _examples())))

    def _ask_open(self) -> None:
        self._dialogs.ask_open("Open a stack", self._folder(), _FILTERS, self._on_chosen)

    def _on_chosen(self, path: Path) -> None:
        self.load(path)

    def _on_answered(self, then: Callable[[], None], answer: Answer) -> None:
        if answer is Answer.SAVE:
            self.save(then)
        elif answer is Answer.DISCARD:
            then()

    def _save_to(self, then: Callable[[], None] | None, path: Path) -> None:
        if self._write(path.absolute()) and then is not None:
            then()

    def _write(self, path: Path) -> bool:
        try:
            document.save(self._editor.stack, path)
        except OSError as error:
            self.refused.emit(f"{path.name} can't be written: {error.strerror or error}")
            return False
        self._path = path
        self._editor.undo_stack.setClean()
        self._remember(path)
        self.told.emit(f"Saved {path.name}")
        self.done.emit()
        return True

    def _take(self, stack: Stack, path: Path | None) -> None:
        self._path = path
        self._editor.open(stack)
        self.changed.emit()
        self.done.emit()

    def _folder(self) -> Path:
        return self._settings.folder(FILE_FOLDER) or Path.home()

    def _remember(self, path: Path) -> None:
        others = [name for name in self._settings.get(RECENT_FILES) if name != str(path)]
        self._settings.set(RECENT_FILES, (str(path), *others)[:_MOST_RECENT])
        self._settings.set(FILE_FOLDER, str(path.parent))
        self.changed.emit()

    def _forget(self, path: Path) -> None:
        """Take a file that can't be opened out of the recent ones."""
        kept = tuple(name for name in self._settings.get(RECENT_FILES) if name != str(path))
        self._settings.set(RECENT_FILES, kept)
        self.changed.emit()


def example_stacks() -> Iterator[Stack]:
    """Yield the packaged examples."""
    return map(_load_packaged, _examples())


def _load_packaged(file: Traversable) -> Stack:
    return document.loads(file.read_text(encoding="utf-8"))


def _examples() -> list[Traversable]:
    folder = resources.files("resources") / "examples"
    if not folder.is_dir():
        return []
    return [file for file in folder.iterdir() if file.name.endswith(document.SUFFIX)]


def _example_name(file: Traversable) -> str:
    return file.name.removesuffix(document.SUFFIX)
