"""Who may touch which grid, and when: a worker's duties, or an account's area."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from msgspec import Struct
from sqlalchemy import Connection, Select, String, bindparam, select
from sqlmodel import col

from server.db.office_tables import AreaRow, AssignmentRow
from server.db.register_tables import JournalRow
from server.office.areas import Level
from server.office.roles import Role
from server.register.author import Author
from shared.changes import ChangeKind

REPORTED = frozenset({"case", "protection", "feedback"})
"""Kinds that a building leader writes: once, and without having read anything."""


class Span(Struct, frozen=True):
    """From when to when; `to` is None while it lasts."""

    since: int
    to: int | None = None

    def holds(self, at: int) -> bool:
        """Whether it holds at that time."""
        return self.since <= at and (self.to is None or at < self.to)


class Scope(Struct, frozen=True):
    """The grids that an author may touch, each with when."""

    spans: Mapping[str, tuple[Span, ...]]
    now: int
    reports: Mapping[str, tuple[Span, ...]] = MappingProxyType({})
    """Grids of which the author may report, and touch nothing."""

    def covers(self, grid: str, at: int) -> bool:
        """Whether the author had the grid when the change was made, or has it now.

        A duty that began since then is enough: a clock is never a reason to refuse work.
        """
        return any(span.holds(at) or span.holds(self.now) for span in self.spans.get(grid, ()))

    def may_report(self, kind: str, grid: str, at: int) -> bool:
        """The same of whoever only reports: a record of that kind may be begun there."""
        spans = self.reports.get(grid, ()) if kind in REPORTED else ()
        return any(span.holds(at) or span.holds(self.now) for span in spans)


def scope_of_grids(grids: Iterable[str], now: int) -> Scope:
    """The scope of an account, which sees its area as it is now."""
    always = (Span(0),)
    return Scope(dict.fromkeys(grids, always), now)


def scope_of_worker(conn: Connection, town: str, worker: str, now: int) -> Scope:
    """The grids of all a worker's duties, past ones included."""
    rows = conn.execute(_duties(), {"town": town, "worker": worker})
    spans: dict[str, tuple[Span, ...]] = {}
    reports: dict[str, tuple[Span, ...]] = {}
    for grid, since, until, role in rows:
        of = reports if role == Role.BUILDING_LEADER else spans
        of[grid] = (*of.get(grid, ()), Span(since, until))
    return Scope(spans, now, reports)


@cache
def _duties() -> Select[str, int, int | None, str]:
    # Asked by every push: built once.
    town = bindparam("town", type_=String)
    duties = (
        select(
            col(AreaRow.id).label("id"),
            col(AreaRow.level).label("level"),
            col(AssignmentRow.valid_from).label("since"),
            col(AssignmentRow.valid_to).label("until"),
            col(AssignmentRow.role).label("role"),
        )
        .join(
            AssignmentRow,
            (col(AssignmentRow.town_id) == col(AreaRow.town_id))
            & (col(AssignmentRow.area_id) == col(AreaRow.id)),
        )
        .where(col(AreaRow.town_id) == town, col(AssignmentRow.worker_id) == bindparam("worker"))
        .cte("duties", recursive=True)
    )
    role = duties.c.role
    below = select(col(AreaRow.id), col(AreaRow.level), duties.c.since, duties.c.until, role).where(
        col(AreaRow.town_id) == town, col(AreaRow.parent_id) == duties.c.id
    )
    reach = duties.union(below)
    wanted = select(reach.c.id, reach.c.since, reach.c.until, reach.c.role)
    return wanted.where(reach.c.level == Level.GRID.value)


def grids_known(conn: Connection, author: Author, record: str, base: int) -> list[str]:
    """Where the record lay at version `base`; before its first, where its author created it.

    An author is a worker, whichever of her phones or its copies has sent the record.
    """
    of_record = select(col(JournalRow.grid)).where(
        col(JournalRow.town_id) == author.town, col(JournalRow.record_id) == record
    )
    at_base = of_record.where(col(JournalRow.seq) <= base)
    last = conn.execute(at_base.order_by(col(JournalRow.seq).desc()).limit(1)).scalar()
    if last is not None:
        return [last]
    own = of_record.where(
        col(JournalRow.worker_id) == author.worker,
        col(JournalRow.kind) == ChangeKind.CREATE.value,
    )
    return list(conn.execute(own).scalars())


def is_grid(conn: Connection, town: str, area: str) -> bool:
    """Whether the town has a grid of that id."""
    found = conn.execute(
        select(col(AreaRow.id)).where(
            col(AreaRow.town_id) == town,
            col(AreaRow.id) == area,
            col(AreaRow.level) == Level.GRID.value,
        )
    ).first()
    return found is not None
