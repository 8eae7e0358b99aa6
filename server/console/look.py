"""Dark or light, and starlette-admin's own pages in the console's clothes."""

from collections.abc import Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette_admin.theme import ClassMap, CoreIcons, DefaultTheme, IconSet

LOOK_COOKIE = "look"
LOOKS = ("light", "dark")


class _Classes(ClassMap):
    """Quieter buttons in the lists' tool bar."""

    classes = {  # noqa: RUF012 - the base class declares it so
        "list.columns_toggle": "btn btn-ghost-secondary dropdown-toggle",
        "filter.toggle_button": "btn btn-ghost-secondary dropdown-toggle",
        "action.button": "btn btn-ghost-secondary",
        "list.table": "table table-vcenter card-table table-hover desk-table",
    }


class Look(DefaultTheme):
    """The theme: Tabler as starlette-admin ships it, dark or light by a cookie."""

    name = "doorstep"
    package = "starlette_admin"

    def get_icon_set(self) -> IconSet:
        """Font Awesome, which starlette-admin ships."""
        return CoreIcons()

    def get_class_map(self) -> ClassMap:
        """What differs from Tabler's usual."""
        return _Classes()

    def html_attrs(self, request: Request) -> dict[str, str]:
        """Nothing where nobody chose: look.js asks the system then."""
        chosen = request.cookies.get(LOOK_COOKIE, "")
        return {"data-bs-theme": chosen} if chosen in LOOKS else {}


OUTCOME_TONES: Mapping[str, str] = MappingProxyType(
    {
        "applied": "green",
        "merged": "azure",
        "conflict": "orange",
        "held": "yellow",
        "rejected": "red",
    }
)
"""The colour of what became of a change."""
