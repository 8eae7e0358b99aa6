"""Tables as an Excel workbook: typed cells, a heading that stays, and a sheet that says why."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import BinaryIO, TypeAlias

from openpyxl import Workbook
from openpyxl.cell import Cell as OpenpyxlCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from server.clock import town_time
from server.exports.columns import Cell, CellType, Column
from server.exports.cover import PURPOSE_WORDS, Cover
from shared.wire import Words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLE_MAX = 31
"""Characters of a sheet's name, as Excel allows."""
CELL_MAX = 32_767
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_FORMATS = {
    CellType.TEXT: "@",
    CellType.INTEGER: "0",
    CellType.NUMBER: "General",
    CellType.DATE: "yyyy-mm-dd",
    CellType.MOMENT: "yyyy-mm-dd hh:mm",
    CellType.YES_NO: "General",
}
_WIDTHS = {CellType.TEXT: 18, CellType.MOMENT: 17, CellType.DATE: 12}
ABOUT = Words("说明", "About")

Sheet: TypeAlias = tuple[str, Sequence[Column], Iterable[tuple[Cell, ...]]]
"""Its title, its columns and its rows."""


def write_workbook(
    sheets: Sequence[Sheet], cover: Cover, file: BinaryIO, *, parts: Sequence[Sheet] = ()
) -> int:
    """Writes a sheet for each table, and one about the file; answers how many rows there are.

    `parts` are tables of what is in those rows: they have sheets, and are not counted.
    """
    book = Workbook(write_only=True)
    book.properties.keywords = cover.mark
    book.properties.creator = "Doorstep"
    counts = [_write_sheet(book, sheet, cover) for sheet in sheets]
    for part in parts:
        _write_sheet(book, part, cover)
    _write_about(book, cover, sum(counts))
    book.save(file)
    return sum(counts)


def _write_sheet(book: Workbook, sheet: Sheet, cover: Cover) -> int:
    title, columns, rows = sheet
    drawn = book.create_sheet(_NOT_IN_TITLES.sub(" ", title)[:TITLE_MAX])
    drawn.freeze_panes = "B2"
    drawn.oddFooter.left.text = f"{cover.mark} {cover.recipient}".replace("&", "&&")
    for number, column in enumerate(columns, 1):
        letter = get_column_letter(number)
        drawn.column_dimensions[letter].width = _WIDTHS.get(column.type, 10)
    drawn.append([_cell(drawn, column.heading, CellType.TEXT, bold=True) for column in columns])
    count = 0
    for row in rows:
        cells = zip(columns, row, strict=True)
        drawn.append([_cell(drawn, value, column.type) for column, value in cells])
        count += 1
    return count


def _cell(
    sheet: WriteOnlyWorksheet, value: Cell, holds: CellType, *, bold: bool = False
) -> OpenpyxlCell | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)  # Excel knows no zones: the town's clock is meant
    if isinstance(value, str):
        value = _UNPRINTABLE.sub("", value)[:CELL_MAX]
    cell: OpenpyxlCell = WriteOnlyCell(sheet, value)  # type: ignore[arg-type]  # a date is taken too
    if isinstance(value, str):
        cell.data_type = "s"  # text, whatever it begins with
    cell.number_format = _FORMATS[holds]
    if bold:
        cell.font = Font(bold=True)
    return cell


def _write_about(book: Workbook, cover: Cover, rows: int) -> None:
    drawn = book.create_sheet(cover.said(ABOUT))
    drawn.column_dimensions["A"].width = 16
    drawn.column_dimensions["B"].width = 70
    lines: tuple[tuple[Words, str], ...] = (
        (Words("镇", "Town"), cover.town),
        (Words("领取人", "Recipient"), cover.recipient),
        (Words("标识", "Mark"), cover.mark),
        (Words("用途", "Purpose"), cover.said(PURPOSE_WORDS[cover.purpose])),
        (Words("理由", "Reason"), cover.reason),
        (Words("时间", "Made"), f"{town_time(cover.made_at):%Y-%m-%d %H:%M}"),
        (Words("条数", "Records"), str(rows)),
        (Words("注意", "Notice"), cover.said(cover.notice)),
    )
    for words, said in lines:
        head = _cell(drawn, cover.said(words), CellType.TEXT, bold=True)
        drawn.append([head, _cell(drawn, said, CellType.TEXT)])
