"""The font that documents are printed in: cut down to the characters that one document needs."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from fpdf import FPDF

from server.errors import ServerError
from shared.wire import Words

REGULAR, BOLD = 400, 700
"""Weights of the variable Noto Sans SC; where it comes from: docs/decisions/0002-fonts.md."""

_ALWAYS = "".join(map(chr, range(32, 127))) + "·…—“”？□"


class NoFont(ServerError):
    """The server was installed without the font that it prints with."""

    def __init__(self) -> None:
        words = Words(
            "服务器缺少打印字体，请重新安装（server 附带项）。",
            "The server lacks its font; install it again with its extra `server`.",
        )
        super().__init__("no_font", words)


@contextmanager
def fonts_of(sheet: FPDF, words: str) -> Iterator[None]:
    """Lets a document be drawn in the font `paper`, as long as the block runs. Raises NoFont."""
    with TemporaryDirectory() as folder:
        for style, weight in (("", REGULAR), ("B", BOLD)):
            font = Path(folder) / f"{weight}.ttf"
            font.write_bytes(font_cut(words, weight))
            sheet.add_font("paper", style, font)
        yield


def font_cut(text: str, weight: int) -> bytes:
    """A TrueType font of that weight with the characters of `text`. Raises NoFont."""
    path = _font_path()
    if path is None:
        raise NoFont
    options = subset.Options(hinting=False, layout_features=[], name_IDs=[1, 2, 6])
    cutter = subset.Subsetter(options)
    cutter.populate(text=text + _ALWAYS)
    with TTFont(path, lazy=True) as font:
        cutter.subset(font)
        instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
        content = io.BytesIO()
        font.save(content)
    return content.getvalue()


def _font_path() -> Path | None:
    package = "justmytype_intl_cjk"
    if find_spec(package) is None:
        return None
    path = Path(str(files(package).joinpath("fonts", "ofl", "notosanssc", "NotoSansSC[wght].ttf")))
    return path if path.is_file() else None
