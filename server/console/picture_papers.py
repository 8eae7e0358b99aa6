"""A grid's map and a building's cover on paper, with the legend that screens use."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean

from server.console.drawn import Door, Entrance, Map
from server.console.words import day, say
from server.office.legend import Legend
from server.office.legend import Sign as LegendSign
from server.paper.blocks import Block, Grid, Heading, Paper, Paragraph
from server.paper.pictures import Cell, Floors, Key, Plan, Sign, Spot
from server.service.people import Person

_POINT = re.compile(r"(-?[\d.]+) (-?[\d.]+)")
NO_FLOOR = "—"
PLAIN = "white"
"""No colour of the legend: the number is all that is said."""
SPARE_ROWS = 4
"""Empty lines for what changes before the cover is printed again."""


def map_paper(
    heading: tuple[str, str],
    plan: Map,
    doors: Sequence[Door],
    name: Callable[[str], str],
    *,
    now: int,
) -> Paper:
    """The map of a grid, to be hung up: its outline and its buildings, by number.

    How a door stands is nobody's business who passes by, so it is not on it. heading: the grid,
    and what it lies in. name: what a building is called.
    """
    title, within = heading
    counts = Counter(door.building for door in doors)
    numbers = {each: n for n, each in enumerate(sorted(counts, key=_natural), start=1)}
    placed: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for dot in plan.dots:
        placed[dot.door.building].append((dot.x, dot.y))
    spots = tuple(
        Spot(Sign(str(numbers[each]), PLAIN), *_middle(points)) for each, points in placed.items()
    )
    bar = say("map.scale", n=plan.bar_metres)
    heads = tuple(say(f"cover.{column}") for column in ("number", "building", "door_count"))
    rows = tuple(
        (str(n), _where(name(each), on_map=each in placed), str(counts[each]))
        for each, n in numbers.items()
    )
    guessed = any(shape.guessed for shape in plan.shapes)
    blocks: tuple[Block, ...] = (
        Plan(plan.width, plan.height, _outlines(plan), spots, plan.bar, bar),
        *((Paragraph(say("cover.guessed"), small=True),) if guessed else ()),
        Grid(heads, rows, (1, 6, 1.5)),
    )
    return Paper(title=title, subtitle=within, blocks=blocks, foot=say("cover.as_of", day=day(now)))


def cover_paper(
    heading: tuple[str, str],
    building: Sequence[Entrance],
    legend: Legend,
    people: Sequence[Person],
    *,
    now: int,
) -> Paper:
    """The cover of a building's archive: who answers for it, and its doors at a glance.

    It names no resident: the letters say how each door stands and which marks it has.
    """
    title, within = heading
    doors = [door for entrance in building for _, rooms in entrance.floors for door in rooms]
    heads = tuple(say(f"cover.{column}") for column in ("role", "name", "phone"))
    staff = [(say(f"cover.is_{each.role}"), each.name, each.phone) for each in people]
    empty = [(say("cover.is_building_leader"), "", ""), (say("cover.is_unit_leader"), "", "")]
    signs = (*_states(legend, _counted(d.state for d in doors)), *_marks(legend, doors))
    blocks: list[Block] = [
        Paragraph(say("picture.doors", n=len(doors))),
        Grid(heads, (*staff, *empty), (2, 3, 3), 8.0),
        Heading(say("cover.doors")),
        Key(signs),
        *(_floors(entrance, legend) for entrance in building),
        Heading(say("cover.changes")),
        Grid(
            (say("cover.day"), say("cover.what"), say("cover.by")),
            (("", "", ""),) * SPARE_ROWS,
            (2, 6, 2),
            9.0,
        ),
    ]
    return Paper(
        title=title, subtitle=within, blocks=tuple(blocks), foot=say("cover.as_of", day=day(now))
    )


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return fmean(x for x, _ in points), fmean(y for _, y in points)


def _outlines(plan: Map) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The rings of the shapes, read back from the paths that a page draws."""
    return tuple(
        tuple((float(x), float(y)) for x, y in _POINT.findall(ring))
        for shape in plan.shapes
        for ring in shape.path.split("M")
        if ring.strip()
    )


def _where(name: str, *, on_map: bool) -> str:
    return name if on_map else say("cover.not_placed", name=name)


def _natural(name: str) -> tuple[int, str]:
    return len(name), name


def _floors(entrance: Entrance, legend: Legend) -> Floors:
    name = say("picture.entrance", name=entrance.name) if entrance.name else ""
    return Floors(
        name,
        tuple(
            (str(floor) if floor > -1000 else NO_FLOOR, tuple(_cell(one, legend) for one in rooms))
            for floor, rooms in entrance.floors
        ),
    )


def _cell(door: Door, legend: Legend) -> Cell:
    marks = tuple(Sign(mark.letter, mark.colour) for mark in legend.marks_of(door.marks))
    return Cell(door.room, _state(legend, door.state), marks)


def _state(legend: Legend, code: str) -> Sign:
    sign = legend.state(code)
    return Sign(sign.letter, sign.colour)


def _states(legend: Legend, states: Mapping[str, int]) -> Iterable[Sign]:
    return (
        _named(sign, say(f"state.{sign.code}"), states[sign.code])
        for sign in legend.states
        if states.get(sign.code)
    )


def _marks(legend: Legend, doors: Sequence[Door]) -> Iterable[Sign]:
    counts = _counted(mark for door in doors for mark in door.marks.split())
    return (
        _named(sign, sign.label, counts[sign.code])
        for sign in legend.marks
        if counts.get(sign.code)
    )


def _named(sign: LegendSign, name: str, number: int) -> Sign:
    return Sign(sign.letter, sign.colour, f"{name} {number}")


def _counted(codes: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for code in codes:
        counts[code] = counts.get(code, 0) + 1
    return counts
