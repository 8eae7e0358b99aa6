"""Hides the app's window on Android: `python -m tools.secure_window [build/flutter]`.

`flet build` makes the activity from its template and offers no setting for FLAG_SECURE. Run this
after a first build and build again: a template whose inputs are the same is not written anew.
Prints the activity's class, by which the APK can be looked at.
"""

import re
import sys
from pathlib import Path

MADE = Path("build/flutter")
ACTIVITY = "android/app/src/main/kotlin/**/MainActivity.kt"
PLAIN = re.compile(
    r"package (?P<package>[\w.]+)\s+"
    r"import io\.flutter\.embedding\.android\.FlutterFragmentActivity\s+"
    r"class MainActivity ?: ?FlutterFragmentActivity\(\)\s*(\{\s*\})?\s*"
)
SECURE = """package {package}

import android.os.Bundle
import android.view.WindowManager
import io.flutter.embedding.android.FlutterFragmentActivity

class MainActivity : FlutterFragmentActivity() {{
    override fun onCreate(savedInstanceState: Bundle?) {{
        // No screenshot, no screen cast, and nothing in the task switcher.
        window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
        super.onCreate(savedInstanceState)
    }}
}}
"""


def secure(made: Path) -> str:
    """Adds the flag to the one activity of a Flutter project; the name of its class.

    Doing it twice changes nothing. Raises SystemExit when the activity is not what Flet makes:
    then somebody must look at it.
    """
    files = sorted(made.glob(ACTIVITY))
    if len(files) != 1:
        raise SystemExit(f"{len(files)} activities in {made}, not one: run `flet build apk` first")
    text = files[0].read_text(encoding="utf-8")
    plain = PLAIN.fullmatch(text)
    if plain is not None:
        text = SECURE.format(package=plain["package"])
        files[0].write_text(text, encoding="utf-8")
    package = re.match(r"package ([\w.]+)", text)
    if package is None or text != SECURE.format(package=package[1]):
        raise SystemExit(f"{files[0]} is not what Flet 1.0.5 makes: add FLAG_SECURE by hand")
    return f"{package[1]}.MainActivity"


if __name__ == "__main__":
    print(secure(Path(sys.argv[1]) if len(sys.argv) > 1 else MADE))
