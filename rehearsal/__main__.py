"""`python -m rehearsal`: lets the week happen on a town that a demo has made, or checks it.

While it plays, each line of its output is how far it has come, as JSON. With --check each line is
a number that the office sees and the journal tells otherwise; it ends with 1 if there is any.
"""

import argparse
import logging
import os
import sys
import threading
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import msgspec
import structlog
from sqlalchemy import event

from rehearsal.checking import EVERYTHING
from rehearsal.compared import Compared
from rehearsal.plan import WeekPlan
from rehearsal.played import Played
from rehearsal.week import rehearse
from server.demo.hands import SetClock
from server.demo.home import hurry, mark_of
from server.demo.progress import Told
from server.services import Services, open_services
from server.settings import DATABASE_FILE, Settings


def main(arguments: list[str] | None = None) -> int:
    """Rehearses the week in the database of a home that is being made, or checks a made one."""
    asked = argparse.ArgumentParser(prog="rehearsal", description=__doc__)
    asked.add_argument("--home", type=Path, required=True)
    asked.add_argument("--database", type=Path, help="the home's own unless it is being made")
    asked.add_argument("--monday", type=date.fromisoformat, help="of the demo's week unless given")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--check", action="store_true", help="tell every number a second time")
    asked.add_argument("--attended", action="store_true", help="end when the input does")
    given = asked.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    mark = mark_of(given.home)
    monday = given.monday or (mark and mark.week and date.fromisoformat(mark.week))
    if not monday:
        asked.error(f"{given.home}: no demo of a week; make one, or name its --monday")
    plan = WeekPlan(monday=monday, seed=given.seed)
    database = given.database or given.home / DATABASE_FILE
    if given.attended:
        threading.Thread(target=_end_with_input, daemon=True).start()
    services, clock = opened(given.home, database, plan)
    try:
        if not given.check:
            return _play(services, clock, plan)
        clock.at = plan.ends
        return check(Played(services, plan, database))
    finally:
        services.engine.dispose()


def opened(home: Path, database: Path, plan: WeekPlan) -> tuple[Services, SetClock]:
    """The server's parts on that database, with a clock that the week sets."""
    clock = SetClock(plan.before)
    services = open_services(Settings(home=home, database_url=f"sqlite:///{database}"), clock)
    event.listen(services.engine, "connect", hurry)
    return services, clock


def check(played: Played) -> int:
    """Tells every number a second time; 1 if any is told otherwise."""
    wrong = sum(_check(part, find(played)) for part, find in EVERYTHING.items())
    return 1 if wrong else 0


def _check(part: str, numbers: Iterable[Compared]) -> int:
    compared = wrong = 0
    for each in numbers:
        compared += 1
        if not each.same:
            wrong += 1
            _say(f"{part}, {each.where}, {each.what}: {each.told} (journal: {each.counted})")
    _say(f"{part}: {compared} numbers, {wrong} differ")
    return wrong


def _play(services: Services, clock: SetClock, plan: WeekPlan) -> int:
    week = rehearse(services, clock, plan, _tell)
    sys.stderr.writelines(f"{name}: {times}\n" for name, times in sorted(week.happened.items()))
    return 0


def _tell(told: Told) -> None:
    _say(msgspec.json.encode(told).decode())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _end_with_input() -> None:
    """Whoever started this holds its input open: at its end nobody waits for the week."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
