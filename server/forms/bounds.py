"""How large a form may be: checked before anybody looks at it closely."""

import io
from collections.abc import Iterator, Mapping, Sequence
from zipfile import BadZipFile, ZipFile, is_zipfile

from msgspec.structs import replace

from server.forms.problems import FormRefusedError, problem

UNPACKED_BYTES_MAX = 60 * 1024 * 1024
"""What an Excel file may unpack to: a small file can hold gigabytes of nothing."""
PARTS_MAX = 500
ROWS_MAX: Mapping[str, int] = {"survey": 5_000, "choices": 50_000, "settings": 100}
COLUMNS_MAX = 200
CELL_CHARS_MAX = 30_000
DEPTH_MAX = 20
"""Groups and repeats inside each other."""

Row = dict[str, str]


def check_packing(document: bytes) -> None:
    """Raises FormRefusedError for an Excel file that unpacks to too much."""
    if not is_zipfile(io.BytesIO(document)):
        return
    try:
        with ZipFile(io.BytesIO(document)) as parts:
            sizes = [part.file_size for part in parts.infolist()]
    except (BadZipFile, ValueError, NotImplementedError) as error:
        raise FormRefusedError([problem("unreadable")]) from error
    if len(sizes) > PARTS_MAX or sum(sizes) > UNPACKED_BYTES_MAX:
        raise FormRefusedError([problem("unpacks_too_big", most=UNPACKED_BYTES_MAX >> 20)])


def check_size(survey: Sequence[Row], choices: Sequence[Row], settings: Sequence[Row]) -> None:
    """Raises FormRefusedError for sheets with more than a form can need."""
    sheets = {"survey": survey, "choices": choices, "settings": settings}
    for sheet, rows in sheets.items():
        if len(rows) > ROWS_MAX[sheet]:
            wrong = problem("too_many_rows", most=ROWS_MAX[sheet])
            raise FormRefusedError([replace(wrong, sheet=sheet)])
        for number, row in enumerate(rows, start=2):
            if len(row) > COLUMNS_MAX or any(len(cell) > CELL_CHARS_MAX for cell in row.values()):
                wrong = problem("cell_too_long", most=CELL_CHARS_MAX)
                raise FormRefusedError([replace(wrong, sheet=sheet, row=number)])
    for number, depth in _depths(survey):
        if depth > DEPTH_MAX:
            wrong = problem("too_deep", most=DEPTH_MAX)
            raise FormRefusedError([replace(wrong, sheet="survey", row=number)])


def _depths(survey: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """The rows that begin a group, with how deep it is."""
    depth = 0
    for number, row in enumerate(survey, start=2):
        word = row.get("type", "").replace("_", " ").split()[:1]
        if word == ["begin"]:
            depth += 1
            yield number, depth
        elif word == ["end"]:
            depth -= 1
