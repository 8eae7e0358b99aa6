"""Period summaries: a draft, the figures with what is behind each, and the documents."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import TypeAlias

from msgspec import Struct, structs
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.clock import town_time
from server.console.desk import Desk, in_thread, required
from server.console.labels import sight_of
from server.console.pages.base import Pages
from server.console.pages.coverage import STEPS_AT_ONCE, AreaFigures, counting_of, lister
from server.console.titles import case_title, titles_of
from server.console.words import language, pick
from server.coverage.figures import NOTHING
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.office.act import acting
from server.office.areas import Area, areas_below
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.names import names_of
from server.register.sealing import Seal
from server.summary.counting import asked_of, behind, summary_of
from server.summary.documents import as_csv, as_docx, as_pdf
from server.summary.text import days_of, draft, percent, texts, title_of
from server.summary.values import Asked, Figure, Item, Part, Summary, Written, number_of
from server.summary.writing import TEXT_MAX, write, written_for
from server.work.reading import CASE

LINES_MAX = 500
"""Lines of one list; the number above it is exact."""
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCUMENTS: Mapping[str, tuple[Callable[[Summary, str], bytes], str]] = MappingProxyType(
    {
        "docx": (as_docx, _WORD),
        "pdf": (as_pdf, "application/pdf"),
        "csv": (as_csv, "text/csv; charset=utf-8"),
    }
)
Wanted: TypeAlias = tuple[str, tuple[date, date]]
"""An area, and the first and the last day."""
LISTED = frozenset({"visit", "household"})
"""Kinds of record that have a list and a page of their own."""
ENTRIES = frozenset({"diary", "patrol", "facility_check", "feedback"})
"""Kinds that have a list, and no page for each."""


class BehindLine(Struct, frozen=True):
    """One thing that was counted, as the page shows it."""

    title: str
    path: str
    count: int = 1
    """For how many it stands."""


class SummaryPages(Pages):
    """The summary of an area and a period."""

    path = "/summary"
    route_name = "summary"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._seal = Seal(desk.keys)

    @route("")
    async def index(self, request: Request) -> Response:
        """The draft and the figures."""
        who = required(request, Action.SEE_RECORDS)
        return await self._drawn(request, who)

    @route("/text", methods=["POST"], name="summary_text")
    async def text(self, request: Request) -> Response:
        """Keeps what a person adds; who was overtaken by somebody sees both."""
        who = required(request, Action.EDIT_RECORDS)
        wanted = self._wanted(request, who)
        typed = _typed(await request.form())
        try:
            await in_thread(lambda: self._keep(who, wanted, typed))
        except NotFound:
            raise
        except ServerError as error:
            return await self._drawn(request, who, typed, error)
        return self.onward(request, self.path + _query(wanted), "summary.kept")

    async def _drawn(
        self,
        request: Request,
        who: AccountIdentity,
        typed: Written | None = None,
        problem: ServerError | None = None,
    ) -> Response:
        """The page; typed: what is in the fields though it was not kept, and why."""
        wanted = self._wanted(request, who)
        try:
            summary, writer = await in_thread(lambda: self._seen(who, *wanted))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, self.path, error)
        tongue = language()
        return self.draw(
            request,
            "summary/index.html",
            title=title_of(summary, tongue),
            days=days_of(summary, tongue),
            summary=summary,
            paragraphs=draft(summary, tongue),
            texts=texts(tongue),
            percent=percent,
            areas=await in_thread(lambda: self._areas(who)),
            query=_query(wanted),
            list_url=_openers(request, who, summary, _query(wanted)),
            typed=typed or summary.written,
            writer=writer,
            problem=pick(problem.words) if problem else "",
            most=TEXT_MAX,
            progress=await in_thread(lambda: counting_of(self.desk).progress(who.town)),
        )

    @route("/behind/{key:str}", methods=["GET"], name="summary_behind")
    async def behind(self, request: Request) -> Response:
        """What was counted for one figure."""
        who = required(request, Action.SEE_RECORDS)
        key, wanted = str(request.path_params["key"]), self._wanted(request, who)
        number, lines = await in_thread(lambda: self._behind(request, who, key, wanted))
        return self.draw(
            request,
            "summary/behind.html",
            title=texts(language())["figure"].get(key, key),
            number=number,
            lines=lines,
            most=LINES_MAX,
            query=_query(wanted),
        )

    @route("/document/{form:str}", methods=["GET"], name="summary_document")
    async def document(self, request: Request) -> Response:
        """The summary as a file."""
        who = required(request, Action.SEE_RECORDS)
        form, wanted = str(request.path_params["form"]), self._wanted(request, who)
        if form not in DOCUMENTS:
            raise NotFound
        write, kind = DOCUMENTS[form]
        tongue = language()
        try:
            content = await in_thread(lambda: write(self._exact(who, *wanted), tongue))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, self.path, error)
        _, (first, last) = wanted
        name = f"summary-{first}-{last}.{form}"
        return Response(
            content,
            media_type=kind,
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )

    def _wanted(self, request: Request, who: AccountIdentity) -> Wanted:
        """The area and days of the address; else the reader's area and the last month."""
        today = town_time(self.desk.clock()).date()
        last_month = today.replace(day=1) - timedelta(days=1)
        asked = request.query_params
        first = _day(asked.get("first", ""), last_month.replace(day=1))
        return asked.get("area") or who.area_id, (first, _day(asked.get("last", ""), last_month))

    def _summary(self, who: AccountIdentity, area: str, days: tuple[date, date]) -> Summary:
        counting_of(self.desk).go_on(who.town, STEPS_AT_ONCE)
        with reading(self.desk.engine) as conn:
            asked = asked_of(conn, who, area, days, now=self.desk.clock())
            written = written_for(conn, asked, self._seal)
            return structs.replace(summary_of(conn, asked), written=written)

    def _seen(
        self, who: AccountIdentity, area: str, days: tuple[date, date]
    ) -> tuple[Summary, str]:
        """The same with the name of who wrote beneath it."""
        summary = self._summary(who, area, days)
        with reading(self.desk.engine) as conn:
            by = summary.written.by
            return summary, names_of(conn, who.town, [by]).get(by, "")

    def _keep(self, who: AccountIdentity, wanted: Wanted, typed: Written) -> None:
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            area, days = wanted
            write(act, self._seal, asked_of(act.conn, who, area, days, now=act.now), typed)

    def _exact(self, who: AccountIdentity, area: str, days: tuple[date, date]) -> Summary:
        """The same for what leaves the desk. Raises OfficeRefused while doors are counted."""
        counted_up(self.desk, who.town)
        return self._summary(who, area, days)

    def _areas(self, who: AccountIdentity) -> Sequence[Area]:
        with reading(self.desk.engine) as conn:
            return areas_below(conn, who.town, who.area_id)

    def _behind(
        self,
        request: Request,
        who: AccountIdentity,
        key: str,
        wanted: Wanted,
    ) -> tuple[int, list[BehindLine]]:
        area, days = wanted
        with reading(self.desk.engine) as conn:
            asked: Asked = asked_of(conn, who, area, days, now=self.desk.clock())
            items = behind(conn, asked, key)
            shown = items[:LINES_MAX]
            titles = titles_of(conn, who, [item.id for item in shown], sight_of(request))
        return number_of(items), [_line(item, titles) for item in shown]


def counted_up(desk: Desk, town: str) -> None:
    """Lets nothing be signed or sent while doors are being counted. Raises OfficeRefused."""
    progress = counting_of(desk).go_on(town, STEPS_AT_ONCE)
    if not progress.up_to_date:
        raise refused(
            "still_counting",
            f"正在统计新的改动（{progress.percent}%），请稍候再试。",
            f"New changes are being counted ({progress.percent} %); try again in a moment.",
        )


def _line(item: Item, titles: Mapping[str, str]) -> BehindLine:
    if item.kind == CASE:
        return BehindLine(case_title(item, titles), f"/casework/cases/{item.id}")
    if item.kind in LISTED:
        path = f"/{item.kind}s/detail?pk={item.id}"
        return BehindLine(titles.get(item.id, item.id), path)
    path = f"/work-entries/{item.kind}" if item.kind in ENTRIES else ""
    return BehindLine(item.text, path, item.count)


def _openers(
    request: Request, who: AccountIdentity, summary: Summary, query: str
) -> Callable[[Figure], str]:
    """Makes the address of what is behind a figure: doors have a list of their own."""
    dwellings = lister(request, who)
    of = AreaFigures(summary.asked.area, NOTHING, summary.asked.who.grids)
    doors = {figure.key for figure in summary.section(Part.COLLECTION).figures}

    def address(figure: Figure) -> str:
        if figure.key in doors:
            return dwellings(figure.key, of)
        return f"{request.scope.get('root_path', '')}/summary/behind/{figure.key}{query}"

    return address


def _typed(form: FormData) -> Written:
    on = str(form.get("on") or "0")
    # Browsers send each end of a line as two characters.
    problems, next_ = (
        str(form.get(name) or "").replace("\r\n", "\n").strip() for name in ("problems", "next")
    )
    return Written(problems=problems, next=next_, version=int(on) if on.isdecimal() else 0)


def _query(wanted: Wanted) -> str:
    area, (first, last) = wanted
    return f"?area={area}&first={first}&last={last}"


def _day(typed: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return otherwise
