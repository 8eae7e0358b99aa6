"""Strokes of a finger as a picture."""

import io

from PIL import Image

from mobile.views.state.drawn import HEIGHT, SCALE, WIDTH, WIDTH_MAX, png_of


def test_a_picture_is_as_wide_as_what_was_drawn() -> None:
    small, wide, off = (
        Image.open(io.BytesIO(png_of([[(20.0, 20.0), (right, 90.0)]])))
        for right in (200.0, 700.0, 9_000.0)
    )

    assert small.size == (WIDTH * SCALE, HEIGHT * SCALE)
    assert wide.getpixel((699 * SCALE, 90 * SCALE)) == 0, "the end of the stroke is in it"
    assert off.width == WIDTH_MAX * SCALE
