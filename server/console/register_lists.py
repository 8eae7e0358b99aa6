"""The lists of the register that a form may use, as the person at the desk may see them."""

from collections.abc import Callable, Iterator

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from server.console.labels import Sight
from server.console.titles import door, titles_of
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow
from server.office.people import AccountIdentity
from shared.forms.model import Choice, Form, encode_form
from shared.forms.register_lists import DWELLINGS, HOUSEHOLDS, MEMBERS, Lists, entry

ENTRIES_MAX = 5_000


class About(Struct, frozen=True):
    """Whose lists are wanted."""

    grid: str
    household: str
    """"" where the record is about none."""


Reader = Callable[[Connection, AccountIdentity, About], Iterator[Choice]]


def desk_lists(conn: Connection, who: AccountIdentity, form: Form, about: About) -> Lists:
    """Those that the form names, of that grid and household; none outside the reader's area."""
    if about.grid not in who.grids:
        return {}
    written = encode_form(form)
    wanted = (name for name in _READERS if name.encode() in written)
    return {name: tuple(_READERS[name](conn, who, about)) for name in wanted}


def _dwellings(conn: Connection, who: AccountIdentity, about: About) -> Iterator[Choice]:
    rows = conn.execute(
        select(
            col(DwellingRow.id),
            col(DwellingRow.code),
            col(DwellingRow.plate),
            col(DwellingRow.building),
            col(DwellingRow.room),
            col(DwellingRow.status),
        )
        .where(
            col(DwellingRow.town_id) == who.town,
            col(DwellingRow.grid) == about.grid,
            col(DwellingRow.deleted).is_(False),
        )
        .order_by(col(DwellingRow.code))
        .limit(ENTRIES_MAX)
    )
    for row in rows:
        yield entry(
            row.id,
            door(row.plate, row.code),
            code=row.code,
            plate=row.plate,
            building=row.building,
            room=row.room,
            status=row.status,
        )


def _households(conn: Connection, who: AccountIdentity, about: About) -> Iterator[Choice]:
    rows = conn.execute(
        select(col(HouseholdRow.id), col(HouseholdRow.dwelling_id))
        .where(
            col(HouseholdRow.town_id) == who.town,
            col(HouseholdRow.grid) == about.grid,
            col(HouseholdRow.deleted).is_(False),
        )
        .limit(ENTRIES_MAX)
    ).all()
    titles = titles_of(conn, who, (row.id for row in rows), Sight.DESK)
    for row in rows:
        yield entry(row.id, titles.get(row.id, ""), dwelling=row.dwelling_id or "")


def _members(conn: Connection, who: AccountIdentity, about: About) -> Iterator[Choice]:
    rows = conn.execute(
        select(
            col(ResidentRow.id),
            col(ResidentRow.relation),
            col(ResidentRow.sex),
            col(ResidentRow.status),
        )
        .where(
            col(ResidentRow.town_id) == who.town,
            col(ResidentRow.household_id) == about.household,
            col(ResidentRow.deleted).is_(False),
        )
        .limit(ENTRIES_MAX)
    ).all()
    titles = titles_of(conn, who, (row.id for row in rows), Sight.DESK)
    for row in rows:
        yield entry(
            row.id,
            titles.get(row.id, ""),
            household=about.household,
            relation=row.relation,
            sex=row.sex,
            status=row.status,
        )


_READERS: dict[str, Reader] = {
    DWELLINGS: _dwellings,
    HOUSEHOLDS: _households,
    MEMBERS: _members,
}
"""What is due is a worker's: the desk has no such list, and does not judge answers from it."""
