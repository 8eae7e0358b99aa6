"""Buildings as pictures: which door lies on which floor, and how each one stands."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from msgspec import Struct

from mobile.store.cards import NOBODY_HOME_MIN, REFUSED, HouseholdCard
from mobile.store.glimpses import Glimpse, door_label
from mobile.store.index import Index
from mobile.store.orders import door_order
from mobile.store.shelf import Shelf
from mobile.store.summing import EMPTY_HOME
from shared.coverage import DoorState, building_of

CODE_PARTS = 4
"""A dwelling's code may say it all: building-entrance-floor-room."""
NO_FLOOR = -1000
"""Of doors that lie on no known floor: they stand in the last row."""


class DoorCell(Struct, frozen=True):
    """One dwelling in the picture."""

    dwelling: str
    label: str
    """Where to knock, in one line."""
    entrance: str
    floor: int
    room: str
    state: DoorState
    marks: tuple[str, ...]
    households: tuple[str, ...]
    """Those registered there."""
    name: str
    """The head of the first of them."""


class Building(Struct, frozen=True):
    """One building in the list."""

    door: str
    """One of its dwellings: names the building in an address."""
    grid: str
    name: str
    doors: int
    states: tuple[tuple[DoorState, int], ...]
    """How many doors stand how."""


class Floor(Struct, frozen=True):
    """One floor, its doors from the first entrance to the last."""

    number: int
    doors: tuple[DoorCell, ...]


class Picture(Struct, frozen=True):
    """A building from the top floor down."""

    name: str
    floors: tuple[Floor, ...]
    states: tuple[tuple[DoorState, int], ...]


class Buildings:
    """Makes pictures of what the index has."""

    def __init__(self, shelf: Shelf, index: Index) -> None:
        self._shelf = shelf
        self._index = index

    def all(self, today: str) -> tuple[Building, ...]:
        """Every building, in the order in which one finds them. today: an ISO date."""
        grouped: defaultdict[tuple[str, str], list[Glimpse]] = defaultdict(list)
        with self._shelf.database.alone():
            for glimpse in self._index.doors():
                grouped[glimpse.grid, building_name(glimpse)].append(glimpse)
            found = [
                Building(
                    min(glimpse.id for glimpse in doors),
                    grid,
                    name,
                    len(doors),
                    _counted(self._state(glimpse, today)[0] for glimpse in doors),
                )
                for (grid, name), doors in grouped.items()
            ]
        return tuple(sorted(found, key=lambda one: (door_order(one.name), one.grid)))

    def picture(self, door: str, today: str) -> Picture | None:
        """The building in which that dwelling lies."""
        with self._shelf.database.alone():
            here = self._index.called(door)
            doors = list(self._index.doors())
            found = next((glimpse for glimpse in doors if glimpse.id == here), None)
            if found is None:
                return None
            place = (found.grid, building_name(found))
            cells = [self._cell(g, today) for g in doors if (g.grid, building_name(g)) == place]
        floors: defaultdict[int, list[DoorCell]] = defaultdict(list)
        for cell in cells:
            floors[cell.floor].append(cell)
        return Picture(
            place[1],
            tuple(Floor(n, tuple(sorted(floors[n], key=_by_room))) for n in sorted(floors)[::-1]),
            _counted(cell.state for cell in cells),
        )

    def cells(self, grid: str, today: str) -> tuple[tuple[Glimpse, DoorCell], ...]:
        """The doors of a grid, each with its dwelling."""
        with self._shelf.database.alone():
            doors = [glimpse for glimpse in self._index.doors() if glimpse.grid == grid]
            return tuple((glimpse, self._cell(glimpse, today)) for glimpse in doors)

    def _cell(self, glimpse: Glimpse, today: str) -> DoorCell:
        state, cards = self._state(glimpse, today)
        _, entrance, floor, room = _code_parts(glimpse)
        number = glimpse.number("floor")
        return DoorCell(
            dwelling=glimpse.id,
            label=door_label(glimpse),
            entrance=glimpse.text("unit_no") or entrance,
            floor=number if number is not None else int(floor) if floor.isdigit() else NO_FLOOR,
            room=glimpse.text("room") or room or door_label(glimpse),
            state=state,
            marks=tuple(dict.fromkeys(mark for card in cards for mark in card.marks)),
            households=tuple(card.id for card in cards),
            name=cards[0].head_name if cards else "",
        )

    def _state(self, glimpse: Glimpse, today: str) -> tuple[DoorState, list[HouseholdCard]]:
        cards = sorted(self._index.at_door(glimpse.id), key=lambda card: card.id)
        status = glimpse.text("status")
        if status in EMPTY_HOME and status != "vacant":
            return DoorState.GONE, cards
        if not cards:
            empty = status == "vacant"
            return DoorState.EMPTY if empty else DoorState.UNREGISTERED, cards
        states = [_state_of(card, today) for card in cards]
        return min(states, key=_RANK.__getitem__), cards


def building_name(dwelling: Glimpse) -> str:
    """The building of a dwelling: as it is written, from its code, or else its street."""
    texts = (dwelling.text(unit) for unit in ("building", "code", "plate", "address"))
    return building_of(*texts)


def _state_of(card: HouseholdCard, today: str) -> DoorState:
    holds = {
        DoorState.CONFLICT: card.conflict,
        DoorState.EMPTY: card.vacant,
        DoorState.REFUSED: card.last_outcome == REFUSED,
        DoorState.NEVER_VISITED: card.visits == 0,
        DoorState.NOBODY_HOME: card.nobody_home >= NOBODY_HOME_MIN,
        DoorState.OVERDUE: "" < card.overdue <= today,
        DoorState.DUE: "" < card.due <= today,
    }
    return next((state for state, is_so in holds.items() if is_so), DoorState.FINE)


def _code_parts(dwelling: Glimpse) -> tuple[str, str, str, str]:
    parts = dwelling.text("code").split("-")
    if len(parts) != CODE_PARTS:
        return "", "", "", ""
    return parts[0], parts[1], parts[2], parts[3]


def _by_room(cell: DoorCell) -> tuple[object, ...]:
    return door_order(cell.entrance), door_order(cell.room), cell.dwelling


def _counted(states: Iterable[DoorState]) -> tuple[tuple[DoorState, int], ...]:
    counts = Counter(states)
    return tuple((state, counts[state]) for state in DoorState if counts[state])


_RANK = {state: place for place, state in enumerate(DoorState)}
