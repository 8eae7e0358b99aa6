"""Writing an earlier value again, from a step of a record's timeline."""

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.flash import flash
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.drawing import LISTS
from server.console.labels import label
from server.console.pages.base import Pages
from server.console.words import say
from server.errors import NotFound, ServerError
from server.office.roles import Action
from server.register.deeds import Restoring

UNIT_MAX = 100


class RestorePages(Pages):
    """One route; the page is the record's own."""

    path = "/restore"
    route_name = "restore"

    @route("/{kind}/{id:uuid}", methods=["POST"], name="restore_value")
    async def restore(self, request: Request) -> Response:
        """Writes again what a step wrote: an ordinary change of the one who asks."""
        who = required(request, Action.EDIT_RECORDS)
        kind, record = str(request.path_params["kind"]), str(request.path_params["id"])
        form = await request.form()
        seq, base = str(form.get("seq") or ""), str(form.get("base") or "")
        unit = str(form.get("unit") or "")[:UNIT_MAX]
        if kind not in LISTS or not (seq.isdecimal() and base.isdecimal()):
            raise NotFound
        here = f"/{LISTS[kind]}/detail?pk={record}"
        restoring = Restoring(record=record, unit=unit, seq=int(seq), base=int(base))
        try:
            done = await in_thread(lambda: self.desk.register.deeds.restore(who, restoring))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, here, error)
        if done.results[0].outcome == "conflict":
            flash(request, say("edit.conflict"), "warning")
            return self.onward(request, here)
        return self.onward(request, here, "timeline.restored", label=label(kind, unit))
