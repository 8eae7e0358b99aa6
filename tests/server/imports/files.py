"""Files as people upload them."""

import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

Value = str | float | bool | datetime | date | None
Cells = Sequence[Value]

HEADER: Cells = (
    "序号",
    "户主姓名",
    "门牌号",
    "联系电话",
    "人口数",
    "房屋性质",
    "身份证号",
    "房东",
    "备注",
)
ROW: Cells = (
    1, "张 伟", "3栋1单元201室", 13800000000.0, 3.0, "自住", "11010519491231002X", None, "养狗",
)  # fmt: skip


def workbook(*rows: Cells, merged: Iterable[str] = ()) -> bytes:
    """An .xlsx file with these rows."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # also where it begins like a formula
    for cells in merged:
        sheet.merge_cells(cells)
    return saved(book)


def saved(book: Workbook) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def rows_of(content: bytes) -> list[list[str]]:
    """The rows of an .xlsx file's first sheet."""
    book = load_workbook(BytesIO(content))
    sheet = book[book.sheetnames[0]]
    return [[str(v or "") for v in row] for row in sheet.iter_rows(values_only=True)]


def zipped(**parts: bytes) -> bytes:
    """A ZIP archive that is no workbook, or pretends to be one."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/"), part)
    return content.getvalue()
