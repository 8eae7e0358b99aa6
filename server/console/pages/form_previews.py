"""A form as workers will see it: the worker's own app in a frame, before anything is published."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import account_of, in_thread, required
from server.console.frames import passed_on
from server.console.look import LOOK_COOKIE
from server.console.pages.base import Pages
from server.console.shield import content_policy, nonce
from server.console.words import LANGUAGES, language
from server.errors import NotFound, ServerError
from server.forms.builtin import every_form
from server.forms.stage import Stage
from server.office.roles import Action
from shared.forms.model import Form
from shared.staging import Look


class FormPreviewPages(Pages):
    """The preview of a version: its page, its frame, and how it looks."""

    path = "/form-previews"
    route_name = "form_previews"

    @route("/start/{kind}/{version}", methods=["POST"], name="form_preview_start")
    async def start(self, request: Request) -> Response:
        """Starts the app with that form and goes to its page."""
        who = required(request, Action.PUBLISH_FORMS)
        kind, version = (str(request.path_params[name]) for name in ("kind", "version"))
        form = await in_thread(lambda: self._form(who.town, kind, version))
        look = Look(language(), dark=request.cookies.get(LOOK_COOKIE) == "dark")
        stages, now = self.desk.stages, self.desk.clock()
        try:
            stage = await in_thread(lambda: stages.open(who, form, look, now))
        except ServerError as error:
            return self.refused(request, f"/forms/{kind}/{version}", error)
        return self.onward(request, f"{self.path}/{stages.page_name(stage)}")

    @route("/{name}", methods=["GET"], name="form_preview")
    async def one(self, request: Request) -> Response:
        """The page with the frame, or that the preview has ended."""
        stage = self._stage(request)
        plays = await in_thread(lambda: self.desk.stages.plays(stage))
        form = await in_thread(lambda: self._form(stage.town, stage.kind, stage.version))
        response = self.draw(
            request,
            "form_preview.html",
            title=form.words(form.title, language()) or form.id,
            stage=stage,
            name=str(request.path_params["name"]),
            plays=plays,
            dark=request.cookies.get(LOOK_COOKIE) == "dark",
        )
        policy = f"{content_policy(nonce())}; frame-src 'self'"
        response.headers["Content-Security-Policy"] = policy
        return response

    @route("/{name}/app", methods=["GET"], name="form_preview_app")
    async def app(self, request: Request) -> Response:
        """What stands in the frame: the app's own page."""
        response = await passed_on(self.desk, self._stage(request), request, "")
        response.headers["Cache-Control"] = "no-store"
        return response

    @route("/{name}/look", methods=["POST"], name="form_preview_look")
    async def look(self, request: Request) -> Response:
        """Another language, or light and dark; what was typed stays."""
        stage, posted = self._stage(request), await request.form()
        chosen = str(posted.get("language"))
        look = Look(chosen if chosen in LANGUAGES else language(), dark=posted.get("dark") == "1")
        done = await in_thread(lambda: self.desk.stages.look(stage, look))
        return Response(status_code=HTTPStatus.NO_CONTENT if done else HTTPStatus.GONE)

    def _stage(self, request: Request) -> Stage:
        """The stage that is meant, if it is the reader's own. Raises NotFound, NotAllowed."""
        who = required(request, Action.PUBLISH_FORMS)
        stage = self.desk.stages.of_page(str(request.path_params["name"]), self.desk.clock())
        if stage is None or (stage.town, stage.account) != (who.town, account_of(request).id):
            raise NotFound
        return stage

    def _form(self, town: str, kind: str, version: str) -> Form:
        kept = self.desk.register.versions.form(town, kind, version)
        built_in = every_form().get(kind)
        if kept is None and built_in is not None and built_in.version == version:
            return built_in
        if kept is None:
            raise NotFound
        return kept
