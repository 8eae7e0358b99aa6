"""Weekly meetings: the sheet, printed or on the screen, the minutes, and the tasks they gave."""

from datetime import date, timedelta

from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.clock import town_time
from server.console.desk import Desk, in_thread, required
from server.console.labels import sight_of
from server.console.meeting_lines import MeetingPage, meeting_page, paper_of
from server.console.pages.base import Pages
from server.console.words import language, say
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.meetings.minutes import (
    TASK_MAX,
    TASKS_MAX,
    TEXT_MAX,
    WHO_MAX,
    Minutes,
    keep_minutes,
    meetings,
    note_task,
)
from server.office.act import Act, acting
from server.office.audit import Deed
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.paper.sheet import render
from server.register.sealing import Seal
from server.summary.counting import asked_of
from server.work.steps import Steps

WEEK = timedelta(days=7)
TASK_ROWS = 3


class MeetingPages(Pages):
    """The sheet and the minutes."""

    path = "/meetings"
    route_name = "meetings"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.steps = Steps(desk.register, desk.engine, desk.clock)
        self._seal = Seal(desk.keys)

    @route("")
    async def index(self, request: Request) -> Response:
        """The sheet of a week, and the meetings so far."""
        who = required(request, Action.EDIT_RECORDS)
        page = await in_thread(lambda: self._page(request, who))
        return self.draw(
            request,
            "meetings.html",
            title=say("menu.meetings"),
            page=page,
            today=town_time(self.desk.clock()).date().isoformat(),
            rows=range(TASK_ROWS),
            most={"text": TEXT_MAX, "who": WHO_MAX, "task": TASK_MAX},
        )

    @route("/sheet", methods=["GET"], name="meeting_sheet")
    async def sheet(self, request: Request) -> Response:
        """The sheet on paper, with room for notes."""
        who = required(request, Action.EDIT_RECORDS)
        tongue = language()
        page = await in_thread(lambda: self._page(request, who))
        paper = paper_of(page)
        content = await in_thread(lambda: render(paper))
        name = f"meeting-{page.agenda.asked.last}-{tongue}.pdf"
        headers = {"content-disposition": f'inline; filename="{name}"'}
        return Response(content, media_type="application/pdf", headers=headers)

    @route("/minutes", methods=["POST"], name="meeting_minutes")
    async def minutes(self, request: Request) -> Response:
        """Keeps the minutes; each task becomes a case of its grid."""
        who = required(request, Action.EDIT_RECORDS)
        form = await request.form()
        try:
            await in_thread(lambda: self._keep(who, form))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, self.path, error)
        return self.onward(request, self.path, "meeting.kept")

    def _keep(self, who: AccountIdentity, form: FormData) -> None:
        minutes = Minutes(
            area_id=str(form.get("area") or who.area_id),
            held_on=str(form.get("held_on") or ""),
            attendees=str(form.get("attendees") or "")[: 2 * WHO_MAX],
            text=str(form.get("text") or "")[: 2 * TEXT_MAX],
        )
        tasks = [
            self.steps.reporting(who, grid, {"case_kind": "other", "text": text})
            for text, grid in _tasks(form)
        ]
        desk = self.desk

        def keep(conn: Connection) -> None:
            act = Act(conn, who, desk.keys, desk.clock())
            meeting = keep_minutes(act, self._seal, minutes)
            for task in tasks:
                note_task(act, meeting, task.record, task.grid)

        if not tasks:
            with acting(desk.engine, desk.keys, who, desk.clock) as act:
                keep(act.conn)
            return
        what = " ".join(task.record for task in tasks)
        desk.register.deeds.edit(who, tasks, Deed.CASE_REPORTED, what, also=keep)

    def _page(self, request: Request, who: AccountIdentity) -> MeetingPage:
        now = self.desk.clock()
        last = _day(request.query_params.get("last", ""), town_time(now).date())
        area = request.query_params.get("area") or who.area_id
        with reading(self.desk.engine) as conn:
            week = (last - WEEK + timedelta(days=1), last)
            asked = asked_of(conn, who, area, week, now=now)
            held = meetings(conn, who, self._seal)
            return meeting_page(conn, who, asked, held, sight=sight_of(request))


def _tasks(form: FormData) -> list[tuple[str, str]]:
    """The tasks that were written, each with its grid."""
    texts, grids = form.getlist("task"), form.getlist("task_grid")
    pairs = zip(texts[:TASKS_MAX], grids[:TASKS_MAX], strict=False)
    return [(text, str(grid)) for each, grid in pairs if (text := str(each).strip()[:TASK_MAX])]


def _day(typed: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return otherwise
