"""The platform's key store through Flet: Android's and Apple's key chains, Windows' credentials."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Coroutine
from typing import TypeVar

import flet as ft
from flet_secure_storage import SecureStorage

Answer = TypeVar("Answer")

PLATFORMS = frozenset(
    {
        ft.PagePlatform.ANDROID,
        ft.PagePlatform.IOS,
        ft.PagePlatform.MACOS,
        ft.PagePlatform.WINDOWS,
    }
)
"""Where there is one that needs nothing installed. Elsewhere a passphrase protects the keys."""
SECONDS_MAX = 20.0


class FletKeyStore:
    """Keeps secrets with the platform. Called off the event loop, on which Flet answers."""

    def __init__(self, page: ft.Page) -> None:
        self._loop = page.loop
        self._storage = SecureStorage()  # it joins the page by itself

    def read(self, name: str) -> bytes | None:
        """The secret of that name, or None."""
        text = self._await(self._storage.get(name))
        return None if text is None else b64decode(text)

    def write(self, name: str, secret: bytes) -> None:
        """Keeps the secret, replacing an older one."""
        self._await(self._storage.set(name, b64encode(secret).decode("ascii")))

    def delete(self, name: str) -> None:
        """Forgets the secret; it need not be there."""
        self._await(self._storage.remove(name))

    def _await(self, answer: Coroutine[object, object, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(answer, self._loop).result(SECONDS_MAX)
