"""What the register already has in the grids that a table speaks of, found by door or number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from server.db.projections import DwellingRow, HouseholdRow, ResidentRow
from shared.search import Door, read_door, same_door


class Dwelling(Struct, frozen=True):
    """A dwelling of the register, as far as a table could name it."""

    id: str
    grid: str
    doors: tuple[Door, ...]


class Household(Struct, frozen=True):
    """A household of the register, as far as a table could name it."""

    id: str
    grid: str
    dwelling: str | None
    number: str
    name: str


class Standing:
    """The dwellings and households of some grids, and who lives there."""

    def __init__(
        self,
        dwellings: Iterable[Dwelling],
        households: Iterable[Household],
        residents: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._by_room: dict[tuple[str, str], list[tuple[Door, Dwelling]]] = defaultdict(list)
        self._at: dict[str, list[Household]] = defaultdict(list)
        self._by_number: dict[str, Household] = {}
        self._residents = residents
        for dwelling in dwellings:
            for door in dwelling.doors:
                self._by_room[dwelling.grid, door.parts[-1]].append((door, dwelling))
        for household in households:
            if household.dwelling is not None:
                self._at[household.dwelling].append(household)
            if household.number:
                self._by_number.setdefault(household.number, household)

    def numbered(self, number: str) -> Household | None:
        """The household of that household number, in any of the grids."""
        return self._by_number.get(number) if number else None

    def dwelling_at(self, grid: str, door: Door) -> Dwelling | None:
        """The dwelling that `door` names: written the same, or else the only one that fits."""
        if not door.parts:
            return None
        there = self._by_room.get((grid, door.parts[-1]), [])
        for other, dwelling in there:
            if other == door:
                return dwelling
        alike = {dwelling.id: dwelling for other, dwelling in there if same_door(other, door)}
        return next(iter(alike.values())) if len(alike) == 1 else None

    def living_at(self, dwelling: str) -> list[Household]:
        """The households of a dwelling."""
        return self._at.get(dwelling, [])

    def residents(self, household: str) -> Mapping[str, str]:
        """Ids of a household's residents by name."""
        return self._residents.get(household, {})


def load_standing(conn: Connection, town: str, grids: frozenset[str]) -> Standing:
    """All that stands in the grids now."""
    return Standing(
        _dwellings(conn, town, grids), _households(conn, town, grids), _residents(conn, town, grids)
    )


def _dwellings(conn: Connection, town: str, grids: frozenset[str]) -> Iterable[Dwelling]:
    rows = conn.execute(
        select(
            col(DwellingRow.id),
            col(DwellingRow.grid),
            col(DwellingRow.plate),
            col(DwellingRow.code),
            col(DwellingRow.address),
        ).where(
            col(DwellingRow.town_id) == town,
            col(DwellingRow.grid).in_(grids),
            col(DwellingRow.deleted).is_(False),
        )
    )
    for row in rows:
        read = (read_door(text) for text in (row.plate, row.code, row.address) if text)
        yield Dwelling(row.id, row.grid, tuple(door for door in read if door.parts))


def _households(conn: Connection, town: str, grids: frozenset[str]) -> Iterable[Household]:
    rows = conn.execute(
        select(
            col(HouseholdRow.id),
            col(HouseholdRow.grid),
            col(HouseholdRow.dwelling_id),
            col(HouseholdRow.household_no),
            col(HouseholdRow.head_name),
        ).where(
            col(HouseholdRow.town_id) == town,
            col(HouseholdRow.grid).in_(grids),
            col(HouseholdRow.deleted).is_(False),
            col(HouseholdRow.alias_of).is_(None),
        )
    )
    for row in rows:
        yield Household(row.id, row.grid, row.dwelling_id, row.household_no, row.head_name)


def _residents(
    conn: Connection, town: str, grids: frozenset[str]
) -> Mapping[str, Mapping[str, str]]:
    rows = conn.execute(
        select(col(ResidentRow.id), col(ResidentRow.household_id), col(ResidentRow.name)).where(
            col(ResidentRow.town_id) == town,
            col(ResidentRow.grid).in_(grids),
            col(ResidentRow.deleted).is_(False),
            col(ResidentRow.alias_of).is_(None),
        )
    )
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        if row.household_id is not None:
            found[row.household_id].setdefault(row.name, row.id)
    return found
