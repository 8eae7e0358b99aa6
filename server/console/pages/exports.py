"""Lists as files, exactly as the reader sees them: masked, in their area, and written down."""

import csv
import io
import re
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route
from starlette_admin.types import RequestAction

from server.console.desk import Desk, in_thread, required
from server.console.lists.records import RecordList
from server.console.pages.base import Pages
from server.console.words import say, town_time
from server.office.act import acting
from server.office.audit import Deed
from server.office.people import AccountIdentity
from server.office.roles import Action

ROWS_MAX = 50_000
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMULA = re.compile(r"^\s*[=+\-@]|^[\t\r]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")

Table = list[list[object]]


class Exports(Pages):
    """One route for all lists."""

    path = "/export"
    route_name = "exports"

    def __init__(self, desk: Desk, lists: Sequence[RecordList]) -> None:
        super().__init__(desk)
        self._lists = {str(each.key): each for each in lists}

    @route("/{key}", methods=["POST"], name="export_list")
    async def export(self, request: Request) -> Response:
        """What the list shows now, all pages of it."""
        who = required(request, Action.EXPORT)
        listed = self._lists.get(str(request.path_params["key"]))
        if listed is None:
            raise HTTPException(404)
        form = await request.form()
        table = await _table(request, listed)
        await in_thread(lambda: self._note(who, f"{listed.key}: {len(table) - 1}"))
        name = f"{listed.key}-{town_time(self.desk.clock()):%Y%m%d-%H%M}"
        if form.get("format") == "csv":
            return _file(_csv(table), CSV, f"{name}.csv")
        title = say(f"menu.{listed.key}")
        content = await in_thread(lambda: _xlsx(table, title))
        return _file(content, XLSX, f"{name}.xlsx")

    def _note(self, who: AccountIdentity, what: str) -> None:
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            act.note(Deed.EXPORTED, what)


async def _table(request: Request, listed: RecordList) -> Table:
    request.state.action = RequestAction.LIST
    asked = listed._parse_list_params(request)  # noqa: SLF001 - the list's own reading of its address
    rows = await listed.find_all(
        request, 0, ROWS_MAX, q=asked.q, sorts=asked.sorts, filters=asked.filters
    )
    fields = [
        field
        for field in listed.get_fields_list(request)
        if asked.visible_cols is None or field.name in asked.visible_cols
    ]
    table: Table = [[str(field.label) for field in fields]]
    for row in rows:
        cells = await listed.serialize(row, request)
        table.append([cells[field.name] for field in fields])
    return table


def _csv(table: Table) -> bytes:
    lines = io.StringIO()
    csv.writer(lines).writerows([[_harmless(cell) for cell in row] for row in table])
    return lines.getvalue().encode("utf-8-sig")  # Excel takes it for UTF-8 only with the mark


def _xlsx(table: Table, title: str) -> bytes:
    book = Workbook()
    sheet = book.create_sheet(title, 0)
    del book[book.sheetnames[1]]
    sheet.freeze_panes = "A2"
    for number, row in enumerate(table, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            if isinstance(value, int):
                cell.value = value
            elif value is not None:
                cell.value = _UNPRINTABLE.sub("", str(value))
                cell.data_type = "s"  # text, whatever it begins with
            if number == 1:
                cell.font = Font(bold=True)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _harmless(cell: object) -> object:
    text = "" if cell is None else cell
    return f"'{text}" if isinstance(text, str) and _FORMULA.match(text) else text


def _file(content: bytes, media: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=headers)
