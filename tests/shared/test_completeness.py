"""How complete a record is: what applies, what was declined, and what is missing."""

from datetime import UTC, datetime

from server.forms.builtin import builtin_forms
from shared.completeness import completeness, wanted_units
from shared.forms.scope import Moment

NOW = Moment(datetime(2026, 11, 2, tzinfo=UTC))
RESIDENT = builtin_forms()["resident"]
HOUSEHOLD = builtin_forms()["household"]


def test_what_is_declined_is_answered() -> None:
    found = completeness(HOUSEHOLD, {"phone": {"missing": "declined"}, "tenure": "own"}, NOW)

    assert "phone" in found.answered
    assert found.declined == ("phone",)
    assert "head_name" not in found.wanted  # the head is no item of the table
    assert set(found.wanted) == {"dwelling", "household_kind", "people_count"}


def test_what_does_not_apply_is_not_missing() -> None:
    child = completeness(RESIDENT, {"birth_date": "2022-03-04"}, NOW)
    grown = completeness(RESIDENT, {"birth_date": "1980-03-04"}, NOW)

    assert "pension" not in child.missing
    assert "pension" in grown.wanted
    assert child.applicable < grown.applicable


def test_items_that_are_off_do_not_count() -> None:
    found = completeness(RESIDENT, {}, NOW)

    assert not {"ethnicity", "maternal_service"} & {*found.missing, *found.answered}


def test_units_that_count_and_need_a_look_at_their_rule_are_told_apart() -> None:
    wanted = wanted_units(RESIDENT)

    assert wanted["birth_date"] is False
    assert wanted["pension"] is True
    assert "ethnicity" not in wanted
