"""Forms on paper: blank ones with a number each, and a record's with what is known of it."""

from secrets import token_hex

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.form_sheets import FormSheets
from server.console.labels import Sight, form_of, sight_of
from server.console.pages.base import Pages
from server.console.words import language, town_time
from server.errors import NotFound, ServerError
from server.forms.paper import Head, form_paper
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.paper.blocks import Paper

COPIES_MAX = 50


class FormPaperPages(Pages):
    """What is taken along on paper, and typed in afterwards."""

    path = "/form-papers"
    route_name = "form_papers"

    @route("/{kind}", methods=["GET"], name="form_blank")
    async def blank(self, request: Request) -> Response:
        """Blank forms of a kind; each copy has its own number."""
        who = required(request, Action.EDIT_RECORDS)
        kind, form = str(request.path_params["kind"]), form_of(str(request.path_params["kind"]))
        if form is None:
            raise NotFound
        wanted = request.query_params.get("copies", "1")
        copies = min(max(int(wanted), 1), COPIES_MAX) if wanted.isdecimal() else 1
        numbers = [paper_number(self.desk.clock()) for _ in range(copies)]
        papers = [
            form_paper(form, language(), Head(serial=one, code=f"doorstep:paper:{kind}:{one}"))
            for one in numbers
        ]
        return await self._pdf(request, who, papers, (f"{kind} {form.version}", *numbers))

    @route("/{kind}/{id:uuid}", methods=["GET"], name="form_filled")
    async def filled(self, request: Request) -> Response:
        """A record's form with what its reader may see."""
        who = required(request, Action.EDIT_RECORDS)
        kind, record_id = str(request.path_params["kind"]), str(request.path_params["id"])
        sight = sight_of(request)
        papers = await in_thread(lambda: self._filled(who, kind, record_id, sight))
        return await self._pdf(request, who, papers, (kind, record_id))

    def _filled(self, who: AccountIdentity, kind: str, record_id: str, sight: Sight) -> list[Paper]:
        record = self.desk.register.record(who.town, record_id)
        if record is None or form_of(kind) is None or record.kind != kind:
            raise NotFound
        if record.grid not in who.grids or record.deleted:
            raise NotFound
        return FormSheets(self.desk, who, sight).of([record])

    async def _pdf(
        self, request: Request, who: AccountIdentity, papers: list[Paper], noted: tuple[str, ...]
    ) -> Response:
        try:
            return await self.printed(who, papers, noted[0], " ".join(noted[1:]))
        except ServerError as error:
            return self.refused(request, "/", error)


def paper_number(now: int) -> str:
    """Of one sheet of paper: the day, and what no two sheets of it are likely to share."""
    return f"{town_time(now):%y%m%d}-{token_hex(3).upper()}"
