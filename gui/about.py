"""What this program is, with versions and licences."""

import platform
from importlib import metadata

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

_PACKAGES = (
    ("PySide6-Essentials", "PySide6", "LGPL 3"),
    ("tf-keras", "tf-keras", "Apache 2.0"),
    ("numpy", "NumPy", "BSD"),
    ("pyqtgraph", "pyqtgraph", "MIT"),
    ("psutil", "psutil", "BSD"),
    ("platformdirs", "platformdirs", "MIT"),
)


class AboutDialog(QDialog):
    """Tells the versions of all that the program is made of; the text can be copied."""

    def __init__(self, tensorflow: str, parent: QWidget | None = None) -> None:
        """Show the versions; TensorFlow's is empty as long as it is not imported."""
        super().__init__(parent)
        self.setWindowTitle("About Layerscope")
        self.label = QLabel(_text(tensorflow))
        self.label.setTextFormat(Qt.TextFormat.RichText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.label)
        column.addWidget(buttons)


def _text(tensorflow: str) -> str:
    lines = [
        ("Python", platform.python_version(), "PSF"),
        ("Qt", qVersion(), "LGPL 3"),
        ("TensorFlow", tensorflow or _version("tensorflow"), "Apache 2.0"),
        *((title, _version(name), licence) for name, title, licence in _PACKAGES),
    ]
    rows = "".join(
        f"<tr><td>{title}&nbsp;&nbsp;</td><td>{version}&nbsp;&nbsp;</td><td>{licence}</td></tr>"
        for title, version, licence in lines
    )
    return (
        f"<h3>Layerscope {_version('layerscope')}</h3>"
        "<p>An explorer for the way TensorFlow makes variables:<br>"
        "tf.layers and tf.get_variable, side by side.</p>"
        f"<p>{_licence()}It stands on:</p><table>{rows}</table>"
    )


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "(not installed as a package)"


def _licence() -> str:
    """Return the sentence on the program's own licence, where its package names one."""
    try:
        found = metadata.metadata("layerscope").get_all("License-Expression")
    except metadata.PackageNotFoundError:
        return ""
    return f"Its licence is {found[0]}. " if found else ""
