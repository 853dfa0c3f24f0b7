"""The order in which Tab goes through a window whose parts are made while it is shown.

Qt puts what is made later at the end of the whole window's order, wherever it stands.
"""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def field_beside(window: QWidget, panels: Iterable[QWidget], forward: bool) -> QWidget | None:
    """Return the field after or before the one in focus, from panel to panel and round again.

    None where none of them is in focus.
    """
    parts = (part for panel in panels for part in (panel, *panel.findChildren(QWidget)))
    fields = [part for part in dict.fromkeys(parts) if _takes_tab(part, window)]
    focused = window.focusWidget()
    if focused not in fields:
        return None
    step = 1 if forward else -1
    return fields[(fields.index(focused) + step) % len(fields)]


def _takes_tab(widget: QWidget, window: QWidget) -> bool:
    by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
    # One with a focus proxy is the frame of a field, or a part of it.
    single = widget.focusProxy() is None and widget.window() is window
    return by_tab and single and widget.isVisible() and widget.isEnabled()
