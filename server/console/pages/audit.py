"""The audit trail: who did and saw what, when and why; looked up, never changed."""

import re
from collections.abc import Mapping

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.codes import code_name
from server.console.desk import in_thread, required
from server.console.labels import form_of, kind_name, label, question_of
from server.console.pages.base import Pages
from server.console.words import catalogue, day_begins, language, say
from server.db.engine import reading
from server.office.audit import AuditEntry, Deed, Head, check, head
from server.office.people import OPERATOR, AccountIdentity
from server.office.roles import Action
from server.office.trail import FIND_MAX, PAGE, Sought, search
from server.register.names import names_of
from server.rights.notices import NOTICES

DAY_LENGTH = 10
REVEALED = ("resident", "household", "dwelling", "visit")
"""Kinds of which the row of a revealed answer may be: it names the answer alone."""
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Line(Struct, frozen=True):
    """One row as the page shows it."""

    entry: AuditEntry
    who: str
    deed: str
    about: str
    """What it was done to, its ids by their ends."""


class Found(Struct, frozen=True):
    """A page of the trail."""

    lines: list[Line]
    last: Head
    older: int | None
    """The next page begins before this row."""


class AuditPages(Pages):
    """Looking things up, and checking the chain."""

    path = "/audit"
    route_name = "audit"

    @route("")
    async def index(self, request: Request) -> Response:
        """The newest rows, or those that are sought."""
        who = required(request, Action.SEE_AUDIT)
        asked = request.query_params
        sought = _sought(request)
        found = await in_thread(lambda: self._found(who, sought))
        return self.draw(
            request,
            "audit.html",
            title=say("menu.audit"),
            found=found,
            sought=sought,
            days=(asked.get("from", "")[:DAY_LENGTH], asked.get("to", "")[:DAY_LENGTH]),
            deeds={deed.value: deed_name(deed.value) for deed in Deed},
        )

    @route("/check", methods=["POST"], name="audit_check")
    async def check(self, request: Request) -> Response:
        """Goes through the whole chain."""
        who = required(request, Action.SEE_AUDIT)

        def work() -> int | None:
            with reading(self.desk.engine) as conn:
                return check(conn, self.desk.keys.audit, who.town).broken_at

        broken = await in_thread(work)
        if broken is not None:
            return self.onward(request, "/audit", "audit.broken", row=broken)
        return self.onward(request, "/audit", "audit.whole")

    def _found(self, who: AccountIdentity, sought: Sought) -> Found:
        with reading(self.desk.engine) as conn:
            rows = search(conn, who, sought, PAGE + 1)
            names = names_of(conn, who.town, {row.actor for row in rows} - {""})
            last = head(conn, who.town)
        lines = [
            Line(row, _name(row.actor, names), deed_name(row.action), _about(row))
            for row in rows[:PAGE]
        ]
        return Found(lines, last, lines[-1].entry.seq if len(rows) > PAGE else None)


def deed_name(deed: str) -> str:
    """What a deed is called; its code where nobody has named it."""
    return say(f"deed.{deed}") if f"deed.{deed}" in catalogue(language()) else deed


def _name(actor: str, names: Mapping[str, str]) -> str:
    if actor == OPERATOR:
        return say("audit.operator")
    return names.get(actor) or _shortened(actor) or say("audit.nobody")


def _about(row: AuditEntry) -> str:
    """What it was done to, in words where it is no id: a notice, a kind of record, an answer."""
    named, _, more = row.object.partition(" ")
    if row.action == Deed.NOTICE_PUBLISHED:
        return f"{code_name(NOTICES, named)} {more}"
    if row.action == Deed.REVEALED:
        known = (label(kind, more) for kind in REVEALED if question_of(kind, more))
        return f"{_shortened(named)} {next(known, more)}"
    kind, _, unit = named.partition(".")
    if row.action not in (Deed.RETENTION_SET, Deed.ERASED) or form_of(kind) is None:
        return _shortened(row.object)
    answer = f" · {label(kind, unit)}" if unit else ""
    since, _, days = more.partition(" ")
    counted = say(f"retention.rule_{since}", n=days) if days not in ("", "0") else ""
    what = counted or (say("retention.for_good") if days else more)
    return f"{kind_name(kind)}{answer} · {what}"


def _shortened(ids: str) -> str:
    return _ID.sub(lambda found: f"…{found[0][-6:]}", ids).replace(OPERATOR, say("audit.operator"))


def _sought(request: Request) -> Sought:
    asked = request.query_params
    before = asked.get("before", "")
    deed = asked.get("deed", "")
    return Sought(
        find=asked.get("q", "")[:FIND_MAX].replace("\0", ""),
        deed=deed if deed in tuple(Deed) else "",
        actor=asked.get("actor", "")[:FIND_MAX].replace("\0", ""),
        since=day_begins(asked.get("from", "")),
        until=day_begins(asked.get("to", ""), 1),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None,
    )
