"""The buildings of the worker's grids, and one of them as a picture."""

from collections.abc import Sequence

from msgspec import Struct

from mobile.store.buildings import Building, DoorCell, Floor, Picture
from mobile.store.values import Draft
from mobile.views.state.live import Live
from mobile.views.state.tab import TabState
from shared.coverage import DoorState

ASKING = (
    DoorState.CONFLICT,
    DoorState.UNREGISTERED,
    DoorState.NEVER_VISITED,
    DoorState.OVERDUE,
    DoorState.NOBODY_HOME,
)
"""States that are worth a word in the list of buildings."""
SIDE_BY_SIDE_MAX = 12
"""Doors of one floor and entrance; where there are more they stand in several rows."""


class Row(Struct, frozen=True):
    """One row of the picture: doors by column, None where a floor has no door there."""

    floor: int
    doors: tuple[DoorCell | None, ...]


class BuildingsState(Live):
    """The list of buildings."""

    buildings: tuple[Building, ...] = ()

    def shown(self) -> object:
        """Every building."""
        return self.buildings

    def read(self) -> None:
        """Takes them from the store."""
        self.buildings = self.tab.store.known.buildings.all(_today(self.tab))

    def words(self, building: Building) -> str:
        """How many doors it has, and what asks for attention."""
        texts, counts = self.tab.texts, dict(building.states)
        parts = [texts("picture.doors", n=building.doors)]
        parts += [
            texts("picture.count", name=texts(f"picture.{state}.name"), n=counts[state])
            for state in ASKING
            if counts.get(state)
        ]
        return " · ".join(parts)


class PictureState(Live):
    """One building."""

    def __init__(self, tab: TabState, door: str, chosen: str = "") -> None:
        """chosen: a door that is shown as if it had been tapped."""
        super().__init__(tab)
        self.door, self._wanted = door, chosen
        self.picture: Picture | None = None
        self.chosen: DoorCell | None = None
        """A door that cannot simply be opened: nobody, or several households, live there."""

    def shown(self) -> object:
        """The picture and the chosen door."""
        return self.picture, self.chosen

    def read(self) -> None:
        """Takes the building from the store."""
        self.picture = self.tab.store.known.buildings.picture(self.door, _today(self.tab))
        floors = self.picture.floors if self.picture and self._wanted else ()
        cells = (cell for floor in floors for cell in floor.doors)
        self.chosen = next((cell for cell in cells if cell.dwelling == self._wanted), self.chosen)
        self._wanted = ""

    def choose(self, cell: DoorCell | None) -> None:
        """Shows what lives behind a door."""
        self.chosen = cell
        self.changed()

    def entrances(self) -> tuple[str, ...]:
        """The entrances from left to right."""
        floors = self.picture.floors if self.picture else ()
        names = {cell.entrance: None for floor in floors for cell in floor.doors}
        return tuple(sorted(names, key=lambda name: (len(name), name)))

    def rows(self) -> tuple[tuple[tuple[Row, ...], ...], ...]:
        """The picture, entrance by entrance, each from the top floor down."""
        floors = self.picture.floors if self.picture else ()
        return tuple(_rows_of(floors, entrance) for entrance in self.entrances())

    def begin_register(self, cell: DoorCell) -> Draft:
        """Opens the form of a household that lives there."""
        draft = self.tab.store.begin("household", answers={"dwelling": cell.dwelling})
        return self.tab.remember(draft)


def _rows_of(floors: Sequence[Floor], entrance: str) -> tuple[tuple[Row, ...], ...]:
    """The floors of one entrance; a crowded floor takes several rows."""
    found = []
    for floor in floors:
        doors = [cell for cell in floor.doors if cell.entrance == entrance]
        cut = [doors[n : n + SIDE_BY_SIDE_MAX] for n in range(0, len(doors), SIDE_BY_SIDE_MAX)]
        found.append(tuple(Row(floor.number, tuple(part)) for part in cut or [[]]))
    return tuple(found)


def _today(tab: TabState) -> str:
    return tab.office_now().date().isoformat()
