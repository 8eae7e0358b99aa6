"""The sketch of a grid on the screen: what lies together at this size is one sign."""

from collections import Counter, defaultdict
from math import dist

from msgspec import Struct

from mobile.store.buildings import DoorCell
from mobile.store.sketches import Point, Sketch, Spot
from mobile.views.state.live import Live
from mobile.views.state.tab import TabState
from shared.coverage import DoorState
from shared.wire import Area

SIGN = 48
"""The side of a sign, dp: what would overlap is drawn as one."""
ZOOMS = (1, 2, 4, 8)
ASKS = (
    DoorState.CONFLICT,
    DoorState.OVERDUE,
    DoorState.UNREGISTERED,
    DoorState.NEVER_VISITED,
    DoorState.NOBODY_HOME,
    DoorState.DUE,
    DoorState.REFUSED,
    DoorState.EMPTY,
    DoorState.FINE,
    DoorState.GONE,
)
"""Of several doors the state that is shown: the one that asks most for a visit."""
_RANK = {state: place for place, state in enumerate(ASKS)}


class Sign(Struct, frozen=True):
    """One sign on the sketch: a door, a building, or several of them."""

    at: Point
    """Its middle, dp from the corner."""
    state: DoorState
    """The one of its doors' states that asks most."""
    doors: tuple[DoorCell, ...]
    buildings: tuple[str, ...]

    @property
    def so(self) -> int:
        """How many of its doors stand so."""
        return sum(door.state is self.state for door in self.doors)


class SketchState(Live):
    """One grid's sketch, how near it is, and what was tapped."""

    def __init__(self, tab: TabState, grid: str) -> None:
        super().__init__(tab)
        self.grid = grid
        self.sketch: Sketch | None = None
        self.areas: tuple[Area, ...] = ()
        self.zoom = ZOOMS[0]
        self.chosen: Sign | None = None

    def shown(self) -> object:
        """The sketch."""
        return self.sketch, self.areas

    def read(self) -> None:
        """Takes the sketch from the store."""
        store = self.tab.store
        self.areas = store.areas()
        known = {area.id for area in self.areas}
        if self.grid not in known and self.areas:
            self.grid = self.areas[0].id
        today = self.tab.office_now().date().isoformat()
        self.sketch = store.known.sketches.of(self.grid, today)

    def near(self, step: int) -> None:
        """Goes nearer, or back."""
        place = ZOOMS.index(self.zoom) + step
        if 0 <= place < len(ZOOMS):
            self.zoom, self.chosen = ZOOMS[place], None
            self.changed()

    def choose(self, sign: Sign | None) -> None:
        """Shows what a sign stands for."""
        self.chosen = sign
        self.changed()

    def size(self, width: float, height: float) -> tuple[float, float, float]:
        """Width and height of the whole sketch, dp, and dp for each metre, to fill that room."""
        if self.sketch is None:
            return width, height, 1.0
        scale = min(width / self.sketch.width, height / self.sketch.height) * self.zoom
        return self.sketch.width * scale, self.sketch.height * scale, scale

    def signs(self, scale: float) -> tuple[Sign, ...]:
        """The signs, from north to south, none upon another."""
        spots = self.sketch.spots if self.sketch else ()
        cells: defaultdict[tuple[int, int], list[Spot]] = defaultdict(list)
        for spot in spots:
            cells[int(spot.at[0] * scale // SIGN), int(spot.at[1] * scale // SIGN)].append(spot)
        signs = [_sign(group, scale) for group in _apart(list(cells.values()), scale)]
        return tuple(sorted(signs, key=lambda sign: (sign.at[1], sign.at[0])))

    def middle(self, scale: float) -> Point:
        """Where most of what is drawn lies, dp."""
        spots = self.sketch.spots if self.sketch else ()
        return _centre(list(spots), scale)

    def states(self) -> tuple[tuple[DoorState, int], ...]:
        """How many located doors stand how."""
        counts = Counter(spot.cell.state for spot in (self.sketch.spots if self.sketch else ()))
        return tuple((state, counts[state]) for state in DoorState if counts[state])


def _apart(groups: list[list[Spot]], scale: float) -> list[list[Spot]]:
    """Takes groups together until no two signs touch."""
    while True:
        kept: list[list[Spot]] = []
        for group in groups:
            here = _centre(group, scale)
            near = next((one for one in kept if dist(_centre(one, scale), here) < SIGN), None)
            if near is None:
                kept.append(list(group))
            else:
                near += group
        if len(kept) == len(groups):
            return kept
        groups = kept


def _centre(group: list[Spot], scale: float) -> Point:
    if not group:
        return 0.0, 0.0
    x, y = (sum(spot.at[axis] for spot in group) / len(group) * scale for axis in (0, 1))
    return x, y


def _sign(group: list[Spot], scale: float) -> Sign:
    return Sign(
        at=_centre(group, scale),
        state=min((spot.cell.state for spot in group), key=_RANK.__getitem__),
        doors=tuple(spot.cell for spot in group),
        buildings=tuple(dict.fromkeys(spot.building for spot in group)),
    )
