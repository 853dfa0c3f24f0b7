"""Stacks that are proposed for checkpoints, from the question to the open stack."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.events import Cancelled, Failed
from core.stack import Stack
from core.tasks import ProposeStack
from gui.bridge import Bridge
from gui.checkpoints import Checkpoints
from gui.editor import Editor
from gui.files import Files
from gui.message_bar import Level, MessageBar

if TYPE_CHECKING:
    from core.stack_proposal import StackProposal

_TOPIC = "proposal"


class Proposing(QObject):
    """Has a method for each action of the owner ``proposing``.

    Signals:
        changed: `enabled` may give other answers.
    """

    changed = Signal()

    def __init__(
        self,
        editor: Editor,
        bridge: Bridge,
        checkpoints: Checkpoints,
        files: Files,
        messages: MessageBar,
        parent: QObject | None = None,
    ) -> None:
        """Follow the bridge and which checkpoint is open."""
        super().__init__(parent)
        self._editor = editor
        self._bridge = bridge
        self._checkpoints = checkpoints
        self._files = files
        self._messages = messages
        # What a person agreed to lose, if it was not saved.
        self._given_up: Stack | None = None
        checkpoints.changed.connect(self.changed)
        editor.stack_opened.connect(self._on_stack_opened)
        bridge.stack_proposed.connect(self._on_proposed)
        bridge.failed.connect(self._on_failed)
        bridge.cancelled.connect(self._on_cancelled)

    def enabled(self, action_id: str) -> bool:
        """Tell whether an action can be done now."""
        return not self.why_not(action_id)

    def why_not(self, action_id: str) -> str:
        """Return why an action can't be done now, empty where it can."""
        lacking = action_id == "propose_stack" and self._checkpoints.opened is None
        return "No checkpoint is open." if lacking else ""

    def new_from_checkpoint(self) -> None:
        """Ask for a checkpoint's file, and propose a stack for it."""
        self._files.when_saved(self._ask_file)

    def propose_stack(self) -> None:
        """Propose a stack for the open checkpoint."""
        opened = self._checkpoints.opened
        if opened is not None:
            self._files.when_saved(partial(self._propose, opened.source.path))

    def _ask_file(self) -> None:
        self._checkpoints.ask("New stack from a checkpoint", self._propose)

    def _propose(self, path: Path) -> None:
        path = path.absolute()
        self._given_up = self._editor.stack
        text = f"Proposing a stack for {path.name}; it is built to see what it creates..."
        self._messages.tell(_TOPIC, text, Level.ABOUT)
        self._bridge.ask(ProposeStack(path))

    def _on_proposed(self, proposal: "StackProposal") -> None:
        take = partial(self._take, proposal)
        self._messages.clear(_TOPIC)
        if self._editor.stack is self._given_up:
            take()
        else:
            self._files.when_saved(take)  # it was edited meanwhile

    def _take(self, proposal: "StackProposal") -> None:
        from core.proposal_report import proposal_text

        self._files.take(proposal.stack)
        level = Level.DONE if proposal.whole else Level.WARNING
        self._messages.tell(_TOPIC, proposal_text(proposal), level)

    def _on_stack_opened(self) -> None:
        self._messages.clear(_TOPIC)  # it told of another

    def _on_failed(self, event: Failed) -> None:
        if isinstance(event.task, ProposeStack):
            text = event.message[:1].upper() + event.message[1:]
            self._messages.tell(_TOPIC, text, Level.REFUSED)

    def _on_cancelled(self, event: Cancelled) -> None:
        if isinstance(event.task, ProposeStack):
            self._messages.clear(_TOPIC)
