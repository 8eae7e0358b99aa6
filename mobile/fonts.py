"""What the app needs in a browser besides code: a Chinese font, its licence, and our own icons.

A phone brings a font of its own. A browser draws with what the page gives it, and without
a content network that is nothing: so the full Noto Sans SC is served (rare characters in
names are why it is the full one). It comes with the `web` extra.
"""

import shutil
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path

FONT_FAMILY = "Noto Sans SC"
FONT_URL = "/fonts/NotoSansSC.ttf"

OTHER_SCRIPTS = {
    "notosansarabic": "NotoSansArabic[wdth,wght].ttf",
    "notosanshebrew": "NotoSansHebrew[wdth,wght].ttf",
}
"""Fonts that Flet's client asks for by these names once a text needs them, from anywhere below
`assets/fonts`. A form may have labels that the Chinese font cannot draw."""

_PACKAGE = "justmytype_intl_cjk"
_FOLDER = "notosanssc"
_FONT = "NotoSansSC[wght].ttf"
_OTHERS_PACKAGE = "justmytype_intl_rtl"
_LICENCE = "OFL.txt"


def font_path() -> Path | None:
    """The variable Noto Sans SC; None where the `web` extra is not installed."""
    return _packaged(_PACKAGE, _FOLDER, _FONT)


def font_licence_path() -> Path | None:
    """The licence that must go wherever the font goes."""
    return _packaged(_PACKAGE, _FOLDER, _LICENCE)


def other_font_url(name: str) -> str:
    """Where the font of `OTHER_SCRIPTS` is served."""
    return f"/fonts/{name}.ttf"


def lay_out_assets(folder: Path) -> bool:
    """Fill a folder with what the browser is to be served; say whether the font is in it.

    The files are copied: Flet's web server follows no link that leads out of the folder.
    """
    with as_file(files("mobile") / "launcher" / "assets") as icons:
        shutil.copytree(icons, folder, dirs_exist_ok=True)
    for name, file in OTHER_SCRIPTS.items():
        other = _packaged(_OTHERS_PACKAGE, name, file)
        if other is not None:
            target = folder / other_font_url(name).lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy_once(other, target)
    font, licence = font_path(), font_licence_path()
    if font is None or licence is None:
        return False
    target = folder / FONT_URL.lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    _copy_once(font, target)
    _copy_once(licence, target.with_name(_LICENCE))
    return True


def _packaged(package: str, family: str, name: str) -> Path | None:
    if find_spec(package) is None:
        return None
    path = Path(str(files(package).joinpath("fonts", "ofl", family, name)))
    return path if path.is_file() else None


def _copy_once(source: Path, target: Path) -> None:
    if not target.is_file() or target.stat().st_size != source.stat().st_size:
        shutil.copyfile(source, target)
