"""`python -m rehearsal`: the week on a town that a demo has made.

Each line of its output is how many more changes have reached the office.
"""

import argparse
import logging
import sys
from datetime import date
from pathlib import Path

import structlog
from sqlalchemy import event

from rehearsal.plan import WeekPlan
from rehearsal.week import rehearse
from server.demo.hands import SetClock
from server.demo.home import hurry
from server.services import Services, open_services
from server.settings import Settings


def main() -> None:
    """Rehearses the week in the database of a home that is being made."""
    asked = argparse.ArgumentParser(prog="rehearsal")
    asked.add_argument("--home", type=Path, required=True)
    asked.add_argument("--database", type=Path, required=True)
    asked.add_argument("--monday", type=date.fromisoformat, required=True)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    plan = WeekPlan(monday=given.monday, seed=given.seed)
    services, clock = opened(given.home, given.database, plan)
    week = rehearse(services, clock, plan, _tell)
    services.engine.dispose()
    sys.stderr.writelines(f"{name}: {times}\n" for name, times in sorted(week.happened.items()))


def opened(home: Path, database: Path, plan: WeekPlan) -> tuple[Services, SetClock]:
    """The server's parts on that database, with a clock that the week sets."""
    clock = SetClock(plan.before)
    services = open_services(Settings(home=home, database_url=f"sqlite:///{database}"), clock)
    event.listen(services.engine, "connect", hurry)
    return services, clock


def _tell(changes: int) -> None:
    sys.stdout.write(f"{changes}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
