"""`python -m tests.simulator --seeds 100 --from 0`: runs seeds and prints each that fails."""

import argparse
import logging
import sys
import time

import structlog

from tests.simulator.checks import Violation
from tests.simulator.run import STEPS, simulate


def main() -> int:
    """Runs the seeds; the number of those that failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first")
    parser.add_argument("--steps", type=int, default=STEPS, help="steps of each")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    failed, started = [], time.monotonic()
    for seed in range(asked.first, asked.first + asked.seeds):
        try:
            simulate(seed, asked.steps)
        except Violation as violation:
            failed.append(seed)
            sys.stdout.write(f"{violation}\n\n")
            sys.stdout.flush()
    took = time.monotonic() - started
    said = f"{asked.seeds} seeds of {asked.steps} steps in {took:.0f} s"
    sys.stdout.write(f"{said}; failed: {failed or 'none'}\n")
    return len(failed)


if __name__ == "__main__":
    sys.exit(min(main(), 1))
