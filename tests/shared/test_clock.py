"""When a change was really made, whatever the phone's clock says."""

from hypothesis import given
from hypothesis import strategies as st

from shared.clock import AHEAD_MAX_MS, Reading, effective

NOW = 1_790_000_000_000
YEAR_MS = 365 * 24 * 3_600 * 1_000


def test_a_clock_that_is_years_off_is_corrected_by_the_monotonic_clock() -> None:
    wrong = NOW - 6 * YEAR_MS
    made = Reading(wall=wrong, boot="today", mono=1_000)
    sent = Reading(wall=wrong + 60_000, boot="today", mono=61_000)

    at = effective(made, sent, NOW, {})

    assert at == NOW - 60_000


def test_setting_the_clock_between_an_edit_and_its_push_changes_nothing() -> None:
    made = Reading(wall=NOW - 60_000, boot="today", mono=1_000)
    sent = Reading(wall=NOW + YEAR_MS, boot="today", mono=61_000)

    at = effective(made, sent, NOW, {})

    assert at == NOW - 60_000


def test_an_edit_before_a_restart_is_corrected_by_the_offset_learnt_then() -> None:
    made = Reading(wall=NOW - YEAR_MS - 3_000, boot="yesterday", mono=99_000)
    sent = Reading(wall=NOW, boot="today", mono=10)

    at = effective(made, sent, NOW, {"yesterday": YEAR_MS})

    assert at == NOW - 3_000


def test_without_anything_learnt_todays_offset_is_the_best_guess() -> None:
    made = Reading(wall=NOW - YEAR_MS - 3_000, boot="yesterday", mono=99_000)
    sent = Reading(wall=NOW - YEAR_MS, boot="today", mono=10)

    assert effective(made, sent, NOW, {}) == NOW - 3_000


@given(
    wall=st.integers(0, 2**50),
    mono=st.integers(0, 2**50),
    sent_wall=st.integers(0, 2**50),
    sent_mono=st.integers(0, 2**50),
    same_boot=st.booleans(),
    learnt=st.integers(-(2**50), 2**50),
)
def test_no_clock_puts_a_change_far_into_the_future_or_before_all_time(
    wall: int, mono: int, sent_wall: int, sent_mono: int, same_boot: bool, learnt: int
) -> None:
    made = Reading(wall, "a" if same_boot else "b", mono)

    at = effective(made, Reading(sent_wall, "a", sent_mono), NOW, {"b": learnt})

    assert 0 <= at <= NOW + AHEAD_MAX_MS
