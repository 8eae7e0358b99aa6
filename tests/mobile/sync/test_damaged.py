"""Rows of a phone's own file that no longer open: told in words, had again, and in nobody's way."""

import pytest

from mobile.errors import DamagedRow, FormMissing
from mobile.store.asked import asked
from tests.mobile.field import Field, Phone, synced
from tests.mobile.kit import change_of, create, shown
from tests.mobile.sync.a_harmed_row import damage
from tests.mobile.sync.test_asked import ask
from tests.mobile.sync.test_recovery import dump, put_back


@pytest.fixture
def phone(phone_that_synced: Phone) -> Phone:
    return phone_that_synced


def test_a_record_that_lists_still_show_and_that_does_not_open_comes_with_the_next_sync(
    field: Field, phone: Phone
) -> None:
    record = phone.clock.new_id()
    field.write(record, head_name="李芳")
    synced(phone)
    phone.store.known.write_down()
    damage(phone, "shadow", f"id = '{record}'")

    with pytest.raises(DamagedRow):
        phone.store.begin("household", record)
    synced(phone)
    draft = phone.store.begin("household", record)
    phone.store.save_drafts(draft.answered("head_name", "李芳芳"))

    assert shown(phone.store, record)["head_name"] == "李芳芳"


def test_a_form_that_does_not_open_comes_again_and_costs_no_record(
    field: Field, phone: Phone
) -> None:
    record = phone.clock.new_id()
    field.write(record, head_name="李芳")
    synced(phone)
    damage(phone, "kept", "name LIKE 'form/household/%'")

    with pytest.raises(FormMissing):
        phone.store.begin("household", record)
    listed = phone.store.search("").total
    report = synced(phone)

    assert (listed, report.received) == (1, 0)
    assert phone.store.begin("household", record).answers["head_name"] == "李芳"


def test_what_waits_for_its_record_and_does_not_open_stops_no_sync(
    field: Field, phone: Phone
) -> None:
    waits = change_of(phone.store, "household", phone.clock.new_id(), head_name="甲")
    phone.store.save([waits])
    held = synced(phone).held
    damage(phone, "outbox", "n = 1")
    record = phone.clock.new_id()
    phone.store.save([create("household", record, head_name="乙")])

    synced(phone)

    assert held == 1
    assert field.record(record) is not None


def test_work_goes_on_behind_a_received_change_that_does_not_open(
    field: Field, phone: Phone
) -> None:
    first, second = phone.clock.new_id(), phone.clock.new_id()
    phone.store.save([create("household", first, head_name="甲")])
    synced(phone)
    phone.store.save([create("household", second, head_name="乙")])
    damage(phone, "outbox", "n = 1")

    synced(phone)

    assert field.record(second) is not None


def test_a_restored_server_is_given_all_that_still_opens(field: Field, phone: Phone) -> None:
    kept = dump(field)
    records = [phone.clock.new_id() for _ in range(3)]
    for record in records:
        phone.store.save([create("household", record, head_name="甲")])
    synced(phone)
    damage(phone, "outbox", "n = 2")
    put_back(field, kept)

    synced(phone)

    assert [field.record(record) is not None for record in records] == [True, False, True]


def test_an_answer_of_the_office_that_does_not_open_leaves_the_lists_as_they_are(
    phone: Phone,
) -> None:
    waits = change_of(phone.store, "household", phone.clock.new_id(), head_name="甲")
    phone.store.save([waits])
    synced(phone)
    damage(phone, "outbox", "n = 1", "result")
    damage(phone, "kept", "name = 'last_report'")

    status, trouble = phone.device.status(), phone.store.trouble()

    assert status.held == len(trouble) == 1


def test_a_question_that_does_not_open_is_asked_again_after_the_next_sync(
    field: Field, phone: Phone
) -> None:
    household = phone.clock.new_id()
    field.write(household, head_name="李芳", phone="13900010001")
    question = ask(field, phone, household, "请当面核实电话")
    synced(phone)
    phone.store.known.write_down()
    damage(phone, "shadow", f"id = '{question}'")

    before = asked(phone.store.shelf)
    synced(phone)

    assert before == ()
    assert [one.id for one in asked(phone.store.shelf)] == [question]
