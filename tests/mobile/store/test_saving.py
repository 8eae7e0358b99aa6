"""Saving keeps what really changed, all of it or nothing, and shows it at once."""

from pathlib import Path

import pytest

from mobile.errors import FormMissing, NotReady, RecordGone
from mobile.store.saving import moment
from mobile.store.store import Store
from mobile.store.values import Draft, Edit
from shared.changes import ChangeKind
from shared.forms.logic import FormState
from shared.forms.model import QuestionType
from tests.mobile.kit import (
    GRID,
    ME,
    Office,
    StillClock,
    answered,
    change_of,
    create,
    new_store,
    reopened,
    sent,
    shown,
)

HOUSEHOLD = {"head_name": "李芳", "phone": "13900010001", "marks": ["floating"]}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


def known_household(store: Store) -> str:
    """A household that the office has, brought by a pull."""
    office, record = Office(), store.shelf.clock.new_id()
    office.write(record, dict(HOUSEHOLD))
    office.bring(store)
    return record


def test_a_saved_household_is_shown_and_found_at_once(store: Store) -> None:
    record = store.shelf.clock.new_id()

    saved = store.save([create("household", record, **HOUSEHOLD)])

    assert saved.changes == 1
    assert shown(store, record) == HOUSEHOLD
    assert [card.id for card in store.search("lf").cards] == [record]
    assert store.counts().unsent == 1


def test_only_what_really_changed_is_sent(store: Store) -> None:
    record = known_household(store)

    store.save([change_of(store, "household", record, phone="13900010002", head_name="李芳")])

    (change,) = sent(store)
    assert change.units == {"phone": "13900010002"}
    assert change.old == {"phone": "13900010001"}
    assert change.base == 1


def test_a_save_that_changes_nothing_makes_no_change(store: Store) -> None:
    record = known_household(store)

    saved = store.save([change_of(store, "household", record, **HOUSEHOLD)])

    assert saved.changes == 0
    assert sent(store) == []
    assert store.shelf.account.chain.n == 0


def test_a_multiple_choice_is_sent_as_what_was_added_and_taken_away(store: Store) -> None:
    record = known_household(store)

    store.save([change_of(store, "household", record, marks=["party_member", "unit_leader"])])

    changes = sent(store)
    assert [(change.kind, change.units) for change in changes] == [
        (ChangeKind.ADD, {"marks": ["party_member", "unit_leader"]}),
        (ChangeKind.REMOVE, {"marks": ["floating"]}),
    ]
    assert len({change.save for change in changes}) == 1
    assert shown(store, record)["marks"] == ["party_member", "unit_leader"]


def test_a_multiple_choice_that_is_only_ordered_otherwise_is_no_change(store: Store) -> None:
    record = store.shelf.clock.new_id()
    store.save([create("household", record, marks=["floating", "unit_leader"])])

    saved = store.save([change_of(store, "household", record, marks=["unit_leader", "floating"])])

    assert saved.changes == 0


def test_declining_a_multiple_choice_replaces_its_elements(store: Store) -> None:
    record = known_household(store)

    store.save([change_of(store, "household", record, marks={"missing": "declined"})])

    assert shown(store, record)["marks"] == {"missing": "declined"}


def test_the_base_is_the_version_when_the_form_was_opened(store: Store) -> None:
    record = known_household(store)
    draft = store.begin("household", record)
    office = Office()
    office.write(record, dict(HOUSEHOLD))
    office.seq = 8
    office.write(record, {"phone": "13900010009"})
    office.bring(store)

    store.save_drafts(draft.answered("phone", "13900010002"))

    (change,) = sent(store)
    assert (change.base, change.old) == (1, {"phone": "13900010001"})


def test_two_unsent_answers_of_one_worker_are_no_conflict(store: Store) -> None:
    record = known_household(store)

    store.save([change_of(store, "household", record, phone="13900010002")])
    store.save([change_of(store, "household", record, phone="13900010003")])

    assert shown(store, record)["phone"] == "13900010003"
    assert store.conflicts() == ()
    assert [change.n for change in sent(store)] == [1, 2]


def test_the_changes_of_one_save_build_on_each_other(store: Store) -> None:
    record, resident = store.shelf.clock.new_id(), store.shelf.clock.new_id()

    saved = store.save(
        [
            create("household", record, head_name="李芳"),
            create("resident", resident, household=record, name="李芳"),
            change_of(store, "household", record, people_count=1),
        ]
    )

    assert saved.changes == 3
    assert saved.records == (record, resident)
    assert shown(store, record) == {"head_name": "李芳", "people_count": 1}
    assert [member.name for member in store.members(record)] == ["李芳"]


def test_a_draft_is_reopened_where_it_was_left(tmp_path: Path, store: Store) -> None:
    record = known_household(store)
    draft = store.begin("household", record).answered("phone", "13900010002")
    store.keep(draft.with_typed("people_count", "2x"))

    store = reopened(store, tmp_path)
    again = store.begin("household", record)

    assert again.answers["phone"] == "13900010002"
    assert (again.at, again.typed) == ("people_count", {"people_count": "2x"})
    assert store.search("").cards[0].draft
    assert shown(store, record)["phone"] == "13900010001"


def test_saving_a_form_drops_its_draft(tmp_path: Path, store: Store) -> None:
    record = known_household(store)
    draft = store.keep(store.begin("household", record).answered("phone", "13900010002"))

    store.save_drafts(draft)
    store = reopened(store, tmp_path)

    assert store.drafts() == ()
    assert shown(store, record)["phone"] == "13900010002"
    assert not store.search("").cards[0].draft


def test_a_new_household_and_its_resident_are_one_save(store: Store) -> None:
    household = store.begin("household", answers=dict(HOUSEHOLD))
    resident = store.begin("resident", answers={"household": household.record, "name": "李小芳"})

    saved = store.save_drafts(
        answered(household, _owed(household, store)), answered(resident, _owed(resident, store))
    )

    assert saved.records == (household.record, resident.record)
    assert len({change.save for change in sent(store)}) == 1
    assert {change.worker for change in sent(store)} == {ME}
    assert {change.grid for change in sent(store)} == {GRID}


def test_a_form_with_a_wrong_answer_is_not_saved(store: Store) -> None:
    record = known_household(store)
    draft = store.begin("household", record).answered("people_count", -3)

    with pytest.raises(NotReady) as fault:
        store.save_drafts(draft)

    assert "people_count" in fault.value.faults
    assert sent(store) == []


def test_a_fault_that_was_there_before_does_not_keep_her_from_saving(store: Store) -> None:
    office, record = Office(), store.shelf.clock.new_id()
    office.write(record, {"head_name": "李芳", "people_count": -3})
    office.bring(store)

    store.save_drafts(store.begin("household", record).answered("needs", "轮椅坡道"))

    assert [change.units for change in sent(store)] == [{"needs": "轮椅坡道"}]


def test_a_form_that_has_not_come_yet_cannot_be_opened(store: Store) -> None:
    with pytest.raises(FormMissing):
        store.begin("case")


def test_a_record_that_is_not_here_cannot_be_opened(store: Store) -> None:
    with pytest.raises(RecordGone):
        store.begin("household", store.shelf.clock.new_id())


def test_a_deletion_is_shown_and_can_be_taken_back(store: Store) -> None:
    record = known_household(store)

    store.save([Edit(kind=ChangeKind.DELETE, record=record, record_kind="household")])
    gone = store.search("").total
    store.save([Edit(kind=ChangeKind.RESTORE, record=record, record_kind="household")])

    assert (gone, store.search("").total) == (0, 1)


def test_ids_and_times_come_from_the_devices_clock(tmp_path: Path) -> None:
    clock = StillClock()
    store = new_store(tmp_path, clock=clock)

    store.save([create("household", clock.new_id(), head_name="李芳")])

    (change,) = sent(store)
    assert (change.at, change.boot, change.mono) == (clock.wall, "boot-1", clock.mono)


def _owed(draft: Draft, store: Store) -> dict[str, object]:
    """Answers to what the form still asks for."""
    form = store.form(draft.kind)
    assert form is not None
    state = FormState(form, draft.answers, moment(draft.started))
    answers = {QuestionType.INTEGER: 1, QuestionType.DATE: "1990-01-01", QuestionType.TEXT: "某某"}
    owed: dict[str, object] = {}
    while state.unanswered():
        question = state.question(state.unanswered()[0])
        first = question.choices[0].name if question.choices else None
        name = question.question.name
        owed[name] = first or answers.get(question.question.type, draft.record)
        state.answer(name, owed[name])
    return owed
