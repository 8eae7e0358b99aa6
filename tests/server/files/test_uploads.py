"""Uploads by tus 1.0: each part counts once, a break costs little, a wrong file leaves nothing."""

import asyncio
import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator
from threading import Barrier, Thread
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from server.api.context import ApiLimits
from server.db.engine import reading, writing
from server.files import uploads as uploads_module
from server.files.checks import checked_type
from server.files.refusals import FileTooLarge
from server.files.uploads import OPEN_MAX, UPLOAD_MS
from shared.files import FileLimits
from tests.media import m4a, pdf, photo, voice, with_xmp
from tests.server.api.caller import calling
from tests.server.files.conftest import Hall
from tests.server.files.sending import PART, TUS, Sending, both, code_of, ref_of, rows


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


@pytest.mark.parametrize("checksum", ["md5 abc=", "sha256", "sha256 ***", ""])
def test_a_checksum_that_is_none_is_refused(hall: Hall, checksum: str) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]

    assert hall.sending.append(where, 0, pdf(), {"Upload-Checksum": checksum}).status_code == 400


@both
def test_a_file_whose_hash_is_wrong_leaves_nothing(hall: Hall) -> None:
    content = pdf()
    where = hall.sending.begin(content, named="b" * 64).headers["Location"]
    hall.sending.append(where, 0, content[:20])

    refused = hall.sending.append(where, 20, content[20:])

    assert (refused.status_code, code_of(refused)) == (422, "wrong_hash")
    assert hall.sending.state(where).status_code == 404
    assert [rows(hall.town, table) for table in ("upload", "file_part", "file")] == [0, 0, 0]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><script>alert(1)</script>", "wrong_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "wrong_type"),
        (b"MZ\x90" + bytes(100), "wrong_type"),
        (m4a(track=b"vide"), "wrong_type"),
        (photo()[:-2000], "wrong_type"),
        (photo(located=True), "carries_metadata"),
        (photo(kind="PNG", located=True), "carries_metadata"),
        (photo(kind="WEBP", located=True), "carries_metadata"),
        (with_xmp(photo()), "carries_metadata"),
        (photo() + b"PK\x03\x04 and a program", "carries_metadata"),
        (m4a(located=True), "carries_metadata"),
        (photo(2100, 10), "image_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_not_what_it_must_be_leaves_nothing(
    hall: Hall, content: bytes, code: str
) -> None:
    refused = hall.sending.send(content)

    assert (refused.status_code, code_of(refused)) == (422, code)
    assert refused.json()["words"].keys() == {"zh", "en"}
    assert [rows(hall.town, table) for table in ("upload", "file_part", "file")] == [0, 0, 0]


def test_an_image_whose_pixels_do_not_open_is_refused(hall: Hall) -> None:
    whole = photo(64, 64, kind="PNG")
    at = whole.index(b"IDAT")
    length = int.from_bytes(whole[at - 4 : at], "big")
    noise = b"IDAT" + bytes(length)
    broken = whole[:at] + noise + crc32(noise).to_bytes(4, "big") + whole[at + length + 8 :]

    assert code_of(hall.sending.send(broken)) == "wrong_type"


def test_a_file_that_is_too_large_is_refused_at_once(hall: Hall) -> None:
    at_once = hall.sending.begin(b"", size=20 * 1024 * 1024 + 1)

    assert (at_once.status_code, code_of(at_once)) == (413, "file_too_large")
    assert rows(hall.town, "upload") == 0


def test_an_image_that_is_too_large_for_an_image_is_refused() -> None:
    limits = FileLimits(image_bytes=100)

    with pytest.raises(FileTooLarge):
        checked_type(photo(), ref_of(photo()).sha256, limits)
    assert checked_type(voice(), ref_of(voice()).sha256, limits) == "audio/wav"


def test_more_than_was_announced_is_refused(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]

    more = hall.sending.append(where, 0, pdf() + b"x")

    assert more.status_code == 413
    assert hall.sending.state(where).headers["Upload-Offset"] == "0"


def test_a_part_larger_than_is_served_is_refused(hall: Hall) -> None:
    where = hall.sending.begin(voice(200)).headers["Location"]

    assert hall.sending.append(where, 0, voice(70)).status_code == 413


@both
def test_another_devices_upload_is_not_there(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]

    assert hall.elsewhere.state(where).status_code == 404
    assert hall.elsewhere.append(where, 0, pdf()).status_code == 404
    assert hall.elsewhere.end(where).status_code == 404
    assert hall.sending.append(where, 0, pdf()).status_code == 204


def test_nobody_uploads_without_a_token(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]
    part = TUS | {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}

    replies = [
        hall.caller.call("HEAD", where, headers=TUS),
        hall.caller.call("PATCH", where, content=pdf(), headers=part),
        hall.caller.call("DELETE", where, headers=TUS),
        hall.caller.call("GET", f"/v1/files/{'a' * 64}"),
    ]

    assert {reply.status_code for reply in replies} == {401}


@both
def test_an_upload_that_was_not_finished_in_time_is_gone(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]
    hall.sending.append(where, 0, pdf()[:10])
    hall.town.clock.at += UPLOAD_MS

    late = hall.sending.append(where, 10, pdf()[10:])

    assert (late.status_code, code_of(late)) == (410, "upload_expired")
    assert hall.sending.state(where).status_code == 410
    hall.sending.begin(pdf())
    assert (rows(hall.town, "upload"), rows(hall.town, "file_part")) == (1, 0)


def test_an_ended_upload_leaves_nothing(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]
    hall.sending.append(where, 0, pdf()[:10])

    assert hall.sending.end(where).status_code == 204

    assert hall.sending.state(where).status_code == 404
    assert rows(hall.town, "file_part") == 0


@both
def test_to_end_an_upload_that_made_a_file_keeps_the_file(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]
    hall.sending.append(where, 0, pdf())
    hall.sending.name(ref_of(pdf()))

    assert hall.sending.end(where).status_code == 204

    assert hall.sending.take(ref_of(pdf()).sha256).content == pdf()


@both
def test_a_device_has_only_so_many_unfinished_uploads(hall: Hall) -> None:
    for _ in range(OPEN_MAX):
        hall.sending.begin(pdf())

    one_more = hall.sending.begin(pdf())

    assert (one_more.status_code, code_of(one_more)) == (429, "too_many_uploads")
    assert int(one_more.headers["Retry-After"]) > 0
    assert hall.elsewhere.begin(pdf()).status_code == 201


def test_a_file_does_not_come_in_crumbs(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads_module, "PARTS_MAX", 3)
    where = hall.sending.begin(pdf()).headers["Location"]
    for at in range(3):
        hall.sending.append(where, at, pdf()[at : at + 1])

    assert code_of(hall.sending.append(where, 3, pdf()[3:4])) == "too_many_parts"


@both
def test_the_same_content_is_stored_once_in_a_town(hall: Hall) -> None:
    hall.sending.send(pdf())
    hall.elsewhere.send(pdf())

    assert (rows(hall.town, "file"), rows(hall.town, "file_part")) == (1, 1)


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


@both
def test_what_lies_in_the_database_cannot_be_read(hall: Hall) -> None:
    content = pdf().replace(b"obj", b"Wang Fang obj", 1)
    hall.sending.send(content)

    with reading(hall.town.services.engine) as conn:
        [sealed] = conn.execute(text("SELECT sealed FROM file_part")).scalars()

    assert b"Wang Fang" in content
    assert b"Wang Fang" not in bytes(sealed)
    assert b"%PDF" not in bytes(sealed)


def test_a_content_that_was_tampered_with_is_not_given_out(hall: Hall) -> None:
    hall.sending.send(pdf())
    hall.sending.name(ref_of(pdf()))
    with writing(hall.town.services.engine) as conn:
        [sealed] = conn.execute(text("SELECT sealed FROM file_part")).scalars()
        changed = bytes(sealed)[:-1] + bytes([bytes(sealed)[-1] ^ 1])
        conn.execute(text("UPDATE file_part SET sealed = :changed"), {"changed": changed})

    reply = hall.sending.take(ref_of(pdf()).sha256)

    assert reply.status_code == 500
    assert code_of(reply) == "seal_broken"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Upload-Length": "10"},
        {"Upload-Length": "-1", "Upload-Metadata": "sha256 YWJj"},
        {"Upload-Length": "9" * 40, "Upload-Metadata": "sha256 YWJj"},
        {"Upload-Length": "10", "Upload-Metadata": "sha256 YWJj"},
        {"Upload-Length": "10", "Upload-Metadata": "sha256 ***"},
        {"Upload-Length": "10", "Upload-Metadata": "x" * 9000},
        {"Upload-Defer-Length": "1", "Upload-Metadata": "sha256 YWJj"},
    ],
    ids=str,
)
def test_an_announcement_that_is_none_is_refused(hall: Hall, headers: dict[str, str]) -> None:
    asked = hall.phone.token | TUS | headers

    assert hall.caller.post("/v1/uploads", headers=asked).status_code == 400


def test_an_empty_file_is_refused(hall: Hall) -> None:
    assert code_of(hall.sending.begin(b"")) == "wrong_type"


def test_a_part_must_be_sent_as_one(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]

    for headers in ({"Content-Type": "text/plain"}, {"Content-Encoding": "gzip"}):
        assert hall.sending.append(where, 0, pdf(), headers).status_code == 415


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


ANY_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
LIKELY = st.sampled_from(["0", "1", "-1", "9" * 30, "1.0.0", "sha256 YQ==", "PATCH", "1e3"])
HEADERS = st.sampled_from(
    [
        "Tus-Resumable",
        "Upload-Offset",
        "Upload-Length",
        "Upload-Metadata",
        "Upload-Checksum",
        "Upload-Concat",
        "Content-Type",
        "X-HTTP-Method-Override",
    ]
)


def test_no_header_and_no_body_makes_the_server_fail(hall: Hall) -> None:
    where = hall.sending.begin(pdf()).headers["Location"]
    of_uploads = [("POST", "/v1/uploads"), ("HEAD", where), ("PATCH", where), ("POST", where)]
    of_files = [("GET", f"/v1/files/{'a' * 64}"), ("HEAD", "/v1/files/x"), ("DELETE", f"{where}x")]

    @settings(max_examples=60, deadline=None)
    @given(
        call=st.sampled_from([*of_uploads, *of_files]),
        said=st.dictionaries(HEADERS, ANY_TEXT | LIKELY, max_size=6),
        body=st.binary(max_size=60),
        spoken=st.booleans(),
    )
    def try_one(call: tuple[str, str], said: dict[str, str], body: bytes, *, spoken: bool) -> None:
        headers = hall.phone.token | (dict(PART) if spoken else {}) | said
        reply = hall.caller.call(*call, content=body, headers=headers)
        assert reply.status_code < 500, (call, headers, body)

    try_one()
