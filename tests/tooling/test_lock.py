"""An installation is repeatable: the lock names every version and hash, and no address."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^(?P<requirement>[^\s#][^\\\n]*?) ?\\\n(?P<hashes>(?: +--hash=.*\n)+)", re.MULTILINE
)
LOCKED = {
    canonicalize_name(requirement.name): requirement
    for requirement in (Requirement(found["requirement"]) for found in BLOCK.finditer(LOCK))
}


def test_every_line_of_the_lock_is_a_version_with_its_hashes_or_a_remark() -> None:
    rest = [
        line
        for line in BLOCK.sub("", LOCK).splitlines()
        if line.strip() and not line.strip().startswith("#")
    ]

    assert len(LOCKED) > 50
    assert rest == []


def test_every_hash_is_a_sha256() -> None:
    hashes = re.findall(r"--hash=(\S+)", LOCK)

    assert [one for one in hashes if not re.fullmatch(r"sha256:[0-9a-f]{64}", one)] == []


def test_the_lock_names_no_address_and_no_place_on_a_disk() -> None:
    assert re.findall(r".*(?:://|--\w*-?index|--find| @ | /\w).*", LOCK) == []


def test_whatever_pyproject_asks_for_is_locked_at_a_version_that_fits() -> None:
    wanted = [Requirement(line) for line in _asked_for()]

    unmet = [str(one) for one in wanted if not _fits(LOCKED.get(_name(one)), one)]

    assert len(wanted) > 30
    assert unmet == []


def _asked_for() -> list[str]:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = pyproject["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    return [*project["dependencies"], *extras, *pyproject["dependency-groups"]["dev"]]


def _fits(locked: Requirement | None, wanted: Requirement) -> bool:
    return locked is not None and wanted.specifier.contains(
        str(locked.specifier).removeprefix("=="), prereleases=True
    )


def _name(requirement: Requirement) -> NormalizedName:
    return canonicalize_name(requirement.name)
