"""The actions that concern lessons."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from core.lesson_library import lesson_after
from gui.actions import Actions
from gui.building import Building
from gui.dialogs import Dialogs
from gui.editor import Editor
from gui.files import Files
from gui.lesson_gallery import LessonGallery
from gui.lesson_panel import LessonPanel


class LessonCommands(QObject):
    """Has a method for each action of the owner ``lessons``, and does what the panel asks for.

    Signals:
        changed: Whether one of them can be done is another now.
    """

    changed = Signal()

    def __init__(
        self,
        editor: Editor,
        panel: LessonPanel,
        building: Building,
        files: Files,
        dialogs: Dialogs,
        window: QWidget,
    ) -> None:
        """Follow the panel; `set_up` gives the actions, which are made from this."""
        super().__init__(window)
        self._editor = editor
        self._panel = panel
        self._files = files
        self._dialogs = dialogs
        self._window = window
        self._actions: Actions
        editor.stack_opened.connect(self.changed)
        editor.stack_changed.connect(self.changed)
        panel.build_asked.connect(building.build)
        panel.hold_asked.connect(building.hold)
        panel.release_asked.connect(building.release)
        panel.next_asked.connect(self.next_lesson)
        panel.shown_changed.connect(self._on_shown_changed)

    def set_up(self, actions: Actions) -> None:
        """Give the actions, of which one is on or off."""
        self._actions = actions

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now."""
        lesson = self._editor.stack.lesson
        if action_id == "show_lesson":
            return lesson is not None
        return action_id != "next_lesson" or lesson_after(lesson) is not None

    def lessons(self) -> None:
        """Open the gallery of lessons."""
        gallery = LessonGallery(self._editor.stack.lesson, self._window)
        gallery.chosen.connect(self._files.open_lesson)
        self._dialogs.open(gallery)

    def next_lesson(self) -> None:
        """Open the lesson behind the open one."""
        stack = lesson_after(self._editor.stack.lesson)
        if stack is not None:
            self._files.open_lesson(stack)

    def write_lesson(self) -> None:
        """Let the lesson of the open stack be written."""
        self._panel.write()

    def show_lesson(self, on: bool) -> None:
        """Show the lesson's panel or hide it."""
        self._panel.set_shown(on)

    def _on_shown_changed(self) -> None:
        self._actions["show_lesson"].setChecked(self._panel.shown)
