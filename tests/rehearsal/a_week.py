"""A week of a small town, rehearsed once for all tests: four grids, six phones, an office above."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from rehearsal.__main__ import opened
from rehearsal.plan import WeekPlan
from rehearsal.played import Played
from rehearsal.week import Week, rehearse
from server.clock import now_ms
from server.coverage.counting import Counting
from server.db.engine import open_engine
from server.db.migrate import migrate
from server.demo.progress import Told
from server.demo.seeding import TOWN_ID, Seeder
from server.forms.builtin import every_form
from server.keys import Keys
from server.settings import DATABASE_FILE
from server.town import TownPlan, TownSize, generate

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
class PlayedHere(Played):
    """What came of it, and what happened on the way."""

    week: Week
    progress: tuple[Told, ...]


def played(home: Path, *, seed: int = 2, size: TownSize = SIZE) -> PlayedHere:
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
    told: list[Told] = []
    week = rehearse(services, clock, plan, told.append)
    clock.at = plan.ends
    for _ in Counting(services.engine, services.register, clock).run(TOWN_ID):
        pass
    return PlayedHere(services, plan, file, week, tuple(told))
