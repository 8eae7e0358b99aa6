"""Period summaries: a draft, the figures with what is behind each, and the documents."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.clock import town_time
from server.console.desk import Desk, in_thread, required
from server.console.labels import sight_of
from server.console.pages.base import Pages
from server.console.pages.coverage import STEPS_AT_ONCE, counting_of
from server.console.titles import case_title, titles_of
from server.console.words import language
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.office.areas import Area, areas_below
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.summary.counting import asked_of, behind, summary_of
from server.summary.documents import as_csv, as_docx, as_pdf
from server.summary.text import days_of, draft, percent, texts, title_of
from server.summary.values import Asked, Item, Part, Summary
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
LISTED = frozenset({"visit", "household"})
"""Kinds of record that have a list and a page of their own."""


class BehindLine(Struct, frozen=True):
    """One thing that was counted, as the page shows it."""

    title: str
    path: str


class SummaryPages(Pages):
    """The summary of an area and a period."""

    path = "/summary"
    route_name = "summary"

    @route("")
    async def index(self, request: Request) -> Response:
        """The draft and the figures."""
        who = required(request, Action.SEE_RECORDS)
        wanted = self._wanted(request, who)
        try:
            summary = await in_thread(lambda: self._summary(who, *wanted))
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
            closed=(Part.ORGANISATION, Part.COLLECTION),
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

    def _wanted(self, request: Request, who: AccountIdentity) -> tuple[str, tuple[date, date]]:
        """The area and days of the address; else the reader's area and the last month."""
        today = town_time(self.desk.clock()).date()
        last_month = today.replace(day=1) - timedelta(days=1)
        asked = request.query_params
        first = _day(asked.get("first", ""), last_month.replace(day=1))
        return asked.get("area") or who.area_id, (first, _day(asked.get("last", ""), last_month))

    def _summary(self, who: AccountIdentity, area: str, days: tuple[date, date]) -> Summary:
        counting_of(self.desk).go_on(who.town, STEPS_AT_ONCE)
        with reading(self.desk.engine) as conn:
            return summary_of(conn, asked_of(conn, who, area, days, now=self.desk.clock()))

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
        wanted: tuple[str, tuple[date, date]],
    ) -> tuple[int, list[BehindLine]]:
        area, days = wanted
        with reading(self.desk.engine) as conn:
            asked: Asked = asked_of(conn, who, area, days, now=self.desk.clock())
            items = behind(conn, asked, key)
            shown = items[:LINES_MAX]
            titles = titles_of(conn, who, [item.id for item in shown], sight_of(request))
        return len(items), [_line(item, titles) for item in shown]


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
    return BehindLine(item.text or titles.get(item.id, item.id), "")


def _query(wanted: tuple[str, tuple[date, date]]) -> str:
    area, (first, last) = wanted
    return f"?area={area}&first={first}&last={last}"


def _day(typed: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return otherwise
