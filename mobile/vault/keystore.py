"""Where a device keeps the secret without which copied files are useless."""

from pathlib import Path
from typing import Protocol

from mobile.files import write_whole


class KeyStore(Protocol):
    """A platform's store of small secrets. Its methods may block: never call them on a loop."""

    def read(self, name: str) -> bytes | None:
        """The secret of that name, or None."""
        ...

    def write(self, name: str, secret: bytes) -> None:
        """Keeps the secret, replacing an older one."""
        ...

    def delete(self, name: str) -> None:
        """Forgets the secret; it need not be there."""
        ...


class FileKeyStore:
    """Secrets in a folder: only by an operator's explicit choice, and with a visible warning.

    It protects against a copied database, not against a copied disk.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str) -> bytes | None:
        """The secret of that name, or None."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, secret: bytes) -> None:
        """Keeps the secret, replacing an older one."""
        write_whole(self._folder / name, secret)

    def delete(self, name: str) -> None:
        """Forgets the secret; it need not be there."""
        (self._folder / name).unlink(missing_ok=True)
