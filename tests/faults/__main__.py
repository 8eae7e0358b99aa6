"""`python -m tests.faults` breaks the recorded session at every one of its points."""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.faults.breaking import breaks, harm_of
from tests.simulator.run import quietly


def main() -> int:
    """Tries every break; 1 when one of them did harm."""
    quietly()
    every = breaks()
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn"), initializer=quietly) as pool:
        harm = [each for each in pool.map(harm_of, every, chunksize=4) if each]
    sys.stdout.write("\n".join([*harm, f"{len(every)} breaks, {len(harm)} with harm", ""]))
    return min(len(harm), 1)


if __name__ == "__main__":
    sys.exit(main())
