"""The font that documents are printed in: cut down to the characters that one document needs."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from fpdf import FPDF

from server.paper.families import FROM_RIGHT, PAPER, Family, NoFont, font_path
from shared.forms.direction import has_from_right

__all__ = ["NoFont", "font_cut", "fonts_of"]

REGULAR, BOLD = 400, 700
"""Weights of the variable fonts; where it comes from: docs/decisions/0002-fonts.md."""

_ALWAYS = "".join(map(chr, range(32, 127))) + "·…—“”？□"


@contextmanager
def fonts_of(sheet: FPDF, words: str) -> Iterator[None]:
    """Lets a document be drawn in the font `paper`, as long as the block runs. Raises NoFont."""
    from_right = has_from_right(words)
    with TemporaryDirectory() as folder:
        for family in (PAPER, *(FROM_RIGHT if from_right else ())):
            for style, weight in (("", REGULAR), ("B", BOLD)):
                font = Path(folder) / f"{family.name}{weight}.ttf"
                font.write_bytes(font_cut(words, weight, family))
                sheet.add_font(family.name, style, font)
        if from_right:
            # Letters of these scripts are joined and put in order, which costs time on every line.
            sheet.set_fallback_fonts([family.name for family in FROM_RIGHT])
            sheet.set_text_shaping(use_shaping_engine=True)
        yield


def font_cut(text: str, weight: int, family: Family = PAPER) -> bytes:
    """A TrueType font of that weight with the characters of `text`. Raises NoFont."""
    options = subset.Options(hinting=False, name_IDs=[1, 2, 6])
    options.layout_features = ["*"] if family.joins else []
    cutter = subset.Subsetter(options)
    cutter.populate(text=text + _ALWAYS)
    with TTFont(font_path(family), lazy=True) as font:
        cutter.subset(font)
        axes = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
        instancer.instantiateVariableFont(font, {**axes, "wght": weight}, inplace=True)
        content = io.BytesIO()
        font.save(content)
    return content.getvalue()
