"""What a file is, told from its content."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from shared.media import content_of, without_location
from tests.media import m4a, pdf, photo, voice, with_xmp


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_image_tells_its_type_and_its_edges(kind: str) -> None:
    known = content_of(photo(320, 200, kind=kind))

    assert known is not None
    assert known.type == f"image/{kind.lower()}"
    assert known.picture is not None
    assert (known.picture.width, known.picture.height, known.picture.bare) == (320, 200, True)


@pytest.mark.parametrize(("quality", "progressive"), [(95, False), (40, True)])
def test_a_jpeg_of_any_make_is_read_to_its_end(*, quality: int, progressive: bool) -> None:
    written = BytesIO()
    Image.effect_noise((200, 120), 90).convert("RGB").save(
        written, "JPEG", quality=quality, progressive=progressive, icc_profile=b"p" * 300
    )

    known = content_of(written.getvalue())

    assert known is not None
    assert known.picture is not None
    assert known.picture.bare


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_image_that_says_where_it_was_taken_is_not_bare(kind: str) -> None:
    known = content_of(photo(kind=kind, located=True))

    assert known is not None
    assert known.picture is not None
    assert not known.picture.bare


@pytest.mark.parametrize(
    "content",
    [
        with_xmp(photo()),
        photo() + b"PK\x03\x04 a program behind the picture",
        photo(kind="PNG") + b"<script>",
        photo()[:2] + b"\xff\xfe\x00\x06home" + photo()[2:],
    ],
    ids=["xmp", "jpeg and more", "png and more", "comment"],
)
def test_an_image_that_carries_more_than_pixels_is_not_bare(content: bytes) -> None:
    known = content_of(content)

    assert known is not None
    assert known.picture is not None
    assert not known.picture.bare


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (voice(), "audio/wav"),
        (m4a(), "audio/mp4"),
        (b"OggS" + bytes(60), "audio/ogg"),
        (b"ID3\x04" + bytes(60), "audio/mpeg"),
        (b"\xff\xfb\x90\x64" + bytes(60), "audio/mpeg"),
        (pdf(), "application/pdf"),
    ],
)
def test_recordings_and_documents_tell_their_type(content: bytes, kind: str) -> None:
    known = content_of(content)

    assert known is not None
    assert known.type == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"MZ\x90\x00" + bytes(200),
        b"PK\x03\x04" + bytes(200),
        m4a(track=b"vide"),
        m4a()[:-1],
        photo()[: len(photo()) // 2],
        photo(kind="PNG")[:-5],
        photo(kind="WEBP")[:-9],
        voice()[:-100],
        pdf()[:-7],
        b"\xff\xf1\x50\x80" + bytes(60),
    ],
    ids=repr,
)
def test_anything_else_and_anything_cut_is_none_of_them(content: bytes) -> None:
    assert content_of(content) is None


def test_a_recordings_place_is_blanked_and_nothing_moves() -> None:
    located = m4a(located=True)

    blank = without_location(located)

    known = content_of(located)
    assert known is not None
    assert known.located
    assert b"30.2741" not in blank
    assert len(blank) == len(located)
    after = content_of(blank)
    assert after is not None
    assert not after.located
    assert after.type == "audio/mp4"


@given(st.binary(max_size=400), st.sampled_from(["JPEG", "PNG", "WEBP", "m4a", ""]), st.data())
def test_no_bytes_make_it_stumble(noise: bytes, kind: str, data: st.DataObject) -> None:
    whole = {"": b"", "m4a": m4a()}.get(kind) or (photo(16, 16, kind=kind) if kind else b"")
    at = data.draw(st.integers(0, len(whole)))

    content_of(whole[:at] + noise + whole[at + len(noise) :])
