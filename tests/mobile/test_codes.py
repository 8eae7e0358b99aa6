"""Codes are read out of pictures as phones take them."""

import io

import pytest
import segno
from PIL import Image

from mobile.codes import codes_in

TEXT = "doorstep://d/01999999-0000-7000-8000-00000000d001"


def code(text: str, scale: int = 6) -> Image.Image:
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="png", scale=scale, border=4)
    return Image.open(out).convert("RGB")


def saved(image: Image.Image, kind: str = "JPEG", **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("angle", [0, 12, 90, 180])
def test_a_plate_is_read_however_the_phone_was_held(kind: str, angle: int) -> None:
    turned = code(TEXT).rotate(angle, expand=True, fillcolor="grey")

    assert codes_in(saved(turned, kind)) == (TEXT,)


def test_a_photo_of_many_megapixels_is_made_smaller_first() -> None:
    wall = Image.new("RGB", (4000, 3000), "lightgrey")
    wall.paste(code(TEXT, scale=24), (900, 700))

    assert codes_in(saved(wall, quality=80)) == (TEXT,)


def test_every_code_is_given_once() -> None:
    wall = Image.new("RGB", (900, 400), "white")
    wall.paste(code("A-1"), (20, 20))
    wall.paste(code("A-1"), (300, 20))
    wall.paste(code("门牌"), (600, 20))

    assert sorted(codes_in(saved(wall))) == ["A-1", "门牌"]


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", saved(Image.new("RGB", (300, 300), "white")), saved(code(TEXT))[:400]],
)
def test_what_has_no_code_gives_none(content: bytes) -> None:
    assert codes_in(content) == ()
