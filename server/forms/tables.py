"""Tables that come with a form as CSV files: choices from a file, and what `pulldata` looks up."""

import csv
import io

from msgspec import Struct

from shared.codes import code_table
from shared.forms.model import Choice
from shared.forms.words import UNTRANSLATED, Words

FILE_BYTES_MAX = 5 * 1024 * 1024
ROWS_MAX = 20_000
COLUMNS_MAX = 40
CELL_CHARS_MAX = 1_000
CODES = "codes_"
"""`pulldata('codes_sex', 'zh', 'name', ...)` looks up a code table."""


_PLAIN = "$\u2060{"
"""What looks like the place of an answer in a file's text, and is none: joined by nothing."""


class TableError(ValueError):
    """A file that cannot be a table; `words` say why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words["en"])
        self.words = words


class Table(Struct, frozen=True):
    """A table's columns, and its rows."""

    columns: tuple[str, ...]
    rows: tuple[dict[str, str], ...]

    def choices(self, value: str, label: str) -> tuple[Choice, ...]:
        """Its rows as a choice list: `label` may stand in several languages, `label::zh`."""
        labels = {
            column: column.partition("::")[2].strip() or UNTRANSLATED
            for column in self.columns
            if column.partition("::")[0] == label
        }
        return tuple(
            Choice(
                name=row.get(value, ""),
                label={
                    language: row[column].replace("${", _PLAIN)
                    for column, language in labels.items()
                    if row.get(column)
                },
                extra={column: text for column, text in row.items() if column != "name" and text},
            )
            for row in self.rows
        )


def read_table(document: bytes) -> Table:
    """The table in a CSV file. Raises TableError."""
    if len(document) > FILE_BYTES_MAX:
        raise _wrong(f"超过 {FILE_BYTES_MAX >> 20} MB。", f"it is over {FILE_BYTES_MAX >> 20} MB.")
    lines = csv.reader(io.StringIO(_text(document), newline=""))
    try:
        header = [cell.strip() for cell in next(lines, [])]
        rows: list[dict[str, str]] = []
        for line in lines:
            if len(rows) >= ROWS_MAX:
                raise _wrong(f"超过 {ROWS_MAX} 行。", f"it has over {ROWS_MAX} rows.")
            if any(cell.strip() for cell in line):
                rows.append(_row(header, line))
    except csv.Error as error:
        raise _wrong("不是 CSV 文件。", "it is not a CSV file.") from error
    if not header or len(header) > COLUMNS_MAX or len(set(header)) != len(header):
        raise _wrong("第一行须是不重复的列名。", "its first row must be column names, each once.")
    return Table(tuple(header), tuple(rows))


def code_rows(name: str) -> Table:
    """A code table as a table. Raises LookupError."""
    rows = tuple(
        {"name": code.code, "label": code.zh, "zh": code.zh, "en": code.en}
        for code in code_table(name).offered
    )
    return Table(("name", "label", "zh", "en"), rows)


def _row(header: list[str], line: list[str]) -> dict[str, str]:
    if any(len(cell) > CELL_CHARS_MAX for cell in line):
        words = (
            f"单元格超过 {CELL_CHARS_MAX} 个字。",
            f"a cell has over {CELL_CHARS_MAX} characters.",
        )
        raise _wrong(*words)
    return {column: cell.strip() for column, cell in zip(header, line, strict=False) if column}


def _text(document: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return document.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _wrong("文字编码须是 UTF-8。", "its text must be UTF-8.")


def _wrong(chinese: str, english: str) -> TableError:
    return TableError({"zh": chinese, "en": english})
