"""The wheel holds the four packages whole, data files too, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUICKLY = ("--quiet", "--no-deps", "--no-build-isolation")
PACKAGES = ("mobile", "rehearsal", "server", "shared")


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What lies in a wheel built from the working tree."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *QUICKLY, "--wheel-dir", str(folder), str(ROOT)],
        check=True,
        timeout=120,
    )
    (wheel,) = folder.glob("doorstep-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_four_packages_and_nothing_else(wheel_names: set[str]) -> None:
    tops = {PurePosixPath(name).parts[0] for name in wheel_names}

    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_every_file_of_the_packages_is_in_the_wheel(wheel_names: set[str]) -> None:
    missing = [name for name in _packaged_files() if name not in wheel_names]

    assert missing == []


def test_the_wheel_can_never_be_uploaded_by_accident(wheel_names: set[str]) -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    assert any(name.endswith("/METADATA") for name in wheel_names)
    assert '"Private :: Do Not Upload"' in pyproject


def _packaged_files() -> list[str]:
    return [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    ]
