"""Signing in to the console and staying signed in: one cookie, signed, for a session that is kept.

The cookie carries the session's id and its secret, made anew at each sign-in, so a cookie that
somebody planted before is worth nothing after. A session ends at the office, not in the browser.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer
from msgspec import ValidationError, convert, to_builtins
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates
from starlette_admin.auth import AdminUser, BaseAuthProvider
from starlette_admin.flash import get_flashed_messages
from starlette_admin.helpers import index_url, safe_redirect_url, wrap_endpoint_with_kwargs
from starlette_admin.security.csrf import CSRFMiddleware

from server.console.browsers import origin_of
from server.console.desk import Desk, in_thread
from server.console.entering import LOGIN_MAX, Entering, NotYet, Step
from server.console.labels import use_forms
from server.console.organisation import Organisation
from server.console.titles import use_grids
from server.console.words import say
from server.db.engine import reading, writing
from server.errors import ServerError
from server.limits import Rate, Throttle
from server.office.act import acting
from server.office.areas import grid_names
from server.office.people import AccountIdentity
from server.office.sessions import (
    Session,
    Ticket,
    Way,
    end_own_session,
    is_stale,
    life_of,
    note_seen,
)
from server.office.sign_in import SetUp, SignedIn, signed_in
from server.register.published import Published
from server.review.queue import count_waiting

COOKIE = "doorstep_session"
TRIES = Rate(20, 10 * 60_000)
"""Sign-ins from one address, right or wrong: a whole office may share one. Accounts lock sooner."""
_SALT = "doorstep-console-session"
_ASKED_BY_ITSELF = re.compile(r"/workers/[^/]+/code/[^/]+$")
"""What an open page asks for every few seconds: nobody need be there."""


@dataclass(frozen=True)
class _Inside:
    """What every page needs to know of the one who asks."""

    who: AccountIdentity
    session: Session
    waiting: int
    grids: Mapping[str, str]
    """The names of the grids in their area, by id."""
    published: Mapping[str, Published]


class SignIn(BaseAuthProvider):
    """Who may come in, and the pages for it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(allow_routes=["language", "look", "oidc_start", "oidc_back"])
        self._desk = desk
        self._tries = Throttle(TRIES)
        self._entering = Entering(desk)
        self._signer = URLSafeSerializer(desk.keys.session.hex(), salt=_SALT)
        self._life = life_of(desk.settings)
        self._organisation = Organisation.of(desk, self._entering)

    async def authenticate(self, request: Request) -> AdminUser | None:
        """The account whose session this is, as it may act now."""
        ticket = None if "/static/" in request.url.path else self._ticket(request)
        if ticket is None:
            return None
        by_somebody = _ASKED_BY_ITSELF.search(request.url.path) is None
        inside = await in_thread(lambda: self._inside(ticket, by_somebody))
        if inside is None:
            return None
        request.state.account = inside.who
        request.state.session = inside.session
        request.state.waiting = inside.waiting
        request.state.grids = inside.grids
        use_forms(inside.published)
        use_grids(inside.grids)
        return AdminUser(username=inside.who.name)

    def get_routes(self, templates: Jinja2Templates) -> list[Route]:
        """The sign-in page and the way out."""
        page = wrap_endpoint_with_kwargs(self._page, templates=templates)
        back = wrap_endpoint_with_kwargs(self._from_outside, templates=templates)
        return [
            Route(self.login_path, page, methods=["GET", "POST"], name="login"),
            Route(self.logout_path, self._sign_out, methods=["POST"], name="logout"),
            Route("/oidc/start", self._to_outside, methods=["GET"], name="oidc_start"),
            Route("/oidc/back", back, methods=["GET"], name="oidc_back"),
        ]

    async def _page(self, request: Request, templates: Jinja2Templates) -> Response:
        if getattr(request.state, "admin_user", None) is not None:
            return RedirectResponse(self._onward(request), status_code=303)
        if request.method == "GET":
            return self._door(request, templates, await self._greeting(request))
        form = await request.form()
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
        login = typed.get("login", "")[:LOGIN_MAX]
        origin = origin_of(request)
        if wait := self._tries.wait_ms(origin.address, self._desk.clock()):
            return self._too_often(request, templates, wait)
        step = await in_thread(lambda: self._entering.step(typed, origin))
        return self._answer(request, templates, step, login=login)

    async def _to_outside(self, request: Request) -> Response:
        """On the way to the organisation's own sign-in."""
        if self._organisation is None:
            return RedirectResponse(request.url_for("console:login"), status_code=303)
        return await self._organisation.start(request, self._onward(request))

    async def _from_outside(self, request: Request, templates: Jinja2Templates) -> Response:
        """Back from there, with an answer that is worth nothing before it has been checked."""
        if self._organisation is None:
            return RedirectResponse(request.url_for("console:login"), status_code=303)
        if wait := self._tries.wait_ms(origin_of(request).address, self._desk.clock()):
            return self._too_often(request, templates, wait)
        back = await self._organisation.back(request)
        response = self._answer(request, templates, back.step, onward=back.onward)
        self._organisation.forget(request, response)
        return response

    async def _greeting(self, request: Request) -> dict[str, object]:
        """What who came from outside is told after signing out here."""
        if self._organisation is None or not request.query_params.get("out"):
            return {}
        return {"way_out": await self._organisation.way_out(request), "is_out": True}

    def _door(
        self,
        request: Request,
        templates: Jinja2Templates,
        shown: Mapping[str, object],
        *,
        status: int = 200,
        onward: str = "",
    ) -> Response:
        """The sign-in page. onward: the page that was asked for."""
        always = {
            "login": "",
            "organisation": self._organisation,
            "flashed_messages": get_flashed_messages(request),
            "onward": onward or request.query_params.get("next", ""),
        }
        return templates.TemplateResponse(
            request, "sign_in.html", always | dict(shown), status_code=status
        )

    def _too_often(self, request: Request, templates: Jinja2Templates, wait: int) -> Response:
        shown = {"error": say("sign_in.too_often", n=-(-wait // 60_000))}
        response = self._door(request, templates, shown, status=429)
        response.headers["Retry-After"] = str(-(-wait // 1000))
        return response

    def _answer(
        self,
        request: Request,
        templates: Jinja2Templates,
        step: Step,
        *,
        login: str = "",
        onward: str = "",
    ) -> Response:
        if isinstance(step, NotYet):
            shown = dict(step.shown) | {"login": login}
            return self._door(request, templates, shown, status=step.status, onward=onward)
        if isinstance(step, SignedIn):
            response: Response = RedirectResponse(onward or self._onward(request), status_code=303)
            self._give_cookie(request, response, step)
            return response
        return self._recovery(request, templates, step)

    def _recovery(self, request: Request, templates: Jinja2Templates, done: SetUp) -> Response:
        shown = {
            "codes": done.recovery,
            "login": done.signed_in.who.login,
            "at": self._desk.clock(),
            "onward": self._onward(request),
        }
        response = templates.TemplateResponse(request, "sign_in_recovery.html", shown)
        self._give_cookie(request, response, done.signed_in)
        return response

    async def _sign_out(self, request: Request) -> Response:
        who: AccountIdentity = request.state.account
        session: Session = request.state.session
        await in_thread(lambda: self._leave(who, session))
        door = request.url_for("console:login")
        if session.way is Way.ORGANISATION:
            door = door.include_query_params(out="1")
        response = RedirectResponse(door, status_code=303)
        response.delete_cookie(COOKIE, path=self._path(request))
        return response

    def _leave(self, who: AccountIdentity, session: Session) -> None:
        with acting(self._desk.engine, self._desk.keys, who, self._desk.clock) as act:
            end_own_session(act, session.id)

    def _give_cookie(self, request: Request, response: Response, entered: SignedIn) -> None:
        assert entered.ticket is not None  # the sign-in page always says where from
        response.set_cookie(
            COOKIE,
            str(self._signer.dumps(to_builtins(entered.ticket))),
            max_age=self._life.most // 1000,
            path=self._path(request),
            secure=self._desk.settings.production or request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        response.delete_cookie(CSRFMiddleware.cookie_name)  # the next page makes a new one

    def _ticket(self, request: Request) -> Ticket | None:
        try:
            return convert(self._signer.loads(request.cookies.get(COOKIE, "")), Ticket)
        except (BadSignature, ValidationError):
            return None

    def _inside(self, ticket: Ticket, by_somebody: bool) -> "_Inside | None":
        now = self._desk.clock()
        with reading(self._desk.engine) as conn:
            entered = signed_in(conn, ticket, self._life, now)
            if entered is None:
                return None
            who = entered.who
            grids = grid_names(conn, who.town, who.grids)
            waiting = count_waiting(conn, who, now)
        if by_somebody and is_stale(entered.session, now):
            # A page is shown even while the database is too busy to note it.
            with suppress(ServerError), writing(self._desk.engine) as conn:
                note_seen(conn, ticket, now)
        published = self._desk.register.published(who.town)
        return _Inside(who, entered.session, waiting, grids, published)

    @staticmethod
    def _path(request: Request) -> str:
        return str(request.scope.get("root_path") or "/")

    @staticmethod
    def _onward(request: Request) -> str:
        home = str(index_url(request))
        return safe_redirect_url(request.query_params.get("next") or home, request, home)
