"""The vault opens with the right PIN on the right device, and with nothing else."""

from pathlib import Path

import msgspec
import pytest

from mobile.errors import KeysDestroyed, LockedUntil, WeakSecret, WrongDeviceSecret, WrongPin
from mobile.vault.kdf import SCRYPT_N, Kdf
from mobile.vault.keystore import FileKeyStore
from mobile.vault.pins import passphrase_weakness, pin_weakness
from mobile.vault.vault import Header, Protection, Vault
from tests.mobile.vault.hands import MINUTE, PIN, WRONG, HandClock, wrong_tries


def test_what_was_sealed_opens_after_unlocking_again(vault: Vault) -> None:
    sealed = vault.create("a1", PIN).seal("shadow").close("r1", 3, "张三".encode())

    opened = vault.unlock(PIN).seal("shadow").open("r1", 3, sealed)

    assert opened.decode() == "张三"


def test_full_width_digits_are_the_same_pin(vault: Vault) -> None:
    vault.create("a1", PIN)

    vault.unlock("８３０４１７")


def test_a_wrong_pin_tells_the_tries_left(vault: Vault) -> None:
    vault.create("a1", PIN)

    with pytest.raises(WrongPin) as wrong:
        vault.unlock(WRONG)

    assert (wrong.value.tries_left, wrong.value.wait_seconds) == (9, 0)
    assert "9" in wrong.value.words.zh
    assert "9" in wrong.value.words.en


def test_the_right_pin_without_the_device_secret_opens_nothing(
    tmp_path: Path, vault: Vault, clock: HandClock
) -> None:
    vault.create("a1", PIN)
    elsewhere = Vault(tmp_path / "vault.json", FileKeyStore(tmp_path / "other"), clock)

    with pytest.raises(WrongDeviceSecret):
        elsewhere.unlock(PIN)
    FileKeyStore(tmp_path / "other").write("doorstep-a1", b"x" * 32)
    with pytest.raises(WrongDeviceSecret):
        elsewhere.unlock(PIN)
    with pytest.raises(WrongDeviceSecret):
        Vault(tmp_path / "vault.json", None, clock).unlock(PIN)

    assert vault.header().tries.wrong == 0


def test_waits_grow_after_the_fifth_wrong_try(vault: Vault, clock: HandClock) -> None:
    vault.create("a1", PIN)
    waits = []
    for _ in range(9):
        clock.pass_by(vault.wait_seconds() * 1000)
        with pytest.raises(WrongPin) as wrong:
            vault.unlock(WRONG)
        waits.append(wrong.value.wait_seconds // 60)

    assert waits == [0, 0, 0, 0, 1, 5, 15, 60, 60]


def test_while_it_waits_even_the_right_pin_is_not_tried(vault: Vault, clock: HandClock) -> None:
    vault.create("a1", PIN)
    wrong_tries(vault, clock, 5)
    clock.pass_by(MINUTE - 1)

    with pytest.raises(LockedUntil) as locked:
        vault.unlock(PIN)
    clock.pass_by(1)
    vault.unlock(PIN)

    assert locked.value.wait_seconds == 1


def test_the_count_survives_a_restart(tmp_path: Path, vault: Vault, clock: HandClock) -> None:
    vault.create("a1", PIN)
    wrong_tries(vault, clock, 5)

    again = Vault(tmp_path / "vault.json", FileKeyStore(tmp_path / "keys"), clock)

    with pytest.raises(LockedUntil):
        again.unlock(PIN)


def test_setting_the_clock_on_does_not_shorten_the_wait(vault: Vault, clock: HandClock) -> None:
    vault.create("a1", PIN)
    wrong_tries(vault, clock, 5)

    clock.wall += 365 * 24 * 60 * MINUTE

    assert vault.wait_seconds() == 60


def test_setting_the_clock_back_and_rebooting_gives_nothing_back(
    vault: Vault, clock: HandClock
) -> None:
    vault.create("a1", PIN)
    wrong_tries(vault, clock, 7)
    clock.wall -= 365 * 24 * 60 * MINUTE
    clock.boot_name, clock.mono = "boot-2", 5

    with pytest.raises(LockedUntil) as locked:
        vault.unlock(PIN)
    clock.pass_by(15 * MINUTE)
    vault.unlock(PIN)

    assert locked.value.wait_seconds == 15 * 60


def test_the_tenth_wrong_try_destroys_the_keys(
    tmp_path: Path, vault: Vault, clock: HandClock
) -> None:
    vault.create("a1", PIN)
    wrong_tries(vault, clock, 10)

    with pytest.raises(KeysDestroyed):
        vault.unlock(PIN)

    assert vault.header().wrapped is None
    assert not list((tmp_path / "keys").iterdir())


def test_a_kill_during_the_last_try_gives_no_try_back(
    tmp_path: Path, vault: Vault, clock: HandClock
) -> None:
    vault.create("a1", PIN)
    wrong_tries(vault, clock, 9)
    clock.pass_by(60 * MINUTE)
    header = vault.header()
    counted = msgspec.structs.replace(header, tries=header.tries.failed(clock.reading()))
    (tmp_path / "vault.json").write_bytes(msgspec.json.encode(counted))

    with pytest.raises(KeysDestroyed):
        vault.unlock(PIN)


def test_unlocking_forgives_earlier_wrong_tries(vault: Vault, clock: HandClock) -> None:
    vault.create("a1", PIN)
    wrong_tries(vault, clock, 4)

    vault.unlock(PIN)

    assert vault.header().tries.wrong == 0


def test_a_weaker_derivation_is_made_stronger_at_the_next_unlock(
    tmp_path: Path, vault: Vault, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mobile.vault.vault.new_kdf", lambda: Kdf(b"s" * 16, "scrypt", 1024, 8, 1))
    vault.create("a1", PIN)
    monkeypatch.undo()

    vault.unlock(PIN)
    vault.unlock(PIN)

    assert vault.header().kdf.n == SCRYPT_N


def test_pbkdf2_opens_where_scrypt_is_missing(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mobile.vault.vault.new_kdf", lambda: Kdf(b"s" * 16, "pbkdf2", 600_000, 1))
    vault.create("a1", PIN)

    vault.unlock(PIN)

    assert vault.header().kdf.name == "scrypt" or vault.header().kdf.n == 600_000


def test_a_changed_pin_opens_and_the_old_one_does_not(vault: Vault) -> None:
    sealed = vault.create("a1", PIN).seal("t").close("r", 1, b"x")

    vault.change(PIN, "290583")

    assert vault.unlock("290583").seal("t").open("r", 1, sealed) == b"x"
    with pytest.raises(WrongPin):
        vault.unlock(PIN)


def test_without_a_key_store_a_passphrase_is_demanded(tmp_path: Path, clock: HandClock) -> None:
    vault = Vault(tmp_path / "vault.json", None, clock)

    with pytest.raises(WeakSecret):
        vault.create("a1", PIN)
    vault.create("a1", "门口的石榴树开花了又谢了几回")
    vault.unlock("门口的石榴树开花了又谢了几回")

    assert vault.header().protection is Protection.PASSPHRASE


def test_nothing_in_the_vault_file_is_the_key_or_the_pin(tmp_path: Path, vault: Vault) -> None:
    vault.create("a1", PIN)

    written = (tmp_path / "vault.json").read_bytes()

    assert PIN.encode() not in written
    assert msgspec.json.decode(written, type=Header).wrapped is not None


@pytest.mark.parametrize(
    "pin", ["12345", "123456", "987654", "111111", "121212", "123123", "520131", "１２３４５６"]
)
def test_a_weak_pin_is_refused_in_both_languages(pin: str) -> None:
    words = pin_weakness(pin)

    assert words is not None
    assert words.zh
    assert words.en


@pytest.mark.parametrize("pin", ["830417", "502619", "7k2m9x"])
def test_an_ordinary_pin_is_taken(pin: str) -> None:
    assert pin_weakness(pin) is None


@pytest.mark.parametrize(
    "passphrase", ["short phrase", "aaaaaaaaaaaaaa", "abababababab", "0123456789012"]
)
def test_a_passphrase_needs_length_and_variety(passphrase: str) -> None:
    accepted = passphrase == "short phrase"

    assert (passphrase_weakness(passphrase) is None) is accepted
