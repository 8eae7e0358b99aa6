"""Breaks the recorded session at one of its points."""

from functools import cache

from msgspec import Struct

from tests.faults.session import Points, What, play
from tests.simulator.settled import a_world

SEED = 1
MESSAGES = (What.REQUEST, What.REPLY)


class Break(Struct, frozen=True):
    """Where the session breaks, and whether a message is only lost."""

    point: int
    what: What
    lost: bool


@cache
def breaks() -> tuple[Break, ...]:
    """Every way in which the session can break once."""
    points = Points()
    with a_world(SEED) as world:
        play(world, points)
    dying = [Break(point, what, lost=False) for point, what in enumerate(points.seen)]
    losing = [Break(each.point, each.what, lost=True) for each in dying if each.what in MESSAGES]
    return tuple(dying + losing)


def harm_of(each: Break) -> str:
    """What does not hold after the break: nothing, it is hoped."""
    points = Points(each.point, each.lost)
    with a_world(SEED) as world:
        try:
            play(world, points)
        except AssertionError as error:
            return f"{each}: {error}\n" + "\n".join(world.trace)
    return "" if len(points.seen) > each.point else f"{each}: never reached"
