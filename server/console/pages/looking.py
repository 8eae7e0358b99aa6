"""Looking closer at a record: one masked answer with a reason, and the record as of a day."""

from datetime import date, datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.as_of import as_of
from server.console.desk import in_thread, required
from server.console.drawing import LISTS
from server.console.labels import Reader, Sight, label, rules_of, sight_of
from server.console.pages.base import Pages
from server.console.words import TOWN_ZONE, millis, say, town_time
from server.errors import NotFound, ServerError
from server.office.act import acting
from server.office.people import AccountIdentity
from server.office.revealing import A_DAY_MAX, note_reveal, reveals_today
from server.office.roles import Action
from shared.changes import Answer
from shared.merge import shown
from shared.work.values import OFFICE_ONLY

REASON_MAX = 200
UNIT_MAX = 100


class LookingPages(Pages):
    """Reveals, and dates."""

    path = "/look-closer"
    route_name = "looking"

    @route("/{kind}/{id:uuid}/reveal", methods=["POST"], name="reveal")
    async def reveal(self, request: Request) -> Response:
        """One answer whole; it is written down who saw it and why."""
        who = required(request, Action.REVEAL)
        kind, record_id = str(request.path_params["kind"]), str(request.path_params["id"])
        form = await request.form()
        unit = str(form.get("unit") or "")[:UNIT_MAX]
        reason = str(form.get("reason") or "")[: 2 * REASON_MAX]
        back = f"/{LISTS[kind]}/detail?pk={record_id}" if kind in LISTS else "/"
        try:
            value, left = await in_thread(
                lambda: self._reveal(who, (kind, record_id, unit), reason)
            )
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, back, error)
        return self.draw(
            request,
            "revealed.html",
            title=label(kind, unit),
            value=Reader(Sight.WHOLE).text(kind, unit, value),
            back=back,
            left=left,
        )

    @route("/{kind}/{id:uuid}/as-of", methods=["GET"], name="as_of")
    async def on_day(self, request: Request) -> Response:
        """The record as it was known at the end of a day."""
        who = required(request, Action.SEE_RECORDS)
        kind, record_id = str(request.path_params["kind"]), str(request.path_params["id"])
        today = town_time(self.desk.clock()).date()
        on = _day(str(request.query_params.get("day") or ""), today)
        ends = datetime.combine(on + timedelta(days=1), time(), TOWN_ZONE)
        at, sight = millis(ends) - 1, sight_of(request)
        found = await in_thread(
            lambda: as_of(self.desk, who, (kind, record_id), at=at, sight=sight)
        )
        if found is None or kind not in LISTS:
            raise NotFound
        return self.draw(
            request,
            "as_of.html",
            title=say("as_of.title", title=found.title),
            page=found,
            on=on.isoformat(),
            at=at,
            today=today.isoformat(),
        )

    def _reveal(
        self, who: AccountIdentity, wanted: tuple[str, str, str], reason: str
    ) -> tuple[Answer, int]:
        """The answer, and how many more may be seen today."""
        kind, record_id, unit = wanted
        record = self.desk.register.record(who.town, record_id)
        if record is None or record.kind != kind or kind in OFFICE_ONLY:
            raise NotFound
        if record.grid not in who.grids:
            raise NotFound
        answers = shown(record, rules_of(kind))
        if unit not in answers or unit.startswith("@"):
            raise NotFound
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            note_reveal(act, record_id, unit, reason)
            return answers[unit], A_DAY_MAX - reveals_today(act)


def _day(asked: str, today: date) -> date:
    try:
        return min(date.fromisoformat(asked), today)
    except ValueError:
        return today
