"""The open name map: the one way in for every edit of it, with undo."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.named_tensors import NamedTensors

if TYPE_CHECKING:
    from core.name_mapping import NameMapping


class MapEditor(QObject):
    """Holds the open map; undo takes an older value back.

    Signals:
        changed: Another map is there, or none.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without a map."""
        super().__init__(parent)
        self._mapping: NameMapping | None = None
        # As the last edit left it, between the sides of then.
        self._edited: NameMapping | None = None
        self._older: list[NameMapping] = []
        self._newer: list[NameMapping] = []

    @property
    def mapping(self) -> "NameMapping | None":
        """The map as it is now."""
        return self._mapping

    @property
    def edited(self) -> "NameMapping | None":
        """The map as the last edit left it, between the sides of then; None without an edit."""
        return self._edited if self._older or self._newer else None

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to undo."""
        return bool(self._older)

    @property
    def can_redo(self) -> bool:
        """Whether there is one to do again."""
        return bool(self._newer)

    def open(self, mapping: "NameMapping | None") -> None:
        """Take another map, with nothing to undo."""
        self._older, self._newer = [], []
        self._take(mapping)

    def do(self, mapping: "NameMapping") -> None:
        """Take what an edit made of the map; the map itself does nothing."""
        if self._edited is None or mapping is self._mapping:
            return
        self._older.append(self._edited)
        self._newer = []
        self._take(mapping)

    def follow(self, left: NamedTensors, right: NamedTensors) -> None:
        """Have the map between other sides, which is no edit.

        What they have not is left out, until there are sides that have it, or the next edit.
        """
        if self._edited is not None:
            self._show(self._edited.between(left, right))

    def undo(self) -> None:
        """Take the map back as it was before the last edit, between the sides of now."""
        self._step(self._older, self._newer)

    def redo(self) -> None:
        """Do again what was undone last."""
        self._step(self._newer, self._older)

    def _step(self, of: "list[NameMapping]", to: "list[NameMapping]") -> None:
        if self._mapping is None or self._edited is None or not of:
            return
        left, right = self._mapping.left, self._mapping.right
        to.append(self._edited)
        self._edited = of.pop()
        self._show(self._edited.between(left, right))

    def _take(self, mapping: "NameMapping | None") -> None:
        self._edited = mapping
        self._show(mapping)

    def _show(self, mapping: "NameMapping | None") -> None:
        if mapping is not self._mapping:
            self._mapping = mapping
            self.changed.emit()
