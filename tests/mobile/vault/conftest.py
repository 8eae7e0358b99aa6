"""A vault with a key store, and its clock."""

from pathlib import Path

import pytest

from mobile.vault.keystore import FileKeyStore
from mobile.vault.vault import Vault
from tests.mobile.vault.hands import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def vault(tmp_path: Path, clock: HandClock) -> Vault:
    return Vault(tmp_path / "vault.json", FileKeyStore(tmp_path / "keys"), clock)
