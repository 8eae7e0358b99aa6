"""Nil reports of a rehearsal: in time, late, missing, excused, contradicted, received late."""

from functools import partial
from random import Random

from rehearsal.cases import find
from rehearsal.phones import WeekPhone
from rehearsal.plan import DAYS, working_days
from rehearsal.stage import Stage
from server.town.chance import Weighted
from shared.changes import Answer
from shared.work.nil import subject_of, within
from shared.work.periods import Period, period_of
from shared.work.reading import SUBJECTS
from shared.work.rules import Rhythm

FATES = Weighted(
    {
        "in time": 74, "late": 6, "missing": 5, "excused": 4, "contradicted": 4,
        "received late": 4, "signed by both": 3,
    }
)  # fmt: skip
WEEKLY_EVERY = 4
"""Every fourth grid reports once a week."""


def plan_reports(stage: Stage) -> None:
    """Sets each grid's rhythm, and notes what becomes of each of its reports."""
    for number, grid in enumerate(stage.office.grids):
        phones = stage.hands[grid.id]
        weekly = number % WEEKLY_EVERY == WEEKLY_EVERY - 1
        rhythm = Rhythm.WEEKLY if weekly else Rhythm.DAILY
        stage.agenda.note(stage.plan.at(0), partial(stage.office.set_rhythm, grid, rhythm))
        chance = stage.chance("reports", number)
        for day in [DAYS - 1] if weekly else working_days():
            period = period_of(stage.plan.day(day), rhythm)
            if period is not None and phones:
                _plan(stage, (grid.id, period, day), phones, chance)


def _plan(
    stage: Stage, which: tuple[str, Period, int], phones: list[WeekPhone], chance: Random
) -> None:
    grid, period, day = which
    fate, phone = FATES.pick(chance), phones[0]
    hour, minute = (19 if fate == "late" else 17), chance.randrange(5, 50)
    at = stage.plan.at(day, hour, minute)
    stage.happened[f"report {fate}"] += 1
    if fate == "missing":
        return
    if fate == "excused":
        excused = partial(stage.office.excuse, grid, period, "leave")
        stage.agenda.note(stage.plan.at(day, 9, 30), excused)
        return
    if fate == "received late":
        _plan_silence(stage, phone, day)
    stage.agenda.note(at, partial(_report, stage, phone, (grid, period)))
    if fate == "signed by both" and len(phones) > 1:
        stage.agenda.note(at, partial(_report, stage, phones[1], (grid, period)))
    if fate == "contradicted":
        # It is noted down on the next day, and was discovered the day before.
        late = partial(find, stage, phone, grid, Random(chance.random()), days_ago=1)
        stage.agenda.note(stage.plan.at(day + 1, 10, minute), late)


def _plan_silence(stage: Stage, phone: WeekPhone, day: int) -> None:
    """From the afternoon to the next morning there is no signal."""
    stage.agenda.note(stage.plan.at(day, 16, 59), partial(setattr, phone, "silent", True))
    stage.agenda.note(stage.plan.at(day + 1, 7), partial(setattr, phone, "silent", False))


def _report(stage: Stage, phone: WeekPhone, which: tuple[str, Period]) -> None:
    """As the app fills it in: what its cases of the period are about, and nothing else."""
    grid, period = which
    work = phone.store.known.work
    rules = work.rules(grid)
    known = [one for one in work.cases(phone.clock.now()) if one.record.grid == grid]
    has = {subject_of(case) for case in within(period, [o.standing.case for o in known], rules)}
    said: dict[str, Answer] = {subject: "has" if subject in has else "nil" for subject in SUBJECTS}
    phone.write("nil_report", grid, {"period": period.key, **said})
    stage.sync_soon(phone)
