"""Colours for Python code."""

import builtins
import keyword
import re

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from gui import theme

_QUOTES = ('"""', "'''")
_TOKEN = re.compile(
    r"""
    (?P<comment>\#.*)
    |(?P<string>[rbfRBF]{0,2}(?:\"\"\"|'''|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?))
    |(?P<number>(?<![\w.])(?:0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?j?))
    |(?P<word>[^\W\d]\w*)
    """,
    re.VERBOSE,
)
_CONSTANTS = ("True", "False", "None")
_KEYWORDS = frozenset((*keyword.kwlist, *keyword.softkwlist)) - {*_CONSTANTS, "_", "type"}
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
_PLAIN = -1


class PythonHighlighter(QSyntaxHighlighter):
    """Colours the code of a document in the colours of the theme.

    A line's state is `_PLAIN`, or which of the triple quotes it ends in.
    """

    def __init__(self, document: QTextDocument) -> None:
        """Colour a document from now on."""
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        theme.current().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        colours = theme.colours()
        for name in ("keyword", "string", "number", "comment"):
            self._formats[name] = QTextCharFormat()
            self._formats[name].setForeground(getattr(colours, name))
        self.rehighlight()

    def _colour_word(self, found: re.Match[str]) -> None:
        word = found.group()
        if word in _CONSTANTS:
            self.setFormat(found.start(), len(word), self._formats["number"])
        elif word in _KEYWORDS or word in _BUILTINS:
            attribute = found.start() > 0 and found.string[found.start() - 1] == "."
            argument = found.string[found.end() : found.end() + 1] == "="
            if not attribute and not argument:
                self.setFormat(found.start(), len(word), self._formats["keyword"])

    def _end_of_string(self, text: str, start: int, quotes: int) -> int:
        """Return where a string in triple quotes ends; it may go on behind this line."""
        end = text.find(_QUOTES[quotes], start)
        if end < 0:
            self.setCurrentBlockState(quotes)
            return len(text)
        return end + len(_QUOTES[quotes])

    # Qt overrides

    def highlightBlock(self, text: str) -> None:
        """Colour a line."""
        place = 0
        self.setCurrentBlockState(_PLAIN)
        if self.previousBlockState() != _PLAIN:
            place = self._end_of_string(text, 0, self.previousBlockState())
            self.setFormat(0, place, self._formats["string"])
        while found := _TOKEN.search(text, place):
            place = found.end()
            if found.lastgroup == "word":
                self._colour_word(found)
                continue
            if found.group().endswith(_QUOTES) and len(found.group()) < 6:
                place = self._end_of_string(text, place, _QUOTES.index(found.group()[-3:]))
            length = place - found.start()
            self.setFormat(found.start(), length, self._formats[str(found.lastgroup)])
