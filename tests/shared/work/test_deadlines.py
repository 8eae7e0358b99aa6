"""Deadlines: from discovery, by the town's calendar and clock."""

from datetime import date, timedelta, timezone

import pytest
from msgspec.structs import replace

from shared.work.calendar import Calendar, days_named
from shared.work.deadlines import first_deadline
from shared.work.reading import Origin, read_case
from shared.work.receipts import receipt_number
from shared.work.rules import DEFAULT_RULES, Rhythm, WorkRules, read_rules
from shared.work.values import Action, Case, Phase
from tests.shared.work.cases import DISPUTE, HAZARD, MONDAY, ZONE, Hand, ms, stands, text

FRIDAY = ms("2026-11-27 16:40")


def due(sort: str, found: str, *, urgency: str = "normal", rules: WorkRules = DEFAULT_RULES) -> str:
    case = Case(id="c", sort=sort, discovered=ms(found), urgency=urgency)
    return text(first_deadline(case, rules))


@pytest.mark.parametrize(
    ("sort", "found", "deadline"),
    [
        ("hazard", "2026-11-23 09:00", "2026-11-26 18:00"),
        ("hazard", "2026-11-27 16:40", "2026-12-02 18:00"),  # a weekend does not count
        ("hazard", "2026-11-28 10:00", "2026-12-02 18:00"),  # found on a Saturday
        ("facility", "2026-11-23 09:00", "2026-12-02 18:00"),
        ("livelihood", "2026-11-23 09:00", "2026-12-14 18:00"),
        ("dispute", "2026-11-23 09:00", "2026-12-23 18:00"),  # days, worked or not
        ("something_new", "2026-11-23 09:00", "2026-12-14 18:00"),
    ],
)
def test_each_kind_has_its_time(sort: str, found: str, deadline: str) -> None:
    assert due(sort, found) == deadline


def test_an_emergency_has_two_hours_by_day_and_night() -> None:
    assert due("hazard", "2026-11-28 23:30", urgency="emergency") == "2026-11-29 01:30"


def test_days_off_and_worked_weekends_are_the_towns_own() -> None:
    rules = read_rules({"days_off": "2027-01-01, 2027-01-04 nonsense", "days_on": "2027-01-02"})

    assert due("hazard", "2026-12-31 10:00", rules=rules) == "2027-01-06 18:00"


def test_a_town_may_choose_other_deadlines_and_hours() -> None:
    rules = read_rules({"days_hazard": 1, "hours_emergency": 4, "closes": "17:30"})

    assert due("hazard", "2026-11-23 09:00", rules=rules) == "2026-11-24 17:30"
    assert due("hazard", "2026-11-23 09:00", urgency="emergency", rules=rules) == "2026-11-23 13:00"
    assert read_rules({"days_hazard": -4, "closes": "25:99", "rhythm": "hourly"}) == WorkRules(
        rhythm=Rhythm.WEEKLY
    )


def test_the_clock_starts_at_discovery_and_not_when_the_office_hears_of_it() -> None:
    facts = {"case_kind": "hazard", "discovered_at": "2026-11-23T09:00:00+08:00"}
    noted = ms("2026-11-25 20:00")

    case = read_case("c", facts, Origin("ann", "d", 1, noted, noted))

    assert text(case.discovered) == "2026-11-23 09:00"


def test_a_wrong_clock_is_corrected_as_the_device_learnt_it() -> None:
    a_day = 24 * 3_600_000
    facts = {"case_kind": "hazard", "discovered_at": "2026-11-24T09:00:00+08:00"}  # a day ahead
    claimed = ms("2026-11-24 09:05")

    case = read_case("c", facts, Origin("ann", "d", 1, claimed - a_day, claimed))

    assert text(case.discovered) == "2026-11-23 09:00"


def test_a_phone_in_another_time_zone_has_the_towns_deadline() -> None:
    facts = {"case_kind": "hazard", "discovered_at": "2026-11-23T01:00:00+00:00"}

    case = read_case("c", facts, Origin("ann", "d", 1, MONDAY, MONDAY))

    assert case.discovered == MONDAY
    assert text(first_deadline(case, DEFAULT_RULES)) == "2026-11-26 18:00"
    elsewhere = WorkRules(zone=timezone(timedelta(hours=-12)))
    assert first_deadline(case, elsewhere) != first_deadline(case, DEFAULT_RULES)


def test_the_clock_stands_still_only_while_the_case_is_suspended() -> None:
    ann = Hand("ann")
    ann.step(HAZARD, Action.ACCEPT, ms("2026-11-23 10:00"))
    ann.step(HAZARD, Action.SUSPEND, ms("2026-11-24 10:00"), until=ms("2026-11-25 18:00"))
    held = stands(HAZARD, *ann.seen, now=ms("2026-11-24 12:00"))
    assert held.phase is Phase.SUSPENDED
    assert text(held.deadline) == "2026-11-30 18:00"

    resumed = ann.step(HAZARD, Action.RESUME, ms("2026-11-24 16:00"))

    assert text(stands(HAZARD, *ann.seen).deadline) == "2026-11-27 18:00"  # a Friday, after hours
    assert resumed in stands(HAZARD, *ann.seen).took


def test_a_suspension_ends_by_itself() -> None:
    ann = Hand("ann")
    ann.step(HAZARD, Action.ACCEPT, ms("2026-11-23 10:00"))
    ann.step(HAZARD, Action.SUSPEND, ms("2026-11-24 10:00"), until=ms("2026-11-25 10:00"))

    after = stands(HAZARD, *ann.seen, now=ms("2026-11-25 11:00"))

    assert after.phase is Phase.HANDLING
    assert text(after.deadline) == "2026-11-27 18:00"
    assert after.is_overdue(ms("2026-11-27 18:01"))
    assert not after.is_overdue(ms("2026-11-27 17:59"))


def test_a_dispute_has_its_own_time_at_each_level() -> None:
    ann = Hand("ann")
    step = ann.step(DISPUTE, Action.ESCALATE, ms("2026-12-10 11:00"))

    assert text(stands(DISPUTE, step).deadline) == "2027-01-09 18:00"


def test_whoever_closes_after_the_deadline_closes_late() -> None:
    ann = Hand("ann")
    closing = stands(HAZARD, ann.step(HAZARD, Action.CLOSE, ms("2026-11-26 18:01"))).closing

    assert closing is not None
    assert not closing.in_time


def test_a_calendar_without_any_working_day_does_not_search_for_ever() -> None:
    off = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(900))

    assert Calendar(off=off).next_working(date(2026, 1, 1)) > date(2026, 12, 31)
    assert days_named(["2026-02-30", "x", "2026-02-28"]) == {date(2026, 2, 28)}


def test_a_receipt_is_short_the_same_everywhere_and_easily_read_out() -> None:
    numbers = {
        receipt_number(replace(HAZARD, id=f"01890a5d-{place:04x}"), ZONE) for place in range(500)
    }

    assert receipt_number(HAZARD, ZONE) == receipt_number(HAZARD, ZONE)
    assert len(numbers) == 500
    assert all(
        number.startswith("261123-") and not set(number[7:]) & set("01IO") for number in numbers
    )
