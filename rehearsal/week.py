"""The whole rehearsal: phones are given out, a week goes by, and all have synced at its end."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from anyio.from_thread import start_blocking_portal
from msgspec import Struct

from mobile.sync.line import open_http
from rehearsal.arrivals import plan_arrivals
from rehearsal.cases import earlier_disputes, plan_cases
from rehearsal.days import plan_days
from rehearsal.office import Office
from rehearsal.phones import Line, PhoneShop, WeekPhone
from rehearsal.plan import DAYS, HOUR_MS, Agenda, WeekPlan
from rehearsal.reports import plan_reports
from rehearsal.stage import Stage
from rehearsal.together import plan_together
from server.api.context import ApiLimits
from server.app import app_of
from server.clock import DAY_MS
from server.db.engine import reading
from server.demo.hands import SetClock
from server.demo.progress import Part, Tell, Told
from server.limits import Rate
from server.office.workers import workers
from server.services import Services

ENROLMENTS = Rate(10_000, 60_000)
"""A whole town's phones are given out in one moment."""
DAY_HOURS = 24
WRONG_CLOCK_EVERY, WRONG_MS = 40, -3 * DAY_MS
"""Every fortieth phone's clock is three days slow."""


class Week(Struct, frozen=True):
    """What happened: how often each thing, and how many changes the phones sent."""

    happened: Counter[str]
    sent: int


def rehearse(services: Services, clock: SetClock, plan: WeekPlan, tell: Tell) -> Week:
    """Lets the week happen on a town that has its register, its workers and their old phones.

    services: with `clock`. tell: told of each phone, and of each hour. Raises PhoneStuck where a
    sync fails: nothing is left out silently.
    """
    folder = services.settings.home / "week"
    shutil.rmtree(folder, ignore_errors=True)
    clock.at = plan.before
    with _http(services) as http:
        stage = _staged(services, clock, plan, PhoneShop(folder, http, clock))
        try:
            _live(stage, tell)
        finally:
            for phone in stage.phones:
                phone.store.close()
            shutil.rmtree(folder, ignore_errors=True)
    return Week(stage.happened, stage.sent)


def _live(stage: Stage, tell: Tell) -> None:
    for number, phone in enumerate(stage.phones, 1):
        phone.sync()
        tell(Told(part=Part.PHONES, done=number, of=len(stage.phones)))
    earlier_disputes(stage)
    plan_reports(stage)
    plan_cases(stage)
    plan_together(stage)
    plan_days(stage)
    plan_arrivals(stage)
    told = -1
    for at in stage.agenda.run():
        hour = max(0, at - stage.plan.at(0)) // HOUR_MS
        if hour > told:
            told = hour
            tell(_hour(stage, hour))
    stage.clock.at = stage.plan.ends - 1
    for phone in stage.phones:
        phone.silent = False
        stage.sync(phone)
    tell(_hour(stage, DAYS * DAY_HOURS))


def _hour(stage: Stage, gone: int) -> Told:
    """That so many hours of the week are over."""
    day = stage.plan.day(min(gone // DAY_HOURS, DAYS - 1))
    return Told(part=Part.WEEK, done=gone, of=DAYS * DAY_HOURS, day=day)


def _staged(services: Services, clock: SetClock, plan: WeekPlan, shop: PhoneShop) -> Stage:
    office = Office(services, clock)
    office.prepare_service()
    with reading(services.engine) as conn:
        staff = sorted(workers(conn, office.operator), key=lambda worker: worker.staff_no)
    ids = [worker.id for worker in staff]
    phones: list[WeekPhone] = []
    for number, (worker, code) in enumerate(zip(ids, office.new_phones(ids), strict=True), 1):
        wrong = WRONG_MS if number % WRONG_CLOCK_EVERY == 0 else 0
        phones.append(shop.give(worker, code, wrong))
    return Stage(plan, clock, Agenda(clock, plan.ends), office, phones)


@contextmanager
def _http(services: Services) -> Iterator[httpx.Client]:
    """The app's own client; its requests reach the server in this process."""
    app = app_of(services, ApiLimits(enrolments=ENROLMENTS))
    with start_blocking_portal() as portal:
        line = Line(portal, httpx.ASGITransport(app, raise_app_exceptions=False))
        with open_http(line) as http:
            yield http
