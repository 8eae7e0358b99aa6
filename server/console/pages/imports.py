"""Importing an existing table: upload, dry run row by row, commit, and the bad rows back."""

from collections.abc import Callable
from urllib.parse import quote

from msgspec import Struct
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.flash import flash
from starlette_admin.routing import route

from server.console.desk import Desk, account_of, in_thread, required
from server.console.import_columns import MapColumn, columns_of
from server.console.labels import Reader, Sight, label
from server.console.pages.base import Pages
from server.console.titles import titles_of
from server.console.words import language, pick, say
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.exports.workbook import XLSX
from server.imports.bad_rows import bad_rows
from server.imports.fields import fields
from server.imports.jobs import Imports, RegisterMoved
from server.imports.plan import FieldChange, RowPlan, RowState
from server.imports.reports import Job, JobState
from server.imports.tables import FILE_MAX
from server.imports.words import WrongFile
from server.office.people import AccountIdentity
from server.office.roles import Action

ROWS_SHOWN = 100
STATE_TONES = {
    RowState.NEW: "green",
    RowState.UPDATE: "azure",
    RowState.UNCHANGED: "secondary",
    RowState.BAD: "red",
    RowState.LEFT: "yellow",
}


class ChangeLine(Struct, frozen=True):
    """One answer that a row would write, as its reader sees it."""

    label: str
    before: str
    after: str


class PlanLine(Struct, frozen=True):
    """One row of the dry run."""

    plan: RowPlan
    tone: str
    grid: str
    changes: tuple[ChangeLine, ...]
    makes: tuple[ChangeLine, ...]
    remarks: tuple[str, ...]


class Checked(Struct, frozen=True, kw_only=True):
    """The page of one import."""

    job: Job
    grid: str
    counts: dict[str, int]
    state: str
    lines: tuple[PlanLine, ...]
    shown: int
    total: int
    page: int
    pages: int
    columns: tuple[MapColumn, ...]
    header_row: int
    sheet: str
    writes: int
    """How many rows the commit would write."""
    remembered: bool
    """The columns mean what somebody said of an earlier table of this shape."""
    needs_columns: bool


class ImportPages(Pages):
    """Imports of the reader's area."""

    path = "/imports"
    route_name = "imports"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._imports = Imports(desk.register, desk.engine, desk.keys, desk.clock)

    @route("")
    async def index(self, request: Request) -> Response:
        """The form for a file, and the imports so far."""
        who = required(request, Action.IMPORT)
        return await self._start(request, who, "", None)

    @route("/check", methods=["POST"], name="import_check")
    async def check(self, request: Request) -> Response:
        """The dry run of an uploaded file."""
        who = required(request, Action.IMPORT)
        form = await request.form()
        grid, file = str(form.get("grid") or ""), form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return await self._start(request, who, grid, WrongFile("no_file"))
        # One byte more than is taken tells a file that is too large.
        content, name = await file.read(FILE_MAX + 1), file.filename
        try:
            job = await in_thread(lambda: self._imports.check(who, grid, name, content))
        except NotFound:
            return await self._start(request, who, grid, WrongFile("no_grid"))
        except WrongFile as error:
            return await self._start(request, who, grid, error)
        return self.onward(request, f"/imports/{job.id}")

    @route("/{id:uuid}", methods=["GET"], name="import_job")
    async def one(self, request: Request) -> Response:
        """The dry run row by row; of a committed import, what it did."""
        who = required(request, Action.IMPORT)
        asked = str(request.query_params.get("page") or "")
        page = int(asked) if asked.isdecimal() and len(asked) < 6 else 1
        wanted = str(request.query_params.get("state") or "")
        state = RowState(wanted) if wanted in tuple(RowState) else None
        checked = await in_thread(lambda: self._checked(who, _id(request), state, page))
        return self.draw(
            request,
            "import.html",
            title=checked.job.file_name,
            checked=checked,
            fields=tuple(fields().values()),
            states=tuple(RowState),
        )

    @route("/{id:uuid}/columns", methods=["POST"], name="import_columns")
    async def columns(self, request: Request) -> Response:
        """The dry run again, with the columns as a person says they are."""
        who = required(request, Action.IMPORT)
        form = await request.form()
        chosen = {
            str(key): int(name.removeprefix("column-"))
            for name, key in form.multi_items()
            if name.startswith("column-") and name[7:].isdecimal() and str(key) in fields()
        }
        return await self._done(
            request,
            lambda: self._imports.remap(who, _id(request), chosen),
            "import.checked_again",
        )

    @route("/{id:uuid}/commit", methods=["POST"], name="import_commit")
    async def commit(self, request: Request) -> Response:
        """Writes every good row, or none."""
        who = required(request, Action.IMPORT)
        return await self._done(
            request, lambda: self._imports.commit(who, _id(request)), "import.committed"
        )

    @route("/{id:uuid}/drop", methods=["POST"], name="import_drop")
    async def drop(self, request: Request) -> Response:
        """Gives the import up."""
        who = required(request, Action.IMPORT)
        try:
            await in_thread(lambda: self._imports.drop(who, _id(request)))
        except WrongFile as error:
            return self.refused(request, f"/imports/{_id(request)}", error)
        return self.onward(request, "/imports", "import.dropped")

    @route("/{id:uuid}/bad-rows", methods=["GET"], name="import_bad_rows")
    async def bad_rows(self, request: Request) -> Response:
        """The rows that cannot be imported, as a workbook."""
        who = required(request, Action.IMPORT)
        opened = await in_thread(lambda: self._imports.opened(who, _id(request)))
        content = await in_thread(lambda: bad_rows(opened.report, language()))
        stem = opened.job.file_name.rsplit(".", 1)[0]
        name = quote(f"{say('import.bad_file')}-{stem}.xlsx", safe="")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(content, media_type=XLSX, headers=headers)

    async def _done(self, request: Request, work: Callable[[], object], said: str) -> Response:
        here = f"/imports/{_id(request)}"
        try:
            await in_thread(work)
        except NotFound:
            raise
        except RegisterMoved as error:
            flash(request, pick(error.words), "warning")
            return self.onward(request, here)
        except ServerError as error:
            return self.refused(request, here, error)
        return self.onward(request, here, said)

    async def _start(
        self, request: Request, who: AccountIdentity, grid: str, error: ServerError | None
    ) -> Response:
        jobs = await in_thread(lambda: self._imports.jobs(who))
        return self.draw(
            request,
            "imports.html",
            status=400 if error else 200,
            title=say("menu.imports"),
            jobs=jobs,
            chosen=grid,
            error=pick(error.words) if error else "",
            megabytes=FILE_MAX // 1024 // 1024,
            now=self.desk.clock(),
            me=account_of(request).id,
        )

    def _checked(
        self, who: AccountIdentity, job_id: str, state: RowState | None, page: int
    ) -> Checked:
        opened = self._imports.opened(who, job_id)
        chosen = opened.by_state(state)
        pages = max(1, -(-len(chosen) // ROWS_SHOWN))
        page = max(1, min(page, pages))
        some = chosen[(page - 1) * ROWS_SHOWN : page * ROWS_SHOWN]
        with reading(self.desk.engine) as conn:
            titles = titles_of(conn, who, _mentioned(some), Sight.DESK)
        reader = Reader(Sight.DESK, titles)
        return Checked(
            job=opened.job,
            grid=titles.get(opened.job.grid, ""),
            counts={each.value: opened.count(each) for each in RowState},
            state=state.value if state else "",
            lines=tuple(_line(plan, reader) for plan in some),
            shown=len(some),
            total=len(chosen),
            page=page,
            pages=pages,
            columns=tuple(columns_of(opened)) if opened.job.state is JobState.CHECKED else (),
            header_row=opened.report.header.row,
            sheet=opened.report.sheet,
            writes=opened.count(RowState.NEW) + opened.count(RowState.UPDATE),
            remembered=opened.report.header.remembered,
            needs_columns=opened.report.needs_columns,
        )


def _line(plan: RowPlan, reader: Reader) -> PlanLine:
    made = [
        FieldChange(edit.record_kind, unit, None, value)
        for edit in plan.edits
        if edit.record_kind in plan.makes and not edit.base
        for unit, value in edit.units.items()
    ]
    return PlanLine(
        plan=plan,
        tone=STATE_TONES[plan.state],
        grid=reader.titles.get(plan.grid, ""),
        changes=tuple(_change(change, reader) for change in plan.changes),
        makes=tuple(_change(change, reader) for change in made),
        remarks=tuple(pick(remark.words) for remark in plan.remarks),
    )


def _change(change: FieldChange, reader: Reader) -> ChangeLine:
    return ChangeLine(
        label=label(change.kind, change.unit),
        before=reader.text(change.kind, change.unit, change.before),
        after=reader.text(change.kind, change.unit, change.after),
    )


def _mentioned(plans: list[RowPlan]) -> set[str]:
    changes = [change for plan in plans for change in plan.changes]
    values = [value for change in changes for value in (change.before, change.after)]
    return {value for value in values if isinstance(value, str)}


def _id(request: Request) -> str:
    return str(request.path_params["id"])
