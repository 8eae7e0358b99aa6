"""A week of a small town, rehearsed once for all tests: four grids, six phones, an office above."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection

from rehearsal.__main__ import opened
from rehearsal.plan import WeekPlan
from rehearsal.week import Week, rehearse
from server.clock import now_ms
from server.coverage.counting import Counting
from server.db.engine import open_engine, reading
from server.db.migrate import migrate
from server.demo.seeding import TOWN_ID, Seeder
from server.forms.builtin import every_form
from server.keys import Keys
from server.office.people import AccountIdentity, operator
from server.services import Services
from server.settings import DATABASE_FILE
from server.summary.counting import asked_of
from server.summary.values import Asked
from server.town import TownPlan, TownSize, generate
from tests.rehearsal.numbers import prepare

MONDAY = date(2026, 9, 14)
SIZE = TownSize(
    code="329901102",
    name="试禾镇",
    communities=1,
    villages=1,
    grids=4,
    workers=6,
    households=40,
)


@dataclass(frozen=True)
class Played:
    """What came of it."""

    services: Services
    plan: WeekPlan
    week: Week
    file: Path

    @contextmanager
    def told(self) -> Iterator[tuple[Connection, AccountIdentity]]:
        """Where the server's own counting is asked."""
        with reading(self.services.engine) as conn:
            yield conn, operator(conn, TOWN_ID)

    def asked(
        self, conn: Connection, who: AccountIdentity, area: str, days: tuple[date, date]
    ) -> Asked:
        return asked_of(conn, who, area, days, now=self.plan.ends)

    @property
    def days(self) -> tuple[date, date]:
        return self.plan.day(0), self.plan.day(6)

    @contextmanager
    def sql(self, days: tuple[date, date], grids: frozenset[str]) -> Iterator[sqlite3.Connection]:
        """The journal in views of the test's own, for these days and grids."""
        with closing(sqlite3.connect(self.file)) as conn:
            prepare(conn, days=days, grids=grids, now=self.plan.ends)
            yield conn


def played(home: Path, *, seed: int = 2, size: TownSize = SIZE) -> Played:
    """The town with its past, and the week on it."""
    home.mkdir(parents=True, exist_ok=True)
    file = home / DATABASE_FILE
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)
    town = generate(TownPlan(size=size, today=MONDAY - timedelta(days=8)))
    keys = Keys.load_or_create(home)
    Seeder(engine, keys, town, now_ms()).settle(every_form().values(), lambda _: None)
    engine.dispose()
    plan = WeekPlan(monday=MONDAY, seed=seed, visits_a_day=3, cases=(6, 9))
    services, clock = opened(home, file, plan)
    told: Counter[str] = Counter()
    week = rehearse(services, clock, plan, lambda changes: told.update(sent=changes))
    assert told["sent"] == week.sent
    clock.at = plan.ends
    for _ in Counting(services.engine, services.register, clock).run(TOWN_ID):
        pass
    return Played(services, plan, week, file)
