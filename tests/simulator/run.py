"""One seed from beginning to end."""

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from tests.simulator import checks
from tests.simulator.world import World, a_world

STEPS = 100
CHECK_EVERY = 4
PAGE = 3
"""Records on a page: few, so that a pull has several."""


def simulate(seed: int, steps: int = STEPS) -> World:
    """Lets a seed happen. Raises Violation with the trace of what led to it."""
    with (
        TemporaryDirectory(prefix="doorstep-simulator-") as folder,
        mock.patch("mobile.sync.rounds.PAGE_MAX", PAGE),
        a_world(seed, Path(folder)) as world,
    ):
        try:
            _live(world, steps)
        except checks.Violation as violation:
            raise checks.Violation(f"seed {seed}: {violation}\n" + "\n".join(world.trace)) from None
    return world


def _live(world: World, steps: int) -> None:
    for step in range(steps):
        world.step()
        if step % CHECK_EVERY == 0:
            checks.read_your_writes(world)
    checks.quiet(world)
    checks.everything(world)
