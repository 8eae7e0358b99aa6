"""When a household counts as collected, and where a dwelling is counted."""

from datetime import UTC, datetime

import pytest

from server.forms.builtin import builtin_forms
from shared.changes import Answer
from shared.completeness import Completeness, completeness
from shared.coverage import (
    DoorState,
    Items,
    Place,
    Reached,
    building_of,
    door_state,
    is_collected,
    is_complete,
    items_of,
    place_of,
    reached,
)
from shared.forms.scope import Moment

NOW = Moment(datetime(2026, 11, 2, tzinfo=UTC))
FORM = builtin_forms()["household"]
DECLINED: Answer = {"missing": "declined"}
ANSWERED: dict[str, Answer] = {
    "dwelling": "d1",
    "tenure": "own",
    "household_kind": "floating",
    "people_count": 2,
}


def items(units: dict[str, Answer]) -> Items:
    found: Completeness = completeness(FORM, units, NOW)
    return items_of(FORM, found)


def test_to_decline_an_item_is_an_answer() -> None:
    found = items(ANSWERED | {"phone": DECLINED})

    assert found.wanted == 0
    assert (found.given, found.withheld) == (3, 1)
    assert is_collected(complete=True, together=found, reached=Reached.SPOKEN)


def test_a_household_that_declines_whatever_it_can_is_not_collected() -> None:
    refusals = dict.fromkeys(("tenure", "household_kind", "people_count", "phone"), DECLINED)

    found = items({"dwelling": "d1", **refusals})

    assert found.wanted == 0
    assert not is_collected(complete=True, together=found, reached=Reached.SPOKEN)


def test_a_household_that_refused_at_the_door_is_not_collected_whatever_was_filled_in() -> None:
    found = items(ANSWERED | {"phone": "13900000000"})

    assert is_collected(complete=True, together=found, reached=Reached.SPOKEN)
    assert not is_collected(complete=True, together=found, reached=Reached.REFUSED)


def test_a_household_of_which_nobody_is_known_is_not_complete() -> None:
    assert not is_complete(False, [])
    assert is_complete(False, [False, False])
    assert not is_complete(False, [False, True])
    assert not is_complete(True, [False])


@pytest.mark.parametrize(
    ("status", "use", "place"),
    [
        ("occupied", "residential", Place.LISTED),
        ("unknown", "residential", Place.LISTED),
        ("", "", Place.LISTED),
        ("occupied", "mixed", Place.LISTED),
        ("vacant", "residential", Place.VACANT),
        ("occupied", "business", Place.BUSINESS),
        ("vacant", "business", Place.BUSINESS),
        ("demolished", "business", Place.GONE),
        ("merged", "residential", Place.GONE),
    ],
)
def test_a_dwelling_is_listed_or_left_out_for_one_reason(
    status: str, use: str, place: Place
) -> None:
    assert place_of(status, use) is place


@pytest.mark.parametrize(
    ("outcomes", "far"),
    [
        ([], Reached.UNTRIED),
        (["nobody_home", "wrong_address"], Reached.NOBODY),
        (["nobody_home", "done"], Reached.SPOKEN),
        (["postponed"], Reached.SPOKEN),
        (["nobody_home", "refused", "done"], Reached.REFUSED),
        (["done", "refused"], Reached.SPOKEN),
    ],
)
def test_the_newest_visit_at_which_somebody_came_to_the_door_decides(
    outcomes: list[str], far: Reached
) -> None:
    assert reached(outcomes) is far


def test_a_door_without_a_household_is_empty_only_when_somebody_found_it_so() -> None:
    def state(place: Place, households: int = 0, tries: int = 0) -> DoorState:
        return door_state(
            place, households=households, conflict=False, far=Reached.NOBODY, tries=tries
        )

    assert state(Place.LISTED) is DoorState.UNREGISTERED
    assert state(Place.VACANT) is DoorState.EMPTY
    assert state(Place.LISTED, 1, 1) is DoorState.FINE
    assert state(Place.LISTED, 1, 2) is DoorState.NOBODY_HOME
    assert state(Place.GONE, 1) is DoorState.GONE


def test_a_building_is_named_by_what_is_written_else_by_its_code_else_by_its_street() -> None:
    assert building_of("甲座", "3-1-02-201", "", "") == "甲座"
    assert building_of("", "3-1-02-201", "柳溪路9号", "") == "3"
    assert building_of("", "", "柳溪路9号", "") == "柳溪路"
