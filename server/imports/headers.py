"""Finding the header among titles and notes, and saying which column holds what."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

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
from server.imports.shapes import fingerprint
from server.imports.tables import Row, Sheet
from server.imports.words import WrongFile

HEADER_WITHIN = 30
"""Rows from the top among which the header is looked for."""
NAMES_MIN = 3
"""Fewer names than these are no header of which nothing is known."""
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
    remembered: bool = False
    """Its columns are as somebody said of an earlier table of this shape."""


NOTHING_REMEMBERED: Mapping[str, Mapped] = {}


def find_header(
    sheets: Sequence[Sheet], remembered: Mapping[str, Mapped] = NOTHING_REMEMBERED
) -> tuple[Sheet, Header]:
    """The sheet that has the best header, with it; one whose shape is remembered before all.

    Where none names households, the first row of three names or more is taken for the header: a
    person says what they mean. Raises WrongFile when there is no such row.
    """
    found: tuple[int, Sheet, Header] | None = None
    for sheet in sheets:
        for header in _candidates(sheet):
            known = remembered.get(fingerprint(header.names)) if remembered else None
            if known is not None:
                return sheet, replace(header, columns=known, remembered=True)
            score = len(header.columns)
            if names_households(header.columns) and (found is None or score > found[0]):
                found = score, sheet, header
    if found is not None:
        return found[1], found[2]
    likely = next(_likely(sheets), None)
    if likely is None:
        raise WrongFile("no_header")
    return likely


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


def _likely(sheets: Sequence[Sheet]) -> Iterator[tuple[Sheet, Header]]:
    """Rows that name columns, by the look of them, with a row below that is as wide."""
    for sheet in sheets:
        top = sheet.rows[:HEADER_WITHIN]
        for row, below in pairwise(top):
            names = [cell for cell in row.cells if cell]
            wide = sum(1 for cell in below.cells if cell)
            plain = not any(any(sign.isdigit() for sign in name) for name in names)
            if len(names) >= NAMES_MIN and plain and wide >= NAMES_MIN:
                yield sheet, Header(row.number, row.cells, columns_of(row.cells))


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
