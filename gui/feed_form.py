"""The values that graphs are run on."""

from dataclasses import replace
from functools import cached_property

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget, QWidgetAction

from core.arguments import Argument, Integer, Real
from core.numbers import Feed
from core.stack import Value
from gui.argument_fields import ArgumentFields

_COMPARED = Feed()


def _arguments(default: Feed) -> tuple[Argument, ...]:
    return (
        Argument("seed", Integer(0), default.seed, "Of the random values that are fed."),
        Argument(
            "batch", Integer(1, 4096), default.batch, "The size of an unknown first dimension."
        ),
        Argument(
            "size", Integer(1, 4096), default.size, "The size of any other unknown dimension."
        ),
        Argument("low", Real(), default.low, "The least value of a floating-point input."),
        Argument(
            "high",
            Real(),
            default.high,
            "The largest value of an input; from 2 on, ids are below it.",
        ),
    )


class FeedForm(QPushButton):
    """A button that opens the settings of the values.

    Signals:
        entered: Other settings (`Feed`).
    """

    entered = Signal(object)

    def __init__(self, default: Feed = _COMPARED, parent: QWidget | None = None) -> None:
        """Start with the default settings."""
        super().__init__("Run on...", parent)
        self.setToolTip("The random values that both constructions are run on")
        self._default = default
        self._settings: dict[str, Value] = {}
        menu = QMenu(self)
        menu.aboutToShow.connect(lambda: self.fields)
        self.setMenu(menu)

    @cached_property
    def fields(self) -> ArgumentFields:
        """What the menu shows; made when it is first opened, as a start needn't wait for it."""
        fields = ArgumentFields(_arguments(self._default))
        fields.show_values([self._settings])
        fields.entered.connect(self._on_entered)
        fields.reset.connect(self._on_reset)
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.addWidget(fields)
        holder.setMinimumWidth(320)
        action = QWidgetAction(self)
        action.setDefaultWidget(holder)
        self.menu().addAction(action)
        return fields

    @property
    def feed(self) -> Feed:
        """The settings."""
        return replace(self._default, **self._settings)  # type: ignore[arg-type]

    def _on_entered(self, name: str, value: Value) -> None:
        self._change({**self._settings, name: value})

    def _on_reset(self, name: str) -> None:
        self._change({key: value for key, value in self._settings.items() if key != name})

    def _change(self, settings: dict[str, Value]) -> None:
        self._settings = settings
        self.fields.show_values([settings])
        self.entered.emit(self.feed)
