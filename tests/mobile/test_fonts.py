"""In a browser the app brings its own font, for rare characters in names too."""

from pathlib import Path

from fontTools.ttLib import TTFont

from mobile.fonts import FONT_URL, font_licence_path, font_path, lay_out_assets

COMMON = "门牌户主姓名，。"
RARE_IN_NAMES = "喆堃珺翀昇頔祎媖"
SERVED = ("favicon.png", "icon.png", "icons/loading-animation.png", "icons/icon-512.png")


def test_the_font_draws_rare_characters_of_names() -> None:
    path = font_path()
    assert path is not None

    drawn = TTFont(path, lazy=True).getBestCmap()

    assert [sign for sign in COMMON + RARE_IN_NAMES if ord(sign) not in drawn] == []


def test_the_font_has_every_weight() -> None:
    path = font_path()
    assert path is not None

    (weight,) = TTFont(path, lazy=True)["fvar"].axes

    assert (weight.axisTag, weight.minValue, weight.maxValue) == ("wght", 100, 900)


def test_the_licence_goes_where_the_font_goes(tmp_path: Path) -> None:
    assert lay_out_assets(tmp_path)

    licence = (tmp_path / "fonts" / "OFL.txt").read_text(encoding="utf-8")
    original = font_licence_path()

    assert original is not None
    assert "SIL OPEN FONT LICENSE" in licence.upper()
    assert licence == original.read_text(encoding="utf-8")


def test_the_assets_are_laid_out_twice_without_a_second_copy_of_the_font(tmp_path: Path) -> None:
    lay_out_assets(tmp_path)
    font = tmp_path / FONT_URL.lstrip("/")
    first = font.stat()

    lay_out_assets(tmp_path)

    assert font.stat().st_mtime_ns == first.st_mtime_ns
    assert font.stat().st_size > 10_000_000


def test_our_own_icons_are_served_instead_of_flets(tmp_path: Path) -> None:
    lay_out_assets(tmp_path)

    assert [name for name in SERVED if not (tmp_path / name).is_file()] == []
