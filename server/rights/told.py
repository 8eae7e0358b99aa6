"""The register of notices and consents, as one list: what was handed out or said, when, to whom.

It is read from where each thing is written down once: visits (notices), the words of people
(consents), and requests for maternal services, which are only taken with consent.
"""

from collections.abc import Collection
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    SQLColumnExpression,
    and_,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.expression import Subquery
from sqlmodel import col

from server.db.bulk import among
from server.db.projections import HouseholdRow, ResidentRow, VisitRow
from server.db.rights_tables import ConsentRow
from server.db.work_tables import WorkRow
from server.register.names import names_of
from server.register.standing_visits import handed_out, visit_stands
from shared.consent import How, Purpose, Word
from shared.work.values import MATERNAL

_COLUMNS = (
    "source", "id", "record", "grid", "at", "what", "word", "how", "paper", "version", "by",
    "visit",
)  # fmt: skip

Part = Select[*tuple[object, ...]]


class Source(StrEnum):
    """Where a line is written down."""

    VISIT = "visit"
    """A notice was handed out."""
    CONSENT = "consent"
    CASE = "case"
    """A request for maternal services, taken with her consent."""


class Sought(Struct, frozen=True, kw_only=True):
    """Which lines are wanted."""

    records: Collection[str] | None = None
    """About these residents and households only."""
    what: str = ""
    """A purpose, or the code of a notice."""
    word: str = ""
    name: str = ""
    """What the resident or the head of the household is called, or a part of it."""
    grid: str = ""
    since: int = 0
    until: int | None = None


class Line(Struct, frozen=True, kw_only=True):
    """One thing that was handed out or said."""

    source: Source
    id: str
    record: str
    """The household, or the resident."""
    grid: str
    at: int
    what: tuple[str, ...]
    """Codes of notices, or the purpose."""
    word: Word
    how: str
    paper: str
    version: int
    """Of the privacy notice that went with a consent; of a visit see `Editions.at`."""
    by: str
    by_name: str
    visit: str
    """The visit at which it was; empty where there was none."""


class ToldList(Struct, frozen=True):
    """Reads the list for some grids, over one connection."""

    conn: Connection
    town: str
    grids: frozenset[str]

    def count(self, sought: Sought) -> int:
        """How many lines there are."""
        lines = self._lines(sought)
        return self.conn.execute(select(func.count()).select_from(lines)).scalar_one()

    def some(self, sought: Sought, offset: int, limit: int) -> list[Line]:
        """The newest lines first."""
        lines = self._lines(sought)
        rows = self.conn.execute(
            select(lines).order_by(lines.c.at.desc(), lines.c.id).offset(offset).limit(limit)
        ).all()
        names = names_of(self.conn, self.town, {row.by for row in rows})
        return [
            Line(
                source=Source(row.source), id=row.id, record=row.record or "", grid=row.grid,
                at=row.at, what=tuple(row.what.split()), word=Word(row.word), how=row.how,
                paper=row.paper, version=row.version, by=row.by, by_name=names.get(row.by, ""),
                visit=row.visit,
            )
            for row in rows
        ]  # fmt: skip

    def _lines(self, sought: Sought) -> Subquery:
        parts = [self._consents(sought)]
        if sought.word in ("", Word.GIVEN):
            if sought.what not in tuple(Purpose):
                parts.append(self._notices(sought))
            if sought.what in ("", Purpose.MATERNAL):
                parts.append(self._requests(sought))
        return union_all(*parts).subquery("told")

    def _notices(self, sought: Sought) -> Part:
        row, at = VisitRow, func.coalesce(col(VisitRow.started), col(VisitRow.received))
        what = (handed_out(sought.what),) if sought.what else (col(row.notices) != "",)
        return _select(
            literal(Source.VISIT.value), col(row.id), col(row.household_id), col(row.grid), at,
            col(row.notices), literal(Word.GIVEN.value), literal(""), literal(""), literal(0),
            col(row.worker_id), col(row.id),
        ).where(
            col(row.town_id) == self.town, visit_stands(), *what,
            *self._where((col(row.household_id), col(row.grid), at), sought),
        )  # fmt: skip

    def _consents(self, sought: Sought) -> Part:
        row = ConsentRow
        what = (col(row.purpose) == sought.what,) if sought.what else ()
        word = (col(row.word) == sought.word,) if sought.word else ()
        return _select(
            literal(Source.CONSENT.value), col(row.id), col(row.record_id), col(row.grid),
            col(row.said_at), col(row.purpose), col(row.word), col(row.how), col(row.paper),
            col(row.notice_version), col(row.noted_by), col(row.visit_id),
        ).where(
            col(row.town_id) == self.town, *what, *word,
            *self._where((col(row.record_id), col(row.grid), col(row.said_at)), sought),
        )  # fmt: skip

    def _requests(self, sought: Sought) -> Part:
        row = WorkRow
        return _select(
            literal(Source.CASE.value), col(row.id), col(row.household_id), col(row.grid),
            col(row.at), literal(Purpose.MATERNAL.value), literal(Word.GIVEN.value),
            literal(How.UNSAID.value), literal(""), literal(0), col(row.author), literal(""),
        ).where(
            col(row.town_id) == self.town, col(row.kind) == "case",
            col(row.facts).contains(f'"case_kind":"{MATERNAL}"'), col(row.deleted).is_(False),
            *self._where((col(row.household_id), col(row.grid), col(row.at)), sought),
        )  # fmt: skip

    def _where(
        self,
        columns: tuple[
            SQLColumnExpression[str] | SQLColumnExpression[str | None],
            SQLColumnExpression[str],
            SQLColumnExpression[int],
        ],
        sought: Sought,
    ) -> list[ColumnElement[bool]]:
        record, grid, at = columns
        grids = self.grids & {sought.grid} if sought.grid else self.grids
        where = [among(self.conn, grid, grids)]
        if sought.records is not None:
            where.append(among(self.conn, record, sought.records))
        if sought.since:
            where.append(at >= sought.since)
        if sought.until is not None:
            where.append(at < sought.until)
        if sought.name:
            where.append(or_(*(record.in_(ids) for ids in self._called(sought.name))))
        return where

    def _called(self, name: str) -> tuple[Select[str], Select[str]]:
        """The households and residents of that name; by their head's name, and by their own."""
        return (
            _ids(HouseholdRow, self.town, col(HouseholdRow.head_name), name),
            _ids(ResidentRow, self.town, col(ResidentRow.name), name),
        )


def _ids(
    model: type[HouseholdRow] | type[ResidentRow],
    town: str,
    column: SQLColumnExpression[str],
    name: str,
) -> Select[str]:
    return select(col(model.id)).where(
        and_(
            col(model.town_id) == town,
            column.contains(name, autoescape=True),
            col(model.deleted).is_(False),
        )
    )


def _select(*columns: SQLColumnExpression[object]) -> Part:
    return select(*(each.label(name) for name, each in zip(_COLUMNS, columns, strict=True)))
