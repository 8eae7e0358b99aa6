"""Lost and revoked phones: what they send, and what they destroy."""

import httpx
import pytest

from mobile.errors import Locked, UnsentWork
from mobile.sync.report import SyncState
from server.office.devices import mark_lost, revoke
from tests.mobile.field import PIN, Field, Phone, open_device, synced
from tests.mobile.kit import create, shown


def with_unsent_work(field: Field) -> tuple[Phone, str]:
    """A phone that has synced and then registered a household."""
    phone = field.phone()
    synced(phone)
    record = phone.clock.new_id()
    phone.store.save([create("household", record, head_name="李芳")])
    return phone, record


def test_a_lost_phone_sends_nothing_and_destroys_its_keys_and_files(field: Field) -> None:
    phone, record = with_unsent_work(field)
    with field.town.act() as act:
        mark_lost(act, phone.known_as, "stolen")

    report = phone.device.sync()

    assert report.state is SyncState.LOST
    assert field.record(record) is None
    assert phone.device.account is None
    assert phone.device.accounts() == ()
    assert not list((phone.home / "accounts").iterdir())
    assert not list((phone.home / "keys").iterdir())
    with pytest.raises(Locked):
        phone.device.sync()


@pytest.mark.parametrize("content", [b"", b"<html>gone</html>", b'{"code":"lost"}'])
def test_only_the_server_itself_can_wipe_a_phone(field: Field, content: bytes) -> None:
    phone = field.phone()

    phone.device.lock()
    portal = httpx.MockTransport(lambda _: httpx.Response(410, content=content))
    device = open_device(phone.home, portal, phone.clock)
    device.unlock(phone.account, PIN)

    report = device.sync()

    assert report.state is SyncState.SERVER_TROUBLE
    assert len(device.accounts()) == 1


def test_a_revoked_phone_keeps_its_unsent_work(field: Field) -> None:
    phone, record = with_unsent_work(field)
    with field.town.act() as act:
        revoke(act, phone.known_as, "left")

    report = phone.device.sync()

    assert (report.state, report.left) == (SyncState.REVOKED, 1)
    assert shown(phone.store, record)["head_name"] == "李芳"
    with pytest.raises(UnsentWork):
        phone.device.log_out()
