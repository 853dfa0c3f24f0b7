"""The question whether code from elsewhere may be run, with all of the code to read."""

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from core.custom_code import lines_of
from core.quantities import show_count
from core.script_lines import Script
from gui import icons, theme
from gui.code_view import CodeView

_ICON_SIZE = 32
_HEADING = "heading"
_MOST_NAMED = 5
_WARNING = (
    "This stack holds Python code of its own. None of it was run. Once it runs, it can do anything "
    "that you can: read, change and delete your files, or send them elsewhere. Run it only if you "
    "understand it or trust who wrote it."
)


class CodeReview(QDialog):
    """Shows the code of layers; accepted means that it may be run.

    Attributes:
        codes: Each text of code, and the names of the layers that hold it.
        view: Where the code stands, a marked line with the layers' names above each text.
        run_button: Lets it run.
    """

    def __init__(self, codes: Mapping[str, Sequence[str]], parent: QWidget | None = None) -> None:
        """Show some code."""
        super().__init__(parent)
        self.setWindowTitle("Code in this stack")
        self.codes = codes
        lines = [line for code, names in codes.items() for line in _section(code, names)]
        self.view = CodeView()
        # Nothing may stand out of sight to the right.
        self.view.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.view.setTabChangesFocus(True)
        self.view.setAccessibleName("The code")
        self.view.show_script(Script(*map(tuple, zip(*lines, strict=True))))  # type: ignore[arg-type]
        self.view.mark({_HEADING}, scroll=False)
        warning = QLabel(_WARNING)
        warning.setWordWrap(True)
        icon = QLabel()
        size = QSize(_ICON_SIZE, _ICON_SIZE)
        picture = icons.icon("warning", theme.colours().warning)
        icon.setPixmap(picture.pixmap(size, self.devicePixelRatio()))
        head = QHBoxLayout()
        head.setSpacing(self.style().pixelMetric(QStyle.PixelMetric.PM_LayoutLeftMargin))
        head.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(warning, 1)
        buttons = QDialogButtonBox()
        self.run_button = buttons.addButton("Run this code", QDialogButtonBox.ButtonRole.AcceptRole)
        self.run_button.setAutoDefault(False)
        dont = buttons.addButton("Don't run", QDialogButtonBox.ButtonRole.RejectRole)
        dont.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addWidget(buttons)
        self.resize(760, 520)
        dont.setFocus()


def _section(code: str, names: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Yield the lines of one text, under one that names its layers."""
    lines = lines_of(code)
    named = ", ".join(names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    and_more = f" and {more:,} more" if more > 0 else ""
    yield f"# {named}{and_more}: {show_count(len(lines), 'line')}", _HEADING
    for line in lines:
        yield _visible(line), None
    yield "", None


def _visible(line: str) -> str:
    """Return a line with escapes for characters that can't be seen or that turn the text around."""
    return "".join(
        found if found.isprintable() or found == "\t" else f"\\u{{{ord(found):x}}}"
        for found in line
    )
