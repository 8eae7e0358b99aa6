"""One seed from beginning to end."""

import gc
import logging
from typing import TypeAlias
from unittest import mock

import structlog

from tests.simulator import checks
from tests.simulator.settled import a_world
from tests.simulator.world import World

STEPS = 100
CHECK_EVERY = 4
PAGE = 3
"""Records on a page: few, so that a pull has several."""
Outcome: TypeAlias = tuple[int, str]
"""A seed and what it violates: nothing, it is hoped."""


def simulate(seed: int, steps: int = STEPS) -> World:
    """Lets a seed happen. Raises Violation with the trace of what led to it."""
    with (
        mock.patch("mobile.sync.rounds.PAGE_MAX", PAGE),
        a_world(seed) as world,
    ):
        try:
            _live(world, steps)
        except checks.Violation as violation:
            raise checks.Violation(f"seed {seed}: {violation}\n" + "\n".join(world.trace)) from None
    return world


def trial(seed: int, steps: int = STEPS) -> Outcome:
    """Lets a seed happen, whatever comes of it."""
    try:
        simulate(seed, steps)
    except checks.Violation as violation:
        return seed, str(violation)
    except Exception as error:  # noqa: BLE001 - it is a finding, and the others go on
        return seed, f"seed {seed}: {type(error).__name__}: {error}"
    return seed, ""


def quietly() -> None:
    """Only errors are worth a line, and what was made at the beginning is never garbage."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    gc.freeze()


def _live(world: World, steps: int) -> None:
    for step in range(steps):
        world.step()
        checks.cursors_went_on(world)
        if step % CHECK_EVERY == 0:
            checks.read_your_writes(world)
    checks.quiet(world)
    checks.everything(world)
