"""Building leaders: they report and hear what came of it; the register never reaches them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mobile.store.values import Edit
from mobile.sync.report import SyncState
from server.forms.builtin import work_forms
from server.office.assignments import assign, assignments, end_assignment
from server.office.people import AccountIdentity
from server.office.roles import Role
from server.work.steps import Steps
from shared.changes import Answer, ChangeKind
from tests.mobile.field import Field, Phone, a_field, differences, shadows, synced
from tests.mobile.kit import change_of
from tests.mobile.sync.a_harmed_row import damage


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Field]:
    """A town that works with cases, where a household is known to the office."""
    with a_field(tmp_path) as field:
        for form in work_forms().values():
            field.town.services.register.publish_form(field.town.who.town, form)
        field.write("00000000-0000-7000-8000-00000000aaaa", head_name="李芳", phone="13900001111")
        yield field


def becomes(field: Field, worker: str, role: Role) -> None:
    """From now on the worker is that, and nothing else, in grid g1."""
    field.town.clock.at += 60_000
    with field.town.act() as act:
        for duty in assignments(act.conn, field.town.who, field.workers[worker]):
            if duty.valid_to is None:
                end_assignment(act, duty.id)
        assign(act, field.workers[worker], field.grid(), role=role)


def a_building_leader(field: Field) -> Phone:
    phone = field.phone("L1")
    becomes(field, "L1", Role.BUILDING_LEADER)
    phone.clock.tick(60_000)
    synced(phone)
    return phone


def report(phone: Phone, text: str) -> str:
    draft = phone.store.begin(
        "case",
        answers={"case_kind": "hazard", "urgency": "urgent", "text": text},
    )
    phone.store.save_drafts(draft)
    return draft.record


def leader_of(field: Field) -> AccountIdentity:
    return field.town.account("leader", Role.GRID_LEADER, "g1")


def test_nothing_of_the_register_reaches_a_building_leaders_phone(street: Field) -> None:
    phone = a_building_leader(street)
    street.write("00000000-0000-7000-8000-00000000bbbb", head_name="王强")

    synced(phone)

    assert [area.light for area in phone.store.areas()] == [True]
    assert shadows(phone) == {}
    assert phone.store.search("").total == 0
    assert not any("/v1/sums" in asked for asked in phone.line.asked)


def test_what_was_reported_comes_back_with_its_result_and_other_peoples_cases_do_not(
    street: Field,
) -> None:
    phone, colleague = a_building_leader(street), street.phone("W1")
    synced(colleague)
    other = report(colleague, "垃圾未清")
    synced(colleague)
    case = report(phone, "楼道堆物")
    synced(phone)
    services = street.town.services
    steps = Steps(services.register, services.engine, services.clock)
    steps.take(leader_of(street), case, "close", {"text": "已清走"}, turn=0)

    synced(phone)
    synced(colleague)

    mine = phone.store.known.work.case(case, phone.clock.now())
    assert mine is not None
    assert not mine.standing.is_open
    assert [step.text("text") for step in mine.steps.values()] == ["已清走"]
    assert phone.store.known.work.one(other) is None
    assert {record.kind for record in shadows(phone).values()} == {"case", "case_step"}
    assert differences(colleague, street) == []


def test_a_building_leaders_phone_writes_reports_and_nothing_else(street: Field) -> None:
    phone = a_building_leader(street)
    home = "00000000-0000-7000-8000-00000000aaaa"
    case = report(phone, "楼道堆物")
    step = phone.clock.new_id()
    own: dict[str, Answer] = {"case": case, "action": "close", "level": "grid", "turn": "0"}
    made = Edit(kind=ChangeKind.CREATE, record=step, record_kind="case_step", units=own)
    new = Edit(
        kind=ChangeKind.CREATE,
        record=phone.clock.new_id(),
        record_kind="household",
        units={"head_name": "赵六"},
    )
    guess = Edit(
        kind=ChangeKind.SET, record=home, record_kind="household", units={"phone": "13900009999"},
        grid=street.grid(),
    )  # fmt: skip
    for edit in (made, new, guess):
        phone.store.save([edit])

    synced(phone)

    trouble = phone.store.trouble()
    assert len(trouble) == 3
    assert all(one.reason is not None and "不在您" in one.reason.zh for one in trouble)
    assert street.record(case) is not None
    assert street.record(step) is None
    known = street.record(home)
    assert known is not None
    assert known.units["phone"][0].value == "13900001111"


def test_who_becomes_a_building_leader_keeps_no_household_and_back_again_gets_all(
    street: Field,
) -> None:
    phone = street.phone("W1")
    synced(phone)
    before = phone.store.search("").total
    becomes(street, "W1", Role.BUILDING_LEADER)
    phone.clock.tick(60_000)

    synced(phone)
    as_leader = (phone.store.search("").total, shadows(phone))
    becomes(street, "W1", Role.WORKER)
    phone.clock.tick(60_000)
    synced(phone)

    assert before == 1
    assert as_leader == (0, {})
    assert phone.store.search("").total == 1
    assert differences(phone, street) == []


def test_a_second_duty_as_worker_counts_more(street: Field) -> None:
    phone = a_building_leader(street)
    with street.town.act() as act:
        assign(act, street.workers["L1"], street.grid())

    synced(phone)

    assert [area.light for area in phone.store.areas()] == [False]
    assert phone.store.search("").total == 1
    home = "00000000-0000-7000-8000-00000000aaaa"
    phone.store.save([change_of(phone.store, "household", home, phone="13900002222")])
    assert phone.device.sync().state in (SyncState.DONE, SyncState.ALREADY_RUNNING)


def test_an_own_report_that_does_not_open_comes_again_though_no_checksum_tells(
    street: Field,
) -> None:
    phone = a_building_leader(street)
    case = report(phone, "楼道堆物")
    synced(phone)
    damage(phone, "shadow", f"id = '{case}'")

    lost = phone.store.known.work.one(case)
    synced(phone)

    assert lost is None
    assert phone.store.record(case) is not None
