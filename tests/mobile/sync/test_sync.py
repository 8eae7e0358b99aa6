"""Two phones and the real server: what is saved arrives once, and comes back to everybody."""

import fcntl
from collections import deque
from typing import NamedTuple

import pytest

from mobile.sync.report import SyncProgress, SyncReport, SyncState, SyncStep
from tests.mobile.field import Fault, Field, differences, synced
from tests.mobile.kit import change_of, create, shown


class Usage(NamedTuple):
    free: int


def test_a_first_sync_brings_her_grid_and_nothing_else(field: Field) -> None:
    phone = field.phone()
    here, elsewhere = phone.clock.new_id(), phone.clock.new_id()
    field.write(here, head_name="李芳", phone="13900010001", people_count=2)
    field.write(elsewhere, grid="g2", head_name="赵刚", phone="13900010002")

    report = synced(phone)

    assert report.received == 1
    assert [card.head_name for card in phone.store.search("").cards] == ["李芳"]
    assert phone.store.form("household") is not None
    assert phone.device.status().first_sync_complete
    assert differences(phone, field) == []
    assert all(b"\xe8\xb5\xb5\xe5\x88\x9a" not in reply for reply in phone.line.replies)


def test_work_goes_from_one_phone_to_the_other(field: Field) -> None:
    a, b = field.phone("W1"), field.phone("W2")
    household = a.clock.new_id()
    synced(a)
    a.store.save([create("household", household, head_name="李芳", phone="13900010001")])

    sent = synced(a)
    received = synced(b)

    assert (sent.sent, sent.left, received.received) == (1, 0, 1)
    assert shown(b.store, household)["head_name"] == "李芳"
    assert a.store.counts().unsent == 0
    assert differences(a, field) == differences(b, field) == []
    values = b.store.record(household)
    assert values is not None
    assert values.units["head_name"].values[0].worker_name == "工W1"


def test_two_phone_numbers_are_both_kept_and_other_answers_merged(field: Field) -> None:
    a, b = field.phone("W1"), field.phone("W2")
    household = a.clock.new_id()
    field.write(household, head_name="李芳", phone="13900010001")
    synced(a)
    synced(b)
    a.store.save([change_of(a.store, "household", household, phone="13900010002", people_count=4)])
    b.store.save(
        [change_of(b.store, "household", household, phone="13900010003", landlord_name="赵刚")]
    )

    synced(a)
    report = synced(b)
    synced(a)

    assert report.conflicts == 1
    for phone in (a, b):
        (conflict,) = phone.store.conflicts()
        assert {v.value for v in conflict.unit.values} == {"13900010002", "13900010003"}
        assert {v.worker_name for v in conflict.unit.values} == {"工W1", "工W2"}
        assert shown(phone.store, household)["people_count"] == 4
        assert shown(phone.store, household)["landlord_name"] == "赵刚"
    assert differences(a, field) == differences(b, field) == []


def test_a_lost_reply_changes_nothing_twice(field: Field) -> None:
    phone = field.phone()
    synced(phone)
    household = phone.clock.new_id()
    phone.store.save([create("household", household, head_name="李芳")])
    phone.line.plan = deque([Fault.LOSE_REPLY])

    lost = phone.device.sync()
    still_unsent = phone.store.counts().unsent
    again = synced(phone)

    assert (lost.state, still_unsent) == (SyncState.OFFLINE, 1)
    assert (again.sent, again.conflicts, phone.store.conflicts()) == (1, 0, ())
    history = field.town.services.register.history(field.town.who.town, household)
    assert len(history) == 1
    assert differences(phone, field) == []


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.NONE])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_whatever_the_line_does_nothing_is_lost(field: Field, fault: Fault, place: int) -> None:
    phone = field.phone()
    office, mine = phone.clock.new_id(), phone.clock.new_id()
    field.write(office, head_name="李芳")
    phone.store.save([create("household", mine, head_name="王强")])
    phone.line.plan = deque([Fault.NONE] * place + [fault])

    report = phone.device.sync()
    unfinished = report.state is not SyncState.DONE
    still_shown = shown(phone.store, mine)
    synced(phone)

    assert unfinished is (fault is not Fault.DOUBLE)
    assert report.words.zh
    assert report.words.en
    assert still_shown["head_name"] == "王强"
    assert differences(phone, field) == []
    assert len(field.town.services.register.history(field.town.who.town, mine)) == 1
    assert phone.store.counts().unsent == 0


def test_a_busy_server_says_when_to_come_back(field: Field) -> None:
    phone = field.phone()
    phone.line.plan = deque([Fault.BUSY])

    report = phone.device.sync()

    assert (report.state, report.retry_after) == (SyncState.SERVER_BUSY, 7)


def test_without_a_line_the_report_says_so_and_what_waits(field: Field) -> None:
    phone = field.phone()
    phone.store.save([create("household", phone.clock.new_id(), head_name="李芳")])
    phone.line.down = True

    report = phone.device.sync()
    status = phone.device.status()

    assert (report.state, report.left) == (SyncState.OFFLINE, 1)
    assert (status.unsent, status.last_sync) == (1, None)
    assert "1" in status.words.zh
    assert not status.first_sync_complete


def test_a_first_sync_that_broke_off_goes_on_after_a_restart(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mobile.sync.rounds.PAGE_MAX", 3)
    phone = field.phone()
    for n in range(10):
        field.write(phone.clock.new_id(), head_name=f"户{n}")
    phone.line.plan = deque([Fault.NONE] * 7 + [Fault.LOSE_REPLY])

    broken = phone.device.sync()
    usable = phone.store.search("").total
    complete = phone.device.status().first_sync_complete
    phone.restart()
    before = len(phone.line.asked)
    synced(phone)

    assert broken.state is SyncState.OFFLINE
    assert 0 < usable < 10
    assert not complete
    assert phone.store.search("").total == 10
    assert phone.device.status().first_sync_complete
    snapshots = [path for path in phone.line.asked[before:] if "snapshot" in path]
    assert len(snapshots) < 4  # it did not begin again


def test_a_sync_with_nothing_to_do_is_one_request(field: Field) -> None:
    phone = field.phone()
    synced(phone)
    phone.line.asked.clear()

    report = synced(phone)

    assert phone.line.asked == ["POST /v1/pull"]
    assert (report.sent, report.received) == (0, 0)


def test_large_work_goes_in_batches_and_progress_is_told(field: Field) -> None:
    phone = field.phone()
    for start in range(0, 1200, 200):
        phone.store.save(
            [
                create("household", phone.clock.new_id(), head_name=f"户{start + n}")
                for n in range(200)
            ]
        )
    told: list[SyncProgress] = []

    report = phone.device.sync(told.append)

    assert report.sent == 1200
    assert phone.line.asked.count("POST /v1/push") == 3
    sending = [progress.done for progress in told if progress.step is SyncStep.SENDING]
    assert sending == [400, 800, 1200]
    assert differences(phone, field) == []


def test_an_edit_made_while_a_sync_runs_is_sent_by_it(field: Field) -> None:
    phone = field.phone()
    synced(phone)
    household = phone.clock.new_id()

    def save_meanwhile(request: object) -> None:
        phone.line.before = None
        phone.store.save([create("household", household, head_name="李芳")])

    phone.line.before = save_meanwhile
    report = synced(phone)

    assert (report.sent, report.left) == (1, 0)
    assert differences(phone, field) == []


def test_two_syncs_at_once_are_one(field: Field) -> None:
    phone = field.phone()
    inner: list[SyncReport] = []

    def sync_again(request: object) -> None:
        phone.line.before = None
        inner.append(phone.device.sync())

    phone.line.before = sync_again
    synced(phone)

    assert [report.state for report in inner] == [SyncState.ALREADY_RUNNING]


def test_a_sync_of_another_process_holds_this_one_off(field: Field) -> None:
    phone = field.phone()
    lock = phone.home / "accounts" / phone.account / "sync.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        held = phone.device.sync()

    assert held.state is SyncState.ALREADY_RUNNING
    synced(phone)


def test_a_full_disk_sends_but_does_not_receive(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = field.phone()
    phone.store.save([create("household", phone.clock.new_id(), head_name="李芳")])
    monkeypatch.setattr("mobile.files.shutil.disk_usage", lambda _: Usage(1000))

    report = phone.device.sync()

    assert (report.state, report.sent, report.left) == (SyncState.DISK_FULL, 1, 0)
    assert "POST /v1/pull" not in phone.line.asked


def test_a_refused_change_is_told_and_the_rest_goes_on(field: Field) -> None:
    phone = field.phone()
    synced(phone)
    phone.store.save([create("unknown_kind", phone.clock.new_id(), name="x")])
    household = phone.clock.new_id()
    phone.store.save([create("household", household, head_name="李芳")])

    report = synced(phone)

    assert (report.sent, report.refused) == (2, 1)
    (refused,) = phone.store.trouble()
    assert refused.reason is not None
    assert field.record(household) is not None
    assert phone.store.counts().unsent == 0
    assert differences(phone, field) == []


def test_a_clock_that_is_years_off_changes_nothing_but_is_told(field: Field) -> None:
    a, b = field.phone("W1"), field.phone("W2")
    a.clock.wall -= 3 * 365 * 24 * 3_600_000
    household = b.clock.new_id()
    field.write(household, head_name="李芳", access_note="旧")
    synced(b)
    report = synced(a)
    b.store.save([change_of(b.store, "household", household, access_note="先")])
    for each in (a.clock, b.clock):
        each.tick(60_000)
    field.town.clock.at += 60_000
    a.store.save([change_of(a.store, "household", household, access_note="后")])

    synced(a)
    synced(b)
    synced(a)

    assert report.clock_off_hours > 26_000
    assert "时间" in report.words.zh
    assert shown(a.store, household)["access_note"] == "后"
    assert shown(b.store, household)["access_note"] == "后"
