"""What a request brings: its body within bounds, its token, its signature."""

import asyncio
from base64 import b64decode
from binascii import Error as NotBase64
from hashlib import sha256
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Request, Response
from msgspec import Struct
from sqlalchemy import Connection
from starlette.requests import ClientDisconnect

from server.api.compression import COMPRESS_MIN, chosen, compressed, decompressed
from server.api.context import ApiLimits, SyncApi
from server.api.problems import BadSignature, TooLarge, TooMany, TooSlow
from server.db.engine import reading
from server.office.devices import Unauthorised, authenticate
from server.office.people import DeviceIdentity, DeviceStatus
from server.register.refusals import Fork, NotUnderstood
from shared.wire import UNREADABLE

SIGNATURE_HEADER = "Doorstep-Signature"
UNKNOWN_CALLER = "unknown"
_BEARER = "bearer "

T = TypeVar("T")


class Incoming(Struct, frozen=True):
    """A request as it was read, before anything in it is believed."""

    body: bytes
    body_max: int
    encoding: str
    accepts: str
    authorization: str
    signature: str

    def json(self) -> bytes:
        """The body before compression. Raises TooLarge or NotUnderstood."""
        return decompressed(self.body, self.encoding, self.body_max)


def mind_the_rate(api: SyncApi, request: Request) -> None:
    """Counts a try of a caller who shows no token. Raises TooMany."""
    caller = request.client.host if request.client else UNKNOWN_CALLER
    if wait := api.enrolments.wait_ms(caller, api.services.clock()):
        raise TooMany(wait)


async def read(request: Request, limits: ApiLimits) -> Incoming:
    """Reads a request. Raises TooLarge or TooSlow."""
    return Incoming(
        body=await _body(request, limits),
        body_max=limits.body_max,
        encoding=request.headers.get("content-encoding", ""),
        accepts=request.headers.get("accept-encoding", ""),
        authorization=request.headers.get("authorization", ""),
        signature=request.headers.get(SIGNATURE_HEADER, ""),
    )


def bearer(incoming: Incoming) -> str:
    """The token that came with it. Raises Unauthorised when there is none."""
    if not incoming.authorization.lower().startswith(_BEARER):
        raise Unauthorised
    return incoming.authorization[len(_BEARER) :].strip()


def known_device(
    api: SyncApi, incoming: Incoming, within: Connection | None = None
) -> DeviceIdentity:
    """Whose token it is, retired devices too. Raises Unauthorised, Revoked or Lost.

    within: a moment of the database that the caller goes on reading.
    """
    with reading(api.services.engine, within) as conn:
        return authenticate(conn, bearer(incoming), api.services.clock())


def active_device(
    api: SyncApi, incoming: Incoming, within: Connection | None = None
) -> DeviceIdentity:
    """Whose token it is. A device that goes on under another id is answered as a Fork."""
    device = known_device(api, incoming, within)
    if device.status is DeviceStatus.RETIRED:
        raise Fork(device.last_n)
    return device


def check_signature(device: DeviceIdentity, incoming: Incoming, body: bytes) -> None:
    """Raises BadSignature unless the device's key signed the hash of the JSON body."""
    try:
        signature = b64decode(incoming.signature, validate=True)
        key = Ed25519PublicKey.from_public_bytes(b64decode(device.public_key))
        key.verify(signature, sha256(body).digest())
    except (NotBase64, ValueError, InvalidSignature) as error:
        raise BadSignature from error


def understood(body: bytes, kind: type[T]) -> T:
    """The message in a body. Raises NotUnderstood."""
    try:
        return msgspec.json.decode(body, type=kind)
    except UNREADABLE as error:
        raise NotUnderstood from error


def answer(incoming: Incoming, content: bytes, *, status: int = 200) -> Response:
    """A JSON answer, compressed as the other side accepts."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    encoding = chosen(incoming.accepts) if len(content) >= COMPRESS_MIN else ""
    if encoding:
        content = compressed(content, encoding)
        headers["Content-Encoding"] = encoding
    return Response(content, status, headers, media_type="application/json")


def heads(request: Request) -> Incoming:
    """What a request says before its body."""
    return Incoming(
        body=b"",
        body_max=0,
        encoding="",
        accepts=request.headers.get("accept-encoding", ""),
        authorization=request.headers.get("authorization", ""),
        signature=request.headers.get(SIGNATURE_HEADER, ""),
    )


async def received(request: Request, limits: ApiLimits, most: int) -> tuple[bytes, bool]:
    """As much of a body as comes, and whether that is all of it. Raises TooLarge."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise TooLarge
    body = bytearray()
    try:
        async with asyncio.timeout(limits.body_seconds):
            await _gathered(request, body, most)
    except (TimeoutError, ClientDisconnect):
        return bytes(body), False
    return bytes(body), True


async def drained(request: Request, limits: ApiLimits) -> None:
    """Lets a body pass by unread: a client that is still sending would not see the answer."""
    try:
        await _body(request, limits)
    except (TooLarge, TooSlow):
        return


async def _body(request: Request, limits: ApiLimits) -> bytes:
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limits.body_max:
        raise TooLarge
    try:
        async with asyncio.timeout(limits.body_seconds):
            return await _bounded(request, limits.body_max)
    except (TimeoutError, ClientDisconnect) as error:
        raise TooSlow from error


async def _bounded(request: Request, limit: int) -> bytes:
    body = bytearray()
    await _gathered(request, body, limit)
    return bytes(body)


async def _gathered(request: Request, body: bytearray, limit: int) -> None:
    """Adds what comes to the body. Raises TooLarge, or ClientDisconnect with what came in it."""
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge
