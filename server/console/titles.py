"""What the records that a page speaks of are called: a door, a head of household, a person."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select
from sqlmodel import col

from server.console.codes import code_name
from server.console.labels import Sight
from server.console.words import date_and_time
from server.db.bulk import chunks
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow, VisitRow
from server.db.work_tables import WorkRow
from server.office.areas import grid_names
from server.office.people import AccountIdentity
from server.summary.values import Item
from server.summary.work import BETWEEN
from server.work.reading import CASE
from shared.privacy import mask_name

Titles = Mapping[str, str]
"""By the id of a record or a grid."""


def titles_of(
    conn: Connection, who: AccountIdentity, ids: Iterable[str], sight: Sight
) -> dict[str, str]:
    """The titles of those of these records that lie in the reader's area, and of all grids.

    A case is called by its grid: what it says may be of a household.
    """
    wanted = {record for record in ids if record}
    titles = grid_names(conn, who.town, who.grids)
    for some in chunks(wanted):
        titles |= _doors(conn, who, some)
        titles |= _people(conn, who, some, sight)
        titles |= _visits(conn, who, some)
        titles |= _cases(conn, who, some, titles)
    return titles


def case_title(item: Item, titles: Titles) -> str:
    """A case in one line: its kind, its number, and its grid where that is among the titles."""
    sort, _, number = item.text.partition(BETWEEN)
    said = f"{code_name('case_kind', sort)} {number}"
    return " · ".join(filter(None, (said, titles.get(item.id, ""))))


def person(name: str, sight: Sight) -> str:
    """A person's name as this reader sees it."""
    return mask_name(name) if sight is Sight.MASKED else name


def door(plate: str, code: str) -> str:
    """What a door is called."""
    return plate or code


# Asked for ids and grids together, a database may look through the grids: the few are sorted out
# here.


def _doors(conn: Connection, who: AccountIdentity, ids: list[str]) -> dict[str, str]:
    rows = conn.execute(
        select(
            col(DwellingRow.id),
            col(DwellingRow.grid),
            col(DwellingRow.plate),
            col(DwellingRow.code),
        ).where(col(DwellingRow.town_id) == who.town, col(DwellingRow.id).in_(ids))
    )
    return {row.id: door(row.plate, row.code) for row in rows if row.grid in who.grids}


def _people(conn: Connection, who: AccountIdentity, ids: list[str], sight: Sight) -> dict[str, str]:
    households = conn.execute(
        select(col(HouseholdRow.id), col(HouseholdRow.grid), col(HouseholdRow.head_name)).where(
            col(HouseholdRow.town_id) == who.town, col(HouseholdRow.id).in_(ids)
        )
    ).all()
    residents = conn.execute(
        select(col(ResidentRow.id), col(ResidentRow.grid), col(ResidentRow.name)).where(
            col(ResidentRow.town_id) == who.town, col(ResidentRow.id).in_(ids)
        )
    ).all()
    return {
        record: person(name, sight)
        for record, grid, name in (*households, *residents)
        if grid in who.grids
    }


def _visits(conn: Connection, who: AccountIdentity, ids: list[str]) -> dict[str, str]:
    rows = conn.execute(
        select(col(VisitRow.id), col(VisitRow.grid), col(VisitRow.started)).where(
            col(VisitRow.town_id) == who.town, col(VisitRow.id).in_(ids)
        )
    )
    return {row.id: date_and_time(row.started) for row in rows if row.grid in who.grids}


def _cases(conn: Connection, who: AccountIdentity, ids: list[str], grids: Titles) -> dict[str, str]:
    rows = conn.execute(
        select(col(WorkRow.id), col(WorkRow.grid)).where(
            col(WorkRow.town_id) == who.town, col(WorkRow.kind) == CASE, col(WorkRow.id).in_(ids)
        )
    )
    return {row.id: grids[row.grid] for row in rows if row.grid in grids}
