"""The line for files: tus 1.0 up, plain bytes down. An answer that is not the server's is none."""

from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urljoin

import httpx

from mobile.store.kept import Identity
from mobile.sync.line import reply_of
from mobile.sync.trouble import nonsense
from shared.files import FileRef

UPLOADS = "/v1/uploads"
_TUS = {"Tus-Resumable": "1.0.0"}
_PART = _TUS | {"Content-Type": "application/offset+octet-stream"}


class FileLine:
    """Requests of one device about files. Each raises Trouble for all but a good answer."""

    def __init__(self, http: httpx.Client, identity: Identity) -> None:
        self._http = http
        self._identity = identity

    def begin(self, ref: FileRef) -> str:
        """Announces a file; the path of its upload."""
        metadata = f"sha256 {b64encode(ref.sha256.encode()).decode()}"
        headers = _TUS | {"Upload-Length": str(ref.size), "Upload-Metadata": metadata}
        told, _ = self._ask("POST", UPLOADS, headers)
        where = urljoin(self._identity.server + UPLOADS, str(told.get("Location", "")))
        path = where.removeprefix(self._identity.server)
        if not path.startswith(f"{UPLOADS}/"):
            raise nonsense()  # the token goes to this server and to no other
        return path

    def offset(self, upload: str) -> int:
        """How much of an upload the server has."""
        return _offset(self._ask("HEAD", upload, _TUS)[0])

    def append(self, upload: str, offset: int, part: bytes) -> int:
        """Sends a part; how much the server has now."""
        headers = _PART | {"Upload-Offset": str(offset)}
        return _offset(self._ask("PATCH", upload, headers, part)[0])

    def has(self, ref: FileRef) -> bool:
        """Whether the server has the file, for a record of this device's grids."""
        told, _ = self._ask("HEAD", f"/v1/files/{ref.sha256}", {})
        return str(told.get("ETag")) == f'"{ref.sha256}"'

    def content(self, ref: FileRef) -> bytes:
        """The file."""
        return self._ask("GET", f"/v1/files/{ref.sha256}", {})[1]

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes | None = None
    ) -> tuple[httpx.Headers, bytes]:
        sent = {"Authorization": f"Bearer {self._identity.token}", **headers}
        url = self._identity.server + path
        return reply_of(
            self._http, self._http.build_request(method, url, headers=sent, content=content)
        )


def _offset(told: httpx.Headers) -> int:
    text = told.get("Upload-Offset", "")
    if told.get("Tus-Resumable") != _TUS["Tus-Resumable"] or not text.isdecimal():
        raise nonsense()
    return int(text)
