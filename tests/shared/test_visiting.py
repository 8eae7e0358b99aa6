"""Rules that spare a household, and when somebody should look in again."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.visiting.rules import Rule, Wish, against, breaches, is_vacant, rest_after_refusal
from shared.visiting.schedule import (
    INTERVALS,
    Contact,
    Stage,
    categories_of,
    follow_up,
    intervals_of,
)
from shared.visiting.visits import EMERGENCY, Past

CHINA = timezone(timedelta(hours=8))
MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=CHINA)


def visit(days: float, outcome: str = "done", **more: str) -> Past:
    """A visit so many days after that Monday at ten."""
    at = MONDAY + timedelta(days=days)
    return Past(id=f"v{days}", at=at, outcome=outcome, **more)


def rules(days: float, *visits: Past, mode: str = "door", wish: Wish = Wish()) -> list[Rule]:  # noqa: B008
    found = against(MONDAY + timedelta(days=days), mode, visits, wish)
    return [one.rule for one in found]


@pytest.mark.parametrize(
    ("clock", "allowed"),
    [("07:59", False), ("08:00", True), ("20:30", True), ("20:31", False), ("03:00", False)],
)
def test_nobody_is_called_upon_early_or_late(clock: str, allowed: bool) -> None:
    now = datetime.fromisoformat(f"2026-11-02T{clock}+08:00")

    for mode in ("door", "phone"):
        assert ([one.rule for one in against(now, mode, ())] == []) is allowed
    assert against(now, "office", ()) == ()


def test_seven_days_lie_between_two_visits_of_whomever() -> None:
    assert rules(6, visit(0)) == [Rule.TOO_SOON]
    assert rules(7, visit(0)) == []
    assert rules(3, visit(0), mode="phone") == []
    assert rules(3, visit(0, reason=EMERGENCY)) == []
    assert rules(3, visit(0, "nobody_home")) == []


def test_three_tries_at_different_times_of_the_week_are_enough_for_a_month() -> None:
    tries = [visit(0, "nobody_home"), visit(8 / 24, "nobody_home"), visit(5, "nobody_home")]

    (found,) = against(MONDAY + timedelta(days=20), "door", tries)

    assert found.rule is Rule.TRIED_ENOUGH
    assert found.until == date(2026, 12, 7)
    assert rules(35, *tries) == []
    assert rules(20, *tries, mode="phone") == []


def test_three_tries_at_the_same_time_of_the_week_are_not_enough() -> None:
    assert rules(3, *[visit(day, "nobody_home") for day in range(3)]) == []


def test_whoever_was_met_ends_the_tries() -> None:
    tries = [visit(0, "nobody_home"), visit(8 / 24, "nobody_home"), visit(5, "nobody_home")]

    assert Rule.TRIED_ENOUGH not in rules(8, *tries, visit(6))


def test_after_a_refusal_nobody_rings_or_calls_for_ninety_days() -> None:
    assert rest_after_refusal(date(2026, 11, 2)) == date(2027, 1, 31)
    assert rules(89, visit(0, "refused")) == [Rule.RESTING]
    assert rules(89, visit(0, "refused"), mode="phone") == [Rule.RESTING]
    assert rules(90, visit(0, "refused")) == []


def test_what_the_household_asked_for_counts_and_no_longer() -> None:
    until = date(2026, 11, 20)
    wish = Wish("no_visits", until)

    assert rules(10, wish=wish) == [Rule.RESTING]
    assert rules(18, visit(0, "refused"), wish=wish) == []
    assert rules(500, wish=Wish("no_visits")) == [Rule.RESTING]
    assert rules(0, wish=Wish("phone_only")) == [Rule.PHONE_ONLY]
    assert rules(0, wish=Wish("phone_only"), mode="phone") == []
    assert rules(0, wish=Wish("appointment")) == [Rule.APPOINTMENT]


def test_breaches_are_listed_by_visit_and_emergencies_are_none() -> None:
    visits = [visit(0), visit(2), visit(4, reason=EMERGENCY), visit(20.6)]

    found = breaches(visits[::-1])

    assert {name: [one.rule for one in rules] for name, rules in found.items()} == {
        "v2": [Rule.TOO_SOON],
        "v20.6": [Rule.HOURS],
    }


def test_a_home_is_vacant_after_two_looks_thirty_days_apart() -> None:
    first, second = visit(0, "vacant"), visit(30, "vacant")

    assert not is_vacant([first])
    assert not is_vacant([first, visit(29, "vacant")])
    assert is_vacant([second, first])
    assert not is_vacant([first, visit(10), second])


# ---- when somebody should look in again --------------------------------------------------------

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("categories", "days"),
    [
        (["living_alone", "minimum_living"], 7),
        (["special_difficulty"], 30),
        (["disabled", "veteran"], 90),
        (["left_behind"], 180),
        ([], 365),
        (["unheard_of"], 365),
    ],
)
def test_the_shortest_interval_wins(categories: list[str], days: int) -> None:
    found = follow_up(categories, Contact(last=TODAY))

    assert found is not None
    assert (found.due - TODAY).days == days


def test_it_is_due_then_overdue_by_a_quarter_then_the_leaders_matter_by_as_much_again() -> None:
    found = follow_up(["minimum_living"], Contact(last=TODAY))
    assert found is not None
    days = {90: Stage.DUE, 89: Stage.LATER, 112: Stage.OVERDUE, 111: Stage.DUE, 180: "escalated"}

    for after, stage in days.items():
        assert found.stage(TODAY + timedelta(days=after)) == stage


def test_an_agreed_day_stands_before_the_interval() -> None:
    agreed = TODAY + timedelta(days=12)

    found = follow_up(["living_alone"], Contact(last=TODAY, agreed=agreed, agreed_on=TODAY))

    assert found is not None
    assert found.due == agreed
    assert found.stage(agreed + timedelta(days=3)) is Stage.OVERDUE


def test_nothing_is_due_before_the_household_may_be_visited() -> None:
    until = TODAY + timedelta(days=90)

    found = follow_up(["living_alone"], Contact(last=TODAY, resting_until=until))

    assert found is not None
    assert found.due == until


def test_an_unknown_household_is_due_only_if_it_is_of_a_category() -> None:
    assert follow_up([], Contact()) is None
    found = follow_up(["living_alone"], Contact())
    assert found is not None
    assert found.stage(TODAY) is Stage.ESCALATED


def test_the_categories_are_the_households_and_its_peoples() -> None:
    found = categories_of(
        tenure="rented", kind="lives_here", marks=["floating"], people=[["disabled", "none"], []]
    )

    assert found == {"rented", "floating", "disabled"}


@given(
    st.sets(st.sampled_from(sorted(INTERVALS))),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_stages_only_ever_grow(categories: set[str], last: date, today: date) -> None:
    found = follow_up(categories, Contact(last=last))
    assert found is not None
    order = list(Stage)

    stages = [order.index(found.stage(today + timedelta(days=n))) for n in range(0, 800, 50)]

    assert stages == sorted(stages)


def test_times_are_compared_across_zones() -> None:
    before = Past(id="v", at=MONDAY.astimezone(UTC), outcome="done")

    assert [one.rule for one in against(MONDAY, "door", [before])] == [Rule.TOO_SOON]


def test_a_grid_may_have_intervals_of_its_own_and_nonsense_changes_nothing() -> None:
    rules = {"look_in_disabled": 14, "look_in_rented": 0, "look_in_floating": "x", "days_other": 3}
    intervals = intervals_of(rules)
    met = Contact(last=date(2026, 9, 1))

    found = follow_up({"disabled", "special_difficulty"}, met, intervals)

    assert {code: days for code, days in intervals.items() if days != INTERVALS[code]} == {
        "disabled": 14
    }
    assert found is not None
    assert (found.category, found.due) == ("disabled", date(2026, 9, 15))
