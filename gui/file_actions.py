"""The actions that concern files: the stack's own, and what it is exported to."""

from collections.abc import Iterator

from core.exports.format import Holds
from core.exports.formats import FORMATS
from gui.action import EXPORT_MENU, Action

# Where lines part the formats in the menu.
_SECTIONS = {Holds.VALUES: 1, Holds.GRAPH: 2, Holds.TABLE: 3}


def _exporting() -> Iterator[Action]:
    """Yield an action for each format, the checkpoint first, and one for the script."""
    checkpoint, *others = FORMATS.values()
    yield Action(
        f"export_{checkpoint.id}",
        "Export checkpoint...",
        "export",
        EXPORT_MENU,
        "export",
        ("Ctrl+E",),
        checkpoint.help,
    )
    yield Action(
        "export_script",
        "Export script...",
        "export",
        EXPORT_MENU,
        "script",
        ("Ctrl+Shift+E",),
        "Write the program that builds this stack",
    )
    for form in sorted(others, key=lambda form: _SECTIONS[form.holds]):
        yield Action(
            f"export_{form.id}",
            f"Export {form.words} ({form.suffix})...",
            "export",
            EXPORT_MENU,
            "export",
            tip=form.help,
            section=_SECTIONS[form.holds],
        )


FILE = (
    Action("new", "New", "files", "File", shortcuts=("Ctrl+N",), tip="Start with an empty stack"),
    Action("open", "Open...", "files", "File", shortcuts=("Ctrl+O",), tip="Open a stack file"),
    Action(
        "new_from_checkpoint",
        "New stack from checkpoint...",
        "proposing",
        "File",
        "new",
        tip="Propose a stack that creates the variables of a checkpoint: choose one of its files",
    ),
    Action("open_recent", "Open recent", "files", "File", "recent", has_menu=True),
    Action("open_example", "Open example", "files", "File", "example", has_menu=True),
    Action("save", "Save", "files", "File", shortcuts=("Ctrl+S",), section=1),
    Action("save_as", "Save as...", "files", "File", shortcuts=("Ctrl+Shift+S",), section=1),
    *_exporting(),
    Action("quit", "Quit", "window", "File", shortcuts=("Ctrl+Q",), section=3),
)
