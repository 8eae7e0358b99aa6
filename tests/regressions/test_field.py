"""Faults that field apps and sync engines are known for, and which this one must not have.

Each test is named after what it protects; test_rows.py lists them all.
"""

from collections.abc import Sequence
from itertools import permutations

import pytest

from mobile.store import contact, inbound
from mobile.store.database import driver_of
from mobile.store.inbound import Taken
from mobile.store.shelf import Shelf
from mobile.store.values import Edit
from mobile.sync.report import SyncState
from shared.changes import Answer, ChangeKind
from shared.wire import Page
from tests.mobile.field import Fault, Field, Phone, differences, synced
from tests.mobile.kit import answered, change_of, create, shown
from tests.simulator.judged import found_in
from tests.simulator.phone import SimPhone
from tests.simulator.settled import a_world

EDITS: tuple[dict[str, Answer], ...] = (
    {"phone": "13900010001", "head_name": "李芳"},
    {"phone": "13900010002", "people_count": 2},
    {"access_note": "后门", "marks": ["floating"]},
    {"last_seen": "2026-03-04", "head_name": "王强"},
)
MANY_VISITS = 500


def household_known_to(field: Field, *phones: Phone, **units: Answer) -> str:
    record = phones[0].clock.new_id()
    field.write(record, "household", grid="g1", **units)
    for phone in phones:
        synced(phone)
    return record


def edit(device: Phone | SimPhone, record: str, /, **units: Answer) -> None:
    device.store.save([change_of(device.store, "household", record, **units)])


def values(field: Field, record: str, unit: str) -> set[Answer]:
    known = field.record(record)
    assert known is not None
    return {candidate.value for candidate in known.units[unit]}


def conflicts(field: Field) -> list[str]:
    register, admin = field.town.services.register, field.admin
    return [each.unit for each in register.open_conflicts(admin.town, admin.grids)]


def test_a_lost_last_acknowledgement_makes_no_duplicate_and_no_false_conflict(field: Field) -> None:
    phone = field.phone()
    record = household_known_to(field, phone, phone="13900010001")
    edit(phone, record, phone="13900010002")
    phone.line.plan.append(Fault.LOSE_REPLY)
    assert phone.device.sync().state is SyncState.OFFLINE
    edit(phone, record, phone="13900010003")

    synced(phone)

    assert values(field, record, "phone") == {"13900010003"}
    assert conflicts(field) == []
    steps = field.town.services.register.history(field.town.who.town, record)
    assert len(steps) == 3


def test_an_update_of_a_record_deleted_elsewhere_holds_nothing_up_and_is_kept(field: Field) -> None:
    a, b = field.phone("W1"), field.phone("W2")
    record = household_known_to(field, a, b, phone="13900010001")
    b.store.save([Edit(kind=ChangeKind.DELETE, record=record, record_kind="household")])
    synced(b)
    edit(a, record, phone="13900010002")
    later = a.clock.new_id()
    a.store.save([create("household", later, head_name="王强")])

    report = synced(a)

    assert (report.sent, report.left) == (2, 0)
    assert field.record(later) is not None
    assert values(field, record, "phone") == {"13900010002"}
    assert conflicts(field) == ["@deleted"]
    assert shown(a.store, record)["phone"] == "13900010002"


def test_a_pull_that_fails_half_way_overwrites_nothing_with_emptiness(field: Field) -> None:
    phone = field.phone()
    record = household_known_to(field, phone, phone="13900010001")
    edit(phone, record, access_note="后门")
    for number in range(60):
        field.write(phone.clock.new_id(), head_name=f"户{number}", access_note="长" * 2000)
    shelf = phone.store.shelf
    with shelf.database.reading() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + 8}")

    assert phone.device.sync().state is SyncState.DISK_FULL

    stands = shown(phone.store, record)
    assert (stands["phone"], stands["access_note"]) == ("13900010001", "后门")
    assert values(field, record, "phone") == {"13900010001"}
    with shelf.database.reading() as conn:
        conn.exec_driver_sql("PRAGMA max_page_count = 1000000")
    synced(phone)
    assert differences(phone, field) == []


def test_the_result_does_not_depend_on_who_presses_sync_first() -> None:
    outcomes = [_synced_in(order) for order in permutations(range(3))]

    assert all(outcome == outcomes[0] for outcome in outcomes)
    assert any(len(found) > 1 for unit in outcomes[0] for found in unit.values())


def _synced_in(order: Sequence[int]) -> list[dict[str, set[str]]]:
    """Three phones with four offline edits each sync in that order: what is left."""
    with a_world(0) as world:
        for phone in world.phones:
            phone.sync()
        for number, phone in enumerate(world.phones):
            for turn in range(len(EDITS)):
                edit(phone, world.households[turn % 2], **EDITS[(turn + number) % len(EDITS)])
        for number in order:
            world.phones[number].sync()
        return [_candidates(world.made, record) for record in world.households[:2]]


def _candidates(made: Field, record: str) -> dict[str, set[str]]:
    known = made.record(record)
    assert known is not None
    return {unit: set(candidates) for unit, candidates in found_in(known).items()}


def test_there_and_back_again_at_the_office_hides_no_edit_made_meanwhile(field: Field) -> None:
    phone = field.phone()
    record = household_known_to(field, phone, phone="13900010001")
    field.write(record, phone="13900010002")
    field.write(record, phone="13900010001")
    edit(phone, record, phone="13900010003")

    synced(phone)

    assert values(field, record, "phone") == {"13900010001", "13900010003"}
    assert conflicts(field) == ["phone"]


def test_an_answer_that_was_only_shown_is_never_sent(field: Field) -> None:
    phone = field.phone()
    record = household_known_to(field, phone, phone="13900010001", head_name="李芳")
    draft = answered(phone.store.begin("household", record), {"people_count": 3})
    field.write(record, phone="13900010002", head_name="王强")
    phone.store.save_drafts(draft)

    synced(phone)

    assert values(field, record, "phone") == {"13900010002"}
    assert values(field, record, "head_name") == {"王强"}
    step = field.town.services.register.history(field.town.who.town, record)[-1]
    assert {each.unit for each in step.units} == {"people_count"}


def test_a_remote_edit_of_one_answer_survives_a_local_edit_of_another(field: Field) -> None:
    a, b = field.phone("W1"), field.phone("W2")
    record = household_known_to(field, a, b, phone="13900010001", head_name="李芳")
    edit(a, record, phone="13900010002")
    edit(b, record, head_name="王强")

    for phone in (a, b, a):
        synced(phone)

    for phone in (a, b):
        assert (shown(phone.store, record)["phone"], shown(phone.store, record)["head_name"]) == (
            "13900010002",
            "王强",
        )
    assert conflicts(field) == []


def test_an_answer_that_comes_after_a_later_one_is_not_taken(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, answers = field.phone(), []
    record = household_known_to(field, phone, phone="13900010001")
    real = inbound.take_page

    def remembering(shelf: Shelf, page: Page, asked: str | None) -> Taken:
        answers.append((page, asked))
        return real(shelf, page, asked)

    monkeypatch.setattr(inbound, "take_page", remembering)
    field.write(record, phone="13900010002")
    synced(phone)
    field.write(record, phone="13900010003")
    synced(phone)
    shelf = phone.store.shelf
    (early, asked), now = answers[0], contact.cursor(shelf)

    assert real(shelf, early, asked).stale
    assert contact.cursor(shelf) == now
    assert shown(phone.store, record)["phone"] == "13900010003"

    assert not real(shelf, early, now).stale, "as if nobody looked which question it answers"
    assert contact.cursor(shelf) != now
    assert shown(phone.store, record)["phone"] == "13900010002"


def test_work_left_on_an_old_phone_arrives_after_its_worker_has_a_new_one(field: Field) -> None:
    old = field.phone("W1")
    record = household_known_to(field, old, phone="13900010001")
    edit(old, record, access_note="后门")
    new = field.phone("W1")
    synced(new)
    edit(new, record, phone="13900010002")
    synced(new)

    report = synced(old)
    synced(new)

    assert (report.sent, report.refused) == (1, 0)
    assert shown(new.store, record)["access_note"] == "后门"
    assert shown(old.store, record)["phone"] == "13900010002"
    assert conflicts(field) == []


def test_an_edit_made_right_after_a_sync_is_noticed(field: Field) -> None:
    a, b = field.phone("W1"), field.phone("W2")
    record = household_known_to(field, a, b, phone="13900010001")
    synced(a)
    edit(a, record, phone="13900010002")  # in the same millisecond: the clock stands still
    assert synced(a).sent == 1
    field.write(record, access_note="后门")

    assert synced(a).received == 1
    synced(b)
    assert shown(b.store, record)["phone"] == "13900010002"


def test_every_offline_step_is_in_the_history_and_not_only_the_last(field: Field) -> None:
    phone = field.phone()
    record = household_known_to(field, phone, phone="13900010001")
    for last in "234":
        edit(phone, record, phone=f"1390001000{last}")

    synced(phone)

    steps = field.town.services.register.history(field.town.who.town, record)
    told = [each.written for step in steps for each in step.units if each.unit == "phone"]
    assert told == [f"1390001000{last}" for last in "1234"]


def test_a_household_with_500_visits_opens_with_the_same_few_statements(field: Field) -> None:
    phone = field.phone()
    few, many = (household_known_to(field, phone, head_name=name) for name in ("李芳", "王强"))
    for record, visits in ((few, 5), (many, MANY_VISITS)):
        made = [
            create("visit", phone.clock.new_id(), household=record, outcome="done")
            for _ in range(visits)
        ]
        for start in range(0, visits, 100):
            phone.store.save(made[start : start + 100])

    assert _statements_to_open(phone, many) == _statements_to_open(phone, few)
    assert len(phone.store.visits(many, limit=MANY_VISITS)) == MANY_VISITS


def _statements_to_open(phone: Phone, record: str) -> int:
    seen: list[str] = []
    with phone.store.shelf.database.reading() as conn:
        driver = driver_of(conn)
    driver.set_trace_callback(seen.append)
    try:
        assert phone.store.record(record) is not None
        assert phone.store.household(record) is not None
        assert phone.store.visits(record)
    finally:
        driver.set_trace_callback(None)
    return len(seen)
