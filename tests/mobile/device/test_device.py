"""One device, several accounts: each opens with its own secret and sees only its own."""

import base64
import threading

import pytest

from mobile.device import Device, EnrolmentText, Protection
from mobile.errors import (
    EnrolmentFailed,
    Locked,
    PinUsedUp,
    UnsentWork,
    WeakSecret,
    WrongDeviceSecret,
    WrongPin,
)
from mobile.settings import Preferences, Settings
from mobile.store.values import Changed
from mobile.vault.keystore import FileKeyStore
from tests.mobile.field import PIN, SERVER, BadLine, Field, open_device, synced
from tests.mobile.kit import StillClock, create, shown

OTHER_PIN = "290583"
PASSPHRASE = "门口的石榴树开花了又谢了几回"


def code(field: Field, worker: str) -> EnrolmentText:
    if worker not in field.workers:
        field.workers[worker] = field.town.worker(worker, "g1")
    return EnrolmentText(SERVER, field.town.code(field.workers[worker]))


def test_an_account_opens_only_with_its_pin(field: Field) -> None:
    phone = field.phone()
    phone.device.lock()

    with pytest.raises(WrongPin) as wrong:
        phone.device.unlock(phone.account, OTHER_PIN)
    with pytest.raises(Locked):
        _ = phone.device.store
    phone.device.unlock(phone.account, PIN)

    assert wrong.value.tries_left == 9
    assert phone.device.account is not None
    assert phone.device.account.worker_name == "工W1"
    assert phone.device.account.fingerprint.count(" ") == 5


def test_after_ten_wrong_pins_no_pin_opens_the_account(field: Field) -> None:
    phone = field.phone()
    phone.device.lock()
    for _ in range(9):
        phone.clock.tick(phone.device.wait_seconds(phone.account) * 1000)
        with pytest.raises(WrongPin):
            phone.device.unlock(phone.account, OTHER_PIN)
    phone.clock.tick(3_600_000)

    with pytest.raises(PinUsedUp):
        phone.device.unlock(phone.account, OTHER_PIN)
    with pytest.raises(PinUsedUp):
        phone.device.unlock(phone.account, PIN)

    assert len(phone.device.accounts()) == 1  # the sealed work is still there for the office


def test_two_accounts_on_one_device_cannot_read_each_other(field: Field) -> None:
    phone = field.phone("W1")
    mine = phone.clock.new_id()
    phone.store.save([create("household", mine, head_name="李芳")])
    second = phone.device.enrol(code(field, "W2"), OTHER_PIN)

    seen_by_second = phone.store.record(mine)
    with pytest.raises(WrongPin):
        phone.device.unlock(phone.account, OTHER_PIN)
    phone.device.lock()
    phone.clock.tick()
    folders = phone.home / "accounts"
    stolen = (folders / phone.account / "store.db").read_bytes()
    (folders / second.id / "store.db").write_bytes(stolen)
    phone.device.unlock(second.id, OTHER_PIN)

    assert seen_by_second is None
    assert phone.store.search("").total == 0
    assert [account.id for account in phone.device.accounts()] == [second.id, phone.account]


def test_a_second_tab_is_let_in_without_disturbing_the_first(field: Field) -> None:
    phone = field.phone()
    heard: list[Changed] = []
    phone.store.subscribe(heard.append)
    store = phone.store

    with pytest.raises(WrongPin):
        phone.device.unlock(phone.account, OTHER_PIN)
    phone.device.unlock(phone.account, PIN)
    phone.store.save([create("household", phone.clock.new_id(), head_name="李芳")])

    assert phone.store is store
    assert len(heard) == 1


def test_nothing_in_the_devices_folder_can_be_read(field: Field) -> None:
    phone = field.phone()
    field.write(phone.clock.new_id(), head_name="欧阳静雯", phone="13900014477")
    synced(phone)
    phone.store.save([create("household", phone.clock.new_id(), head_name="慕容小燕")])
    identity = phone.store.shelf.account.identity
    secrets = [
        identity.token.encode(),
        identity.private_key,
        base64.b64encode(identity.private_key),
        "欧阳静雯".encode(),
        "慕容小燕".encode(),
        b"13900014477",
        PIN.encode(),
    ]

    files = [file for file in (phone.home / "accounts").rglob("*") if file.is_file()]
    found = [(file.name, s) for file in files for s in secrets if s in file.read_bytes()]

    assert len(files) >= 5
    assert found == []
    assert all(file.stat().st_mode & 0o077 == 0 for file in files if file.suffix != ".lock")


def test_files_copied_to_another_device_do_not_open_with_the_right_pin(field: Field) -> None:
    phone = field.phone()
    phone.device.lock()
    thief = Device(
        Settings(home=phone.home), key_store=FileKeyStore(field.folder / "none"), clock=phone.clock
    )

    with pytest.raises(WrongDeviceSecret):
        thief.unlock(phone.account, PIN)


def test_without_a_key_store_a_passphrase_is_demanded(field: Field) -> None:
    line = BadLine(field.portal, field.app)
    device = Device(
        Settings(home=field.folder / "desktop"),
        transport=line,
        clock=StillClock(field.town.clock.at),
    )

    with pytest.raises(WeakSecret):
        device.enrol(code(field, "W1"), PIN)
    account = device.enrol(code(field, "W1"), PASSPHRASE)
    device.lock()
    device.unlock(account.id, PASSPHRASE)

    assert (account.protection, account.key_in_file) == (Protection.PASSPHRASE, False)


def test_a_key_in_a_file_is_the_operators_choice_and_is_shown(field: Field) -> None:
    line, home = BadLine(field.portal, field.app), field.folder / "demo"
    settings = Settings.from_environment({
        "DOORSTEP_HOME": str(home), "DOORSTEP_APP_KEYSTORE": f"file:{home / 'keys'}"
    })  # fmt: skip
    device = Device(settings, transport=line, clock=StillClock(field.town.clock.at))

    account = device.enrol(code(field, "W1"), PIN)

    assert (account.protection, account.key_in_file) == (Protection.PIN, True)


def test_a_refused_enrolment_leaves_nothing_behind(field: Field) -> None:
    phone = field.phone()
    used = code(field, "W2")
    phone.device.enrol(used, OTHER_PIN)
    before = phone.device.accounts()

    with pytest.raises(EnrolmentFailed) as refused:
        open_device(field.folder / "late", phone.line, phone.clock).enrol(used, PIN)
    phone.line.down = True
    with pytest.raises(EnrolmentFailed) as offline:
        phone.device.enrol(code(field, "W3"), PIN)

    assert refused.value.words.zh != offline.value.words.zh
    assert phone.device.accounts() == before
    assert not (field.folder / "late" / "accounts").exists()


def test_auto_lock_counts_from_the_last_touch(field: Field) -> None:
    phone = field.phone()
    phone.device.prefer(Preferences(auto_lock_minutes=5))
    phone.device.touch()
    phone.clock.tick(4 * 60_000)
    almost = phone.device.seconds_to_lock()
    phone.device.touch()
    after_touch = phone.device.seconds_to_lock()
    phone.clock.tick(6 * 60_000)

    assert (almost, after_touch, phone.device.seconds_to_lock()) == (60, 300, 0)
    phone.device.lock()
    assert phone.device.seconds_to_lock() is None


def test_logging_out_with_unsent_work_or_drafts_is_refused(field: Field) -> None:
    phone = field.phone()
    synced(phone)
    record = phone.clock.new_id()
    phone.store.save([create("household", record, head_name="李芳")])
    draft = phone.store.keep(phone.store.begin("household", record).answered("needs", "x"))

    with pytest.raises(UnsentWork) as refused:
        phone.device.log_out()
    synced(phone)
    with pytest.raises(UnsentWork):
        phone.device.log_out()
    phone.store.drop_draft(draft.id)
    phone.device.log_out()

    assert (refused.value.unsent, refused.value.drafts) == (1, 1)
    assert phone.device.accounts() == ()
    assert phone.device.account is None
    assert not list((phone.home / "accounts").iterdir())


def test_a_changed_pin_keeps_the_work(field: Field) -> None:
    phone = field.phone()
    record = phone.clock.new_id()
    phone.store.save([create("household", record, head_name="李芳")])

    phone.device.change_secret(PIN, OTHER_PIN)
    phone.device.lock()
    phone.device.unlock(phone.account, OTHER_PIN)

    assert shown(phone.store, record)["head_name"] == "李芳"


def test_locking_ends_a_running_sync_at_its_next_step(field: Field) -> None:
    phone = field.phone()
    synced(phone)
    phone.store.save([create("household", phone.clock.new_id(), head_name="李芳")])

    def lock(request: object) -> None:
        phone.line.before = None
        phone.device.lock()

    phone.line.before = lock
    report = phone.device.sync()
    phone.device.unlock(phone.account, PIN)
    synced(phone)

    assert report.state == "stopped"
    assert phone.store.counts().unsent == 0


def test_views_may_read_while_a_sync_writes(field: Field) -> None:
    phone = field.phone()
    for n in range(60):
        field.write(phone.clock.new_id(), head_name=f"户{n}")
    failed: list[Exception] = []
    done = threading.Event()

    def read_on() -> None:
        try:
            while not done.is_set():
                for card in phone.store.search("h").cards[:3]:
                    phone.store.record(card.id)
                phone.store.counts()
        except Exception as error:  # noqa: BLE001 - whatever it is, it must fail the test
            failed.append(error)

    reader = threading.Thread(target=read_on)
    reader.start()
    synced(phone)
    done.set()
    reader.join(30)

    assert failed == []
    assert phone.store.search("h").total == 60
