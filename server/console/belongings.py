"""What hangs on a record: a household's members and visits, the households of a dwelling."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, RowMapping, select
from sqlmodel import col

from server.console.labels import Reader
from server.db.bulk import among
from server.db.office_tables import WorkerRow
from server.db.projections import HouseholdRow, ResidentRow, VisitRow
from server.office.people import AccountIdentity
from server.register.standing_visits import its_worker

VISITS_SHOWN = 50


class Member(Struct, frozen=True):
    """A resident, in one line."""

    id: str
    name: str
    relation: str
    sex: str
    age: str
    phone: str
    status: str
    conflicts: int


class VisitLine(Struct, frozen=True):
    """A visit, in one line."""

    id: str
    started: int | None
    outcome: str
    worker: str
    note: str


class Neighbour(Struct, frozen=True):
    """A household of a dwelling, in one line."""

    id: str
    name: str
    conflicts: int


def members_of(
    conn: Connection, who: AccountIdentity, family: Sequence[str], reader: Reader
) -> tuple[Member, ...]:
    """A household's residents, its head first. family: it, and those that were merged into it."""
    rows = conn.execute(
        select(ResidentRow)
        .where(
            col(ResidentRow.town_id) == who.town,
            col(ResidentRow.household_id).in_(family),
            among(conn, col(ResidentRow.grid), who.grids),
            col(ResidentRow.deleted).is_(False),
            col(ResidentRow.alias_of).is_(None),
        )
        .order_by(col(ResidentRow.relation), col(ResidentRow.id))
    )
    return tuple(_member(row, reader) for row in rows.mappings())


def visits_of(
    conn: Connection, who: AccountIdentity, family: Sequence[str], reader: Reader
) -> tuple[VisitLine, ...]:
    """The newest visits to a household. family: it, and those that were merged into it."""
    rows = conn.execute(
        select(
            col(VisitRow.id),
            col(VisitRow.started),
            col(VisitRow.outcome),
            col(VisitRow.note),
            col(WorkerRow.name),
        )
        .outerjoin(WorkerRow, its_worker())
        .where(
            col(VisitRow.town_id) == who.town,
            col(VisitRow.household_id).in_(family),
            among(conn, col(VisitRow.grid), who.grids),
            col(VisitRow.deleted).is_(False),
        )
        .order_by(col(VisitRow.started).desc(), col(VisitRow.id).desc())
        .limit(VISITS_SHOWN)
    )
    return tuple(
        VisitLine(
            id=row.id,
            started=row.started,
            outcome=_text(reader, "visit", "outcome", row.outcome),
            worker=row.name or "",
            note=_text(reader, "visit", "note", row.note),
        )
        for row in rows
    )


def households_at(
    conn: Connection, who: AccountIdentity, family: Sequence[str], reader: Reader
) -> tuple[Neighbour, ...]:
    """The households of a dwelling. family: it, and those that were merged into it."""
    rows = conn.execute(
        select(
            col(HouseholdRow.id), col(HouseholdRow.head_name), col(HouseholdRow.conflicts)
        ).where(
            col(HouseholdRow.town_id) == who.town,
            col(HouseholdRow.dwelling_id).in_(family),
            among(conn, col(HouseholdRow.grid), who.grids),
            col(HouseholdRow.deleted).is_(False),
            col(HouseholdRow.alias_of).is_(None),
        )
    )
    return tuple(
        Neighbour(row.id, _text(reader, "household", "head_name", row.head_name), row.conflicts)
        for row in rows
    )


def _member(row: RowMapping, reader: Reader) -> Member:
    def text(unit: str) -> str:
        return _text(reader, "resident", unit, row[unit])

    return Member(
        id=str(row["id"]),
        name=text("name"),
        relation=text("relation"),
        sex=text("sex"),
        age=text("birth_date"),
        phone=text("phone"),
        status=text("status"),
        conflicts=int(str(row["conflicts"])),
    )


def _text(reader: Reader, kind: str, unit: str, value: object) -> str:
    return reader.text(kind, unit, value) if value not in (None, "") else ""
