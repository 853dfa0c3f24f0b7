"""The stack as a person sees and edits it."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from core.built import Built
from core.restore_check import RestoreCheck
from core.stack import Node
from core.trial import Trial
from gui.editor import Editor
from gui.empty_label import EmptyLabel
from gui.explaining import Explaining
from gui.models.stack_model import StackModel
from gui.refusal_panel import RefusalPanel
from gui.stack_tree import StackTree

_EMPTY = "Drag a layer here, or choose Add in the Layer menu"


class StackView(QWidget):
    """The tree of the stack, and below it what TensorFlow said of a layer it refused.

    Attributes:
        tree: The item view.

    Signals:
        told: A sentence on why something could not be done.
        review_asked: Code that was not run is to be shown.
        fix_asked: A `Fix` of what was refused.
    """

    told = Signal(str)
    review_asked = Signal()
    fix_asked = Signal(object)

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Show an editor's stack."""
        super().__init__(parent)
        self._editor = editor
        self.tree = StackTree(editor, self)
        EmptyLabel(self.tree, _EMPTY)
        self._panel = RefusalPanel(self)
        self._menu = QMenu(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._panel)
        self.setFocusProxy(self.tree)
        self.tree.setAccessibleName("Stack")
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._on_context_menu_requested)
        self.model.refused.connect(self.told)
        self._panel.asked.connect(self._on_refused_asked)
        self._panel.review_asked.connect(self.review_asked)
        self._panel.fix_asked.connect(self.fix_asked)

    @property
    def model(self) -> StackModel:
        """The model of the tree."""
        return self.tree.stack_model

    @property
    def refusal_text(self) -> str:
        """What is shown of a refusal, empty when nothing is refused."""
        return self._panel.text if self._panel.isVisibleTo(self) else ""

    def set_built(self, built: Built | None) -> None:
        """Show shapes, refusals and sharing of a build."""
        self.model.set_built(built)
        refusal = None if built is None else built.refusal
        name = ""
        if refusal is not None and refusal.origin in self._editor.stack:
            name = self.model.name(self._editor.stack.node(refusal.origin))
        self._panel.show_refusal(refusal, name or "The stack")

    def set_trial(self, trial: Trial | None) -> None:
        """Show which layers can't be run."""
        self.model.set_trial(trial)

    def set_check(self, check: RestoreCheck | None) -> None:
        """Show which layers the open checkpoint does not restore."""
        self.model.set_check(check)

    def set_explained(self, explaining: Explaining) -> None:
        """Show what there is to say of a build: of its refusal, and where it surprises."""
        self.model.set_hazards(explaining.hazards)
        explanation, stack = explaining.explanation, self._editor.stack
        if explanation is None:
            self._panel.show_explanation("", [], [])
            return
        layers = [
            (found, self.model.path(stack.node(found)))
            for found in explanation.layers[1:]
            if found in stack
        ]
        self._panel.show_explanation(explanation.text, layers, explaining.fixes)

    def set_context_actions(self, entries: Sequence[QAction | QMenu | None]) -> None:
        """Set what the context menu has: actions, submenus, and None for a line between them."""
        self._menu.clear()
        for entry in entries:
            match entry:
                case QMenu():
                    self._menu.addMenu(entry)
                case QAction():
                    self._menu.addAction(entry)
                case None:
                    self._menu.addSeparator()

    def rename(self, node_id: str) -> None:
        """Let a person type another name on a node's row."""
        index = self.model.index_of(node_id)
        if index.isValid():
            self.tree.setFocus()
            self.tree.scrollTo(index)
            self.tree.setCurrentIndex(index)
            self.tree.edit(index)

    def show_menu(self, menu: QMenu, node: Node) -> None:
        """Pop a menu up below a node's row."""
        self.tree.show_menu(menu, node.id)

    def _on_context_menu_requested(self, position: QPoint) -> None:
        if not self._menu.isEmpty():
            self._menu.popup(self.tree.viewport().mapToGlobal(position))

    def _on_refused_asked(self, node_id: str) -> None:
        self._editor.select((node_id,))
        self.tree.setFocus()
