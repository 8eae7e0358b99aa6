"""The queue: what waits, filtered and counted, with whose it is and until when it rests."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Join, and_, case, func, literal, select
from sqlalchemy.sql.expression import Subquery
from sqlmodel import col

from server.db.bulk import table_of
from server.db.review_tables import ReviewRow
from server.office.people import AccountIdentity
from server.register.names import names_of
from server.review.waiting import Kind, waiting

DAY_MS = 24 * 3600 * 1000
AGES = (("day", 0, 1), ("week", 1, 7), ("month", 7, 30), ("older", 30, None))
"""Names of ages with the days from and to."""


class Whose(StrEnum):
    """Whose things are shown."""

    ALL = "all"
    MINE = "mine"
    NOBODYS = "nobodys"


class Asked(Struct, frozen=True, kw_only=True):
    """What a reviewer wants to see of the queue."""

    kind: Kind | None = None
    grid: str = ""
    age: str = ""
    whose: Whose = Whose.ALL
    later: bool = False
    """What was kept for later, instead of what asks now."""


class Waiting(Struct, frozen=True, kw_only=True):
    """One thing that waits."""

    kind: Kind
    item: str
    record: str
    record_kind: str
    detail: str
    grid: str
    since: int
    assignee: str
    assignee_name: str = ""
    later_until: int | None

    @property
    def key(self) -> str:
        """Names it among everything that waits."""
        return f"{self.kind}:{self.item}"


class Counts(Struct, frozen=True):
    """How many wait, each time within the other filters."""

    total: int
    kinds: Mapping[str, int]
    grids: Mapping[str, int]
    ages: Mapping[str, int]


class Queue(Struct, frozen=True):
    """The queue of one reviewer, over one connection."""

    conn: Connection
    who: AccountIdentity
    now: int

    def entries(self, asked: Asked, offset: int, limit: int) -> list[Waiting]:
        """Those that are asked for, the longest waiting first."""
        some = self._some(asked.kind)
        wanted = select(some, _WHOSE.label("assignee"), col(ReviewRow.later_until)).select_from(
            self._reviewed(some)
        )
        rows = self.conn.execute(
            wanted.where(*self._conditions(some, asked))
            .order_by(some.c.since, some.c.kind, some.c.item)
            .offset(offset)
            .limit(limit)
        ).all()
        names = names_of(self.conn, self.who.town, {row.assignee for row in rows if row.assignee})
        return [
            Waiting(
                kind=Kind(row.kind),
                item=row.item,
                record=row.record,
                record_kind=row.record_kind,
                detail=row.detail,
                grid=row.grid,
                since=row.since,
                assignee=row.assignee,
                assignee_name=names.get(row.assignee, ""),
                later_until=row.later_until,
            )
            for row in rows
        ]

    def counts(self, asked: Asked) -> Counts:
        """How many there are of each kind, in each grid and of each age."""
        some = self._some(None)
        bucket = case(
            *((self._of_age(some, name), literal(name)) for name, _, _ in AGES), else_=literal("")
        )
        counted = (
            select(some.c.kind, some.c.grid, bucket.label("age"), func.count().label("n"))
            .select_from(self._reviewed(some))
            .where(*self._conditions(some, Asked(whose=asked.whose, later=asked.later)))
            .group_by(some.c.kind, some.c.grid, bucket)
        )
        rows = [_Counted(*row) for row in self.conn.execute(counted)]
        return Counts(
            total=sum(row.n for row in rows if _fits(row, asked)),
            kinds=_sums(rows, "kind", asked),
            grids=_sums(rows, "grid", asked),
            ages=_sums(rows, "age", asked),
        )

    def among(self, keys: Collection[str]) -> list[tuple[Kind, str]]:
        """Those of these keys that wait where the reviewer may look."""
        found: list[tuple[Kind, str]] = []
        for kind in Kind:
            items = [k.split(":", 1)[1] for k in keys if k.split(":", 1)[0] == kind and ":" in k]
            if not items:
                continue
            some = self._some(kind)
            rows = self.conn.execute(select(some.c.item).where(some.c.item.in_(items)))
            found += [(kind, str(row.item)) for row in rows]
        return found

    def _some(self, kind: Kind | None) -> Subquery:
        kinds: Sequence[Kind] = tuple(Kind) if kind is None else (kind,)
        return waiting(self.conn, (self.who.town, self.who.grids), self.now, kinds)

    def _reviewed(self, some: Subquery) -> Join:
        review = table_of(ReviewRow)
        on = and_(
            review.c.town_id == self.who.town,
            review.c.kind == some.c.kind,
            review.c.item == some.c.item,
        )
        return some.outerjoin(review, on)

    def _conditions(self, some: Subquery, asked: Asked) -> list[ColumnElement[bool]]:
        rests = func.coalesce(col(ReviewRow.later_until), 0) > self.now
        conditions = [col(ReviewRow.done_at).is_(None), rests if asked.later else ~rests]
        if asked.grid:
            conditions.append(some.c.grid == asked.grid)
        if asked.age:
            conditions.append(self._of_age(some, asked.age))
        if asked.whose is not Whose.ALL:
            wanted = self.who.id if asked.whose is Whose.MINE else ""
            conditions.append(_WHOSE.in_([wanted]))
        return conditions

    def _of_age(self, some: Subquery, name: str) -> ColumnElement[bool]:
        start, end = next((a, b) for each, a, b in AGES if each == name)
        younger: ColumnElement[bool] = some.c.since <= self.now - start * DAY_MS
        if start == 0:
            younger = literal(value=True)
        return younger if end is None else and_(younger, some.c.since > self.now - end * DAY_MS)


def count_waiting(conn: Connection, who: AccountIdentity, now: int) -> int:
    """How many decisions wait: for the number in the menu, on every page."""
    kinds = (Kind.CONFLICT, Kind.DUPLICATE, Kind.QUESTION)
    some = waiting(conn, (who.town, who.grids), now, kinds)
    return conn.execute(select(func.count()).select_from(some)).scalar_one()


_WHOSE = func.coalesce(col(ReviewRow.assignee), "")


class _Counted(Struct, frozen=True):
    kind: str
    grid: str
    age: str
    n: int


def _sums(rows: Sequence[_Counted], name: str, asked: Asked) -> dict[str, int]:
    """Sums by one filter, within the others: what one would see by choosing another value."""
    sums: dict[str, int] = {}
    for row in rows:
        if _fits(row, asked, but=name):
            value = str(getattr(row, name))
            sums[value] = sums.get(value, 0) + row.n
    return sums


def _fits(row: _Counted, asked: Asked, but: str = "") -> bool:
    wanted = {"kind": asked.kind or "", "grid": asked.grid, "age": asked.age}
    return all(
        name == but or not value or getattr(row, name) == value for name, value in wanted.items()
    )
