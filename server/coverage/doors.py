"""One dwelling as it is counted, from what hangs on it."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from msgspec import Struct
from sqlalchemy import Connection, Row, and_, or_, select
from sqlmodel import col

from server.coverage.touched import Reach
from server.db.bulk import Value, among
from server.db.coverage_tables import MeasuredRow
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow, VisitRow
from server.register.standing_visits import visit_stands
from shared.coverage import (
    LIVING_HERE,
    UNKNOWN,
    VERIFYING,
    Items,
    Place,
    Reached,
    building_of,
    door_state,
    is_collected,
    is_complete,
    place_of,
    reached,
    vain_tries,
)

COLUMNS = (
    "town_id", "dwelling_id", "grid", "building", "place", "status_known", "households",
    "household_id", "collected", "reached", "state", "visits", "verified_at", "applicable",
    "answered", "declined", "wanted",
)  # fmt: skip


class Visit(Struct, frozen=True):
    """A visit that stands, newest first among others."""

    started: int
    id: str
    outcome: str


class Home(Struct, frozen=True):
    """A household of a dwelling, as it is counted."""

    id: str
    items: Items
    collected: bool
    contested: bool


class Standing(Struct, frozen=True):
    """What hangs on some dwellings."""

    homes: dict[str, list[Home]]
    """By dwelling."""
    visits: dict[str, list[Visit]]
    """By dwelling, the newest first."""


def door_rows(conn: Connection, town: str, dwellings: Collection[str]) -> list[tuple[Value, ...]]:
    """The rows of those of these dwellings that stand, in the order of `COLUMNS`."""
    rows = conn.execute(
        select(DwellingRow).where(
            col(DwellingRow.town_id) == town,
            among(conn, col(DwellingRow.id), dwellings),
            col(DwellingRow.deleted).is_(False),
            col(DwellingRow.alias_of).is_(None),
        )
    ).all()
    standing = _standing(conn, town, [row.id for row in rows])
    return [_row(town, row, standing) for row in rows]


def _row(town: str, of: Row[DwellingRow], standing: Standing) -> tuple[Value, ...]:
    homes, visits = standing.homes.get(of.id, []), standing.visits.get(of.id, [])
    place = place_of(of.status, of.use)
    outcomes = [visit.outcome for visit in visits]
    far = reached(outcomes)
    contested = of.conflicts > 0 or any(home.contested for home in homes)
    counts = min(homes, key=_rank, default=None)
    items = _together(home.items for home in homes)
    state = door_state(
        place, households=len(homes), conflict=contested, far=far, tries=vain_tries(outcomes)
    )
    return (
        town, of.id, of.grid, building_of(of.building, of.code, of.plate, of.address), place.value,
        of.status not in UNKNOWN, len(homes), counts.id if counts else None,
        place is Place.LISTED and counts is not None and counts.collected, far.value,
        state.value, len(visits), _verified(visits), items.applicable, items.answered,
        items.declined, counts.items.wanted if counts else 0,
    )  # fmt: skip


def _rank(home: Home) -> tuple[bool, int, str]:
    return not home.collected, home.items.wanted, home.id


def _verified(visits: Iterable[Visit]) -> int | None:
    return next((visit.started for visit in visits if visit.outcome == VERIFYING), None)


def _standing(conn: Connection, town: str, dwellings: Collection[str]) -> Standing:
    reach = Reach(conn, town)
    doors = reach.names(DwellingRow, dwellings)
    households = conn.execute(
        select(col(HouseholdRow.id), col(HouseholdRow.dwelling_id), col(HouseholdRow.conflicts))
        .where(
            col(HouseholdRow.town_id) == town,
            among(conn, col(HouseholdRow.dwelling_id), doors),
            col(HouseholdRow.deleted).is_(False),
            col(HouseholdRow.alias_of).is_(None),
        )
    ).all()  # fmt: skip
    at = {row.id: doors[row.dwelling_id] for row in households}
    names = reach.names(HouseholdRow, at)
    visits = _visits(conn, town, names, doors)
    people = _people(conn, town, names)
    own = _measured(conn, town, list(at))
    homes: dict[str, list[Home]] = defaultdict(list)
    by_door: dict[str, list[Visit]] = defaultdict(list)
    for household, found in visits.items():
        by_door[at.get(household, household)] += found
    for row in households:
        members, contested = people.get(row.id, ([], False))
        far = reached(visit.outcome for visit in _newest_first(visits.get(row.id, [])))
        home = _home(row.id, own.get(row.id, Items()), members, far)
        homes[at[row.id]].append(
            Home(home.id, home.items, home.collected, contested or row.conflicts > 0)
        )
    return Standing(homes, {door: _newest_first(some) for door, some in by_door.items()})


def _home(household: str, own: Items, members: list[Items], far: Reached) -> Home:
    together = _together([own, *members])
    complete = is_complete(own.wanted > 0, [items.wanted > 0 for items in members])
    collected = is_collected(complete=complete, together=together, reached=far)
    return Home(household, together, collected, False)


def _together(some: Iterable[Items]) -> Items:
    total = Items()
    for items in some:
        total = total.plus(items)
    return total


def _people(
    conn: Connection, town: str, names: dict[str, str]
) -> dict[str, tuple[list[Items], bool]]:
    """By household, its people who live there, and whether something of them is contested."""
    measured = and_(
        col(MeasuredRow.town_id) == col(ResidentRow.town_id),
        col(MeasuredRow.record_id) == col(ResidentRow.id),
    )
    rows = conn.execute(
        select(
            col(ResidentRow.household_id),
            col(ResidentRow.status),
            col(ResidentRow.conflicts),
            *_ITEMS,
        )
        .outerjoin(MeasuredRow, measured)
        .where(
            col(ResidentRow.town_id) == town,
            among(conn, col(ResidentRow.household_id), names),
            col(ResidentRow.deleted).is_(False),
            col(ResidentRow.alias_of).is_(None),
        )
    )
    people: dict[str, tuple[list[Items], bool]] = {}
    for row in rows:
        household = names[str(row[0])]
        members, contested = people.get(household, ([], False))
        if row[1] in LIVING_HERE:
            members.append(_items(row[3:]))
        people[household] = (members, contested or row[2] > 0)
    return people


def _measured(conn: Connection, town: str, records: Collection[str]) -> dict[str, Items]:
    rows = conn.execute(
        select(col(MeasuredRow.record_id), *_ITEMS).where(
            col(MeasuredRow.town_id) == town, among(conn, col(MeasuredRow.record_id), records)
        )
    )
    return {row[0]: _items(row[1:]) for row in rows}


def _items(numbers: Collection[int | None]) -> Items:
    return Items(*(number or 0 for number in numbers))


def _visits(
    conn: Connection, town: str, names: dict[str, str], doors: dict[str, str]
) -> dict[str, list[Visit]]:
    """By household, and by dwelling where nobody was registered: the visits that stand."""
    rows = conn.execute(
        select(
            col(VisitRow.household_id),
            col(VisitRow.dwelling_id),
            col(VisitRow.started),
            col(VisitRow.id),
            col(VisitRow.outcome),
        ).where(
            col(VisitRow.town_id) == town,
            visit_stands(),
            or_(
                among(conn, col(VisitRow.household_id), names),
                and_(
                    col(VisitRow.household_id).is_(None),
                    among(conn, col(VisitRow.dwelling_id), doors),
                ),
            ),
        )
    )
    visits: dict[str, list[Visit]] = defaultdict(list)
    for row in rows:
        key = names[row[0]] if row[0] else doors[str(row[1])]
        visits[key].append(Visit(row[2] or 0, row[3], row[4]))
    return visits


def _newest_first(visits: Iterable[Visit]) -> list[Visit]:
    return sorted(visits, key=lambda visit: (visit.started, visit.id), reverse=True)


_ITEMS = (
    col(MeasuredRow.applicable), col(MeasuredRow.answered), col(MeasuredRow.declined),
    col(MeasuredRow.wanted), col(MeasuredRow.given), col(MeasuredRow.withheld),
)  # fmt: skip
