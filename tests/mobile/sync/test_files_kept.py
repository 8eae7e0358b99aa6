"""Files that are kept, and files that go: with their records, with the phone, after a restore."""

import httpx
import pytest
from sqlalchemy import text

from mobile.errors import Locked, UnsentWork
from mobile.store.file_rows import FileState
from mobile.store.files import GRACE_MS
from mobile.store.outbox import KEPT_DAYS
from mobile.sync.report import SyncState
from server.db.engine import writing
from server.files.collecting import DAY_MS
from server.files.opening import collector_of
from server.office.devices import mark_lost
from tests.media import pdf, photo
from tests.mobile.field import Field, Phone, synced
from tests.mobile.kit import create
from tests.mobile.sync.a_file import stored, with_file


@pytest.fixture
def phone(phone_that_synced: Phone) -> Phone:
    return phone_that_synced


def test_a_restored_office_is_offered_its_files_again(field: Field, phone: Phone) -> None:
    ref, _ = with_file(phone, pdf())
    kept, _ = with_file(phone, photo())
    synced(phone)
    with writing(field.town.services.engine) as conn:
        conn.execute(text("DELETE FROM file WHERE sha256 = :gone"), {"gone": ref.sha256})
        conn.execute(text("UPDATE counter SET epoch = 'another'"))
    phone.line.asked.clear()

    synced(phone)

    assert phone.store.files.state(ref) is FileState.SENT
    assert {row[0] for row in stored(field)} == {ref.sha256, kept.sha256}
    assert phone.line.asked.count("POST /v1/uploads") == 1


def test_files_are_dropped_when_nothing_names_them(field: Field, phone: Phone) -> None:
    ref = phone.store.files.add(pdf())
    phone.clock.tick(GRACE_MS + 1)

    synced(phone)

    assert phone.store.files.state(ref) is FileState.AWAY


def test_nobody_logs_out_over_an_unsent_file(field: Field, phone: Phone) -> None:
    with_file(phone, pdf())

    def cut(request: httpx.Request) -> None:
        if "uploads" in request.url.path:
            raise httpx.ReadError("cut", request=request)

    phone.line.before = cut
    synced(phone)

    with pytest.raises(UnsentWork):
        phone.device.log_out()


def test_a_file_that_could_not_be_sent_for_months_is_not_forgotten_with_its_change(
    field: Field, phone: Phone
) -> None:
    ref, _ = with_file(phone, pdf())

    def cut(request: httpx.Request) -> None:
        if "files" in request.url.path or "uploads" in request.url.path:
            raise httpx.ReadError("cut", request=request)

    phone.line.before = cut
    synced(phone)
    for _ in range(2):
        phone.clock.tick((KEPT_DAYS + 1) * DAY_MS)
        field.town.clock.at += (KEPT_DAYS + 1) * DAY_MS
        for _ in range(2):
            phone.store.save([create("household", phone.clock.new_id(), head_name="李芳")])
        synced(phone)
    phone.line.before = None
    synced(phone)

    assert stored(field) == [(ref.sha256, ref.size)]


def test_what_the_office_collected_is_asked_for_by_nobody(field: Field, phone: Phone) -> None:
    ref, _ = with_file(phone, pdf())
    synced(phone)
    field.town.clock.at += 30 * DAY_MS

    assert collector_of(field.town.services).collect("east").files == 0

    assert stored(field) == [(ref.sha256, len(pdf()))]


def test_a_lost_phone_keeps_no_file(field: Field, phone: Phone) -> None:
    with_file(phone, pdf())
    folder = phone.home / "accounts" / phone.account
    with field.town.act() as act:
        mark_lost(act, phone.known_as, "left in a taxi")

    assert phone.device.sync().state is SyncState.LOST

    assert not folder.exists()


def test_a_locked_phone_opens_no_file(phone: Phone) -> None:
    ref, record = with_file(phone, pdf())
    phone.device.lock()

    with pytest.raises(Locked):
        phone.device.file(ref, record)
