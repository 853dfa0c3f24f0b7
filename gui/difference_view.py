"""In what another checkpoint differs from the open one."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from core.built import Built
from core.difference_rows import Difference, DifferenceRow, counts, difference_rows
from core.opened_checkpoint import ComparedCheckpoints, OpenedCheckpoint
from core.sources import Selected
from gui.editor import Editor
from gui.elided_label import ElidedLabel
from gui.models.difference_model import DifferenceModel
from gui.variable_tree import VariableTree

_NOT_COMPARED = "Compare this checkpoint with another one in the Checkpoint menu"
_ALL, _UNLIKE = "All", "All that differs"


class DifferenceView(QWidget):
    """Shows the tensors of two checkpoints, of one kind of difference or of all.

    Attributes:
        about: What is compared with what.
        kinds: Which differences are shown.
        tree: The tensors.

    Signals:
        selected: The tensors of both sides that are selected now (tuple of `Selected`).
    """

    selected = Signal(object)

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Start without a comparison."""
        super().__init__(parent)
        self._sources: tuple[ComparedCheckpoints, OpenedCheckpoint] | None = None
        self._rows: tuple[DifferenceRow, ...] = ()
        self._built: Built | None = None
        self.about = ElidedLabel()
        self.about.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.kinds = QComboBox()
        self.kinds.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.kinds.setAccessibleName("Differences")
        self.tree = VariableTree(editor, DifferenceModel(self), "tensor", _NOT_COMPARED)
        line = QHBoxLayout()
        line.setContentsMargins(4, 0, 4, 2)
        line.addWidget(self.about, 1)
        line.addWidget(self.kinds)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.tree, 1)
        self.setFocusProxy(self.tree)
        self.kinds.currentIndexChanged.connect(self._show)
        self.tree.variables_selected.connect(self._on_names_selected)
        self.kinds.hide()

    def show_compared(
        self,
        compared: ComparedCheckpoints | None,
        opened: OpenedCheckpoint | None,
        built: Built | None = None,
    ) -> None:
        """Show in what the open checkpoint and another differ; None shows nothing.

        Args:
            compared: The comparison.
            opened: The open checkpoint, which is the left side.
            built: The build of the open stack, whose layers the rows select.
        """
        self._built = built
        if compared is None or opened is None:
            self._sources, self._rows = None, ()
            self.about.set_whole_text("")
        else:
            self._sources = compared, opened
            users = {} if built is None else {v.name: v.used_by for v in built.variables}
            self._rows = difference_rows(compared.diff, opened, compared.right, users)
            self.about.set_whole_text(
                f"{opened.source.path.name} (left) and {compared.right.source.path.name} (right)"
            )
        self._offer_kinds()
        self._show()

    def show_state(self, text: str) -> None:
        """Say what is going on."""
        self.about.set_whole_text(text)

    def _offer_kinds(self) -> None:
        """Offer the kinds of differences, with how many rows there are of each."""
        chosen = self.kinds.currentData()
        found = counts(self._rows)
        unlike = len(self._rows) - found.get(Difference.EQUAL, 0)
        offered = [(_UNLIKE, unlike), *((kind, found.get(kind, 0)) for kind in Difference)]
        self.kinds.blockSignals(True)
        self.kinds.clear()
        for kind, number in (*offered, (_ALL, len(self._rows))):
            self.kinds.addItem(f"{kind[:1].upper()}{kind[1:]} ({number:,})", kind)
        self.kinds.setCurrentIndex(max(self.kinds.findData(chosen), 0))
        self.kinds.blockSignals(False)
        self.kinds.setVisible(self._sources is not None)

    def _show(self) -> None:
        kind = self.kinds.currentData()
        if kind == _UNLIKE:
            rows = [row for row in self._rows if row.difference is not Difference.EQUAL]
        elif kind == _ALL:
            rows = list(self._rows)
        else:
            rows = [row for row in self._rows if row.difference == kind]
        self.tree.set_empty_text(self._nothing(kind))
        self.tree.show_rows(rows, self._built)
        self._on_names_selected(self.tree.selected_names)

    def _nothing(self, kind: str) -> str:
        """Return what is said where no row is of a kind."""
        if self._sources is None:
            return _NOT_COMPARED
        if kind == _UNLIKE:
            return "There is no difference: the same names, shapes, types and values"
        return f"No tensor is {kind}"

    def _on_names_selected(self, names: tuple[str, ...]) -> None:
        if self._sources is None:
            self.selected.emit(())
            return
        wanted = frozenset(names)
        compared, opened = self._sources
        found: list[Selected] = []
        for row in self._rows if wanted else ():
            if row.name in wanted:
                if row.left is not None:
                    found.append(_selected(opened, row.left.name, "left"))
                if row.right is not None and row.difference is not Difference.EQUAL:
                    found.append(_selected(compared.right, row.right.name, "right"))
        self.selected.emit(tuple(found))


def _selected(side: OpenedCheckpoint, name: str, where: str) -> Selected:
    return Selected(side.source, name, f"{name} ({where})")
