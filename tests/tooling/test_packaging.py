"""What the phone is asked for, and nothing more."""

import ast
import tomllib
from pathlib import Path

import pytest

from tools.secure_window import secure

ROOT = Path(__file__).resolve().parents[2]
FLET = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["flet"]
ASSETS = ROOT / FLET["app"]["path"] / "assets"
WORKFLOW = ROOT / ".github" / "workflows" / "android.yml"
ACTIVITY = """package org.doorstep.app

import io.flutter.embedding.android.{0}

class MainActivity : {0}()
"""
FRAGMENT = "FlutterFragmentActivity"


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


def activity(folder: Path, text: str) -> Path:
    """The activity of a Flutter project, as Flet would have made it."""
    file = folder / "android/app/src/main/kotlin/org/doorstep/app/MainActivity.kt"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_the_window_of_the_activity_is_hidden_before_its_first_frame(tmp_path: Path) -> None:
    file = activity(tmp_path, ACTIVITY.format(FRAGMENT))

    names = [secure(tmp_path), secure(tmp_path)]

    said = file.read_text(encoding="utf-8")
    assert names == ["org.doorstep.app.MainActivity"] * 2
    assert said.index("LayoutParams.FLAG_SECURE") < said.index("super.onCreate")


def test_an_activity_that_nobody_knows_is_not_written_over(tmp_path: Path) -> None:
    text = ACTIVITY.format("FlutterActivity")
    file = activity(tmp_path, text)

    with pytest.raises(SystemExit, match="by hand"):
        secure(tmp_path)

    assert file.read_text(encoding="utf-8") == text


def test_the_build_hides_the_window_and_looks_into_what_it_made() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    patched = text.index("tools.secure_window")

    assert text.index("flet build apk") < patched, "the template must have been written"
    assert patched < text.index("flet build apk", patched) < text.index("Window;->addFlags")


def _imported(node: ast.AST) -> list[ast.alias]:
    if isinstance(node, ast.Import):
        return node.names
    return [ast.alias(node.module or "")] if isinstance(node, ast.ImportFrom) else []
