"""Where a device keeps the secret without which copied files are useless."""

from typing import Protocol


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
