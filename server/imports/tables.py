"""Opening somebody's file: an Excel workbook or a CSV as rows of texts. Trusts nothing in it."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator

from msgspec import Struct
from openpyxl import load_workbook

from server.imports.cells import text_of
from server.imports.words import WrongFile

FILE_MAX = 10 * 1024 * 1024
UNPACKED_MAX = 200 * 1024 * 1024
"""Bytes of a workbook's parts once unpacked: a small file may hide a very large one."""
ROWS_MAX = 20_000
COLUMNS_MAX = 100
SHEETS_MAX = 20

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TEXT_CODINGS = ("utf-8-sig", "gb18030")
_SEPARATORS = ",\t;，"


class Row(Struct, frozen=True, array_like=True):
    """One row of the file as its reader sees it."""

    number: int
    """As the program that made the file numbers it: the first row is 1."""
    cells: tuple[str, ...]

    def cell(self, column: int) -> str:
        """The text of a column; rows may be shorter than the header."""
        return self.cells[column] if 0 <= column < len(self.cells) else ""


class Sheet(Struct, frozen=True):
    """One sheet with its rows, the empty ones left out."""

    name: str
    rows: tuple[Row, ...]


def read_table(content: bytes) -> list[Sheet]:
    """The sheets of the file that hold anything. Raises WrongFile."""
    if not content.strip():
        raise WrongFile("empty_file")
    if len(content) > FILE_MAX:
        raise WrongFile("too_large", megabytes=FILE_MAX // 1024 // 1024)
    if content.startswith(_OLE):
        raise WrongFile("locked" if _ENCRYPTED in content else "old_excel")
    sheets = _workbook(content) if content.startswith(_ZIP) else [_text_table(content)]
    sheets = [sheet for sheet in sheets if sheet.rows]
    if not sheets:
        raise WrongFile("empty_file")
    return sheets


def _workbook(content: bytes) -> list[Sheet]:
    _check_parts(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        return [Sheet(sheet.title, tuple(_rows(_values(sheet)))) for sheet in shown[:SHEETS_MAX]]
    except WrongFile:
        raise
    except Exception as error:
        raise WrongFile("damaged") from error


def _check_parts(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = parts.namelist()
            unpacked = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile as error:
        raise WrongFile("damaged") from error
    if "xl/workbook.xml" not in names:
        raise WrongFile("not_a_table")
    if unpacked > UNPACKED_MAX:
        raise WrongFile("too_large", megabytes=FILE_MAX // 1024 // 1024)


def _values(sheet: object) -> Iterator[Iterable[object]]:
    # A file may state a wrong size: without one openpyxl reads what is there.
    reset = getattr(sheet, "reset_dimensions", None)
    if reset is not None:
        reset()
    rows = getattr(sheet, "iter_rows", None)
    if rows is not None:
        yield from rows(values_only=True, max_col=COLUMNS_MAX)


def _text_table(content: bytes) -> Sheet:
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count) if first else ","
    try:
        return Sheet(
            "CSV", tuple(_rows(csv.reader(io.StringIO(text, newline=""), delimiter=separator)))
        )
    except csv.Error as error:
        raise WrongFile("not_a_table") from error


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        codings: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content:
        raise WrongFile("not_a_table")
    else:
        codings = _TEXT_CODINGS
    for coding in codings:
        try:
            text = content.decode(coding)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text
    raise WrongFile("not_a_table")


def _is_text(text: str) -> bool:
    return not any(character < " " and character not in "\t\r\n\f" for character in text[:4096])


def _rows(values: Iterable[Iterable[object]]) -> Iterator[Row]:
    found = 0
    for number, cells in enumerate(values, start=1):
        texts = [text_of(cell) for cell in cells][:COLUMNS_MAX]
        while texts and not texts[-1]:
            texts.pop()
        if not texts:
            continue
        found += 1
        if found > ROWS_MAX:
            raise WrongFile("too_many_rows", rows=ROWS_MAX)
        yield Row(number, tuple(texts))
