"""What the API does with bodies that are wrong, too large or bombs."""

import gzip
import json
import zlib
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
import zstandard

from server.api.context import ApiLimits
from shared.wire import Problem
from tests.server.a_town import ATown
from tests.server.api.caller import Caller, Device, calling, enrol

LIMIT = 100_000


@pytest.fixture
def device(town: ATown) -> Device:
    return enrol(town, "g1")


def _told(reply: httpx.Response) -> tuple[int, str]:
    problem = msgspec.json.decode(reply.content, type=Problem)
    assert problem.words.zh
    assert problem.words.en
    return reply.status_code, problem.code


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"cursor": 5}',
        b'{"limit": "many"}',
        b'{"report": []}',
        b"[" * 50_000,
        b'{"limit": 1e999}',
    ],
)
def test_a_body_that_is_no_pull_is_a_problem_in_both_languages(
    caller: Caller, device: Device, body: bytes
) -> None:
    reply = caller.post("/v1/pull", content=body, headers=device.token)

    assert _told(reply) == (400, "not_understood")


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("zstd", b"not zstd"),
        ("zstd", zstandard.compress(b"{}")[:-1]),
        ("gzip", b"not gzip"),
        ("gzip", gzip.compress(b"{}" * 99, mtime=0)[:-9]),
        ("br", b"{}"),
        ("zstd, gzip", b"{}"),
        ("gzip", zlib.compress(b"{}")),
    ],
)
def test_a_body_that_is_not_what_it_says_is_not_understood(
    caller: Caller, device: Device, encoding: str, body: bytes
) -> None:
    headers = device.token | {"Content-Encoding": encoding}

    assert _told(caller.post("/v1/pull", content=body, headers=headers)) == (400, "not_understood")


def test_a_body_may_be_as_large_as_allowed_and_no_larger(town: ATown, device: Device) -> None:
    with calling(town, ApiLimits(body_max=LIMIT)) as caller:
        fits = caller.post("/v1/pull", content=b" " * LIMIT, headers=device.token)
        larger = caller.post("/v1/pull", content=b" " * (LIMIT + 1), headers=device.token)

    assert fits.status_code == 400
    assert _told(larger) == (413, "too_large")


def test_a_body_without_a_length_is_bounded_too(town: ATown, device: Device) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 10_000
            yield b" " * 10_000

    with calling(town, ApiLimits(body_max=LIMIT)) as caller:
        reply = caller.post("/v1/pull", content=endless(), headers=device.token)

    assert _told(reply) == (413, "too_large")
    assert sent <= 2 * LIMIT


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [
        ("zstd", zstandard.compress(bytes(50_000_000))),
        ("gzip", gzip.compress(bytes(50_000_000), mtime=0)),
    ],
)
def test_a_bomb_does_not_go_off(town: ATown, device: Device, encoding: str, bomb: bytes) -> None:
    headers = device.token | {"Content-Encoding": encoding}
    with calling(town, ApiLimits(body_max=LIMIT)) as caller:
        reply = caller.post("/v1/pull", content=bomb, headers=headers)

    assert len(bomb) < LIMIT
    assert _told(reply) == (413, "too_large")


def test_a_zstd_frame_may_not_ask_for_much_memory(caller: Caller, device: Device) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    frame = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    body = frame.compress(b"{}") + frame.flush()
    headers = device.token | {"Content-Encoding": "zstd"}

    assert _told(caller.post("/v1/pull", content=body, headers=headers)) == (400, "not_understood")


def test_a_slow_body_is_given_up(town: ATown, device: Device) -> None:
    import anyio

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await anyio.sleep_forever()

    with calling(town, ApiLimits(body_seconds=0.05)) as caller:
        reply = caller.post("/v1/pull", content=slow(), headers=device.token)

    assert _told(reply) == (408, "too_slow")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/push", 405),
        ("DELETE", "/v1/pull", 405),
        ("GET", "/v1/snapshot", 400),
        ("GET", "/v1/snapshot?grid=x&limit=many", 400),
    ],
)
def test_wrong_addresses_and_questions_are_problems_too(
    caller: Caller, device: Device, method: str, path: str, status: int
) -> None:
    reply = caller.call(method, path, headers=device.token)

    assert reply.status_code == status
    assert json.loads(reply.content)["words"].keys() == {"zh", "en"}
