"""A person who does anything at any time: seeded, through the ways in that a window has."""

import contextlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import psutil
from hypothesis.errors import HypothesisException
from hypothesis.internal.conjecture.data import ConjectureData, StopTest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from core.lesson_library import packaged_lessons
from core.stack import size
from gui.dialogs import Answer, Dialogs
from gui.main_window import MainWindow
from tests.random_stacks import any_command

_MOST_LAYERS = 400
_KEYS = (
    *(Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Right),
    *(Qt.Key.Key_Left, Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_F2),
    *(Qt.Key.Key_A, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_PageDown),
)
_DEVICES = (None, "/device:CPU:0", "/CPU:0", "/device:GPU:7", "/job:worker/task:1")
_SEARCHES = ("", "kernel", "/conv[12]/", "/(/", "bias", "zzz", "a")
# What opens a dialog or ends the window has a way of its own here.
_TRIGGERED = (
    *("cut", "copy", "paste", "duplicate", "delete", "select_all", "find_variable", "rename"),
    *("move_up", "move_down", "move_into_scope", "move_out_of_scope", "wrap_in_scope"),
    *("shared_copy", "enter_again", "use_tf_layers", "use_get_variable", "reuse_inherit"),
    *("reuse_false", "reuse_true", "reuse_auto", "draw_again", "automatic_building"),
    *("theme_light", "theme_dark", "theme_system", "show_palette", "show_inspector"),
    *("show_results", "reset_layout", "save", "share_with", "next_lesson", "show_lesson"),
    *("write_lesson", "choose_device", "set_seed", "add_layer", "command_list"),
    *("keyboard_shortcuts", "about", "lessons"),
    *("add_dense", "add_conv2d", "add_input", "add_custom", "add_batch_normalization"),
)


class QuickDialogs(Dialogs):
    """Answers at once: with files of one folder, and as chance has it."""

    def __init__(self, window: QObject, folder: Path, random: Random) -> None:
        super().__init__(window)
        self.folder = folder
        self.random = random

    def ask_open(self, title, folder, filters, chosen) -> None:
        files = sorted(self.folder.glob("*.stack.json"))
        if files:
            chosen(self.random.choice(files))

    def ask_save(self, title, proposed, filters, suffix, chosen) -> None:
        name = f"{'checkpoint' if not suffix else 'file'}{self.random.randrange(6)}"
        chosen(self.folder / (f"{name}.{suffix}" if suffix else name))

    def ask_unsaved(self, name, answered) -> None:
        answered(self.random.choice([Answer.SAVE, Answer.DISCARD, Answer.DISCARD]))

    def ask_replace(self, name, confirmed) -> None:
        confirmed()


class Hands(QObject):
    """Does one thing after the other, with pauses, until it is told to stop.

    Attributes:
        done: How often each kind of thing was done.
        last: The last things, the newest at the end.
    """

    def __init__(self, window: MainWindow, seed: int) -> None:
        super().__init__(window)
        self.done: Counter[str] = Counter()
        self.last: list[str] = []
        self._window = window
        self._random = Random(seed)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._on_timeout)
        self._ways: list[tuple[int, Callable[[], None]]] = [
            (40, self._edit),
            (14, self._trigger),
            (10, self._undo_or_redo),
            (8, self._press_key),
            (6, self._select),
            (4, self._build),
            (4, self._cancel),
            (4, self._export_checkpoint),
            (2, self._export_script),
            (3, self._choose_device),
            (3, self._compare),
            (3, self._show_tab),
            (3, self._search),
            (3, self._drag_over),
            (2, self._open_example),
            (2, self._open_lesson),
            (2, self._answer_lesson),
            (1, self._open_file),
            (1, self._new),
            (1, self._kill_graph_process),
        ]

    def start(self) -> None:
        """Begin, or go on."""
        self._timer.start(0)

    def stop(self) -> None:
        """Do nothing more, and close what is open over the window."""
        self._timer.stop()
        self.close_popups()

    def close_popups(self) -> None:
        """Close the dialogs and menus that are open."""
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog | QMenu) and widget.isVisible():
                widget.close()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()

    def _on_timeout(self) -> None:
        weights = [weight for weight, _ in self._ways]
        (_, way), *_ = self._random.choices(self._ways, weights)
        if self._random.random() < 0.3:
            self.close_popups()
        self.last = [*self.last[-30:], way.__name__]
        way()
        self.done[way.__name__.strip("_")] += 1
        # Sometimes a person looks at what came of it; then builds, trials and numbers get done.
        pause = self._random.choices([0, 20, 100, 1500], [30, 40, 27, 3])[0]
        self._timer.start(pause)

    def _edit(self) -> None:
        editor = self._window.editor
        if size(editor.stack.nodes) > _MOST_LAYERS:
            self._open_example()
            return
        # hypothesis' own way to draw one value with a seed; there is no public one.
        data = ConjectureData(random=Random(self._random.random()))
        try:
            command = data.draw(any_command(editor.stack))
        except (StopTest, HypothesisException):
            return
        editor.do(command)

    def _trigger(self) -> None:
        name = self._random.choice(_TRIGGERED)
        self.last[-1] += f" {name}"
        self._window.action_table[name].trigger()

    def _undo_or_redo(self) -> None:
        name = self._random.choice(["undo", "undo", "redo"])
        for _ in range(self._random.choice([1, 1, 2, 10])):
            self._window.action_table[name].trigger()

    def _press_key(self) -> None:
        widget = QApplication.focusWidget() or self._window.panels.stack_view.tree
        key = self._random.choice(_KEYS)
        self.last[-1] += f" {key.name} on {type(widget).__name__}"
        QTest.keyClick(widget, key)

    def _select(self) -> None:
        ids = [node.id for node in self._window.editor.stack.walk()]
        count = min(self._random.choice([0, 1, 1, 1, 3, 50]), len(ids))
        self._window.editor.select(tuple(self._random.sample(ids, count)))

    def _build(self) -> None:
        QTest.keyClick(self._window, Qt.Key.Key_F5)

    def _cancel(self) -> None:
        QTest.keyClick(self._window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)

    def _export_checkpoint(self) -> None:
        self._window.action_table["export_checkpoint"].trigger()

    def _export_script(self) -> None:
        self._window.action_table["export_script"].trigger()

    def _choose_device(self) -> None:
        box = self._window.tool_bar.device
        wanted = self._random.choice(_DEVICES)
        row = box.findData(wanted)
        if row < 0:
            box.addItem(str(wanted), wanted)
            row = box.count() - 1
        box.setCurrentIndex(row)
        box.activated.emit(row)

    def _compare(self) -> None:
        QTest.keyClick(self._window, Qt.Key.Key_F6)

    def _show_tab(self) -> None:
        tabs = self._window.panels.tabs
        tabs.setCurrentIndex(self._random.randrange(tabs.count()))

    def _search(self) -> None:
        self._window.panels.variables.search.setText(self._random.choice(_SEARCHES))

    def _drag_over(self) -> None:
        """Have the pointer stand somewhere with a node: what that would be called is asked."""
        window = self._window
        nodes = list(window.editor.stack.walk())
        if nodes:
            from core.parcel import Parcel

            tree = window.panels.stack_view.tree
            node = self._random.choice(nodes)
            place = window.editor.stack.place(self._random.choice(nodes).id)
            tree.dragged_over.emit(Parcel((node,)), self._random.random() < 0.5, place)
            QTimer.singleShot(300, tree, tree.drag_ended.emit)

    def _open_example(self) -> None:
        self._window.files.open_example(self._random.choice(self._window.files.examples()))

    def _open_lesson(self) -> None:
        self._window.files.open_lesson(self._random.choice(packaged_lessons()))

    def _answer_lesson(self) -> None:
        reader = self._window.panels.lesson.reader
        if reader.build_button.isVisible():
            reader.build_button.click()

    def _open_file(self) -> None:
        self._window.action_table["open"].trigger()

    def _new(self) -> None:
        self._window.action_table["new"].trigger()

    def _kill_graph_process(self) -> None:
        """End the process for forward passes, as native code does now and then."""
        for process in psutil.Process().children():
            with contextlib.suppress(psutil.Error):  # it is dead, and nobody has looked yet
                if "core.graph_worker" in process.cmdline():
                    process.kill()
