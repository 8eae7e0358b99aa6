"""The town's forms: upload, report, dry run, publish, go back, and the file back."""

from pathlib import PurePath
from urllib.parse import quote

from msgspec import Struct
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import Desk, in_thread, required
from server.console.pages.base import Pages
from server.console.words import language, pick, say
from server.errors import NotFound, ServerError
from server.forms.builtin import KINDS, WORK_KINDS, builtin_source, every_form
from server.forms.problems import ADVICE, FormProblem, FormRefusedError
from server.forms.publishing import FormGone, Preview, Publishing
from server.forms.tables import FILE_BYTES_MAX
from server.forms.xlsform import FORM_BYTES_MAX
from server.office.act import acting
from server.office.audit import Deed
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.published import Source
from server.register.versions import Version
from shared.forms.model import Form

FILES_MAX = 100
"""CSV files and pictures with one form."""


class ProblemLine(Struct, frozen=True):
    """One line of the report."""

    text: str
    level: str


class Item(Struct, frozen=True):
    """One question as the preview lists it."""

    name: str
    label: str
    type: str
    privacy: str
    purpose: str
    required: bool
    on: bool
    depth: int


class FormPages(Pages):
    """The forms of the reader's town."""

    path = "/forms"
    route_name = "forms"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._publishing = Publishing(desk.register)

    @route("")
    async def index(self, request: Request) -> Response:
        """Every kind with its versions, and a place to upload."""
        who = required(request, Action.PUBLISH_FORMS)
        return await self._start(request, who, ())

    @route("/upload", methods=["POST"], name="form_upload")
    async def upload(self, request: Request) -> Response:
        """Compiles the file; the report is on the page that follows."""
        who = required(request, Action.PUBLISH_FORMS)
        posted = await request.form()
        source, files = await _source(posted), await _tables(posted)
        kind = str(posted.get("kind") or "")
        if source is None:
            return await self._start(request, who, (ProblemLine(say("form.no_file"), "error"),))
        try:
            made = await in_thread(lambda: self._publishing.upload(who.town, source, kind, files))
        except FormRefusedError as refused:
            return await self._start(request, who, _lines(refused.problems), status=400)
        except ServerError as error:
            lines = (ProblemLine(pick(error.words), "error"),)
            return await self._start(request, who, lines, status=400)
        return await self._one(request, who, (made.form.kind, made.form.version), made.problems)

    @route("/{kind}/{version}", methods=["GET"], name="form_version")
    async def one(self, request: Request) -> Response:
        """A version: what it asks, what differs, and what publishing it would do."""
        who = required(request, Action.PUBLISH_FORMS)
        against = request.query_params.get("against", "")
        return await self._one(request, who, _which(request), against=against)

    @route("/{kind}/{version}/publish", methods=["POST"], name="form_publish")
    async def publish(self, request: Request) -> Response:
        """From now on every phone asks this version."""
        who = required(request, Action.PUBLISH_FORMS)
        kind, version = _which(request)
        await in_thread(lambda: self._note(who, f"{kind} {version}"))
        try:
            await in_thread(lambda: self._publishing.publish(who.town, kind, version))
        except FormGone as gone:
            raise NotFound from gone
        return self.onward(request, "/forms", "form.published_now", version=version)

    @route("/{kind}/{version}/drop", methods=["POST"], name="form_drop")
    async def drop(self, request: Request) -> Response:
        """Forgets an upload that was never published."""
        who = required(request, Action.PUBLISH_FORMS)
        kind, version = _which(request)
        await in_thread(lambda: self.desk.register.versions.drop(who.town, kind, version))
        return self.onward(request, "/forms", "form.dropped")

    @route("/{kind}/withdraw", methods=["POST"], name="form_withdraw")
    async def withdraw(self, request: Request) -> Response:
        """Goes back to the version before."""
        who = required(request, Action.PUBLISH_FORMS)
        kind = str(request.path_params["kind"])
        try:
            form = await in_thread(lambda: self._publishing.withdraw(who.town, kind))
        except ServerError as error:
            return self.refused(request, "/forms", error)
        await in_thread(lambda: self._note(who, f"{kind} {form.version}"))
        return self.onward(request, "/forms", "form.published_now", version=form.version)

    @route("/{kind}/{version}/source", methods=["GET"], name="form_source")
    async def source(self, request: Request) -> Response:
        """The file that a version was uploaded as."""
        who = required(request, Action.PUBLISH_FORMS)
        kind, version = _which(request)
        source = await in_thread(lambda: self._source(who.town, kind, version))
        if source is None:
            raise NotFound
        named = f"attachment; filename*=UTF-8''{quote(source.name)}"
        headers = {"Content-Disposition": named}
        return Response(source.document, media_type="application/octet-stream", headers=headers)

    def _source(self, town: str, kind: str, version: str) -> Source | None:
        kept = self.desk.register.versions.source(town, kind, version)
        built_in = every_form().get(kind)
        if kept is None and built_in is not None and built_in.version == version:
            return Source(builtin_source(kind), f"{kind}.md")
        return kept

    def _note(self, who: AccountIdentity, what: str) -> None:
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            act.note(Deed.FORM_PUBLISHED, what)

    async def _start(
        self,
        request: Request,
        who: AccountIdentity,
        report: tuple[ProblemLine, ...],
        *,
        status: int = 200,
    ) -> Response:
        versions = await in_thread(lambda: self.desk.register.versions.all(who.town))
        return self.draw(
            request,
            "forms.html",
            status=status,
            title=say("menu.forms"),
            kinds=_by_kind(versions),
            known=(*KINDS, *WORK_KINDS),
            report=report,
        )

    async def _one(
        self,
        request: Request,
        who: AccountIdentity,
        which: tuple[str, str],
        problems: tuple[FormProblem, ...] = (),
        *,
        against: str = "",
    ) -> Response:
        kind, version = which
        now = self.desk.clock()
        try:
            preview = await in_thread(
                lambda: self._publishing.preview(who.town, kind, version, now, against=against)
            )
        except FormGone as gone:
            raise NotFound from gone
        versions = await in_thread(lambda: self.desk.register.versions.all(who.town))
        about = next(one for one in versions if (one.kind, one.version) == (kind, version))
        return self.draw(
            request,
            "form.html",
            title=preview.form.words(preview.form.title, language()),
            about=about,
            preview=preview,
            others=[one for one in versions if one.kind == kind and one.version != version],
            items=_items(preview),
            report=_lines(problems),
            can_preview=self.desk.stages.possible(),
        )


def _which(request: Request) -> tuple[str, str]:
    return str(request.path_params["kind"]), str(request.path_params["version"])


async def _source(posted: FormData) -> Source | None:
    file = posted.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return None
    return Source(await file.read(FORM_BYTES_MAX + 1), PurePath(file.filename).name)


async def _tables(posted: FormData) -> dict[str, bytes]:
    files = [one for one in posted.getlist("tables") if isinstance(one, UploadFile)]
    return {
        PurePath(one.filename).name: await one.read(FILE_BYTES_MAX + 1)
        for one in files[:FILES_MAX]
        if one.filename
    }


def _lines(problems: tuple[FormProblem, ...]) -> tuple[ProblemLine, ...]:
    """What is wrong first; advice is told once for all questions."""
    fatal = [ProblemLine(one.sentence(language()), "error") for one in problems if one.fatal]
    minor = [one for one in problems if not one.fatal and one.key not in ADVICE]
    advice = [str(one.row) for one in problems if one.key in ADVICE]
    warnings = [ProblemLine(one.sentence(language()), "warning") for one in minor]
    rows = say("app.comma").join(advice)
    without = [ProblemLine(say("form.without_purpose", rows=rows), "advice")] if advice else []
    return (*fatal, *warnings, *without)


def _by_kind(versions: list[Version]) -> dict[str, list[Version]]:
    kinds: dict[str, list[Version]] = {}
    for one in versions:
        kinds.setdefault(one.kind, []).append(one)
    return kinds


def _items(preview: Preview) -> tuple[Item, ...]:
    form: Form = preview.form
    return tuple(
        Item(
            name=question.name,
            label=form.words(question.label, language()) or question.name,
            type=str(question.type),
            privacy=str(question.privacy),
            purpose=form.words(question.purpose, language()),
            required=bool(question.required) or question.mandatory,
            on=question.on,
            depth=question.path.count("/") - 2,
        )
        for question in form.questions
    )
