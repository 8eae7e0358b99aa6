"""Restored phones and restored servers: the work arrives all the same."""

import shutil
import sqlite3
from collections import deque
from pathlib import Path

import httpx
import pytest

from mobile.device import EnrolmentText
from mobile.errors import EnrolmentFailed, StoreBroken
from mobile.sync.report import SyncState
from server.commands.keeping import renew
from server.office.devices import devices
from server.office.people import DeviceStatus
from server.register.way_back import Place
from tests.mobile.field import PIN, SERVER, Fault, Field, Phone, differences, open_device, synced
from tests.mobile.kit import change_of, create, shown


def journal(field: Field, record: str) -> int:
    return len(field.town.services.register.history(field.town.who.town, record))


def copy_of(field: Field, phone: Phone) -> Phone:
    """The same phone restored from a backup of its files, or cloned."""
    phone.device.lock()
    field.made += 1
    home = field.folder / f"copy-{field.made}"
    shutil.copytree(phone.home, home)
    phone.device.unlock(phone.account, PIN)
    copy = Phone(
        open_device(home, phone.line, phone.clock), phone.line, phone.clock, home, phone.account
    )
    copy.device.unlock(copy.account, PIN)
    return copy


def test_a_phone_restored_from_a_backup_goes_on_under_a_new_id(field: Field) -> None:
    phone = field.phone()
    synced(phone)
    backup = copy_of(field, phone)
    first, second, third = (phone.clock.new_id() for _ in range(3))
    phone.store.save([create("household", first, head_name="备份后")])
    synced(phone)
    backup.store.save([create("household", second, head_name="恢复后")])
    backup.store.save([create("household", third, head_name="又一户")])

    report = synced(backup)

    assert report.sent == 2
    assert backup.known_as != phone.known_as
    assert [journal(field, record) for record in (first, second, third)] == [1, 1, 1]
    assert differences(backup, field) == []
    assert synced(phone).state is SyncState.DONE  # the other copy gets an id of its own, too
    assert differences(phone, field) == []


def test_a_lost_answer_to_a_new_incarnation_loses_no_work(field: Field) -> None:
    phone = field.phone()
    synced(phone)
    backup = copy_of(field, phone)
    phone.store.save([create("household", phone.clock.new_id(), head_name="甲")])
    synced(phone)
    record = phone.clock.new_id()
    backup.store.save([create("household", record, head_name="乙")])
    phone.line.plan = deque([Fault.NONE, Fault.LOSE_REPLY])

    broken = backup.device.sync()
    synced(backup)

    assert broken.state is SyncState.OFFLINE
    assert journal(field, record) == 1
    assert differences(backup, field) == []


def test_what_was_unsent_when_a_phone_was_copied_arrives_once(field: Field) -> None:
    phone = field.phone()
    synced(phone)
    both, one, other = (phone.clock.new_id() for _ in range(3))
    phone.store.save([create("household", both, head_name="两份里都有")])
    copy = copy_of(field, phone)
    phone.store.save([create("household", one, head_name="只在原件里")])
    synced(phone)
    copy.store.save([create("household", other, head_name="只在副本里")])

    report = synced(copy)

    assert (report.state, report.sent) == (SyncState.DONE, 2)
    assert [journal(field, record) for record in (both, one, other)] == [1, 1, 1]
    synced(phone)
    for each in (phone, copy):
        assert differences(each, field) == []
        assert each.store.counts().unsent == 0


def test_an_edit_made_while_a_copy_learns_of_the_other_stays_in_view(field: Field) -> None:
    phone = field.phone()
    household = phone.clock.new_id()
    field.write(household, head_name="李芳")
    synced(phone)
    copy = copy_of(field, phone)
    phone.store.save([change_of(phone.store, "household", household, marks=["floating"])])
    synced(phone)

    def meanwhile(request: httpx.Request) -> None:
        if request.url.path.endswith("/pull"):
            copy.line.before = None
            change = change_of(copy.store, "household", household, phone="13900010001")
            copy.store.save([change])
            copy.line.plan = deque([Fault.NONE, Fault.LOSE_REQUEST])

    copy.line.before = meanwhile
    copy.clock.tick(60_000)
    copy.device.sync()

    assert shown(copy.store, household)["phone"] == "13900010001"
    synced(copy)
    assert shown(copy.store, household)["phone"] == "13900010001"
    assert shown(copy.store, household)["marks"] == ["floating"]
    assert differences(copy, field) == []


def test_what_the_office_says_of_a_change_reaches_the_phone_under_its_new_id(field: Field) -> None:
    phone = field.phone()
    synced(phone)
    phone.store.save([create("unheard-of", phone.clock.new_id(), x=1)])
    synced(phone)
    refused = Place(phone.known_as, 1)
    copy = copy_of(field, phone)
    for each in (phone, copy):
        each.store.save([create("household", each.clock.new_id(), head_name="李芳")])
        synced(each)
    assert copy.known_as != refused.device
    field.town.services.register.way_back.give_back(field.admin, refused, "请改用人员登记表")

    synced(copy)

    [trouble] = copy.store.trouble()
    assert trouble.record_kind == "unheard-of"
    assert trouble.reason is not None
    assert "请改用人员登记表" in trouble.reason.zh


def test_what_a_restored_server_lost_comes_back_though_a_copy_has_its_number_now(
    field: Field,
) -> None:
    phone = field.phone()
    synced(phone)
    copy = copy_of(field, phone)
    before, lost, other, last = (phone.clock.new_id() for _ in range(4))
    kept = dump(field)
    phone.store.save([create("household", before, head_name="服务器恢复后没有了")])
    phone.store.save([create("household", lost, head_name="这一户也是")])
    synced(phone)
    put_back(field, kept)
    copy.store.save([create("household", other, head_name="副本的第一户")])
    synced(copy)
    phone.store.save([create("household", last, head_name="还没有上传过")])

    synced(phone)

    assert [journal(field, each) for each in (before, lost, other, last)] == [1, 1, 1, 1]
    assert phone.store.counts().unsent == 0
    assert differences(phone, field) == []


def test_the_new_id_survives_a_restart(field: Field) -> None:
    phone = field.phone()
    synced(phone)
    backup = copy_of(field, phone)
    phone.store.save([create("household", phone.clock.new_id(), head_name="甲")])
    synced(phone)
    backup.store.save([create("household", phone.clock.new_id(), head_name="乙")])
    synced(backup)
    before = backup.known_as

    backup.restart()
    backup.store.save([create("household", phone.clock.new_id(), head_name="丙")])
    synced(backup)

    assert backup.known_as == before
    assert differences(backup, field) == []


def test_a_server_restored_from_a_backup_is_healed_by_the_field(field: Field) -> None:
    a, b = field.phone("W1"), field.phone("W2")
    old, new = a.clock.new_id(), a.clock.new_id()
    synced(a)
    synced(b)
    a.store.save([create("household", old, head_name="备份前")])
    synced(a)
    kept = dump(field)
    a.store.save([create("household", new, head_name="备份后")])
    a.store.save([change_of(a.store, "household", old, phone="13900010001")])
    synced(a)
    synced(b)
    put_back(field, kept)
    lost = field.record(new)

    synced(a)
    synced(b)

    assert lost is None
    assert journal(field, new) == 1
    assert shown(b.store, old)["phone"] == "13900010001"
    assert differences(a, field) == differences(b, field) == []


def test_numbers_from_before_a_restore_hide_nothing_made_after_it(field: Field) -> None:
    a, b = field.phone("W1"), field.phone("W2")
    household = a.clock.new_id()
    field.write(household, head_name="李芳", phone="13900010001")
    kept = dump(field)
    for name in ("一", "二", "三", "四", "五"):
        field.write(household, head_name=name)
    synced(a)
    synced(b)
    draft = a.store.begin("household", household)
    put_back(field, kept)
    synced(b)
    b.store.save([change_of(b.store, "household", household, phone="13900010002")])
    synced(b)

    a.store.save_drafts(draft.answered("phone", "13900010003"))
    report = synced(a)

    assert report.conflicts == 1
    assert [conflict.unit.unit for conflict in a.store.conflicts()] == ["phone"]
    assert differences(a, field) == []


def dump(field: Field) -> bytes:
    field.town.services.engine.dispose()
    target = field.folder / "backup.db"
    source = field.folder / "server" / "doorstep.db"
    with sqlite3.connect(source) as here, sqlite3.connect(target) as there:
        here.backup(there)
    return target.read_bytes()


def put_back(field: Field, content: bytes) -> None:
    field.town.services.engine.dispose()
    path = field.folder / "server" / "doorstep.db"
    for side in ("-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)
    path.write_bytes(content)
    renew(field.town.services)


def test_a_phone_whose_file_broke_hears_what_became_of_what_it_had_sent(field: Field) -> None:
    phone = field.phone()
    synced(phone)
    phone.store.save([create("unheard-of", phone.clock.new_id(), x=1)])
    sent = Place(phone.known_as, 1)
    phone.line.plan = deque([Fault.LOSE_REPLY])
    assert phone.device.sync().state is SyncState.OFFLINE
    phone.device.lock()
    smash_index(phone.home / "accounts" / phone.account / "store.db")
    with pytest.raises(StoreBroken):
        phone.device.unlock(phone.account, PIN)
    phone.device.unlock(phone.account, PIN)
    synced(phone)
    field.town.services.register.way_back.give_back(field.admin, sent, "请改用人员登记表")

    synced(phone)

    [trouble] = phone.store.trouble()
    assert (trouble.record_kind, phone.known_as != sent.device) == ("unheard-of", True)


def test_a_broken_file_is_replaced_and_its_unsent_work_still_arrives(field: Field) -> None:
    phone = field.phone()
    office, mine = phone.clock.new_id(), phone.clock.new_id()
    field.write(office, head_name="李芳")
    synced(phone)
    phone.store.save([create("household", mine, head_name="王强")])
    phone.device.lock()
    path = phone.home / "accounts" / phone.account / "store.db"
    smash_index(path)

    with pytest.raises(StoreBroken):
        phone.device.unlock(phone.account, PIN)
    phone.device.unlock(phone.account, PIN)
    synced(phone)

    assert journal(field, mine) == 1
    assert {card.head_name for card in phone.store.search("").cards} == {"李芳", "王强"}
    assert differences(phone, field) == []
    assert retired_devices(field) == 1


def smash_index(path: Path) -> None:
    """Breaks a page that holds no change: an index of the shadow."""
    with sqlite3.connect(path) as conn:
        (page,) = conn.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'shadow_by_grid'"
        ).fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    path.write_bytes(bytes(content))


def retired_devices(field: Field) -> int:
    with field.town.act() as act:
        known = devices(act.conn, field.admin)
    return sum(device.status is DeviceStatus.RETIRED for device in known)


def test_an_enrolment_whose_answer_was_lost_can_be_asked_for_again(field: Field) -> None:
    phone = field.phone("W1")
    code = field.town.code(field.workers["W1"])
    home = field.folder / "another"
    device = open_device(home, phone.line, phone.clock)
    phone.line.plan = deque([Fault.LOSE_REPLY])
    text = EnrolmentText(SERVER, code)
    with pytest.raises(EnrolmentFailed):
        device.enrol(text, PIN)
    left = list((home / "accounts").glob("*"))
    account = device.enrol(text, PIN)

    assert left == []
    assert account.worker_name == "工W1"
    assert device.sync().state is SyncState.DONE
