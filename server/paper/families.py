"""The fonts that documents are printed in, and where they lie (docs/decisions/0002-fonts.md)."""

from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from server.errors import ServerError
from shared.wire import Words


class Family(Struct, frozen=True):
    """A variable font, and where it comes from."""

    name: str
    package: str
    file: tuple[str, str]
    joins: bool = False
    """Its letters change with those beside them."""


PAPER = Family("paper", "justmytype_intl_cjk", ("notosanssc", "NotoSansSC[wght].ttf"))
FROM_RIGHT = (
    Family(
        "arabic", "justmytype_intl_rtl", ("notosansarabic", "NotoSansArabic[wdth,wght].ttf"), True
    ),
    Family(
        "hebrew", "justmytype_intl_rtl", ("notosanshebrew", "NotoSansHebrew[wdth,wght].ttf"), True
    ),
)
"""Asked for what the first one lacks, where a document has letters that are read from the right."""


class NoFont(ServerError):
    """The server was installed without the font that it prints with."""

    def __init__(self) -> None:
        words = Words(
            "服务器缺少打印字体，请重新安装（server 附带项）。",
            "The server lacks its font; install it again with its extra `server`.",
        )
        super().__init__("no_font", words)


def font_path(family: Family) -> Path:
    """Where the font lies. Raises NoFont."""
    if find_spec(family.package) is not None:
        path = Path(str(files(family.package).joinpath("fonts", "ofl", *family.file)))
        if path.is_file():
            return path
    raise NoFont
