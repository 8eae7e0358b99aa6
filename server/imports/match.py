"""Finding the household that a row speaks of, by its number or its door, or making it."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from server.imports.fields import ADDRESS, CODE, ID_NUMBER, NUMBER, PLATE
from server.imports.lines import Line
from server.imports.standing import Household, Standing
from server.imports.words import Remark, remark
from server.office.areas import Area
from shared.changes import Answer
from shared.search import Door, read_door

NO_UNITS: dict[str, Answer] = {}


class Target(Struct, frozen=True):
    """The record that a row writes, and what it refers to when it is made."""

    id: str
    units: dict[str, Answer] = NO_UNITS


class Matched(Struct, frozen=True):
    """Where a row belongs: its grid, and the record of each kind; a kind may be missing."""

    grid: str
    targets: Mapping[str, Target]


class Matcher:
    """Matches the rows of one table, in order: a row may meet what an earlier one makes."""

    def __init__(
        self,
        standing: Standing,
        grids: Mapping[str, Area],
        grid: str,
        new_id: Callable[[], str],
    ) -> None:
        self._standing = standing
        self._grids = grids
        self._named = {name: a.id for a in grids.values() for name in (a.name, a.code, a.id)}
        self._grid = grid
        self._new_id = new_id
        self._doors: dict[tuple[str, Door], tuple[int, str, str]] = {}
        self._once: dict[tuple[str, str], int] = {}

    def match(self, line: Line) -> Matched | Remark:
        """Where the row belongs, or why that cannot be told."""
        grid = self._named.get(line.grid) if line.grid else self._grid
        if grid is None:
            return remark("grid_unknown", value=line.grid)
        number = str(line.answer(NUMBER) or "")
        door = self._door(line)
        twice = self._seen_before(line, grid, door, number)
        if twice is not None:
            return twice
        household = self._standing.numbered(number)
        if household is not None and household.grid != grid:
            return remark("other_grid", grid=self._grids[household.grid].name)
        return self._at_door(line, grid, door, household)

    def _door(self, line: Line) -> Door:
        read = (read_door(str(line.answer(key) or "")) for key in (CODE, PLATE, ADDRESS))
        return next((door for door in read if door.parts), Door(parts=()))

    def _seen_before(self, line: Line, grid: str, door: Door, number: str) -> Remark | None:
        if line.problems:
            return None
        for what, text in (("number", number), ("id", str(line.answer(ID_NUMBER) or ""))):
            first = self._once.setdefault((what, text), line.number) if text else line.number
            if first != line.number:
                return remark(f"{what}_twice", row=first)
        met = self._doors.get((grid, door)) if door.parts else None
        # Two families behind one door are told apart by their household numbers only.
        if met is not None and not (number and met[2] and number != met[2]):
            return remark("door_twice", row=met[0])
        return None

    def _at_door(
        self, line: Line, grid: str, door: Door, household: Household | None
    ) -> Matched | Remark:
        met = self._doors.get((grid, door)) if door.parts else None
        found = self._standing.dwelling_at(grid, door)
        dwelling = met[1] if met else (found.id if found else None)
        if household is None and dwelling is not None:
            chosen = self._choose(line, self._standing.living_at(dwelling))
            if isinstance(chosen, Remark):
                return chosen
            household = chosen
        if dwelling is None and household is not None:
            # Found by its number; a door written in a way that fits none is no reason to move it.
            dwelling = household.dwelling
        if dwelling is None and not line.door:
            return remark("no_door")
        at = _At(dwelling or self._new_id(), is_new=dwelling is None, made_here=met is not None)
        if door.parts and not line.problems:
            self._doors[grid, door] = line.number, at.dwelling, str(line.answer(NUMBER) or "")
        return Matched(grid, self._targets(line, at, household))

    @staticmethod
    def _choose(line: Line, living: list[Household]) -> Household | Remark | None:
        """Which of the households of a dwelling the row means; None for one that is new there."""
        for household in living:
            if household.name == line.name:
                return household
        number = line.answer(NUMBER)
        possible = [other for other in living if not (number and other.number)]
        if len(possible) > 1:
            return remark("several_here", value=line.name)
        return possible[0] if possible else None

    def _targets(self, line: Line, at: "_At", household: Household | None) -> dict[str, Target]:
        targets: dict[str, Target] = {}
        if not at.made_here:
            targets["dwelling"] = Target(at.dwelling, {"status": "occupied"} if at.is_new else {})
        household_id = household.id if household else self._new_id()
        lives_there = household is not None and household.dwelling == at.dwelling
        targets["household"] = Target(
            household_id, {} if lives_there else {"dwelling": at.dwelling}
        )
        head = self._head(line, household_id)
        if head is not None:
            targets["resident"] = head
        return targets

    def _head(self, line: Line, household: str) -> Target | None:
        """The resident that the head is; None when the household has others only."""
        residents = self._standing.residents(household)
        if line.name in residents:
            return Target(residents[line.name])
        if residents:
            return None
        return Target(self._new_id(), {"household": household, "status": "living_here"})


class _At(Struct, frozen=True):
    """The dwelling of a row."""

    dwelling: str
    is_new: bool
    made_here: bool
    """An earlier row of this table makes it."""
