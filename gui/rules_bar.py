"""Rules that pair names: typed with a preview, put in force, and taken away again."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.name_mapping import RulePreview
from core.name_rules import Rule, RuleError, RuleKind, make_rule
from core.quantities import show_count
from gui import theme
from gui.elided_label import ElidedLabel
from gui.map_editor import MapEditor
from gui.shortened import shortened

_KINDS = {
    RuleKind.PART: ("Part", "All that stands between two slashes: kernel becomes weights"),
    RuleKind.PREFIX: ("Prefix", "The beginning of names: old/ becomes new/, and may be empty"),
    RuleKind.REGEX: ("Expression", r"A regular expression: fc(\d+) becomes dense_\1"),
}
# More names than this are previewed when the keys stop.
_PREVIEW_AT_ONCE = 20_000
_DELAY_MS = 120
_LONGEST = 60
_MOST_NAMED = 3


class RulesBar(QWidget):
    """Fields for one more rule, and those in force.

    Attributes:
        kind: What the rule looks for.
        old: The field for that.
        new: The field for what it puts there.
        add: Puts the rule in force.
        in_force: Opens a menu of those that are, to take them away.

    Signals:
        previewed: What the rules in force and the typed one would do (`RulePreview`); None where
            none is typed.
    """

    previewed = Signal(object)

    def __init__(self, editor: MapEditor, parent: QWidget | None = None) -> None:
        """Start without a rule."""
        super().__init__(parent)
        self._editor = editor
        self._rule: Rule | None = None
        self._wrong: QLineEdit | None = None
        self.kind = QComboBox()
        for kind, (text, tip) in _KINDS.items():
            self.kind.addItem(text, kind)
            self.kind.setItemData(self.kind.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.old = QLineEdit(placeholderText="kernel")
        self.new = QLineEdit(placeholderText="weights")
        self.add = QPushButton("Apply rule")
        self.in_force = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self.in_force.setMenu(self._menu)
        self._words = ElidedLabel()
        self._problem = QLabel(wordWrap=True)
        self._delay = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._delay.timeout.connect(self._preview)
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._on_typed)
        for field in (self.old, self.new):
            field.textChanged.connect(self._on_typed)
            field.returnPressed.connect(self._on_add)
        self.add.clicked.connect(self._on_add)
        editor.changed.connect(self._on_map_changed)
        theme.current().changed.connect(self._recolour)
        self._on_map_changed()

    @property
    def problem(self) -> str:
        """What is wrong with the rule that is typed, empty where nothing is."""
        return self._problem.text()

    @property
    def words(self) -> str:
        """What the rule that is typed would do."""
        return self._words.whole_text

    def _lay_out(self) -> None:
        self.kind.setToolTip("What the rule looks for in the names of the left side")
        self.old.setToolTip("What the rule looks for")
        self.new.setToolTip("What it puts there")
        self.old.setAccessibleName("Rule: what it looks for")
        self.new.setAccessibleName("Rule: what it puts there")
        self._words.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.kind)
        line.addWidget(self.old, 3)
        line.addWidget(QLabel("\u2192"))
        line.addWidget(self.new, 3)
        line.addWidget(self.add)
        line.addWidget(self.in_force)
        line.addWidget(self._words, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self._problem)
        self._problem.hide()

    def _rules(self) -> tuple[Rule, ...]:
        mapping = self._editor.mapping
        return () if mapping is None else mapping.rules

    def _on_typed(self) -> None:
        mapping = self._editor.mapping
        if mapping is not None and len(mapping.lefts) > _PREVIEW_AT_ONCE:
            self._delay.start()
        else:
            self._preview()

    def _preview(self) -> None:
        """Say what the typed rule would do after those in force, or what is wrong with it."""
        self._delay.stop()
        self._rule, problem = None, None
        mapping = self._editor.mapping
        old, new = self.old.text(), self.new.text()
        if mapping is not None and (old or new):
            try:
                self._rule = make_rule(RuleKind(self.kind.currentData()), old, new)
            except RuleError as error:
                problem = error
        self._show_problem(problem)
        preview = None
        if mapping is not None and self._rule is not None:
            preview = mapping.preview((*mapping.rules, self._rule))
        self._words.set_whole_text("" if preview is None else _what(preview))
        self.add.setEnabled(self._rule is not None)
        self.previewed.emit(preview)

    def _show_problem(self, problem: RuleError | None) -> None:
        text = "" if problem is None else str(problem)
        self._problem.setText(text[:1].upper() + text[1:])
        self._problem.setVisible(problem is not None)
        self._wrong = None
        if problem is not None:
            self._wrong = self.new if problem.in_new else self.old
        self._recolour()

    def _recolour(self) -> None:
        colours = theme.colours()
        for field in (self.old, self.new):
            palette = QPalette()
            if field is self._wrong:
                palette.setColor(QPalette.ColorRole.Base, colours.tint(colours.refused))
                palette.setColor(QPalette.ColorRole.Text, colours.refused)
            field.setPalette(palette)
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.WindowText, colours.refused)
        self._problem.setPalette(palette)

    def _on_add(self) -> None:
        if self._delay.isActive():
            self._preview()
        mapping = self._editor.mapping
        if mapping is not None and self._rule is not None:
            rules = (*mapping.rules, self._rule)
            self.old.clear()
            self.new.clear()
            self._editor.do(mapping.with_rules(rules))
            self.old.setFocus()

    def _on_remove(self, index: int) -> None:
        mapping = self._editor.mapping
        if mapping is not None:
            rules = (*mapping.rules[:index], *mapping.rules[index + 1 :])
            self._editor.do(mapping.with_rules(rules))

    def _on_map_changed(self) -> None:
        self.setEnabled(self._editor.mapping is not None)
        rules = self._rules()
        self.in_force.setText(show_count(len(rules), "rule"))
        self.in_force.setToolTip("The rules in force, one after the other; choose one to remove it")
        self.in_force.setVisible(bool(rules))
        self._menu.clear()
        for index, rule in enumerate(rules):
            text = shortened(f"Remove {rule.kind} {rule.text}", _LONGEST).replace("&", "&&")
            self._menu.addAction(text, partial(self._on_remove, index))
        self._preview()


def _what(preview: RulePreview) -> str:
    """Return what rules would do, in few words."""
    if preview.pairs:
        found = f"pairs {show_count(len(preview.pairs), 'more name')}"
    elif preview.paired:
        found = "pairs nothing new"
    elif preview.changed:
        found = f"changes {show_count(preview.changed, 'name')}, pairs none"
    else:
        found = "finds nothing"
    if preview.clashes:
        names = ", ".join(list(preview.clashes)[:_MOST_NAMED])
        more = ", ..." if len(preview.clashes) > _MOST_NAMED else ""
        found += f"; claimed by several: {names}{more}"
    return found
