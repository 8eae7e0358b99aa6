"""What is not taken, and that it leaves nothing: wrong contents, sizes, headers, strangers."""

from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.files.checks import checked_type
from server.files.refusals import FileTooLarge
from shared.files import FileLimits
from tests.media import m4a, pdf, photo, voice, with_xmp
from tests.server.files.conftest import Hall
from tests.server.files.sending import PART, TUS, both, code_of, ref_of, rows


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
