"""The one place where the builder's events enter Qt."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from core.builder import (
    Build,
    Builder,
    Cancelled,
    Event,
    Export,
    ExportScript,
    Failed,
    Finished,
    Progress,
    Ready,
    Started,
    Summarize,
    WriteCode,
)
from core.stack import Stack


class Bridge(QObject):
    """Sends requests to the builder thread and tells in the window's thread what came of them.

    Signals:
        ready: TensorFlow is imported (`Ready`).
        started: A request is being worked on (`Started`).
        built: The newest build is done (`Built`).
        summarized: The weights of the newest summary (tuple of `Weights`).
        exported: A checkpoint is written (`Exported`).
        coded: The newest code is written (`Finished`).
        script_exported: A script is written to this path.
        failed: A request failed (`Failed`).
        cancelled: A request was cancelled (`Cancelled`).
        ended: A request has had its end, whatever came of it (`Finished`, `Failed`, `Cancelled`).
    """

    ready = Signal(object)
    started = Signal(object)
    built = Signal(object)
    summarized = Signal(object)
    exported = Signal(object)
    coded = Signal(object)
    script_exported = Signal(object)
    failed = Signal(object)
    cancelled = Signal(object)
    ended = Signal(object)

    _event = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Make the builder; `start` starts its thread."""
        super().__init__(parent)
        self._event.connect(self._on_event, Qt.ConnectionType.QueuedConnection)
        self._builder = Builder(self._event.emit)
        self._newest: dict[type, int] = {}

    def start(self) -> None:
        """Start the builder thread, which imports TensorFlow."""
        self._builder.start()

    def build(self, stack: Stack) -> None:
        """Ask for a build, in place of any that isn't done."""
        self._newest[Build] = self._builder.submit(Build(stack))

    def summarize(self, stack: Stack, names: tuple[str, ...], bins: int | None = None) -> None:
        """Ask for the weights of variables, in place of any summary that isn't done."""
        self._newest[Summarize] = self._builder.submit(Summarize(stack, names, bins))

    def export(self, stack: Stack, prefix: Path) -> None:
        """Ask for a checkpoint."""
        self._builder.submit(Export(stack, prefix))

    def write_code(self, task: WriteCode) -> None:
        """Ask for code, in place of any that isn't written."""
        self._newest[WriteCode] = self._builder.submit(task)

    def export_script(self, stack: Stack, path: Path) -> None:
        """Ask for a script."""
        self._builder.submit(ExportScript(stack, path))

    def cancel(self) -> None:
        """Cancel what is being done and what waits."""
        self._builder.cancel()

    @property
    def progress(self) -> Progress | None:
        """How far the running request is; to be polled."""
        return self._builder.progress

    def close(self) -> None:
        """End the builder thread; no signal comes after this."""
        self._builder.close()
        self._event.disconnect(self._on_event)

    def _on_event(self, event: Event) -> None:
        match event:
            case Ready():
                self.ready.emit(event)
            case Started():
                self.started.emit(event)
            case Finished(number, Build(), result) if number == self._newest[Build]:
                self.built.emit(result)
            case Finished(number, Summarize(), result) if number == self._newest[Summarize]:
                self.summarized.emit(result)
            case Finished(_, Export(), result):
                self.exported.emit(result)
            case Finished(number, WriteCode()) if number == self._newest[WriteCode]:
                self.coded.emit(event)
            case Finished(_, ExportScript(), result):
                self.script_exported.emit(result)
            case Failed():
                self.failed.emit(event)
            case Cancelled():
                self.cancelled.emit(event)
        if isinstance(event, Finished | Failed | Cancelled):
            self.ended.emit(event)
