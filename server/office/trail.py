"""Looking things up in the audit trail, and its heads, kept where this server cannot reach them.

A chain shows that nothing in it was changed; only a head that somebody else keeps shows that its
end was not cut off.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, or_, select
from sqlmodel import col

from server.clock import town_time
from server.db.office_tables import AuditRow
from server.office.act import require
from server.office.audit import AuditEntry, Head, head
from server.office.people import AccountIdentity
from server.office.roles import Action

PAGE = 50
FIND_MAX = 200


class Sought(Struct, frozen=True):
    """What of the trail somebody looks for."""

    find: str = ""
    """Stands in what it was done to, or in the reason."""
    deed: str = ""
    actor: str = ""
    """The id of an account, a worker, a device, or `operator`."""
    since: int | None = None
    until: int | None = None
    before: int | None = None
    """Rows before this number: the next page."""


class KeptHead(Struct, frozen=True):
    """A head as it was written down, and of which town."""

    town: str
    head: Head


def search(
    conn: Connection, who: AccountIdentity, sought: Sought, limit: int = PAGE
) -> list[AuditEntry]:
    """The newest rows that are sought. Raises NotAllowed."""
    require(who, Action.SEE_AUDIT)
    rows = conn.execute(
        select(AuditRow)
        .where(col(AuditRow.town_id) == who.town, *_conditions(sought))
        .order_by(col(AuditRow.seq).desc())
        .limit(limit)
    )
    return [msgspec.convert(row, AuditEntry, from_attributes=True) for row in rows]


def head_line(conn: Connection, town: str, now: int) -> str:
    """Today's head as one line: the day, the town, the row's number and its MAC."""
    last = head(conn, town)
    return f"{town_time(now):%Y-%m-%d} {town} {last.seq}:{last.mac}"


def append_head(file: Path, line: str) -> bool:
    """Adds a day's line to a file, once a day and town; whether it was new."""
    day_and_town = line.rsplit(" ", 1)[0]
    known = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    if any(each.startswith(f"{day_and_town} ") for each in known):
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as content:
        content.write(f"{line}\n")
    return True


def read_heads(lines: Iterable[str]) -> Iterator[KeptHead]:
    """The heads that were written down; lines of other shapes are passed over."""
    for line in lines:
        _, _, rest = line.strip().partition(" ")
        town, _, told = rest.rpartition(" ")
        seq, _, mac = told.partition(":")
        if town and seq.isdigit() and mac:
            yield KeptHead(town, Head(int(seq), mac))


def missing_heads(conn: Connection, town: str, heads: Iterable[KeptHead]) -> list[Head]:
    """Those of the town's heads that the trail does not have: it was cut, or another one."""
    mine = [each.head for each in heads if each.town == town and each.head.seq]
    return [
        each
        for each in mine
        if conn.execute(
            select(col(AuditRow.mac)).where(
                col(AuditRow.town_id) == town, col(AuditRow.seq) == each.seq
            )
        ).scalar_one_or_none()
        != each.mac
    ]


def _conditions(sought: Sought) -> Iterator[ColumnElement[bool]]:
    find = sought.find.strip()[:FIND_MAX]
    if find:
        yield or_(
            col(AuditRow.object).contains(find, autoescape=True),
            col(AuditRow.reason).contains(find, autoescape=True),
        )
    if sought.deed:
        yield col(AuditRow.action) == sought.deed
    if sought.actor:
        yield col(AuditRow.actor) == sought.actor
    if sought.since is not None:
        yield col(AuditRow.at) >= sought.since
    if sought.until is not None:
        yield col(AuditRow.at) < sought.until
    if sought.before is not None:
        yield col(AuditRow.seq) < sought.before
