"""The plot's import, in a thread of its own: the window is there before it."""

import importlib
import threading

from PySide6.QtCore import QObject, Qt, Signal


class LatePlot(QObject):
    """Imports pyqtgraph without holding the window up, then makes the plot.

    Signals:
        imported: The import has ended, whether well or not; what else imports may start.
        made: The plot.
    """

    imported = Signal()
    made = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Import nothing yet."""
        super().__init__(parent)
        self._thread = threading.Thread(target=self._import, name="plot import", daemon=True)
        self.imported.connect(self._on_imported, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Start the import."""
        self._thread.start()

    def close(self) -> None:
        """Wait for the import to end; no plot is made after this."""
        self.imported.disconnect()
        if self._thread.is_alive():
            self._thread.join()

    def _import(self) -> None:
        try:
            importlib.import_module("pyqtgraph")
        finally:
            self.imported.emit()

    def _on_imported(self) -> None:
        from gui.weights_plot import WeightsPlot

        self.made.emit(WeightsPlot())
