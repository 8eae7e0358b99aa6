"""Finding the header among titles and notes, and saying which column holds what."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from server.imports.fields import (
    ADDRESS,
    BUILDING,
    CODE,
    IGNORED,
    NAME,
    NUMBER,
    PLATE,
    ROOM,
    field_of,
    fields,
)
from server.imports.tables import Row, Sheet
from server.imports.words import WrongFile

HEADER_WITHIN = 30
"""Rows from the top among which the header is looked for."""
_DOORS: tuple[frozenset[str], ...] = tuple(
    frozenset(keys) for keys in ((PLATE,), (CODE,), (ADDRESS,), (NUMBER,), (BUILDING, ROOM))
)

Mapped = dict[str, int]
"""The column of each field."""


class Header(Struct, frozen=True):
    """A sheet's header: where it ends, what its columns are called and what they hold."""

    row: int
    """The number of its last row; the table starts below."""
    names: tuple[str, ...]
    columns: Mapped


def find_header(sheets: Sequence[Sheet]) -> tuple[Sheet, Header]:
    """The sheet that has the best header, with it. Raises WrongFile when none has one."""
    found: tuple[int, Sheet, Header] | None = None
    for sheet in sheets:
        for header in _candidates(sheet):
            score = len(header.columns)
            if names_households(header.columns) and (found is None or score > found[0]):
                found = score, sheet, header
    if found is None:
        raise WrongFile("no_header")
    return found[1], found[2]


def names_households(columns: Mapping[str, int]) -> bool:
    """Whether the columns tell who the household is and where it lives."""
    return NAME in columns and any(door <= columns.keys() for door in _DOORS)


def check_columns(columns: Mapped) -> None:
    """Raise WrongFile unless the mapping that a person chose can be imported."""
    if NAME not in columns:
        raise WrongFile("needs_name")
    if not names_households(columns):
        raise WrongFile("needs_door")
    taken: dict[int, str] = {}
    for key, column in columns.items():
        if column in taken:
            raise WrongFile("mapped_twice", field=fields()[taken[column]].words)
        taken[column] = key


def columns_of(names: Sequence[str]) -> Mapped:
    """What each column holds by its name; of two that mean the same the surer, then the first."""
    best: dict[str, tuple[int, int]] = {}
    for column, name in enumerate(names):
        key, sureness = field_of(name)
        if key and key != IGNORED and (key not in best or sureness > best[key][0]):
            best[key] = sureness, column
    return {key: column for key, (_, column) in best.items()}


def _candidates(sheet: Sheet) -> list[Header]:
    top = sheet.rows[:HEADER_WITHIN]
    found = []
    for index, row in enumerate(top):
        found.append(Header(row.number, row.cells, columns_of(row.cells)))
        below = top[index + 1] if index + 1 < len(top) else None
        if below is not None and below.number == row.number + 1 and _is_second_line(below):
            names = _joined(row, below)
            found.append(Header(below.number, names, columns_of(names)))
    return found


def _is_second_line(row: Row) -> bool:
    """Whether a row looks like the lower line of a header in two lines, not like a household."""
    named = [cell for cell in row.cells if cell]
    return bool(named) and all(field_of(cell)[1] for cell in named)


def _joined(upper: Row, lower: Row) -> tuple[str, ...]:
    width = max(len(upper.cells), len(lower.cells))
    return tuple(lower.cell(column) or upper.cell(column) for column in range(width))
