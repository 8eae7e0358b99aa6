"""The rows that are not imported, as a workbook: to be put right there and imported again."""

import re
from collections.abc import Iterable
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font

from server.imports.plan import RowState
from server.imports.reports import Report
from shared.wire import Words

ROW_NUMBER = Words("原行号", "Row")
REASON = Words("原因", "Reason")
TITLE_MAX = 31
"""Characters of a sheet's name in Excel."""

_NOT_IN_TITLES = re.compile(r"[\\/*?:\[\]]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def bad_rows(report: Report, language: str) -> bytes:
    """An .xlsx of the bad rows and those left out, as they were, with their numbers and why.

    The columns stand first and as they were, so that the corrected file can be imported as it is.
    """
    wide = max(len(report.header.names), 1)
    head = (*_padded(report.header.names, wide), _in(ROW_NUMBER, language), _in(REASON, language))
    table = [head]
    by_number = {row.number: row for row in report.rows}
    for plan in report.plans:
        if plan.state in (RowState.BAD, RowState.LEFT):
            reasons = " ".join(_in(remark.words, language) for remark in plan.remarks)
            cells = _padded(by_number[plan.number].cells, wide)
            table.append((*cells, str(plan.number), reasons))
    return _workbook(report.sheet, table)


def _workbook(title: str, table: list[tuple[str, ...]]) -> bytes:
    book = Workbook()
    sheet = book.create_sheet(_NOT_IN_TITLES.sub(" ", title)[:TITLE_MAX] or "1", 0)
    del book[book.sheetnames[1]]
    sheet.freeze_panes = "A2"
    for number, texts in enumerate(table, start=1):
        for column, text in enumerate(texts, start=1):
            cell = sheet.cell(number, column, _UNPRINTABLE.sub("", text))
            # A cell is text, whatever it begins with: "=1+1" from somebody's table is no formula.
            cell.data_type = "s"
            cell.number_format = "@"
            if number == 1:
                cell.font = Font(bold=True)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _padded(cells: Iterable[str], wide: int) -> tuple[str, ...]:
    texts = tuple(cells)
    return (*texts, *("" for _ in range(wide - len(texts))))[:wide]


def _in(words: Words, language: str) -> str:
    return words.zh if language == "zh" else words.en
