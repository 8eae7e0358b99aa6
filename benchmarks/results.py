"""What was measured, as people read it: `benchmarks/RESULTS.md`, section by section.

A run writes the sections that it measured and leaves the others as they are, so each section
says when, and under which load, it was measured.
"""

import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

from benchmarks.measuring import Cost, load, pace

FILE = Path(__file__).parent / "RESULTS.md"
_HEAD = """\
# How fast it is

Written by `make bench`; every section says when it was measured, and under which load. `wall` is
the time on the clock. `client` and `server` are processor time, the database's included: where
others use the same machine, these say more. Of several runs the best is shown. `pace` is what a
million turns of a plain loop took in the same minute: a rented machine is not equally fast at all
hours, and sections of different paces must not be compared.
"""
_MARK = "## "


class Figure(Struct, frozen=True):
    """One line of a section."""

    what: str
    where: str
    """The database, or the peer."""
    figure: str
    target: str = ""
    met: bool | None = None
    cost: Cost | None = None


class Section(Struct, frozen=True):
    """What one benchmark found."""

    title: str
    figures: Sequence[Figure]
    notes: Sequence[str] = ()


def put(section: Section, versions: Sequence[str], *, keep: bool) -> None:
    """Prints the section, and writes it into the results if it is to be kept."""
    text = _text(section, versions)
    print(text, flush=True)
    if not keep:
        return
    known = _known()
    known[section.title] = text
    FILE.write_text("\n".join([_HEAD, *(known[title] for title in known)]), encoding="utf-8")


def seconds(value: float) -> str:
    """A time with as many digits as say something."""
    if value < 0.1:
        return f"{value * 1000:.1f} ms"
    return f"{value:.2f} s"


def _known() -> dict[str, str]:
    """The sections that stand in the file, by their titles."""
    if not FILE.exists():
        return {}
    parts = f"\n{FILE.read_text(encoding='utf-8')}".split(f"\n{_MARK}")[1:]
    return {part.split("\n", 1)[0]: f"{_MARK}{part.rstrip()}\n" for part in parts}


def _text(section: Section, versions: Sequence[str]) -> str:
    lines = [
        f"{_MARK}{section.title}",
        "",
        "| what | where | figure | target | met | wall | client | server |",
        "|---|---|---:|---|---|---:|---:|---:|",
        *map(_line, section.figures),
        "",
        *(f"{note}\n" for note in section.notes),
        f"_{_today()}. {machine()}. {', '.join([_python(), *versions])}. {_going()}._",
        "",
    ]
    return "\n".join(lines)


def _line(figure: Figure) -> str:
    cost = figure.cost
    times = [seconds(cost.wall), seconds(cost.client), _server(cost)] if cost else ["", "", ""]
    met = "" if figure.met is None else ("yes" if figure.met else "**no**")
    cells = [figure.what, figure.where, figure.figure, figure.target, met, *times]
    return f"| {' | '.join(cells)} |"


def _server(cost: Cost) -> str:
    return seconds(cost.server) if cost.server else ""


def machine() -> str:
    """The machine, in a few words."""
    try:
        out = subprocess.run(["lscpu"], capture_output=True, text=True, check=True).stdout
        named = [line.split(":", 1)[1].strip() for line in out.splitlines() if "Model name" in line]
        cores = [
            line.split(":", 1)[1].strip() for line in out.splitlines() if line[:7] == "CPU(s):"
        ]
        return f"{cores[0]} cores {named[0]}"
    except (OSError, subprocess.CalledProcessError, IndexError):
        return platform.platform()


def _python() -> str:
    return f"Python {platform.python_version()}, SQLAlchemy {version('sqlalchemy')}"


def _going() -> str:
    return f"Load {load()}, pace {pace() * 1000:.0f} ms"


def _today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
