"""Make .venv and install exactly what requirements.lock names.

Runs before anything is installed, so it uses the standard library only. A second run does
nothing until pyproject.toml, requirements.lock or the folder itself has changed.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = ".set-up"
LOG = "set-up.log"
LOG_LINES_SHOWN = 15
BAR_WIDTH = 30
REQUIREMENT_STARTS = ("Collecting ", "Requirement already satisfied: ", "Ignoring ")
PIP_INSTALL = ("-m", "pip", "install", "--no-input", "--disable-pip-version-check")


class CannotSetUp(Exception):
    """Says in one sentence what the person at the keyboard can do."""


def main() -> int:
    """Set the working tree up, and say so when there was something to do."""
    try:
        set_up(ROOT)
    except CannotSetUp as error:
        print(f"Doorstep: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nDoorstep: set-up was stopped; run it again to go on.", file=sys.stderr)
        return 130
    return 0


def set_up(root: Path) -> None:
    """Bring `.venv` in line with the lock; do nothing where it already is."""
    folder = root / ".venv"
    if is_set_up(root):
        return
    print("Doorstep: setting up (once; needs the network and takes a few minutes) ...", flush=True)
    if not _works(folder):
        _make_environment(folder)
    _install(
        folder,
        [*PIP_INSTALL, "--require-hashes", "-r", str(root / "requirements.lock")],
        expected=count_requirements(root / "requirements.lock"),
    )
    _install(folder, [*PIP_INSTALL, "--no-deps", "--no-build-isolation", "-e", str(root)])
    (folder / STAMP).write_text(fingerprint(root), encoding="utf-8")
    print("Doorstep: set up.", flush=True)


def is_set_up(root: Path) -> bool:
    """Whether `.venv` was made here, from these very versions, and still runs."""
    stamp = root / ".venv" / STAMP
    return (
        stamp.is_file()
        and stamp.read_text(encoding="utf-8") == fingerprint(root)
        and _works(root / ".venv")
    )


def fingerprint(root: Path) -> str:
    """What an installation depends on: the two files, and the folder (it is written into .venv)."""
    digest = hashlib.sha256(str(root).encode())
    for name in ("pyproject.toml", "requirements.lock"):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def count_requirements(lock: Path) -> int:
    """How many packages a lock names."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return sum(1 for line in lines if "==" in line and not line.startswith((" ", "#")))


def _works(folder: Path) -> bool:
    # A folder that was moved keeps scripts that point to where it was.
    python = _python(folder)
    if not python.exists():
        return False
    asked = subprocess.run(
        [python, "-c", "import pip, sys; print(sys.prefix)"],
        capture_output=True,
        text=True,
        check=False,
    )
    same = asked.returncode == 0 and Path(asked.stdout.strip()).resolve() == folder.resolve()
    return same and _made_for(folder)


def _made_for(folder: Path) -> bool:
    activate = folder / "bin" / "activate"
    return not activate.exists() or str(folder) in activate.read_text(encoding="utf-8")


def _make_environment(folder: Path) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise CannotSetUp(
            "this Python cannot make a virtual environment; "
            f"get that part with: sudo apt-get install python{version}-venv"
        )
    shutil.rmtree(folder, ignore_errors=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise CannotSetUp(f"could not make {folder}: {(made.stdout + made.stderr).strip()}")


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def _install(folder: Path, arguments: list[str], expected: int = 0) -> None:
    log = folder / LOG
    with (
        log.open("a", encoding="utf-8") as kept,
        subprocess.Popen(
            [str(_python(folder)), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as pip,
    ):
        assert pip.stdout is not None
        lines = _shown(pip.stdout, expected)
        for line in lines:
            kept.write(line)
    if pip.returncode != 0:
        last = log.read_text(encoding="utf-8").splitlines()[-LOG_LINES_SHOWN:]
        raise CannotSetUp("\n".join(["installing failed. pip said:", *last, f"(all of it: {log})"]))


def _shown(lines: Iterator[str], expected: int) -> Iterator[str]:
    found = 0
    bar = expected > 0 and sys.stdout.isatty()
    for line in lines:
        found += line.startswith(REQUIREMENT_STARTS)
        if bar:
            _draw(min(found, expected), expected, line)
        yield line
    if bar:
        print("\r\033[K", end="", flush=True)


def _draw(found: int, expected: int, line: str) -> None:
    filled = BAR_WIDTH * found // expected
    step = line.partition("(from")[0].strip()[:40]
    bar = "#" * filled + "." * (BAR_WIDTH - filled)
    print(f"\r\033[K[{bar}] {found}/{expected} {step}", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main())
