"""Nil reports: the board of grids and periods, excuses, and the rules that a grid works by."""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.clock import town_time
from server.console.desk import Desk, in_thread, required
from server.console.inputs import Input, can_write, filled_input, read_input
from server.console.labels import Sight, form_of, rules_of
from server.console.pages.base import Pages
from server.console.words import language, say
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.edits import Edit
from server.register.names import names_of
from server.work.board import RULES, Board, Boards, Row, default_days, excuse
from server.work.reading import WorkBook
from server.work.steps import checked_units
from shared.changes import Answer
from shared.codes import code_table
from shared.forms.logic import FormState
from shared.forms.scope import Moment
from shared.merge import shown
from shared.work.nil import Cell, NilState
from shared.work.periods import period_named

WEEKS = 4
ALL = "all"
ID_MAX = 36
SIGNS = {
    NilState.DONE: ("check", "green"), NilState.NIL: ("0", "azure"),
    NilState.LATE: ("clock", "orange"),
    NilState.MISSING: ("xmark", "red"), NilState.EXCUSED: ("minus", "secondary"),
    NilState.OPEN: ("ellipsis", "secondary"), NilState.NONE: ("", "secondary"),
}  # fmt: skip
"""Each state has a sign besides its colour: the board is printed in black and white, too."""


class Opened(Struct, frozen=True):
    """A cell, with the names of those who reported."""

    cell: Cell
    grid: str
    names: dict[str, str]


class WorkReportPages(Pages):
    """The board, its cells and the rules."""

    path = "/work-reports"
    route_name = "work_reports"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)

    @route("")
    async def index(self, request: Request) -> Response:
        """The board of the last weeks."""
        who = required(request, Action.SEE_RECORDS)
        days = _days(request, self.desk.clock())
        by_code = list(request.state.grids)
        told = await in_thread(lambda: self._board(who, days, by_code))
        return self.draw(
            request,
            "nil_board.html",
            title=say("menu.nil_reports"),
            board=told,
            earlier=(days[0] - timedelta(days=7 * WEEKS)).isoformat(),
            later=(days[1] + timedelta(days=7 * WEEKS)).isoformat(),
            is_now=days[1] >= town_time(self.desk.clock()).date(),
            states=tuple(NilState),
            signs=SIGNS,
        )

    @route("/{grid}/{period}", methods=["GET"], name="nil_cell")
    async def cell(self, request: Request) -> Response:
        """Who reported what for a grid and period, and what contradicts it."""
        who = required(request, Action.SEE_RECORDS)
        opened = await in_thread(lambda: self._cell(who, *_which(request)))
        return self.draw(
            request,
            "nil_cell.html",
            title=say("nil.cell", period=opened.cell.period.key),
            opened=opened,
            signs=SIGNS,
            excuses=[code.code for code in code_table("nil_excuse").offered],
        )

    @route("/{grid}/{period}/excuse", methods=["POST"], name="nil_excuse")
    async def excuse(self, request: Request) -> Response:
        """Excuses a grid from one report."""
        who = required(request, Action.SET_RULES)
        grid, period = _which(request)
        reason = str((await request.form()).get("reason") or "")

        def work() -> None:
            if reason not in {code.code for code in code_table("nil_excuse").offered}:
                raise refused("excuse_missing", "请选择免报原因。", "Choose why it is excused.")
            self._cell(who, grid, period)
            found = period_named(period)
            if found is None:
                raise NotFound
            edit = excuse(grid, found, reason, self.desk.clock())
            self._write(who, [edit], Deed.REPORT_EXCUSED)

        back = f"/work-reports/{grid}/{period}"
        try:
            await in_thread(work)
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, back, error)
        return self.onward(request, back, "nil.excused")

    @route("/rules", methods=["GET"], name="work_rules")
    async def rules(self, request: Request) -> Response:
        """The rules of a grid, as a form."""
        who = required(request, Action.SEE_RECORDS)
        grid = str(request.query_params.get("grid") or "")[:ID_MAX] or min(who.grids, default="")
        inputs = await in_thread(lambda: self._inputs(who, grid))
        return self.draw(
            request, "work_rules.html", title=say("rules.title"), grid=grid, pages=inputs, all=ALL
        )

    @route("/rules", methods=["POST"], name="work_rules_set")
    async def set_rules(self, request: Request) -> Response:
        """Gives one grid, or all of the reader's, these rules."""
        who = required(request, Action.SET_RULES)
        posted = await request.form()
        grid = str(posted.get("grid") or "")[:ID_MAX]
        form = form_of(RULES)
        if form is None:
            raise NotFound
        said = {
            question.name: read_input(posted, question)
            for question in form.questions
            if can_write(form, question.unit)
        }
        back = "/work-reports/rules" + (f"?grid={grid}" if grid != ALL else "")
        try:
            await in_thread(lambda: self._set(who, grid, said))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, back, error)
        return self.onward(request, back, "rules.set")

    def _board(self, who: AccountIdentity, days: tuple[date, date], grids: list[str]) -> Board:
        with reading(self.desk.engine) as conn:
            return Boards(conn, who, self.desk.clock()).board(days, grids)

    def _cell(self, who: AccountIdentity, grid: str, period: str) -> Opened:
        named = period_named(period)
        if named is None or grid not in who.grids:
            raise NotFound
        with reading(self.desk.engine) as conn:
            days = (named.first, named.last)
            told = Boards(conn, who, self.desk.clock()).board(days, grids=[grid])
            found = _one(told.rows, period)
            people = {report.author for report in found.reports}
            return Opened(found, grid, names_of(conn, who.town, people))

    def _inputs(self, who: AccountIdentity, grid: str) -> list[tuple[str, tuple[Input, ...]]]:
        form = form_of(RULES)
        if grid not in who.grids or form is None:
            raise NotFound
        with reading(self.desk.engine) as conn:
            rows = WorkBook(conn, who, self.desk.clock()).rows(RULES, [grid], 0)
        newest = max(rows, key=lambda row: row.version, default=None)
        record = self.desk.register.record(who.town, newest.id) if newest is not None else None
        moment = Moment(town_time(self.desk.clock()), language())
        state = (
            FormState.fresh(form, moment)
            if record is None
            else FormState.of_record(form, shown(record, rules_of(RULES)), moment)
        )
        return [
            (
                page.label,
                tuple(
                    filled_input(form, asked.question, asked.answer, Sight.DESK, offered=None)
                    for asked in page.questions
                    if can_write(form, asked.question.unit)
                ),
            )
            for page in state.pages()
        ]

    def _set(self, who: AccountIdentity, grid: str, said: dict[str, Answer]) -> None:
        form = form_of(RULES)
        wanted = sorted(who.grids) if grid == ALL else [grid]
        if form is None or not set(wanted) <= who.grids:
            raise NotFound
        units = dict.fromkeys(said) | checked_units(form, said, self.desk.clock())
        with reading(self.desk.engine) as conn:
            boards = Boards(conn, who, self.desk.clock())
            edits = [boards.rules_edit(self.desk.register, one, units) for one in wanted]
        self._write(who, [edit for edit in edits if edit.units], Deed.RULES_SET)

    def _write(self, who: AccountIdentity, edits: Sequence[Edit], deed: Deed) -> None:
        if edits:
            self.desk.register.deeds.edit(who, edits, deed, " ".join(e.grid for e in edits)[:200])


def _one(rows: Sequence[Row], period: str) -> Cell:
    cells = (one for row in rows for one in row.cells if one.period.key == period)
    found = next(cells, None)
    if found is None:
        raise NotFound
    return found


def _which(request: Request) -> tuple[str, str]:
    return str(request.path_params["grid"])[:ID_MAX], str(request.path_params["period"])[:ID_MAX]


def _days(request: Request, now: int) -> tuple[date, date]:
    first, last = default_days(now, WEEKS - 1)
    try:
        until = date.fromisoformat(str(request.query_params.get("until") or ""))
    except ValueError:
        return first, last
    until = min(until, last)
    return until - timedelta(days=until.weekday() + 7 * (WEEKS - 1)), until
