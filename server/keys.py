"""The server's secret keys: one file in its home, readable by its owner only, made once.

They stand apart from the database, so that a stolen database alone opens nothing.
"""

import os
import secrets
import tempfile
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct

from server.errors import ServerError
from shared.wire import Words

KEYS_FILE = "keys.json"
KEY_BYTES = 32
KEY_ID_BYTES = 4


class KeysBroken(ServerError):
    """The key file cannot be read or is not whole."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            "keys_broken",
            Words(
                f"密钥文件 {path} 无法读取。请用备份恢复该文件；没有它，敏感信息无法打开。",
                f"The key file {path} cannot be read. Restore it from a backup: "
                "without it sensitive answers cannot be opened.",
            ),
        )


class Keys(Struct, frozen=True):
    """One key for each purpose."""

    seal_id: bytes
    """Names `seal` in what it sealed."""
    seal: bytes
    """AES-256-GCM, for class S answers and what could not be taken."""
    cursor: bytes
    """HMAC of the cursors that devices hold."""
    audit: bytes
    """HMAC chain of the audit trail."""
    session: bytes
    """Signs the console's cookies."""
    id_hash: bytes
    """HMAC under which equal ID numbers are found without storing them."""

    @classmethod
    def new(cls) -> Self:
        """Fresh random keys."""
        return cls(
            seal_id=secrets.token_bytes(KEY_ID_BYTES),
            seal=secrets.token_bytes(KEY_BYTES),
            cursor=secrets.token_bytes(KEY_BYTES),
            audit=secrets.token_bytes(KEY_BYTES),
            session=secrets.token_bytes(KEY_BYTES),
            id_hash=secrets.token_bytes(KEY_BYTES),
        )

    @classmethod
    def load_or_create(cls, home: Path) -> Self:
        """The keys in `home`, made there the first time. Raises KeysBroken."""
        path = home / KEYS_FILE
        try:
            if not path.exists():
                home.mkdir(parents=True, exist_ok=True)
                _write_once(path, msgspec.json.encode(cls.new()))
            keys = msgspec.json.decode(path.read_bytes(), type=cls)
        except (OSError, msgspec.DecodeError) as error:
            raise KeysBroken(path) from error
        if not all(len(key) == KEY_BYTES for key in msgspec.structs.astuple(keys)[1:]):
            raise KeysBroken(path)
        return keys


def _write_once(path: Path, content: bytes) -> None:
    """Write the whole file or nothing; of two who start at once, the first one's file stays."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # made with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
