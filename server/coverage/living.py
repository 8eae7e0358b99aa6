"""Who lives in the grids, and of how many of them nothing mandatory is missing."""

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select
from sqlmodel import col

from server.db.bulk import among
from server.db.coverage_tables import MeasuredRow
from server.db.projections import ResidentRow
from shared.coverage import LIVING_HERE


class Share(Struct, frozen=True):
    """So many of so many."""

    number: int = 0
    of: int = 0

    @property
    def share(self) -> float | None:
        """None where there is nothing."""
        return self.number / self.of if self.of else None

    @property
    def rest(self) -> int:
        """Those that are missing."""
        return self.of - self.number

    def plus(self, other: "Share") -> "Share":
        """Of both together."""
        return Share(self.number + other.number, self.of + other.of)


def lacking(town: str) -> Select[str]:
    """The people who live there and of whom something mandatory is missing."""
    return (
        select(col(ResidentRow.id))
        .join(MeasuredRow, _MEASURED)
        .where(*_here(town), col(MeasuredRow.wanted) > 0)
    )


def known_people(conn: Connection, town: str, grids: frozenset[str]) -> dict[str, Share]:
    """By grid: the people of whom nothing is missing, of those who live there."""
    whole = func.coalesce(func.sum(case((col(MeasuredRow.wanted) == 0, 1), else_=0)), 0)
    rows = conn.execute(
        select(col(ResidentRow.grid), whole, func.count())
        .select_from(ResidentRow)
        .join(MeasuredRow, _MEASURED)
        .where(*_here(town), among(conn, col(ResidentRow.grid), grids))
        .group_by(col(ResidentRow.grid))
    )
    return {row[0]: Share(int(row[1]), int(row[2])) for row in rows}


def _here(town: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ResidentRow.town_id) == town,
        col(ResidentRow.deleted).is_(False),
        col(ResidentRow.alias_of).is_(None),
        col(ResidentRow.status).in_(LIVING_HERE),
    )


_MEASURED = and_(
    col(MeasuredRow.town_id) == col(ResidentRow.town_id),
    col(MeasuredRow.record_id) == col(ResidentRow.id),
)
