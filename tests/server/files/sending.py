"""A client of the upload protocol that does each step by itself, as a test asks."""

from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256

import httpx
import msgspec
import pytest
from sqlalchemy import text

from server.clock import new_id
from server.db.engine import reading
from shared.files import FileRef
from shared.wire import PushReply
from tests.server.a_town import ATown
from tests.server.api.caller import Caller, Device

both = pytest.mark.parametrize(
    "town", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
"""For what the database decides."""
TUS = {"Tus-Resumable": "1.0.0"}
PART = TUS | {"Content-Type": "application/offset+octet-stream"}


def ref_of(content: bytes, media_type: str = "image/jpeg") -> FileRef:
    return FileRef(sha256(content).hexdigest(), len(content), media_type)


@dataclass(frozen=True)
class Sending:
    """One device's requests for files."""

    caller: Caller
    device: Device

    def begin(self, content: bytes, *, size: int | None = None, named: str = "") -> httpx.Response:
        digest = named or sha256(content).hexdigest()
        metadata = f"sha256 {b64encode(digest.encode()).decode()},filename cGhvdG8="
        length = str(len(content) if size is None else size)
        return self._ask(
            "POST", "/v1/uploads", TUS | {"Upload-Length": length, "Upload-Metadata": metadata}
        )

    def append(
        self,
        where: str,
        offset: int,
        part: bytes | AsyncIterator[bytes],
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        asked = PART | {"Upload-Offset": str(offset)} | (headers or {})
        return self._ask("PATCH", where, asked, part)

    def state(self, where: str) -> httpx.Response:
        return self._ask("HEAD", where, TUS)

    def end(self, where: str) -> httpx.Response:
        return self._ask("DELETE", where, TUS)

    def send(self, content: bytes, step: int = 1 << 20) -> httpx.Response:
        """All of it; the answer to the last part."""
        where = self.begin(content).headers["Location"]
        reply = None
        for at in range(0, len(content), step):
            reply = self.append(where, at, content[at : at + step])
        assert reply is not None
        return reply

    def take(self, digest: str) -> httpx.Response:
        return self._ask("GET", f"/v1/files/{digest}", {})

    def look(self, digest: str) -> httpx.Response:
        return self._ask("HEAD", f"/v1/files/{digest}", {})

    def name(self, ref: FileRef, record: str = "", **units: object) -> str:
        """Pushes a new record that names the file; its id."""
        record = record or new_id()
        change = self.device.create(record, "dwelling", photo=ref.answer, **units)
        body = self.device.push_of(change)
        pushed = self.caller.post("/v1/push", content=body, headers=self.device.signed(body))
        assert pushed.status_code == 200, pushed.text
        reply = msgspec.json.decode(pushed.content, type=PushReply)
        assert reply.results[-1].outcome in ("applied", "held"), pushed.text
        self.device.took(change)
        return record

    def _ask(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        content: bytes | AsyncIterator[bytes] = b"",
    ) -> httpx.Response:
        return self.caller.call(method, path, content=content, headers=self.device.token | headers)


def rows(town: ATown, table: str) -> int:
    """How many rows a table has."""
    with reading(town.services.engine) as conn:
        return int(conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def code_of(reply: httpx.Response) -> str:
    code: str = reply.json()["code"]
    return code
