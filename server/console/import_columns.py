"""The columns of an imported table, each with some of its cells and what it is taken for."""

import re

from msgspec import Struct

from server.imports.reports import Opened

SAMPLES = 3
"""Rows shown under each column when the mapping is put right."""
_MANY_DIGITS = re.compile(r"\d[\d\s-]{4,}\d[xX]?")
"""Phones and ID numbers: a sample shows that a column has them, not which."""


class MapColumn(Struct, frozen=True):
    """One column of the file, and what it is taken for."""

    number: int
    name: str
    samples: tuple[str, ...]
    field: str


def columns_of(opened: Opened) -> list[MapColumn]:
    """The columns that have a name, or something in the first rows."""
    report = opened.report
    taken = {column: key for key, column in report.header.columns.items()}
    below = [row for row in report.rows if row.number > report.header.row][:SAMPLES]
    return [
        MapColumn(
            number=number,
            name=name,
            samples=tuple(_MANY_DIGITS.sub(_hidden, row.cell(number)) for row in below),
            field=taken.get(number, ""),
        )
        for number, name in enumerate(report.header.names)
        if name or any(row.cell(number) for row in below)
    ]


def _hidden(digits: re.Match[str]) -> str:
    return f"{digits[0][:3]}****"
