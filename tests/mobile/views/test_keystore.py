"""The platform's key store, asked through Flet from another thread."""

import asyncio
from pathlib import Path

import pytest

from mobile.device import Device, Protection
from mobile.settings import Settings
from mobile.views.keystore import FletKeyStore
from mobile.views.state.house import House
from tests.mobile.headless import Screen, story


class Platform:
    """What a phone's key store would answer."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def answer(self, name: str, arguments: dict[str, str]) -> str | None:
        key = arguments["key"]
        if name == "set":
            self.kept[key] = arguments["value"]
        elif name == "remove":
            self.kept.pop(key, None)
        return self.kept.get(key) if name == "get" else None


@story
async def test_a_secret_comes_back_as_it_was_written_and_can_be_forgotten(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen, platform = await Screen.open(house), Platform()
    screen.client.answers.update(dict.fromkeys(("get", "set", "remove"), platform.answer))
    store = FletKeyStore(screen.session.page)
    secret = bytes(range(32))

    await asyncio.to_thread(store.write, "device", secret)

    assert await asyncio.to_thread(store.read, "device") == secret
    assert await asyncio.to_thread(store.read, "another") is None
    await asyncio.to_thread(store.delete, "device")
    assert await asyncio.to_thread(store.read, "device") is None


@story
async def test_with_a_key_store_a_pin_is_enough(house: House, tmp_path: Path) -> None:
    screen = await Screen.open(house)
    with_it = Device(Settings(home=tmp_path), key_store=FletKeyStore(screen.session.page))
    without = Device(Settings(home=tmp_path))

    assert with_it.protection is Protection.PIN
    assert without.protection is Protection.PASSPHRASE
