"""Deadlines and days when clocks are wrong: a phone three days off, a server that lives in UTC."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from server.clock import TOWN_ZONE
from server.db.engine import reading
from server.forms.builtin import work_forms
from server.office.audit import Deed
from server.summary.counting import asked_of, summary_of
from server.work.board import Boards
from server.work.reading import Seen, Sought, WorkBook
from shared.changes import Answer
from shared.work.nil import Cell, NilState
from tests.mobile.field import Field, Phone, a_field, synced
from tests.mobile.kit import create

DAY_MS = 24 * 3_600_000
MONDAY = datetime(2026, 9, 28, 9, 30, tzinfo=TOWN_ZONE)
"""After the town was founded."""
ZONES = ("UTC", "America/Los_Angeles")
WRONG_BY = (-3 * DAY_MS, 3 * DAY_MS)


@dataclass
class Told:
    """What office and colleague make of the phone's day."""

    case: Seen
    cell: Cell
    visits: dict[date, int]


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the machine of server and phones believes to be."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def a_morning(field: Field, wrong_by: int) -> Phone:
    """A phone that has synced; its clock is wrong by so much, whatever the time is in town."""
    field.town.clock.at = ms(MONDAY)
    for form in work_forms().values():
        field.town.services.register.publish_form(field.town.who.town, form)
    rules = {"rhythm": "daily", "maternal": "no", "closes": "18:00"}
    with reading(field.town.services.engine) as conn:
        boards = Boards(conn, field.admin, field.town.clock.at)
        edit = boards.rules_edit(field.town.services.register, field.grid(), rules)
    deeds = field.town.services.register.deeds
    deeds.edit(field.admin, [edit], Deed.RULES_SET, field.grid())
    phone = field.phone()
    phone.clock.wall = ms(MONDAY) + wrong_by
    synced(phone)
    return phone


def pass_time(field: Field, phone: Phone, hours: float) -> None:
    field.town.clock.at += round(hours * 3_600_000)
    phone.clock.tick(round(hours * 3_600_000))


def shown(phone: Phone) -> str:
    """The time on the phone's screen, as its forms note it."""
    moment = datetime.fromtimestamp(phone.clock.now() / 1000).astimezone()
    return moment.isoformat(timespec="seconds")


def written(phone: Phone, kind: str, **answers: Answer) -> str:
    draft = phone.store.begin(kind, answers=answers)
    phone.store.save_drafts(draft)
    return draft.record


def a_day(field: Field, phone: Phone) -> str:
    """A visit, a hazard at half past nine, a report at half past five; no signal until Tuesday."""
    household = phone.clock.new_id()
    phone.store.save([create("household", household, head_name="李芳")])
    written(
        phone, "visit", household=household, outcome="done", mode="door", started=shown(phone),
        ended=shown(phone),
    )  # fmt: skip
    case = written(
        phone, "case", case_kind="hazard", text="楼道堆物", urgency="normal",
        discovered_at=shown(phone),
    )  # fmt: skip
    pass_time(field, phone, 8)
    said: dict[str, Answer] = {
        subject: "has" if subject == "hazard" else "nil"
        for subject in ("hazard", "dispute", "livelihood", "facility", "newcomer", "other")
    }
    written(phone, "nil_report", period=MONDAY.date().isoformat(), **said)
    pass_time(field, phone, 16)
    synced(phone)
    return case


def told(field: Field, case: str) -> Told:
    now, days = field.town.clock.at, (MONDAY.date(), MONDAY.date())
    with reading(field.town.services.engine) as conn:
        who = field.admin
        seen = next(one for one in WorkBook(conn, who, now).cases(Sought()) if one.id == case)
        board = Boards(conn, who, now).board(days, grids=[field.grid()])
        visits = {}
        for back in range(-4, 5):
            day = MONDAY.date() + timedelta(days=back)
            asked = asked_of(conn, who, who.area_id, (day, day), now=now)
            figures = {figure.key: figure.number for _, figure in summary_of(conn, asked).every()}
            visits[day] = figures["visits"]
    [row] = board.rows
    return Told(seen, row.cells[0], visits)


@pytest.mark.parametrize("wrong_by", WRONG_BY)
def test_a_deadline_runs_from_the_discovery_whatever_the_phones_clock_says(
    tmp_path: Path, zone: str, wrong_by: int
) -> None:
    with a_field(tmp_path) as field:
        phone = a_morning(field, wrong_by)
        case = a_day(field, phone)
        seen = told(field, case).case
        filed = phone.store.known.work.case(case, phone.clock.now())

    assert seen.case.discovered == ms(MONDAY)
    thursday = datetime(2026, 10, 1, 18, 0, tzinfo=TOWN_ZONE)  # three working days later
    assert seen.standing.deadline == ms(thursday), zone
    assert filed is not None
    assert filed.standing.deadline == ms(thursday)


@pytest.mark.parametrize("wrong_by", WRONG_BY)
def test_boards_show_the_day_on_which_it_was(tmp_path: Path, zone: str, wrong_by: int) -> None:
    with a_field(tmp_path) as field:
        told_ = told(field, a_day(field, a_morning(field, wrong_by)))

    cell = told_.cell
    assert cell.period.first == MONDAY.date()
    assert (cell.state, cell.received_late) == (NilState.DONE, True), zone
    assert cell.contradicted == ()
    assert {day: n for day, n in told_.visits.items() if n} == {MONDAY.date(): 1}


@pytest.mark.parametrize("minutes", [-20, 20])
def test_midnight_is_the_towns_wherever_the_server_stands(
    tmp_path: Path, zone: str, minutes: int
) -> None:
    """What happens around midnight in town falls on its own side of it, and is due by its day."""
    at = MONDAY.replace(hour=0, minute=0) + timedelta(days=1, minutes=minutes)
    with a_field(tmp_path) as field:
        phone = a_morning(field, 0)
        pass_time(field, phone, (at - MONDAY) / timedelta(hours=1))
        case = written(
            phone, "case", case_kind="hazard", text="夜里停电", urgency="normal",
            discovered_at=shown(phone),
        )  # fmt: skip
        synced(phone)
        seen = told(field, case).case

    due = datetime(2026, 10, 1 if minutes < 0 else 2, 18, 0, tzinfo=TOWN_ZONE)
    assert seen.standing.deadline == ms(due), zone


def test_a_visit_noted_minutes_later_keeps_the_time_that_she_wrote(tmp_path: Path) -> None:
    with a_field(tmp_path) as field:
        phone = a_morning(field, 60_000)
        noted = shown(phone)
        household = phone.clock.new_id()
        phone.store.save([create("household", household, head_name="李芳")])
        pass_time(field, phone, 2)
        visit = written(
            phone, "visit", household=household, outcome="done", mode="door", started=noted,
            ended=noted,
        )  # fmt: skip
        synced(phone)
        with reading(field.town.services.engine) as conn:
            [began] = conn.exec_driver_sql(
                "SELECT started FROM visit WHERE id = ?", (visit,)
            ).scalars()

    assert began == ms(datetime.fromisoformat(noted))
