"""The layers whose variables another one can read."""

from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from core import sharing
from core.node_names import path_text
from gui import icons
from gui.editor import Editor


class ShareMenu(QMenu):
    """Lists the earlier layers that a layer can share with; the chosen one's variables it reads."""

    def __init__(self, editor: Editor, parent: QWidget) -> None:
        """Start without layers."""
        super().__init__(parent)
        self._editor = editor

    def fill(self, layer_id: str) -> None:
        """List what there is for a layer."""
        self.clear()
        stack = self._editor.stack
        for owner in sharing.shareable(stack, layer_id):
            chosen = partial(self._on_chosen, layer_id, owner.id)
            self.addAction(icons.kind_icon(owner.kind), path_text(stack, owner), chosen)

    def _on_chosen(self, layer_id: str, owner_id: str) -> None:
        self._editor.attempt(partial(sharing.share_with, layer_id=layer_id, owner_id=owner_id))
