"""The console's menu: what there is, and who is shown it."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct
from starlette.requests import Request

from server.console.desk import allowed
from server.console.words import say
from server.office.roles import Action


class Entry(Struct, frozen=True):
    """One line of the menu."""

    path: str
    """Below the console's own address."""
    label: str
    """Key of its words."""
    icon: str
    action: Action
    """What one must be allowed to do to be shown it."""


class Section(Struct, frozen=True):
    """Lines that belong together; a section without a label has no heading."""

    label: str
    entries: tuple[Entry, ...]


class Shown(Struct, frozen=True):
    """A line as the page draws it."""

    href: str
    text: str
    icon: str
    active: bool
    count: int = 0


LED_TO: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "/review": ("/conflicts", "/duplicates", "/questions", "/bulk", "/held", "/visit-rules"),
        "/coverage": ("/map", "/buildings", "/legend"),
        "/areas": ("/balance", "/area-table"),
        "/rights": ("/retention", "/consents", "/notices"),
    }
)
"""Addresses that a line of the menu leads to, besides its own."""
MENU = (
    Section(
        "",
        (
            Entry("/", "menu.dashboard", "house", Action.SEE_RECORDS),
            Entry("/review", "menu.review", "inbox", Action.SEE_RECORDS),
            Entry("/board", "menu.board", "gauge", Action.SEE_RECORDS),
            Entry("/coverage", "menu.coverage", "chart-pie", Action.SEE_RECORDS),
            Entry("/summary", "menu.summary", "file-lines", Action.SEE_RECORDS),
        ),
    ),
    Section(
        "menu.work",
        (
            Entry("/casework/cases", "menu.cases", "list-check", Action.SEE_CASES),
            Entry("/meetings", "menu.meetings", "users-rectangle", Action.EDIT_RECORDS),
            Entry("/inspections", "menu.inspections", "magnifying-glass", Action.SEE_RECORDS),
            Entry("/assessments", "menu.assessments", "scale-balanced", Action.SEE_RECORDS),
            Entry("/work-reports", "menu.nil_reports", "calendar-check", Action.SEE_RECORDS),
            Entry("/work-entries/diary", "menu.entries", "book-open", Action.SEE_RECORDS),
            Entry("/feedback", "menu.feedback", "comments", Action.SEE_RECORDS),
        ),
    ),
    Section(
        "menu.register",
        (
            Entry("/households/list", "menu.households", "people-roof", Action.SEE_RECORDS),
            Entry("/residents/list", "menu.residents", "user-group", Action.SEE_RECORDS),
            Entry("/dwellings/list", "menu.dwellings", "door-open", Action.SEE_RECORDS),
            Entry("/visits/list", "menu.visits", "clipboard-check", Action.SEE_RECORDS),
            Entry("/imports", "menu.imports", "file-import", Action.IMPORT),
            Entry("/exports", "menu.exports", "file-export", Action.EXPORT),
            Entry("/rights", "menu.rights", "scale-balanced", Action.HANDLE_RIGHTS),
        ),
    ),
    Section(
        "menu.field",
        (
            Entry("/workers", "menu.workers", "id-badge", Action.SEE_STAFF),
            Entry("/devices", "menu.devices", "mobile-screen", Action.SEE_STAFF),
            Entry("/trainings", "menu.trainings", "chalkboard-user", Action.SEE_STAFF),
        ),
    ),
    Section(
        "menu.service",
        (
            Entry("/directory", "menu.directory", "address-book", Action.SEE_AREAS),
            Entry("/grid-papers", "menu.grid_papers", "copy", Action.EDIT_RECORDS),
            Entry("/policy-cards", "menu.policy_cards", "book-bookmark", Action.SEE_RECORDS),
            Entry("/papers", "menu.papers", "print", Action.MANAGE_SERVICE),
        ),
    ),
    Section(
        "menu.organisation",
        (
            Entry("/forms", "menu.forms", "list-check", Action.PUBLISH_FORMS),
            Entry("/areas", "menu.areas", "sitemap", Action.SEE_AREAS),
            Entry("/accounts", "menu.accounts", "user-shield", Action.SEE_ACCOUNTS),
            Entry("/audit", "menu.audit", "clipboard-list", Action.SEE_AUDIT),
            Entry("/health", "menu.health", "heart-pulse", Action.SEE_AUDIT),
        ),
    ),
)


def menu_for(request: Request) -> Iterator[tuple[str, list[Shown]]]:
    """The sections that the one who asks may use, with their lines."""
    root = str(request.scope.get("root_path", ""))
    here = str(request.scope["path"]).removeprefix(root) or "/"
    waiting = int(getattr(request.state, "waiting", 0))
    for section in MENU:
        shown = [
            Shown(
                href=root + entry.path,
                text=say(entry.label),
                icon=f"fa-solid fa-{entry.icon}",
                active=_is_here(entry, here),
                count=waiting if entry.path == "/review" else 0,
            )
            for entry in section.entries
            if allowed(request, entry.action)
        ]
        if shown:
            yield (say(section.label) if section.label else ""), shown


def _is_here(entry: Entry, here: str) -> bool:
    if entry.path == "/":
        return here == "/"
    if here.startswith(LED_TO.get(entry.path, ("\n",))):
        return True
    return here.split("/")[1] == entry.path.split("/")[1]
