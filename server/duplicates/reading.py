"""Reading what is compared of records from the projections."""

from collections.abc import Collection

from sqlalchemy import Connection, Row, and_, select
from sqlmodel import col

from server.db.bulk import among
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow
from server.duplicates.likeness import Traits
from shared.search import household_traits

_ITS_DWELLING = and_(
    col(DwellingRow.town_id) == col(HouseholdRow.town_id),
    col(DwellingRow.id) == col(HouseholdRow.dwelling_id),
)


def traits_of(conn: Connection, town: str, ids: Collection[str]) -> dict[str, Traits]:
    """Those of the records that stand for themselves: not deleted, and not merged."""
    return _households(conn, town, ids) | _residents(conn, town, ids)


def households_at(conn: Connection, town: str, dwellings: Collection[str]) -> list[str]:
    """The households of dwellings: their door is the dwelling's."""
    rows = conn.execute(
        select(col(HouseholdRow.id)).where(
            col(HouseholdRow.town_id) == town,
            among(conn, col(HouseholdRow.dwelling_id), dwellings),
        )
    )
    return [row.id for row in rows]


def _households(conn: Connection, town: str, ids: Collection[str]) -> dict[str, Traits]:
    rows = conn.execute(
        select(
            col(HouseholdRow.id),
            col(HouseholdRow.grid),
            col(HouseholdRow.head_name),
            col(HouseholdRow.phone),
            col(HouseholdRow.dwelling_id),
            col(DwellingRow.code),
            col(DwellingRow.plate),
        )
        .outerjoin(DwellingRow, _ITS_DWELLING)
        .where(
            col(HouseholdRow.town_id) == town,
            among(conn, col(HouseholdRow.id), ids),
            col(HouseholdRow.deleted).is_(False),
            col(HouseholdRow.alias_of).is_(None),
        )
    )
    return {
        row.id: Traits(
            id=row.id,
            kind="household",
            grid=row.grid,
            told=household_traits(
                name=row.head_name,
                phone=row.phone,
                plate=row.code or row.plate or "",
                dwelling=row.dwelling_id or "",
            ),
        )
        for row in rows
    }


def _residents(conn: Connection, town: str, ids: Collection[str]) -> dict[str, Traits]:
    rows = conn.execute(
        select(
            *(col(getattr(ResidentRow, name)) for name in _RESIDENT),
            col(DwellingRow.code),
            col(DwellingRow.plate),
        )
        .outerjoin(
            HouseholdRow,
            and_(
                col(HouseholdRow.town_id) == col(ResidentRow.town_id),
                col(HouseholdRow.id) == col(ResidentRow.household_id),
            ),
        )
        .outerjoin(DwellingRow, _ITS_DWELLING)
        .where(
            col(ResidentRow.town_id) == town,
            among(conn, col(ResidentRow.id), ids),
            col(ResidentRow.deleted).is_(False),
            col(ResidentRow.alias_of).is_(None),
        )
    )
    return {row.id: _resident(row) for row in rows}


def _resident(row: Row) -> Traits:  # type: ignore[type-arg]  # its columns are those above
    told = household_traits(
        name=row.name,
        phone=row.phone,
        plate=row.code or row.plate or "",
        birth_date=row.birth_date,
    )
    return Traits(
        id=row.id,
        kind="resident",
        grid=row.grid,
        told=told,
        household=row.household_id or "",
        sex=row.sex,
        id_hash=row.id_hash or "",
    )


_RESIDENT = ("id", "grid", "name", "phone", "birth_date", "sex", "household_id", "id_hash")
