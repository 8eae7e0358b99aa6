"""What the phone is asked for, and nothing more."""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLET = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["flet"]
ASSETS = ROOT / FLET["app"]["path"] / "assets"


def test_the_app_asks_for_network_place_and_camera_and_never_in_the_background() -> None:
    asked = {name.rpartition(".")[2] for name, on in FLET["android"]["permission"].items() if on}

    assert asked == {
        "INTERNET",
        "ACCESS_NETWORK_STATE",
        "ACCESS_FINE_LOCATION",
        "ACCESS_COARSE_LOCATION",
    }
    assert set(FLET.get("permissions", ())) <= {"camera"}, "other bundles ask for more than is used"


def test_no_phone_is_kept_out_for_what_it_can_do_without() -> None:
    assert not any(FLET["android"]["feature"].values())


def test_every_reason_is_given_in_both_languages() -> None:
    for reason in FLET["ios"]["info"].values():
        assert any("\u4e00" <= character <= "\u9fff" for character in reason)
        assert any(character.isascii() and character.isalpha() for character in reason)


def test_what_needs_a_permission_is_what_was_asked_for() -> None:
    extensions = {
        name.name.partition(".")[0]
        for file in (ROOT / "mobile").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in _imported(node)
    }

    assert {name for name in extensions if name.startswith("flet_")} <= {
        "flet_camera",
        "flet_geolocator",
        "flet_secure_storage",
        "flet_web",
    }


def test_there_is_an_icon_and_colours_for_the_first_second() -> None:
    icon = (ASSETS / "icon.png").read_bytes()

    assert icon.startswith(b"\x89PNG")
    assert int.from_bytes(icon[16:20], "big") >= 512
    assert {"color", "dark_color"} <= FLET["splash"].keys()


def _imported(node: ast.AST) -> list[ast.alias]:
    if isinstance(node, ast.Import):
        return node.names
    return [ast.alias(node.module or "")] if isinstance(node, ast.ImportFrom) else []
