"""Forms on paper: blank ones with a number each, and a record's with what is known of it."""

from secrets import token_hex

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.labels import Sight, form_of, kind_name, seen_answer, sight_of
from server.console.pages.base import Pages
from server.console.titles import titles_of
from server.console.words import language, town_time
from server.errors import NotFound, ServerError
from server.forms.paper import Head, form_paper
from server.office.act import acting
from server.office.audit import Deed
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.paper.blocks import Paper
from server.paper.sheet import render
from shared.changes import Answer
from shared.forms.model import Form, QuestionType
from shared.forms.units import answers_of
from shared.merge import shown
from shared.records import Record

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
        numbers = [self._number() for _ in range(copies)]
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
        papers = [await in_thread(lambda: self._filled(who, kind, record_id, sight))]
        return await self._pdf(request, who, papers, (kind, record_id))

    def _filled(self, who: AccountIdentity, kind: str, record_id: str, sight: Sight) -> Paper:
        record, form = self.desk.register.record(who.town, record_id), form_of(kind)
        if record is None or form is None or record.kind != kind:
            raise NotFound
        if record.grid not in who.grids or record.deleted:
            raise NotFound
        answers = self._answers(who, record, form, sight)
        head = Head(
            subtitle=kind_name(kind),
            serial=_serial(record_id),
            code=f"doorstep:{kind}:{record_id}",
        )
        return form_paper(form, language(), head, answers)

    def _answers(
        self, who: AccountIdentity, record: Record, form: Form, sight: Sight
    ) -> dict[str, Answer]:
        """By question, as this reader sees them; records referred to by their titles."""
        units = shown(record, self.desk.register.rules(who.town, record.kind))
        seen = {
            unit: seen_answer(record.kind, unit, value, sight)
            for unit, value in units.items()
            if unit in form.units
        }
        answers = answers_of(form, seen)
        referring = {
            one.name: str(answers[one.name])
            for one in form.questions
            if one.type is QuestionType.REFERENCE and one.name in answers
        }
        with self.desk.engine.connect() as conn:
            titles = titles_of(conn, who, referring.values(), sight)
        return answers | {name: titles.get(id_, "") for name, id_ in referring.items()}

    def _number(self) -> str:
        """Of one sheet of paper: the day, and what no two sheets of it are likely to share."""
        day = town_time(self.desk.clock())
        return f"{day:%y%m%d}-{token_hex(3).upper()}"

    async def _pdf(
        self, request: Request, who: AccountIdentity, papers: list[Paper], noted: tuple[str, ...]
    ) -> Response:
        def made() -> bytes:
            content = render(*papers)
            with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
                act.note(Deed.FORM_PRINTED, noted[0], " ".join(noted[1:]))
            return content

        try:
            content = await in_thread(made)
        except ServerError as error:
            return self.refused(request, "/", error)
        headers = {"content-disposition": f'inline; filename="{noted[0].split()[0]}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)


def _serial(record_id: str) -> str:
    """What a person reads out to name the record: the end of its id."""
    end = record_id.replace("-", "")[-8:].upper()
    return f"{end[:4]}-{end[4:]}"
