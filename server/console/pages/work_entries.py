"""Entries that grids write: diary, patrols, facilities with their checks, opinions on the app."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.labels import Reader, Sight, label, rules_of, sight_of
from server.console.pages.base import Pages
from server.console.titles import titles_of
from server.console.words import say
from server.db.engine import reading
from server.errors import NotFound
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.names import names_of
from server.work.reading import WorkBook, looked_back
from shared.changes import Answer
from shared.merge import shown

PAGE = 50
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "diary": ("day", "topic", "household", "text", "action", "follow_up"),
        "patrol": ("at", "places", "found", "text"),
        "facility": ("facility_kind", "name", "place", "state", "checked_on"),
        "facility_check": ("facility", "at", "state", "text"),
        "feedback": ("feedback_kind", "text", "answer_wanted"),
    }
)
"""The kinds of entry, each with the answers that its list shows."""


class EntryLine(Struct, frozen=True):
    """One entry."""

    grid: str
    who: str
    at: int
    texts: tuple[str, ...]


class Entries(Struct, frozen=True):
    """A page of a list."""

    kind: str
    heads: tuple[str, ...]
    lines: tuple[EntryLine, ...]
    total: int
    page: int
    pages: int


class EntryPages(Pages):
    """Lists of entries, the newest first."""

    path = "/work-entries"
    route_name = "work_entries"

    @route("/{kind}", methods=["GET"], name="entries")
    async def entries(self, request: Request) -> Response:
        """The entries of a kind in the reader's area."""
        who = required(request, Action.SEE_RECORDS)
        kind, page = str(request.path_params["kind"]), request.query_params.get("page", "1")
        if kind not in COLUMNS:
            raise NotFound
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        sight = sight_of(request)
        found = await in_thread(lambda: self._entries(who, kind, max(1, number), sight))
        return self.draw(
            request, "entries.html", title=say("menu.entries"), found=found, kinds=tuple(COLUMNS)
        )

    def _entries(self, who: AccountIdentity, kind: str, page: int, sight: Sight) -> Entries:
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            rows = WorkBook(conn, who, now).rows(kind, who.grids, looked_back(now))
            here = rows[(page - 1) * PAGE : page * PAGE]
            names = names_of(conn, who.town, {row.author for row in here})
        records = self.desk.register.records(who.town, [row.id for row in here])
        rules = rules_of(kind)
        answers = {each: shown(record, rules) for each, record in records.items()}
        named = {str(told.get("household") or "") for told in answers.values()}
        with reading(self.desk.engine) as conn:
            titles = titles_of(conn, who, named, sight)
        if kind == "facility_check":
            titles |= self._facilities(who, answers.values())
        reader = Reader(sight, titles)
        lines = tuple(
            EntryLine(
                grid=titles.get(row.grid, ""),
                who=names.get(row.author, ""),
                at=row.at,
                texts=tuple(
                    reader.text(kind, unit, answers[row.id].get(unit))
                    if answers[row.id].get(unit)
                    else ""
                    for unit in COLUMNS[kind]
                ),
            )
            for row in here
            if row.id in answers
        )
        heads = tuple(label(kind, unit) for unit in COLUMNS[kind])
        return Entries(kind, heads, lines, len(rows), page, max(1, -(-len(rows) // PAGE)))

    def _facilities(
        self, who: AccountIdentity, answers: Iterable[Mapping[str, Answer]]
    ) -> dict[str, str]:
        """The names of the facilities that checks speak of."""
        ids = {str(told.get("facility") or "") for told in answers}
        records = self.desk.register.records(who.town, sorted(ids))
        rules = rules_of("facility")
        return {each: str(shown(one, rules).get("name") or "") for each, one in records.items()}
