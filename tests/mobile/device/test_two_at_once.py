"""Two windows on one account, and acts that meet: a log-out in a sync, a new PIN in an unlock."""

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from mobile.errors import DiskFull, StoreBusy
from mobile.sync.report import SyncState
from shared.clock import Reading
from tests.mobile.field import PIN, Field, Phone, differences, open_device, synced
from tests.mobile.kit import StillClock, create, shown

NEW_PIN = "502619"


@pytest.fixture
def phone(field: Field) -> Phone:
    made = field.phone()
    synced(made)
    return made


def folder_of(phone: Phone) -> Path:
    return phone.home / "accounts" / phone.account


def second_window(phone: Phone) -> Phone:
    clock = StillClock(phone.clock.wall)
    clock.made = 9_000_000
    device = open_device(phone.home, phone.line, clock)
    device.unlock(phone.account, PIN)
    return Phone(device, phone.line, clock, phone.home, phone.account)


def test_what_is_saved_in_two_windows_is_numbered_once_and_arrives(
    field: Field, phone: Phone
) -> None:
    other, before = second_window(phone), phone.known_as
    saved = []
    for window, name in ((phone, "甲"), (other, "乙"), (phone, "丙"), (other, "丁")):
        saved.append(window.clock.new_id())
        window.store.save([create("household", saved[-1], head_name=name)])

    report = synced(phone)

    assert report.sent == 4
    assert all(field.record(record) is not None for record in saved)
    assert phone.known_as == before
    assert differences(phone, field) == []


def test_a_file_that_another_window_holds_for_long_is_said_in_words(phone: Phone) -> None:
    shelf = phone.store.shelf
    shelf.database._connection.exec_driver_sql("PRAGMA busy_timeout = 10")
    shelf.database._connection.rollback()
    other = sqlite3.connect(folder_of(phone) / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreBusy):
        phone.store.save([create("household", phone.clock.new_id(), head_name="甲")])
    report = phone.device.sync()
    other.close()

    assert report.words == StoreBusy().words
    assert synced(phone).state is SyncState.DONE


def test_logging_out_while_a_sync_runs_leaves_nothing_behind(phone: Phone) -> None:
    def log_out(_request: object) -> None:
        phone.line.before = None
        phone.device.log_out()

    phone.line.before = log_out
    report = phone.device.sync()

    assert report.state is SyncState.STOPPED
    assert list((phone.home / "accounts").iterdir()) == []


def test_a_sync_of_an_account_that_has_just_gone_says_so(phone: Phone) -> None:
    shutil.rmtree(folder_of(phone))

    report = phone.device.sync()

    assert report.state is SyncState.STOPPED


def test_a_pin_that_is_changed_while_another_tab_unlocks_stays_changed(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, unlocking, changed = phone.clock.reading, threading.Event(), threading.Event()

    def slowly() -> Reading:
        if threading.current_thread() is tab:
            unlocking.set()
            changed.wait(0.5)  # the other one is given the time to be done in between
        return reading()

    tab = threading.Thread(target=lambda: phone.device.unlock(phone.account, PIN))
    monkeypatch.setattr(phone.clock, "reading", slowly)
    tab.start()
    unlocking.wait(30)
    phone.device.change_secret(PIN, NEW_PIN)
    changed.set()
    tab.join(30)

    phone.device.lock()
    phone.device.unlock(phone.account, NEW_PIN)
    assert phone.device.account is not None


def test_no_room_for_a_file_beside_it_does_not_make_a_store_a_broken_one(phone: Phone) -> None:
    record = phone.clock.new_id()
    phone.store.save([create("household", record, head_name="李芳")])
    phone.device.lock()
    beside = folder_of(phone) / "store.db-wal"
    beside.mkdir()  # what SQLite cannot open, as it cannot without an inode

    with pytest.raises(DiskFull):
        phone.device.unlock(phone.account, PIN)
    beside.rmdir()
    phone.device.unlock(phone.account, PIN)

    assert shown(phone.store, record)["head_name"] == "李芳"
    assert phone.store.shelf.account.chain.n == 1
