"""What the office did not take is opened again, with her answers over what stands now."""

from pathlib import Path

import pytest

from mobile.store.again import can_be_edited
from mobile.store.store import Store
from mobile.store.values import Edit, OutboxState
from shared.changes import ChangeKind
from shared.wire import Problem, Result, Words
from tests.mobile.kit import Office, change_of, create, new_store, reopened, shown, tell

HOUSEHOLD = "01999999-0000-7000-8000-0000000000e1"
PERSON = "01999999-0000-7000-8000-0000000000f1"
NO = Problem("returned", Words("请补门牌", "Add the plate"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store, office = new_store(tmp_path), Office()
    office.write(HOUSEHOLD, {"head_name": "李芳", "phone": "13900010001", "marks": ["floating"]})
    office.bring(store)
    return store


def refuse_all(store: Store) -> None:
    tell(store, [Result(n, "rejected", problem=NO) for n in range(1, len(store.outbox()) + 1)])


def test_a_changed_answer_is_there_again_and_can_be_sent_anew(store: Store) -> None:
    store.save([change_of(store, "household", HOUSEHOLD, phone="13900014477")])
    refuse_all(store)
    assert shown(store, HOUSEHOLD)["phone"] == "13900010001"

    (sent,) = store.trouble()
    draft = store.edit_again(sent)

    assert draft.answers["phone"] == "13900014477"
    assert draft.opened["phone"] == "13900010001"
    assert store.trouble() == ()
    store.save_drafts(draft)
    assert shown(store, HOUSEHOLD)["phone"] == "13900014477"
    assert [one.state for one in store.outbox()] == [OutboxState.PENDING]


def test_what_was_opened_again_survives_the_end_of_the_app(store: Store, tmp_path: Path) -> None:
    store.save([change_of(store, "household", HOUSEHOLD, phone="13900014477")])
    refuse_all(store)
    store.edit_again(store.trouble()[0])

    store = reopened(store, tmp_path)

    assert [draft.answers["phone"] for draft in store.drafts()] == ["13900014477"]


def test_marks_that_were_added_and_taken_away_are_so_again(store: Store) -> None:
    edit = Edit(
        kind=ChangeKind.SET,
        record=HOUSEHOLD,
        record_kind="household",
        units={"marks": ["building_leader"]},
    )
    store.save([edit])
    refuse_all(store)
    added, removed = sorted(store.trouble(), key=lambda one: one.kind)
    assert (added.kind, removed.kind) == (ChangeKind.ADD, ChangeKind.REMOVE)

    store.edit_again(added)
    draft = store.edit_again(removed)

    assert draft.answers["marks"] == ["building_leader"]


def test_a_new_person_keeps_her_id_for_those_who_name_it(store: Store) -> None:
    store.save([create("resident", PERSON, household=HOUSEHOLD, name="李强")])
    refuse_all(store)
    assert store.record(PERSON) is None

    draft = store.edit_again(store.trouble()[0])

    assert (draft.record, draft.new, draft.answers["name"]) == (PERSON, True, "李强")
    assert draft.answers["household"] == HOUSEHOLD


def test_a_deletion_has_no_form_to_open(store: Store) -> None:
    store.save([Edit(kind=ChangeKind.DELETE, record=HOUSEHOLD, record_kind="household")])
    refuse_all(store)

    assert [can_be_edited(one) for one in store.trouble()] == [False]
