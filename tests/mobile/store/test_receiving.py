"""What the office sends replaces the shadow under this device's work, and never hides it."""

from pathlib import Path

import msgspec
import pytest

from mobile.store import contact, inbound, outbound
from mobile.store.store import Store
from mobile.store.values import Edit
from shared.changes import ChangeKind
from shared.codec import packed
from shared.forms.model import encode_form
from shared.wire import Area, Gone, Problem, Result, Words
from tests.mobile.kit import (
    FORMS,
    GRID,
    ME,
    OTHER,
    OTHER_GRID,
    Office,
    change_of,
    create,
    reopened,
    shown,
    tell,
)


def overlay(store: Store) -> list[int]:
    return [entry.n for record in store.shelf.overlaid() for entry in store.shelf.laid_over(record)]


def version(store: Store, record: str) -> int:
    view = store.record(record)
    assert view is not None
    return view.version


def test_a_pull_replaces_the_shadow_under_unsent_work(
    store: Store, office: Office, household: str
) -> None:
    store.save([change_of(store, "household", household, phone="13900010002")])
    office.write(household, {"landlord_name": "赵刚"})

    office.bring(store, since=1)

    assert shown(store, household)["phone"] == "13900010002"
    assert shown(store, household)["landlord_name"] == "赵刚"
    assert overlay(store) == [1]


def test_an_edit_stays_in_view_between_its_receipt_and_the_next_pull(
    store: Store, office: Office, household: str
) -> None:
    store.save([change_of(store, "household", household, phone="13900010002")])

    office.push(store)
    after_receipt = shown(store, household)["phone"]
    still_laid_over = overlay(store)
    office.bring(store, since=1)

    assert after_receipt == "13900010002"
    assert still_laid_over == [1]
    assert overlay(store) == []
    assert shown(store, household)["phone"] == "13900010002"
    assert store.counts().unsent == 0


def test_an_older_page_does_not_end_the_overlay(
    store: Store, office: Office, household: str
) -> None:
    store.save([change_of(store, "household", household, phone="13900010002")])
    store.save([create("household", "01999999-0000-7000-8000-0000000000aa", head_name="新")])
    before = packed(office.records[household])
    office.push(store)
    page = msgspec.structs.replace(office.page(99), records=[before], more=True, cursor="c-mid")

    inbound.take_page(store.shelf, page, contact.cursor(store.shelf))

    assert overlay(store) == [1, 2]
    assert shown(store, household)["phone"] == "13900010002"


def test_what_was_superseded_meanwhile_shows_the_newer_answer(
    store: Store, office: Office, household: str
) -> None:
    store.save([change_of(store, "household", household, phone="13900010002")])
    office.push(store)
    office.write(household, {"phone": "13900010003"})

    office.bring(store, since=1)

    assert shown(store, household)["phone"] == "13900010003"
    assert store.conflicts() == ()


def test_two_answers_that_did_not_know_of_each_other_are_both_shown(
    store: Store, office: Office, household: str
) -> None:
    store.save([change_of(store, "household", household, phone="13900010002")])
    office.write(household, {"phone": "13900010003"})

    office.push(store)
    office.bring(store, since=1)

    (conflict,) = store.conflicts()
    assert conflict.unit.contested
    assert {value.value for value in conflict.unit.values} == {"13900010002", "13900010003"}
    assert {value.worker_name for value in conflict.unit.values} == {"王芳", "李强"}
    assert [value.mine for value in conflict.unit.values if value.worker == ME] == [True]
    assert conflict.household == household
    assert store.search("").cards[0].conflict


def test_a_decision_of_the_office_closes_the_conflict_here(
    store: Store, office: Office, household: str
) -> None:
    store.save([change_of(store, "household", household, phone="13900010002")])
    office.write(household, {"phone": "13900010003"})
    office.push(store)
    office.bring(store, since=1)

    office.write(household, {"phone": "13900010003"}, worker="admin")
    office.bring(store, since=3)

    assert store.conflicts() == ()
    assert shown(store, household)["phone"] == "13900010003"
    assert not store.search("").cards[0].conflict


def test_the_answer_to_an_old_question_is_ignored(
    store: Store, office: Office, household: str
) -> None:
    cursor = contact.cursor(store.shelf)
    old = office.page(0)
    office.write(household, {"phone": "13900010003"})
    office.bring(store, since=1)

    late = inbound.take_page(store.shelf, old, cursor)

    assert late.stale
    assert shown(store, household)["phone"] == "13900010003"
    assert contact.cursor(store.shelf) == "c2"


def test_a_page_that_could_not_be_kept_leaves_the_cursor(
    store: Store, office: Office, household: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.write(household, {"phone": "13900010003"})
    monkeypatch.setattr(
        "mobile.store.inbound._put_account", lambda *_: (_ for _ in ()).throw(MemoryError)
    )

    with pytest.raises(MemoryError):
        office.bring(store, since=1)

    assert contact.cursor(store.shelf) == "c1"
    assert shown(store, household)["phone"] == "13900010001"


def test_a_record_that_left_the_grid_is_dropped(
    store: Store, office: Office, household: str
) -> None:
    office.bring(store, since=9, gone=[household])

    assert store.record(household) is None
    assert store.search("").total == 0


def test_gone_from_one_grid_does_not_hide_what_came_in_another(
    store: Store, office: Office, household: str
) -> None:
    page = office.page(0)
    elsewhere = msgspec.structs.replace(page, gone=[Gone(household, OTHER_GRID)])

    inbound.take_page(store.shelf, elsewhere, contact.cursor(store.shelf))

    assert store.record(household) is not None


def test_unsent_work_on_a_record_that_left_is_still_sent(
    store: Store, office: Office, household: str
) -> None:
    store.save([change_of(store, "household", household, phone="13900010002")])

    office.bring(store, since=9, gone=[household])

    assert outbound.next_batch(store.shelf) is not None
    assert [change.record for change in store.outbox()] == [household]


def test_a_withdrawn_grid_is_dropped_only_when_its_work_is_sent(
    store: Store, office: Office, household: str
) -> None:
    store.save([change_of(store, "household", household, phone="13900010002")])
    office.bring(store, since=1, grids=[])

    inbound.drop_withdrawn(store.shelf)
    before = store.record(household)
    office.push(store)
    store.refresh(inbound.drop_withdrawn(store.shelf), by_sync=True)

    assert before is not None
    assert store.record(household) is None
    assert store.search("").total == 0
    assert contact.held_grids(store.shelf) == []
    assert store.areas() == ()


def test_a_refused_change_is_told_with_its_reason_and_blocks_nothing(
    tmp_path: Path, store: Store, office: Office, household: str
) -> None:
    store.save([change_of(store, "household", household, phone="1")])
    store.save([change_of(store, "household", household, needs="轮椅坡道")])
    words = Words("电话号码不对", "Not a phone number")
    tell(
        store, [Result(1, "rejected", problem=Problem("bad_phone", words)), Result(2, "applied", 2)]
    )

    store = reopened(store, tmp_path)

    (refused,) = store.trouble()
    assert (refused.reason, refused.units) == (words, {"phone": "1"})
    assert shown(store, household)["phone"] == "13900010001"
    assert shown(store, household)["needs"] == "轮椅坡道"
    assert outbound.next_batch(store.shelf) is None
    store.set_aside(refused.place)
    assert store.trouble() == ()


def test_a_held_change_stays_in_view_until_it_comes_back(
    store: Store, office: Office, household: str
) -> None:
    store.save([change_of(store, "household", household, phone="13900010002")])
    tell(store, [Result(1, "held")])
    held = store.trouble()
    office.write(household, {"needs": "x"})

    office.bring(store, since=1)
    during = shown(store, household)["phone"]
    tell(store, [Result(1, "applied", 2)])

    assert [change.state for change in held] == ["held"]
    assert held[0].reason is not None
    assert during == "13900010002"
    assert store.trouble() == ()


def test_a_deletion_that_had_not_seen_her_edit_waits_for_the_office(
    store: Store, office: Office, household: str
) -> None:
    office.snapshot(store)
    store.save([Edit(kind=ChangeKind.DELETE, record=household, record_kind="household")])
    office.write(household, {"phone": "13900010003"})

    office.push(store)
    office.bring(store, since=1)

    assert store.search("").total == 1
    assert [conflict.unit.unit for conflict in store.conflicts()] == ["@deleted"]
    assert store.search("").cards[0].conflict


def test_a_new_form_changes_how_records_are_shown(store: Store, household: str) -> None:
    form = FORMS["household"]
    newer = msgspec.structs.replace(form, version="test-2")
    contact.take_form(store.shelf, "household", "test-2", encode_form(newer))

    current = store.form("household")
    assert current is not None
    assert current.version == "test-2"
    assert store.form("household", form.version) is not None


def test_names_of_colleagues_come_with_the_pages(
    store: Store, office: Office, household: str
) -> None:
    assert store.person(OTHER) == "李强"
    assert store.person(ME) == "王芳"
    assert store.areas() == (Area(GRID, "网格", "330102001001001"),)
    assert version(store, household) == 1
