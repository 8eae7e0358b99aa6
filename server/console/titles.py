"""What the records that a page speaks of are called: a door, a head of household, a person."""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from functools import cache

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Row,
    bindparam,
    literal,
    select,
    true,
    union_all,
)
from sqlmodel import col

from server.console.codes import code_name
from server.console.labels import NO_TITLES, Sight
from server.console.words import date_and_time
from server.db.bulk import listed, one_of
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow, VisitRow
from server.db.work_tables import WorkRow
from server.office.people import AccountIdentity
from server.summary.values import Item
from server.summary.work import BETWEEN
from server.work.reading import CASE
from shared.privacy import mask_name

Titles = Mapping[str, str]
"""By the id of a record or a grid."""


def use_grids(names: Titles) -> None:
    """The names of the grids in the reader's area, which this request goes by: read once."""
    _grids.set(names)


def titles_of(
    conn: Connection, who: AccountIdentity, ids: Iterable[str], sight: Sight
) -> dict[str, str]:
    """The titles of those of these records that lie in the reader's area, and of all its grids.

    A case is called by its grid: what it says may be of a household.
    """
    grids = _grids.get(NO_TITLES)
    asked = {"town": who.town, "records": listed(conn, sorted({each for each in ids if each}))}
    found = conn.execute(_named(conn.dialect.name), asked)
    # Asked for ids and grids together, a database may look through the grids: the few are sorted
    # out here.
    seen = (row for row in found if row.grid in who.grids)
    return {**grids, **{row.id: _title(row, sight, grids) for row in seen}}


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


def _title(row: Row[str, str, str, str, str, int], sight: Sight, grids: Titles) -> str:
    if row.kind == "dwelling":
        return door(row.name, row.code)
    if row.kind == "visit":
        return date_and_time(row.at)
    return grids.get(row.grid, "") if row.kind == CASE else person(row.name, sight)


@cache
def _named(dialect: str) -> CompoundSelect[str, str, str, str, str, int]:
    # Asked by nearly every page, of five tables at once: made once.
    nothing, never = literal(""), literal(0)
    told = (
        ("dwelling", DwellingRow, (col(DwellingRow.plate), col(DwellingRow.code), never), true()),
        ("household", HouseholdRow, (col(HouseholdRow.head_name), nothing, never), true()),
        ("resident", ResidentRow, (col(ResidentRow.name), nothing, never), true()),
        ("visit", VisitRow, (nothing, nothing, col(VisitRow.started)), true()),
        (CASE, WorkRow, (nothing, nothing, never), col(WorkRow.kind) == CASE),
    )
    return union_all(
        *(
            select(
                literal(kind).label("kind"),
                col(table.id),
                col(table.grid),
                name.label("name"),
                code.label("code"),
                at.label("at"),
            ).where(
                col(table.town_id) == bindparam("town"),
                one_of(dialect, col(table.id), "records"),
                which,
            )
            for kind, table, (name, code, at), which in told
        )
    )


_grids: ContextVar[Titles] = ContextVar("grids")
