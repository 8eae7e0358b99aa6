"""Nil reports: in time or late, signed together, and contradicted by what came later."""

from datetime import date

import pytest

from shared.work.nil import Cell, NilReport, NilState, cell, read_report, subject_of
from shared.work.periods import Period, period_named, period_of, periods
from shared.work.reading import SUBJECTS, Origin
from shared.work.rules import Rhythm, WorkRules, read_rules
from shared.work.values import Case
from tests.shared.work.cases import ms

DAY = period_of(date(2026, 11, 23), Rhythm.DAILY)
WEEK = period_of(date(2026, 11, 25), Rhythm.WEEKLY)
DAILY = WorkRules(rhythm=Rhythm.DAILY)
NIL = frozenset(SUBJECTS)


def report(
    at: str, *, by: str = "ann", has: tuple[str, ...] = (), received: str = "", excuse: str = ""
) -> NilReport:
    return NilReport(
        id=f"{by}-{at}",
        period="2026-11-23",
        author=by,
        at=ms(at),
        received=ms(received) if received else None,
        has=frozenset(has),
        nil=frozenset() if excuse else NIL - set(has),
        excuse=excuse,
    )


def board(*reports: NilReport, now: str = "2026-11-24 09:00", cases: tuple[Case, ...] = ()) -> Cell:
    assert DAY is not None
    return cell(DAY, reports, cases, rules=DAILY, now=ms(now))


@pytest.mark.parametrize(
    ("reports", "now", "state"),
    [
        ((), "2026-11-23 17:59", NilState.OPEN),
        ((), "2026-11-23 18:01", NilState.MISSING),
        ((report("2026-11-23 17:00"),), "2026-11-23 17:30", NilState.NIL),
        ((report("2026-11-23 17:00", has=("hazard",)),), "2026-11-24 09:00", NilState.DONE),
        ((report("2026-11-23 18:01"),), "2026-11-24 09:00", NilState.LATE),
        ((report("2026-11-23 18:01", excuse="leave"),), "2026-11-24 09:00", NilState.EXCUSED),
    ],
)
def test_a_grid_and_a_day_have_one_state(
    reports: tuple[NilReport, ...], now: str, state: NilState
) -> None:
    assert board(*reports, now=now).state is state


def test_made_in_time_and_received_late_are_two_things() -> None:
    told = board(report("2026-11-23 17:00", received="2026-11-25 08:00"))

    assert told.state is NilState.NIL
    assert told.received_late
    assert not board(report("2026-11-23 17:00", received="2026-11-23 17:10")).received_late


def test_a_colleagues_second_report_signs_the_first_and_items_beat_nil() -> None:
    first = report("2026-11-23 16:00")
    second = report("2026-11-23 16:30", by="bob", has=("dispute",))

    for order in ((first, second), (second, first)):
        told = board(*order)
        assert told.state is NilState.DONE
        assert told.reports == (first, second)
        assert told.has == {"dispute"}
        assert told.disagreed == {"dispute"}
        assert told.nil == NIL - {"dispute"}


def test_a_case_that_turns_up_later_contradicts_the_nil_of_its_kind() -> None:
    inside = Case(id="fire", sort="hazard", discovered=ms("2026-11-23 11:00"))
    before = Case(id="old", sort="hazard", discovered=ms("2026-11-22 23:59"))

    told = board(report("2026-11-23 17:00"), cases=(before, inside))
    reported = board(report("2026-11-23 17:00", has=("hazard",)), cases=(inside,))

    assert told.contradicted == ("fire",)
    assert told.state is NilState.NIL
    assert reported.contradicted == ()


def test_a_day_off_needs_no_report_but_may_have_one() -> None:
    rules = read_rules({"rhythm": "daily", "days_off": "2026-11-23"})
    assert DAY is not None

    def on_that_day(*reports: NilReport) -> NilState:
        return cell(DAY, reports, (), rules=rules, now=ms("2026-11-30 09:00")).state

    assert on_that_day() is NilState.NONE
    assert on_that_day(report("2026-11-23 10:00")) is NilState.NIL


def test_what_lies_before_a_grids_rules_was_not_missed() -> None:
    rules = read_rules({"rhythm": "daily"}, ms("2026-11-24 08:00"))
    assert DAY is not None

    state = cell(DAY, (), (), rules=rules, now=ms("2026-11-30 09:00")).state

    assert state is NilState.NONE
    assert WorkRules().rhythm is Rhythm.NONE


def test_weeks_run_from_monday_to_sunday_and_are_due_on_sunday() -> None:
    assert Period(date(2026, 11, 23), date(2026, 11, 29)) == WEEK
    assert WEEK is not None
    assert WEEK.key == "2026-W48"
    assert WEEK.due(WorkRules()) == ms("2026-11-29 18:00")
    assert period_named("2026-W48") == WEEK
    assert period_named("2026-11-23") == DAY
    assert period_named("2026-W99") is None
    assert period_named("") is None
    assert [one.key for one in periods(date(2026, 11, 20), date(2026, 12, 1), Rhythm.WEEKLY)] == [
        "2026-W47",
        "2026-W48",
        "2026-W49",
    ]
    assert list(periods(date(2026, 11, 1), date(2026, 11, 30), Rhythm.NONE)) == []


def test_a_report_is_read_from_its_answers() -> None:
    facts = {"period": "2026-11-23", "hazard": "has", "dispute": "nil", "other": 7}

    read = read_report("r", facts, Origin("ann", "d", 1, 5, 4), received=9)

    assert (read.has, read.nil, read.at, read.received) == (
        frozenset({"hazard"}),
        frozenset({"dispute"}),
        5,
        9,
    )


def test_every_kind_of_case_has_a_subject() -> None:
    assert subject_of(Case(id="c", sort="rental", discovered=0)) == "newcomer"
    assert subject_of(Case(id="c", sort="unheard_of", discovered=0)) == "other"
