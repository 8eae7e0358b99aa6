"""What happens in a rehearsed week: all that an office has to do with, and always the same."""

from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import text

from server.demo.progress import Part
from server.demo.seeding import TOWN_ID
from server.office.devices import devices
from server.office.people import DeviceStatus
from server.work.reading import Sought, WorkBook
from shared.work.standing import Why
from shared.work.values import Action, Level, Phase
from tests.rehearsal.a_week import SIZE, PlayedHere, played

HAPPENS = (
    "visit done", "visit nobody_home", "card", "patrol", "diary", "facility", "facility_check",
    "child", "lodger", "silent", "case dispute", "case earlier", "case contested", "return visit",
    "disagreement", "registered again", "merged", "question", "answer", "protection",
    "conflict decided", "step phone escalate", "step community accept",
)  # fmt: skip


def test_the_week_has_something_of_everything(week: PlayedHere) -> None:
    assert [name for name in HAPPENS if not week.week.happened[name]] == []
    with week.told() as (conn, who):
        cases = WorkBook(conn, who, week.plan.ends).cases(Sought())
        [bad] = conn.execute(text("SELECT count(*) FROM quarantine")).scalars()
    standings = [one.standing for one in cases]
    assert {Phase.HANDLING, Phase.DONE, Phase.CLOSED} <= {each.phase for each in standings}
    closed_at = {each.closing.level for each in standings if each.closing is not None}
    assert closed_at >= {Level.GRID, Level.COMMUNITY}
    assert sum(bool(each.contested) for each in standings) == week.week.happened["case contested"]
    taken = {step.action for each in standings for step in each.took}
    assert {Action.ESCALATE, Action.SESSION, Action.VERIFY, Action.RETURN_VISIT} <= taken
    assert not [aside for each in standings for aside in each.asides if aside.why is Why.UNSEEN]
    assert bad == 0


def test_the_week_tells_how_far_it_has_come(week: PlayedHere) -> None:
    phones = [told.done for told in week.progress if told.part is Part.PHONES]
    hours = [told for told in week.progress if told.part is Part.WEEK]

    assert phones == list(range(1, SIZE.workers + 1))
    assert [told.done for told in hours] == sorted({told.done for told in hours})
    assert hours[-1].done == hours[-1].of == 7 * 24
    assert {told.day for told in hours} == {week.plan.day(day) for day in range(7)}


def test_the_register_is_the_replay_of_its_journal_and_every_phone_is_new(week: PlayedHere) -> None:
    assert week.services.register.verify(TOWN_ID).well
    with week.told() as (conn, who):
        states = [device.status for device in devices(conn, who)]
    assert states.count(DeviceStatus.ACTIVE) == SIZE.workers
    assert states.count(DeviceStatus.REVOKED) == SIZE.workers


def test_the_same_plan_gives_the_same_week_and_another_seed_another(tmp_path: Path) -> None:
    small = replace(SIZE, villages=0, grids=1, workers=1, households=6)
    weeks = [
        played(tmp_path / name, seed=seed, size=small)
        for name, seed in (("one", 1), ("again", 1), ("other", 2))
    ]
    for each in weeks:
        each.services.engine.dispose()
    one, again, other = (each.week for each in weeks)

    assert (one.happened, one.sent) == (again.happened, again.sent)
    assert one.happened != other.happened
