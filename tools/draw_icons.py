"""Draw the app's icons: an open door over its step. `make icon` writes them all."""

import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

ASSETS = Path(__file__).resolve().parent.parent / "mobile" / "launcher" / "assets"
FINE = 4  # drawn four times as large, then made small: smooth edges
COLOURS = 32
GREEN, DARK, PAPER, LIGHT = "#1F7A5C", "#155740", "#F4F7F5", "#F2B84B"


def main() -> int:
    """Write every icon that the app, a phone's launcher and a browser tab ask for."""
    for name, (draw, size) in icons().items():
        target = ASSETS / name
        target.parent.mkdir(parents=True, exist_ok=True)
        few = draw(size).quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
        few.save(target, optimize=True)
    return 0


def icons() -> dict[str, tuple[Callable[[int], Image.Image], int]]:
    """Each file below assets/, with how it is drawn and how wide it is."""
    return {
        "icon.png": (full, 512),
        "favicon.png": (rounded, 48),
        "icons/apple-touch-icon-192.png": (full, 192),
        "icons/icon-192.png": (rounded, 192),
        "icons/icon-512.png": (rounded, 512),
        "icons/icon-maskable-192.png": (full, 192),
        "icons/icon-maskable-512.png": (full, 512),
        "icons/loading-animation.png": (rounded, 192),
    }


def full(size: int) -> Image.Image:
    """The icon on a square that a phone cuts to its own shape."""
    image = Image.new("RGBA", (size * FINE, size * FINE), GREEN)
    _draw_door(ImageDraw.Draw(image), size * FINE, scale=0.8)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def rounded(size: int) -> Image.Image:
    """The icon with round corners of its own, for what does not cut it."""
    wide = size * FINE
    image = Image.new("RGBA", (wide, wide), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, wide - 1, wide - 1), radius=wide * 0.22, fill=GREEN)
    _draw_door(pen, wide, scale=1.0)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def _draw_door(pen: ImageDraw.ImageDraw, wide: int, *, scale: float) -> None:
    def at(x: float, y: float) -> tuple[float, float]:
        # From a drawing of 100 by 100 around its middle.
        return (wide * (0.5 + (x - 50) / 100 * scale), wide * (0.5 + (y - 50) / 100 * scale))

    pen.rectangle((*at(30, 20), *at(70, 74)), fill=PAPER)
    pen.rectangle((*at(34, 24), *at(66, 74)), fill=LIGHT)
    pen.polygon([at(34, 24), at(57, 31), at(57, 81), at(34, 74)], fill=DARK)
    pen.ellipse((*at(50.5, 53), *at(54.5, 57)), fill=LIGHT)
    pen.rectangle((*at(20, 74), *at(34, 81)), fill=PAPER)
    pen.polygon([at(34, 74), at(57, 81), at(34, 81)], fill=PAPER)
    pen.rectangle((*at(57, 74), *at(80, 81)), fill=PAPER)


if __name__ == "__main__":
    sys.exit(main())
