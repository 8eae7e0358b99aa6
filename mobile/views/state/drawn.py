"""Strokes of a finger as a picture."""

import io
from typing import TypeAlias

from PIL import Image, ImageDraw

Stroke: TypeAlias = list[tuple[float, float]]
"""The points that a finger went through."""

WIDTH, HEIGHT = 340, 170
"""The least width of a picture, and its height, dp."""
WIDTH_MAX = 2000
"""A finger may go on beyond the sheet."""
SCALE = 2
INK_WIDTH = 6


def png_of(strokes: list[Stroke]) -> bytes:
    """The strokes, black on white: as wide as they need, for a sheet is as wide as its screen."""
    right = max((x for stroke in strokes for x, _ in stroke), default=0)
    width = min(max(WIDTH, round(right) + INK_WIDTH), WIDTH_MAX)
    paper = Image.new("L", (width * SCALE, HEIGHT * SCALE), 255)
    pen = ImageDraw.Draw(paper)
    for stroke in strokes:
        points = [(x * SCALE, y * SCALE) for x, y in stroke]
        if len(points) == 1:
            (x, y) = points[0]
            pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=0)
        else:
            pen.line(points, fill=0, width=INK_WIDTH, joint="curve")
    content = io.BytesIO()
    paper.save(content, "PNG")
    return content.getvalue()
