"""`python -m tests.simulator --seeds 2000 --from 0` runs seeds and prints each that fails.

Every hundred seeds it says how far it has come and what failed; so it does when it is stopped
(Ctrl-C, or `kill`), and goes on from there with `--from`. `--seed N --trace` tells one seed again.
"""

import argparse
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import TypeAlias

from tests.simulator.run import Outcome, quietly, simulate, trial
from tests.simulator.violation import Violation

SAID_EVERY = 100
Trial: TypeAlias = Callable[[int], Outcome]


def main() -> int:
    """Runs what was asked for; 1 when a seed failed."""
    asked = _asked()
    quietly()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if asked.seed is not None:
        return _one(asked.seed, asked.steps, told=asked.trace)
    seeds = range(asked.first, asked.first + asked.seeds)
    ran = Ran(asked.first)
    with _spread(asked.processes) as spread, suppress(KeyboardInterrupt):  # then it tells so far
        for done in spread(partial(trial, steps=asked.steps), seeds):
            ran.add(done)
    ran.tell()
    return min(len(ran.failed), 1)


class Ran:
    """What has come of all seeds so far."""

    def __init__(self, first: int) -> None:
        self.started = time.monotonic()
        self.first = first
        self.number = 0
        self.cpu_s = 0.0
        self.failed: list[int] = []
        self.happened: Counter[str] = Counter()

    def add(self, done: Outcome) -> None:
        """One more seed; what it violates is told at once."""
        self.number += 1
        self.cpu_s += done.cpu_s
        self.happened += done.happened
        if done.says:
            self.failed.append(done.seed)
            _say(f"{done.says}\n")
        if self.number % SAID_EVERY == 0:
            _say(self.so_far())

    def tell(self) -> None:
        """How often each thing happened, and how long it took."""
        _say("\n".join(f"{times:8} {name}" for name, times in sorted(self.happened.items())))
        _say(self.so_far())

    def so_far(self) -> str:
        """Which seeds have run, in which time, and which of them failed."""
        last = self.first + self.number - 1
        took = f"{time.monotonic() - self.started:.0f} s, {self.cpu_s:.0f} s of processor time"
        ran = f"{self.number} seeds, {self.first} to {last}" if self.number else "no seed"
        return f"{ran}: {took}; failed: {self.failed or 'none'}"


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first")
    parser.add_argument("--steps", type=int, default=0, help="steps of each; 0: as its seed says")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="side by side")
    parser.add_argument("--seed", type=int, help="only this one")
    parser.add_argument("--trace", action="store_true", help="with --seed: what happens, in order")
    return parser.parse_args()


def _one(seed: int, steps: int, *, told: bool) -> int:
    """One seed, and all that happens in it."""
    try:
        world = simulate(seed, steps)
    except Violation as violation:
        _say(str(violation))
        return 1
    if told:
        _say("\n".join(world.trace))
    _say(f"seed {seed} holds every invariant")
    return 0


@contextmanager
def _spread(processes: int) -> Iterator[Callable[[Trial, range], Iterator[Outcome]]]:
    """Calls for each seed, in this process or in several, and gives what comes, in order."""
    if processes == 1:
        yield map
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=quietly) as pool:
        yield partial(pool.map, chunksize=4)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
