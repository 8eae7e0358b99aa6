"""One seed from beginning to end.

Most seeds are short, with two phones: what goes wrong at all goes wrong soon, and many beginnings
find more than a few long lives. Every LONG_EVERY'th is long, with three.
"""

import gc
import logging
import time
from collections import Counter
from typing import NamedTuple
from unittest import mock

import structlog

from tests.simulator import checks
from tests.simulator.acts import step
from tests.simulator.settled import a_world
from tests.simulator.violation import Violation
from tests.simulator.world import World

STEPS, STEPS_OF_A_LONG_ONE, LONG_EVERY = 27, 135, 25
GARBAGE_AT = 50_000
"""New things before garbage is looked for: it is rare, and looking was a tenth of a seed."""
PAGE = 3
"""Records on a page: few, so that a pull has several."""


class Outcome(NamedTuple):
    """What came of a seed."""

    seed: int
    says: str
    """What it violates: nothing, it is hoped."""
    happened: Counter[str]
    cpu_s: float
    """The processor time that it took."""


def simulate(seed: int, steps: int = 0) -> World:
    """Lets a seed happen, for so many steps. Raises Violation with the trace of what led to it."""
    is_long = seed % LONG_EVERY == 0
    phones = 3 if is_long else 2
    with mock.patch("mobile.sync.rounds.PAGE_MAX", PAGE), a_world(seed, phones) as world:
        try:
            _live(world, steps or (STEPS_OF_A_LONG_ONE if is_long else STEPS))
        except Violation as violation:
            raise Violation(f"seed {seed}: {violation}\n" + "\n".join(world.trace)) from None
    return world


def trial(seed: int, steps: int = 0) -> Outcome:
    """Lets a seed happen, whatever comes of it."""
    before, says, happened = time.process_time(), "", Counter[str]()
    try:
        happened = simulate(seed, steps).happened
    except Violation as violation:
        says = str(violation)
    except Exception as error:  # noqa: BLE001 - it is a finding, and the others go on
        says = f"seed {seed}: {type(error).__name__}: {error}"
    return Outcome(seed, says, happened, time.process_time() - before)


def quietly() -> None:
    """Only errors are worth a line, and what was made at the beginning is never garbage."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    gc.freeze()
    gc.set_threshold(GARBAGE_AT)


def _live(world: World, steps: int) -> None:
    for _ in range(steps):
        phone = step(world)
        if phone is not None:
            checks.cursor_went_on(world, phone)
            checks.read_your_writes(world, phone)
    checks.quiet(world)
    checks.everything(world)
