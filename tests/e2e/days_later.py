"""The worker's app on a device whose days pass when a story says so.

`python -m tests.e2e.days_later FILE arguments-of-the-app`: the wall clock is ahead by as many days
as the file says at that moment, and so is the one that runs on while a phone sleeps.
"""

import sys
import time
from pathlib import Path

from mobile.app import main

DAY_S = 24 * 3600


def tell_days(file: Path, days: int) -> None:
    """Writes how many days have passed. The app reads at any moment: never half of it."""
    fresh = file.with_suffix(".new")
    fresh.write_text(str(days))
    fresh.replace(file)


def begin(days: Path) -> None:
    """Sets the clocks of this process, and starts the app."""
    wall, any_clock = time.time, time.clock_gettime
    time.time = lambda: wall() + int(days.read_text()) * DAY_S
    time.clock_gettime = lambda which: any_clock(which) + int(days.read_text()) * DAY_S
    main()


if __name__ == "__main__":
    begin(Path(sys.argv.pop(1)))
