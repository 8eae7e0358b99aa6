"""Uploads by tus 1.0: each part counts once, and a break costs little."""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator
from threading import Barrier, Thread

import pytest

from server.api.context import ApiLimits
from tests.media import pdf, voice
from tests.server.api.caller import calling
from tests.server.files.conftest import Hall
from tests.server.files.sending import TUS, Sending, both, code_of, ref_of, rows


@both
def test_a_file_comes_in_parts_and_is_given_back(hall: Hall) -> None:
    content = voice(4)
    begun = hall.sending.begin(content)
    where = begun.headers["Location"]

    first = hall.sending.append(where, 0, content[:20_000])
    asked = hall.sending.state(where)
    last = hall.sending.append(where, 20_000, content[20_000:])
    hall.sending.name(ref_of(content))

    assert (begun.status_code, first.status_code, last.status_code) == (201, 204, 204)
    assert first.headers["Upload-Offset"] == "20000"
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == (
        "20000",
        str(len(content)),
    )
    assert asked.headers["Cache-Control"] == "no-store"
    assert begun.headers["Upload-Expires"].endswith("GMT")
    taken = hall.sending.take(ref_of(content).sha256)
    assert taken.content == content
    assert taken.headers["Content-Type"] == "audio/wav"


def test_the_server_says_what_it_speaks(hall: Hall) -> None:
    told = hall.caller.call("OPTIONS", "/v1/uploads")

    assert told.status_code == 204
    assert told.headers["Tus-Version"] == "1.0.0"
    assert set(told.headers["Tus-Extension"].split(",")) == {
        "creation",
        "termination",
        "checksum",
        "expiration",
    }
    assert "sha1" in told.headers["Tus-Checksum-Algorithm"].split(",")
    assert told.headers["Tus-Max-Size"] == str(20 * 1024 * 1024)


def test_every_answer_says_the_version(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]
    replies = [
        hall.sending.state(where),
        hall.sending.append(where, 7, b"x"),
        hall.sending.append(where, 0, pdf()),
        hall.sending.end(where),
        hall.sending.state("/v1/uploads/none"),
    ]

    assert {reply.headers["Tus-Resumable"] for reply in replies} == {"1.0.0"}


@pytest.mark.parametrize("version", [None, "0.2.2", "2.0.0"])
def test_another_version_is_refused_before_anything(hall: Hall, version: str | None) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]
    headers = hall.phone.token | ({"Tus-Resumable": version} if version else {})

    reply = hall.caller.call("HEAD", where, headers=headers)

    assert reply.status_code == 412
    assert reply.headers["Tus-Version"] == "1.0.0"


@both
def test_a_part_at_the_wrong_place_changes_nothing(hall: Hall) -> None:
    content = pdf()
    where = hall.sending.begin(content).headers["Location"]
    hall.sending.append(where, 0, content[:10])

    for offset in (0, 5, 11, 10_000):  # again, before, a gap, behind the end
        wrong = hall.sending.append(where, offset, content[10:])
        assert (wrong.status_code, code_of(wrong)) == (409, "offset")
        assert wrong.headers["Upload-Offset"] == "10"

    assert hall.sending.state(where).headers["Upload-Offset"] == "10"
    assert hall.sending.append(where, 10, content[10:]).status_code == 204


@both
def test_a_part_whose_reply_was_lost_is_not_stored_twice(hall: Hall) -> None:
    content = pdf()
    where = hall.sending.begin(content).headers["Location"]
    hall.sending.append(where, 0, content)

    again = hall.sending.append(where, 0, content)

    assert code_of(again) == "offset"
    assert hall.sending.state(where).headers["Upload-Offset"] == str(len(content))
    assert rows(hall.town, "file_part") == 1


@both
def test_what_came_before_the_line_broke_is_kept(hall: Hall) -> None:
    content = voice(2)
    where = hall.sending.begin(content).headers["Location"]

    async def broken() -> AsyncIterator[bytes]:
        yield content[:5000]
        await asyncio.sleep(5)  # longer than the server waits: the phone is gone

    with calling(hall.town, ApiLimits(body_seconds=0.2)) as impatient:
        Sending(impatient, hall.phone).append(where, 0, broken())

    with calling(hall.town) as caller:
        sending = Sending(caller, hall.phone)
        assert sending.state(where).headers["Upload-Offset"] == "5000"
        assert sending.append(where, 5000, content[5000:]).status_code == 204
        sending.name(ref_of(content))
        assert sending.take(ref_of(content).sha256).content == content


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
def test_a_damaged_part_is_found_by_its_checksum(hall: Hall, algorithm: str) -> None:
    content = pdf()
    where = hall.sending.begin(content).headers["Location"]
    digest = b64encode(hashlib.new(algorithm, content).digest()).decode()
    checksum = {"Upload-Checksum": f"{algorithm} {digest}"}

    damaged = hall.sending.append(where, 0, b"%PDX" + content[4:], checksum)

    assert (damaged.status_code, code_of(damaged)) == (460, "checksum")
    assert hall.sending.state(where).headers["Upload-Offset"] == "0"
    assert hall.sending.append(where, 0, content, checksum).status_code == 204


@both
def test_of_two_who_send_the_same_part_at_once_one_counts(hall: Hall) -> None:
    content = voice(6)
    where = hall.sending.begin(content).headers["Location"]
    ready, codes = Barrier(4), []

    def send() -> None:
        ready.wait(10)
        codes.append(hall.sending.append(where, 0, content).status_code)

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(codes) == [204, 409, 409, 409]
    assert rows(hall.town, "file_part") == 1


def test_those_who_cannot_send_patch_say_so(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]
    headers = (
        hall.phone.token
        | TUS
        | {
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": "0",
            "X-HTTP-Method-Override": "PATCH",
        }
    )

    assert hall.caller.post(where, content=pdf(), headers=headers).status_code == 204
    assert hall.caller.post(where, headers=hall.phone.token | TUS).status_code == 400


def test_phones_are_told_what_is_taken(hall: Hall) -> None:
    limits = hall.phone.enrolled.limits
    body = hall.phone.push_of()
    reply = hall.caller.post("/v1/push", content=body, headers=hall.phone.signed(body)).json()

    assert limits.files.bytes == 20 * 1024 * 1024
    assert reply["limits"]["files"]["image_edge"] == 2048
    assert "image/jpeg" in reply["limits"]["files"]["types"]
