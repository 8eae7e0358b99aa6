"""The way back in: the office and the device together, and neither alone."""

import secrets
from pathlib import Path

import pytest

from mobile.errors import DamagedRow, KeysDestroyed, PinUsedUp, WrongDeviceSecret, WrongPin
from mobile.vault.keystore import FileKeyStore
from mobile.vault.office import Recovery, Request
from mobile.vault.sealing import Keys
from mobile.vault.vault import Vault
from shared.boxes import NotOpened, closed, opened, public_half
from shared.rescue import answer_info, vault_info
from tests.mobile.vault.hands import PIN, HandClock, wrong_tries


def recovery(key: bytes) -> Recovery:
    return Recovery(public_half(key), "town", "worker")


def let_go(vault: Vault, key: bytes, request: Request, account: str = "a1") -> bytes:
    """What the office does when two admins have agreed."""
    box = vault.header().office or b""
    inside = opened(box, key, info=vault_info("town", "worker", account))
    return closed(inside, request.public, secrets.token_bytes(32), info=answer_info(account))


def test_the_office_lets_in_whom_a_forgotten_pin_keeps_out(vault: Vault, clock: HandClock) -> None:
    office = secrets.token_bytes(32)
    sealed = vault.create("a1", PIN, recovery=recovery(office)).seal("outbox").close("1", 1, b"x")
    wrong_tries(vault, clock, 10)
    with pytest.raises(PinUsedUp):
        vault.unlock(PIN)

    request = vault.ask()
    vault.reset(let_go(vault, office, request), request, "502619")

    assert vault.unlock("502619").seal("outbox").open("1", 1, sealed) == b"x"
    with pytest.raises(WrongPin):
        vault.unlock(PIN)


def test_the_office_alone_reads_nothing_and_another_device_neither(
    tmp_path: Path, vault: Vault, clock: HandClock
) -> None:
    office = secrets.token_bytes(32)
    keys = vault.create("a1", PIN, recovery=recovery(office))
    sealed, request = keys.seal("outbox").close("1", 1, b"x"), vault.ask()
    box = vault.header().office or b""
    inside = opened(box, office, info=vault_info("town", "worker", "a1"))
    copied = Vault(tmp_path / "vault.json", FileKeyStore(tmp_path / "other"), clock)

    for guess in {inside[:32], inside[-32:], inside[12:44]}:
        with pytest.raises(DamagedRow):
            Keys("a1", guess).seal("outbox").open("1", 1, sealed)
    with pytest.raises(WrongDeviceSecret):
        copied.reset(let_go(vault, office, request), request, "502619")
    with pytest.raises(DamagedRow):
        vault.reset(let_go(vault, office, request), vault.ask(), "502619")
    with pytest.raises(NotOpened):
        opened(box, office, info=vault_info("town", "colleague", "a1"))


def test_a_wiped_vault_is_opened_by_nobody(vault: Vault) -> None:
    office = secrets.token_bytes(32)
    vault.create("a1", PIN, recovery=recovery(office))
    request = vault.ask()
    answer = let_go(vault, office, request)
    vault.destroy()

    with pytest.raises(WrongDeviceSecret):
        vault.reset(answer, request, "502619")
    with pytest.raises(KeysDestroyed):
        vault.unlock(PIN)
