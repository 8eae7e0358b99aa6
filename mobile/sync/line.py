"""The line to the server: messages out, messages or Trouble back. One httpx.Client a process."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from hashlib import sha256
from time import monotonic
from typing import TypeVar

import httpx
import msgspec
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mobile.store.kept import Identity
from mobile.store.shadow import Stretch
from mobile.sync.report import SyncState
from mobile.sync.trouble import (
    Fork,
    Gap,
    StartOver,
    TooMuch,
    Trouble,
    cut_off,
    failed,
    nonsense,
    offline,
    too_long,
)
from shared.wire import (
    CarriedReply,
    Enrol,
    Enrolled,
    Incarnate,
    Link,
    Page,
    Problem,
    Pull,
    Push,
    PushReply,
    SnapshotPage,
    Sums,
    encode,
)

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
ANSWER_SECONDS_MAX = 180.0
"""For one whole answer: a line that drips is no line."""
ANSWER_BYTES_MAX = 128 * 1024 * 1024
COMPRESS_MIN = 1024
RETRY_SECONDS_MAX = 60 * 60
"""A server may wish for more: it is asked again all the same."""
SIGNATURE = "Doorstep-Signature"

T = TypeVar("T")


def open_http(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """The process's one client. Redirects are not followed: they lead to log-in pages."""
    timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    return httpx.Client(timeout=timeout, transport=transport, follow_redirects=False)


class Line:
    """Requests of one device."""

    def __init__(self, http: httpx.Client, identity: Identity) -> None:
        self._http = http
        self._identity = identity

    def push(self, push: Push) -> PushReply:
        """Sends changes, signed."""
        return self._post("/v1/push", encode(push), PushReply, signed=True)

    def carry_over(self, file: bytes) -> CarriedReply:
        """Brings a colleague's carry-over file."""
        headers = {"Content-Type": "application/octet-stream"}
        content = self._ask("POST", "/v1/carry-over", headers=headers, content=file)
        return understood(content, CarriedReply)

    def pull(self, pull: Pull) -> Page:
        """Asks for what is new."""
        return self._post("/v1/pull", encode(pull), Page)

    def snapshot(
        self, grid: str, after: str, limit: int, *, seq: int = 0, upto: str = ""
    ) -> SnapshotPage:
        """Asks for a range of a grid."""
        query = {"after": after, "upto": upto, "limit": str(limit), "seq": str(seq)}
        known = {name: value for name, value in query.items() if value not in ("", "0")}
        content = self._ask("GET", "/v1/snapshot", params={"grid": grid, "short": "true", **known})
        return understood(content, SnapshotPage)

    def sums(self, stretch: Stretch) -> Sums:
        """Asks for the checksums of a stretch's parts."""
        query = {"grid": stretch.grid, "after": stretch.after, "upto": stretch.upto}
        known = {name: value for name, value in query.items() if value}
        return understood(self._ask("GET", "/v1/sums", params=known), Sums)

    def form(self, kind: str, version: str) -> bytes:
        """A form's JSON."""
        return self._ask("GET", f"/v1/forms/{kind}/{version}")

    def incarnation(self, chain: list[Link]) -> Enrolled:
        """Asks for a new device id that goes on where this one, with that chain, was."""
        return self._post("/v1/incarnation", encode(Incarnate(chain)), Enrolled, signed=True)

    def _post(self, path: str, body: bytes, kind: type[T], *, signed: bool = False) -> T:
        headers = {"Content-Type": "application/json"}
        if signed:
            headers[SIGNATURE] = signature(self._identity.private_key, body)
        if len(body) >= COMPRESS_MIN:
            headers["Content-Encoding"] = "zstd"
            body = zstandard.compress(body)
        return understood(self._ask("POST", path, headers=headers, content=body), kind)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> bytes:
        sent = {"Authorization": f"Bearer {self._identity.token}", **(headers or {})}
        url = self._identity.server + path
        request = self._http.build_request(
            method, url, headers=sent, params=params, content=content
        )
        return answer_of(self._http, request)


def enrol(http: httpx.Client, server: str, wanted: Enrol) -> Enrolled:
    """Spends an enrolment code."""
    request = http.build_request("POST", f"{server}/v1/enrol", content=encode(wanted))
    request.headers["Content-Type"] = "application/json"
    return understood(answer_of(http, request), Enrolled)


def answer_of(http: httpx.Client, request: httpx.Request) -> bytes:
    """The body of a good answer. Raises Trouble for everything else."""
    return reply_of(http, request)[1]


def reply_of(http: httpx.Client, request: httpx.Request) -> tuple[httpx.Headers, bytes]:
    """The headers and the body of a good answer. Raises Trouble for everything else."""
    with _plain_words():
        reply = http.send(request, stream=True)
        try:
            content = _whole(reply)
        finally:
            reply.close()
    if reply.status_code in _GOOD:
        return reply.headers, content
    raise _trouble(reply, content)


def understood(content: bytes, kind: type[T]) -> T:
    """The message in an answer. Raises Trouble when it is none."""
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise nonsense() from error


def signature(private_key: bytes, body: bytes) -> str:
    """What the server asks for in the header of a signed request."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    return b64encode(key.sign(sha256(body).digest())).decode()


@contextmanager
def _plain_words() -> Iterator[None]:
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
        raise offline() from error
    except httpx.TransportError as error:
        raise cut_off() from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise nonsense() from error


def _whole(reply: httpx.Response) -> bytes:
    """The body, within bounds of size and time."""
    body, deadline = bytearray(), monotonic() + ANSWER_SECONDS_MAX
    for chunk in reply.iter_bytes():
        body += chunk
        if len(body) > ANSWER_BYTES_MAX:
            raise too_long()
        if monotonic() > deadline:
            raise cut_off()
    return bytes(body)


def _trouble(reply: httpx.Response, content: bytes) -> Trouble:
    """What an error answer means. Only a Problem that names it revokes or wipes a device."""
    status, after = reply.status_code, _retry_after(reply)
    try:
        problem = msgspec.json.decode(content, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        busy = status in (429, 503)
        error = failed(status)
        state = SyncState.SERVER_BUSY if busy else error.state
        kind = TooMuch if status in _TOO_MUCH else Trouble
        return kind(state, error.words, retry_after=after, status=status)
    other = (Trouble, _STATES.get(status, SyncState.SERVER_TROUBLE))
    kind, state = _MEANINGS.get((status, problem.code), other)
    return kind(state, problem.words, problem=problem, retry_after=after, status=status)


_GOOD = frozenset({httpx.codes.OK, httpx.codes.CREATED, httpx.codes.NO_CONTENT})
_MEANINGS: dict[tuple[int, str], tuple[type[Trouble], SyncState]] = {
    (409, "gap"): (Gap, SyncState.SERVER_TROUBLE),
    (409, "fork"): (Fork, SyncState.SERVER_TROUBLE),
    (410, "epoch"): (StartOver, SyncState.SERVER_TROUBLE),
    (410, "too_old"): (StartOver, SyncState.SERVER_TROUBLE),
    (400, "bad_cursor"): (StartOver, SyncState.SERVER_TROUBLE),
    (408, "too_slow"): (TooMuch, SyncState.SERVER_TROUBLE),
    (413, "too_large"): (TooMuch, SyncState.SERVER_TROUBLE),
    (410, "lost"): (Trouble, SyncState.LOST),
    (401, "revoked"): (Trouble, SyncState.REVOKED),
    (401, "unauthorised"): (Trouble, SyncState.REVOKED),
    (426, "update_app"): (Trouble, SyncState.UPDATE_NEEDED),
}
_TOO_MUCH = frozenset({408, 413})
_STATES = {429: SyncState.SERVER_BUSY, 503: SyncState.SERVER_BUSY}


def _retry_after(reply: httpx.Response) -> int:
    """Seconds, from a number or a date; 0 when it says nothing, an hour when it says more."""
    text = reply.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        digits = text.lstrip("0")
        wait = RETRY_SECONDS_MAX if len(digits) > 9 else int(digits or 0)
    else:
        wait = _until(text, reply.headers.get("Date", ""))
    return max(0, min(wait, RETRY_SECONDS_MAX))


def _until(then: str, now: str) -> int:
    """Seconds between two dates of the server's: this device's own clock may be years off."""
    try:
        return int((parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds())
    except (ValueError, TypeError):
        return 0
