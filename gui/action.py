"""What there is to say about an action."""

from dataclasses import dataclass

# The menu of all that can be written; the tool bar has it too.
EXPORT_MENU = "File/Export"


@dataclass(frozen=True, slots=True)
class Action:
    """What there is to say about an action.

    Attributes:
        id: Also the name of the method that does it.
        owner: Which of the objects given to `Actions` has that method.
        menu: Titles of the menus that lead to it, separated by slashes.
        shortcuts: In Qt's portable notation; the first one is shown.
        section: Actions of one menu are parted by a line where it changes.
        checkable: Whether it is on or off; its method is then given which.
        exclusive: The set of actions of which exactly one is on; the method of such a one is given
            nothing, as being chosen turns it on.
        local: Whether the shortcut works only with the keyboard focus in the stack, as other
            views have their own meaning for it.
        has_menu: Whether it stands for a menu that is filled when it opens.
    """

    id: str
    text: str
    owner: str
    menu: str
    icon: str = ""
    shortcuts: tuple[str, ...] = ()
    tip: str = ""
    section: int = 0
    checkable: bool = False
    exclusive: str = ""
    local: bool = False
    has_menu: bool = False

    @property
    def icon_name(self) -> str:
        """The name of its icon."""
        return self.icon or self.id
