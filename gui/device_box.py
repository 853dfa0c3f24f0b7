"""The choice of the device that the stack is built on."""

from PySide6.QtWidgets import QComboBox, QWidget

from core.commands import configure
from gui.editor import Editor

_AUTOMATIC = "Automatic"


class DeviceBox(QComboBox):
    """Offers TensorFlow's devices, and the stack's own where it is not among them."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        """Follow the editor; there are no devices until TensorFlow is imported."""
        super().__init__(parent)
        self._editor = editor
        self._devices: tuple[str, ...] | None = None
        self.setToolTip("The device that the graph is built for; a layer may ask for its own")
        self.setAccessibleName("Device")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(self._on_activated)
        editor.stack_changed.connect(self._update)
        editor.stack_opened.connect(self._update)
        self._update()

    def set_devices(self, devices: tuple[str, ...]) -> None:
        """Offer these devices."""
        self._devices = devices
        self._update()

    def _update(self) -> None:
        wanted = self._editor.stack.device
        there = self._devices or ()
        entries: list[tuple[str, str | None]] = [(_AUTOMATIC, None)]
        entries += [(device, device) for device in there]
        if wanted is not None and wanted not in there:
            # Before TensorFlow is imported nobody knows what is there.
            mark = "" if self._devices is None else " (not there)"
            entries.append((wanted + mark, wanted))
        if entries != [(self.itemText(row), self.itemData(row)) for row in range(self.count())]:
            self.clear()
            for text, device in entries:
                self.addItem(text, device)
        self.setCurrentIndex([device for _, device in entries].index(wanted))

    def _on_activated(self, row: int) -> None:
        device = self.itemData(row)
        stack = self._editor.stack
        if device != stack.device:
            self._editor.do(configure(stack, "Change device", device=device))
