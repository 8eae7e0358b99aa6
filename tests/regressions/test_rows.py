"""What other systems were seen to do wrong, each with the tests that protect this one from it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
FIELD = "regressions/test_field.py"
HELD = "server/register/test_held.py"
SYNC = "mobile/sync/test_sync.py"

PROTECTED_BY: dict[str, dict[str, tuple[str, ...]]] = {
    "a lost last acknowledgement makes no duplicate and no false conflict": {
        FIELD: ("a_lost_last_acknowledgement_makes_no_duplicate_and_no_false_conflict",),
        SYNC: ("a_lost_reply_changes_nothing_twice",),
    },
    "an update of a record deleted elsewhere holds nothing up and can be recovered": {
        FIELD: ("an_update_of_a_record_deleted_elsewhere_holds_nothing_up_and_is_kept",),
    },
    "a pull that fails half-way overwrites nothing with emptiness": {
        FIELD: ("a_pull_that_fails_half_way_overwrites_nothing_with_emptiness",),
        "mobile/store/test_receiving.py": ("a_page_that_could_not_be_kept_leaves_the_cursor",),
    },
    "the result does not depend on who presses sync first": {
        FIELD: ("the_result_does_not_depend_on_who_presses_sync_first",),
        "shared/test_merge_properties.py": (
            "any_order_of_pushing_leaves_the_same_candidates",
            "every_order_of_three_phones_with_four_edits_each_leaves_the_same",
        ),
    },
    "an update before its create": {
        HELD: (
            "an_edit_before_its_create_waits_and_is_then_taken",
            "an_edit_whose_create_never_comes_blocks_nothing",
        ),
        "server/register/test_at_once.py": (
            "an_edit_that_crosses_its_create_never_waits_for_ever",
        ),
    },
    "there and back again at the office": {
        FIELD: ("there_and_back_again_at_the_office_hides_no_edit_made_meanwhile",),
    },
    "an answer that was only shown is never sent": {
        FIELD: ("an_answer_that_was_only_shown_is_never_sent",),
        "mobile/store/test_saving.py": ("only_what_really_changed_is_sent",),
    },
    "a remote edit of one answer survives a local edit of another": {
        FIELD: ("a_remote_edit_of_one_answer_survives_a_local_edit_of_another",),
    },
    "two syncs at once": {
        SYNC: ("two_syncs_at_once_are_one", "a_sync_of_another_process_holds_this_one_off"),
        FIELD: ("an_answer_that_comes_after_a_later_one_is_not_taken",),
    },
    "an account moves to a new phone while the old one has unsent work": {
        FIELD: ("work_left_on_an_old_phone_arrives_after_its_worker_has_a_new_one",),
    },
    "logging out with unsent work is refused": {
        "mobile/device/test_device.py": ("logging_out_with_unsent_work_or_drafts_is_refused",),
        "mobile/views/test_settings.py": ("logging_out_with_unsent_work_is_refused_in_words",),
    },
    "an edit made right after a sync is noticed": {
        FIELD: ("an_edit_made_right_after_a_sync_is_noticed",),
        SYNC: ("an_edit_made_while_a_sync_runs_is_sent_by_it",),
    },
    "every offline step is in the history": {
        FIELD: ("every_offline_step_is_in_the_history_and_not_only_the_last",),
    },
    "a household with 500 visits opens fast": {
        FIELD: ("a_household_with_500_visits_opens_with_the_same_few_statements",),
    },
    "a snapshot leaks nothing to a worker with fewer rights": {
        "server/register/test_pages.py": ("no_byte_of_another_grid_is_in_any_answer",),
        "server/api/test_sync.py": ("no_byte_of_another_grid_is_answered",),
    },
    "one conflict in two browser tabs": {
        "server/console/test_conflicts.py": (
            "the_second_admin_sees_the_firsts_decision_and_overwrites_nothing",
        ),
        "server/register/test_at_once.py": (
            "of_two_decisions_at_once_one_is_taken_and_the_other_is_told",
        ),
    },
    "a filter that lets nothing through still advances the cursor": {
        "server/register/test_pages.py": ("a_grid_without_news_still_advances",),
    },
    "half a first sync is never taken for a whole one": {
        "mobile/sync/test_first_sync.py": (
            "half_a_first_sync_is_not_taken_for_a_whole_one_after_a_restart",
            "a_grid_granted_during_the_first_sync_belongs_to_it",
        ),
    },
    "the checkpoint is saved with the rows": {
        "faults/test_crash_points.py": (
            "nothing_is_lost_wherever_it_breaks",
            "a_phone_that_keeps_its_cursor_before_the_rows_is_found_out",
        ),
    },
    "a clock that is wrong by years": {
        "mobile/sync/test_clocks.py": ("clocks_that_are_years_off_leave_the_same_candidates",),
        "shared/test_clock.py": ("a_clock_that_is_years_off_is_corrected_by_the_monotonic_clock",),
    },
    "1,000 devices sync at once": {
        # The rush itself is measured by `make bench`.
        "server/api/test_operation.py": ("a_full_house_is_told_to_come_back_before_any_work",),
        "server/api/test_strange_pushes.py": (
            "with_a_full_house_every_door_says_when_to_come_back",
        ),
        "server/register/test_at_once.py": (
            "an_incremental_reader_misses_nothing_of_four_writers",
        ),
    },
    "a list of 100,000 is searched while typing": {
        # How fast is measured by `make bench`.
        "mobile/store/test_finding.py": (
            "a_household_is_found_by",
            "pages_of_a_list_tell_the_whole",
        ),
        "mobile/views/test_households.py": ("the_newest_search_counts_whatever_comes_back_later",),
    },
}
ROWS = 22


def _named() -> Iterator[tuple[str, str]]:
    for tests in PROTECTED_BY.values():
        for file, names in tests.items():
            yield from ((file, f"test_{name}") for name in names)


def test_every_fault_that_was_seen_elsewhere_has_a_test() -> None:
    assert len(PROTECTED_BY) == ROWS
    assert all(tests for tests in PROTECTED_BY.values())


@pytest.mark.parametrize("file", sorted({file for file, _ in _named()}))
def test_the_tests_that_protect_are_there(file: str) -> None:
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    there = {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name for place, name in _named() if place == file} <= there
