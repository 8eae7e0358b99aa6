"""Puts the console into the server's app: starlette-admin with our own pages and words."""

import logging
from collections.abc import Callable
from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette_admin import BaseAdmin, I18nConfig
from starlette_admin.helpers import safe_redirect_url
from starlette_admin.views import BaseView

from server.console.bodies import BodyLimit
from server.console.desk import Desk
from server.console.drawing import prepare
from server.console.lists.dwellings import DwellingList
from server.console.lists.households import HouseholdList
from server.console.lists.residents import ResidentList
from server.console.lists.visits import VisitList
from server.console.look import LOOK_COOKIE, LOOKS, Look
from server.console.pages.accounts import AccountPages
from server.console.pages.area_tools import AreaTablePages, BalancePages, BoundaryPages
from server.console.pages.areas import AreaPages
from server.console.pages.assessments import AssessmentPages
from server.console.pages.attachments import AttachmentPages
from server.console.pages.audit import AuditPages
from server.console.pages.base import Pages
from server.console.pages.board import BoardPages
from server.console.pages.bulk import BulkPages
from server.console.pages.conflicts import ConflictPages
from server.console.pages.consents import ConsentPages
from server.console.pages.coverage import CoveragePages
from server.console.pages.dashboard import Dashboard
from server.console.pages.devices import DevicePages
from server.console.pages.directory import DirectoryPages
from server.console.pages.duplicates import DuplicatePages
from server.console.pages.edits import EditPages
from server.console.pages.exports import Exports
from server.console.pages.feedback import FeedbackPages
from server.console.pages.form_papers import FormPaperPages
from server.console.pages.form_previews import FormPreviewPages
from server.console.pages.forms import FormPages
from server.console.pages.grid_papers import GridPaperPages
from server.console.pages.handing_over import HandOverPages
from server.console.pages.health import HealthPages
from server.console.pages.import_choices import ImportChoicePages
from server.console.pages.imports import ImportPages
from server.console.pages.inspections import InspectionPages
from server.console.pages.looking import LookingPages
from server.console.pages.maps import BuildingPages, LegendPages, MapPages
from server.console.pages.me import OwnPages
from server.console.pages.meetings import MeetingPages
from server.console.pages.notices import NoticePages
from server.console.pages.papers import PaperPages
from server.console.pages.picture_papers import PicturePaperPages
from server.console.pages.policy_cards import PolicyPages
from server.console.pages.questions import QuestionPages
from server.console.pages.refused import RefusedPages
from server.console.pages.rescues import RescuePages
from server.console.pages.restore import RestorePages
from server.console.pages.retention import RetentionPages
from server.console.pages.review import ReviewPages
from server.console.pages.rights import RightsPages
from server.console.pages.saved import SavedListPages
from server.console.pages.summary import SummaryPages
from server.console.pages.trainings import TrainingPages
from server.console.pages.undoing import UndoPages
from server.console.pages.visit_rules import VisitRulePages
from server.console.pages.work import WorkPages
from server.console.pages.work_entries import EntryPages
from server.console.pages.work_reports import WorkReportPages
from server.console.pages.workers import WorkerPages
from server.console.session import SignIn
from server.console.shield import LANGUAGE_COOKIE, Csrf, Headers, Language
from server.console.words import FIRST_LANGUAGE, LANGUAGES, pick, say
from server.errors import NotFound, ServerError
from server.imports.tables import FILE_MAX
from server.office.errors import NotAllowed
from server.review.measures import Latency

BASE = "/console"
ROUTE_NAME = "console"
_PREFERENCE_SECONDS = 365 * 24 * 3600


class Console(BaseAdmin):
    """starlette-admin, with our check of forged requests."""

    def _init_csrf(self) -> None:
        assert self.secret_key is not None
        self.middlewares.append(Middleware(Csrf, secret_key=self.secret_key))


def mount(app: Starlette, desk: Desk, latency: Callable[[str], Latency]) -> None:
    """Serve the console below /console; the root leads there. latency: of a route of the API."""
    # Its own log lines have what people search for.
    logging.getLogger("starlette_admin").setLevel(logging.ERROR)
    console = _console(desk)
    for view in _views(desk):
        console.add_view(view)
    console.mount_to(app)
    console.app.state.latency = latency
    _answer_errors(console)
    app.router.routes.append(Route("/", _to_console, name="root"))


def _console(desk: Desk) -> Console:
    here = files("server.console")
    console = Console(
        title="Doorstep",
        base_url=BASE,
        route_name=ROUTE_NAME,
        templates_dir=str(here.joinpath("templates")),
        static_dir=str(here.joinpath("static")),
        index_view=Dashboard(desk),
        theme=Look(),
        auth_provider=SignIn(desk),
        secret_key=desk.keys.session.hex(),
        middlewares=[
            Middleware(Headers, production=desk.settings.production),
            Middleware(Language),
            Middleware(BodyLimit, refusal=_too_large),
        ],
        i18n_config=I18nConfig(default_locale=FIRST_LANGUAGE, language_header_name=None),
        timezone_config=None,
    )
    console.routes.append(Route("/language/{to}", _choose_language, name="language"))
    console.routes.append(Route("/look/{to}", _choose_look, name="look"))
    prepare(console.templates.env, BASE)
    return console


def _views(desk: Desk) -> list[BaseView]:
    lists = (HouseholdList(desk), ResidentList(desk), DwellingList(desk), VisitList(desk))
    return [*lists, *(pages(desk) for pages in _PAGES), Exports(desk, lists)]


def _answer_errors(console: Console) -> None:
    """Refusals, faults and wrong addresses are pages too, in the language of the request."""
    admin = console.app

    def page(request: Request, status: int, words: str = "") -> Response:
        shown = {"exc": {"status_code": status, "words": words}}
        return console.templates.TemplateResponse(request, "error.html", shown, status_code=status)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, ServerError)
        status = 400
        if isinstance(error, NotAllowed):
            status = 403
        elif isinstance(error, NotFound):
            status = 404
        return page(request, status, "" if status == 404 else pick(error.words))

    async def wrong(request: Request, error: Exception) -> Response:
        return page(request, error.status_code if isinstance(error, HTTPException) else 500)

    admin.add_exception_handler(ServerError, refused)
    admin.add_exception_handler(HTTPException, wrong)
    admin.add_exception_handler(Exception, wrong)
    admin.state.refusal_page = lambda request: page(request, 403)
    admin.state.too_large_page = lambda request: page(
        request, 413, say("error.too_large", megabytes=FILE_MAX // 1024 // 1024)
    )


def _too_large(request: Request) -> Response:
    answer: Response = request.app.state.too_large_page(request)
    return answer


async def _to_console(_: Request) -> Response:
    return RedirectResponse(f"{BASE}/", status_code=307)


async def _choose_language(request: Request) -> Response:
    return _preference(request, LANGUAGE_COOKIE, LANGUAGES)


async def _choose_look(request: Request) -> Response:
    return _preference(request, LOOK_COOKIE, LOOKS)


def _preference(request: Request, cookie: str, choices: tuple[str, ...]) -> Response:
    home = str(request.url_for("console:index"))
    back = safe_redirect_url(request.headers.get("referer") or home, request, home)
    response = RedirectResponse(back, status_code=303)
    chosen = request.path_params["to"]
    if chosen in choices:
        response.set_cookie(cookie, chosen, max_age=_PREFERENCE_SECONDS, path=BASE, samesite="lax")
    return response


_PAGES: tuple[type[Pages], ...] = (
    SavedListPages,
    ReviewPages,
    VisitRulePages,
    BoardPages,
    CoveragePages,
    MapPages,
    BuildingPages,
    LegendPages,
    ConflictPages,
    BulkPages,
    DuplicatePages,
    LookingPages,
    QuestionPages,
    WorkPages,
    WorkReportPages,
    EntryPages,
    ImportPages,
    ImportChoicePages,
    UndoPages,
    FormPages,
    FormPaperPages,
    FormPreviewPages,
    EditPages,
    RefusedPages,
    RestorePages,
    AttachmentPages,
    WorkerPages,
    HandOverPages,
    DevicePages,
    RescuePages,
    AreaPages,
    AreaTablePages,
    BoundaryPages,
    BalancePages,
    AccountPages,
    DirectoryPages,
    PaperPages,
    SummaryPages,
    MeetingPages,
    InspectionPages,
    PicturePaperPages,
    GridPaperPages,
    FeedbackPages,
    PolicyPages,
    TrainingPages,
    AssessmentPages,
    OwnPages,
    RightsPages,
    RetentionPages,
    HealthPages,
    ConsentPages,
    NoticePages,
    AuditPages,
)
