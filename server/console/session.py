"""Signing in to the console and staying signed in: one cookie, signed, and ended by the office.

The cookie carries the account and its session key. It is made anew at each sign-in, so a cookie
that somebody planted before is worth nothing after; a new session key ends every session.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer
from msgspec import Struct, ValidationError, convert
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates
from starlette_admin.auth import AdminUser, BaseAuthProvider
from starlette_admin.helpers import index_url, safe_redirect_url, wrap_endpoint_with_kwargs
from starlette_admin.security.csrf import CSRFMiddleware

from server.console.desk import Desk, in_thread
from server.console.labels import use_forms
from server.console.words import pick, say
from server.db.engine import reading
from server.errors import ServerError
from server.limits import Rate, Throttle
from server.office.accounts import end_sessions
from server.office.act import acting
from server.office.areas import areas
from server.office.people import AccountIdentity
from server.office.sign_in import (
    Attempt,
    CodeNeeded,
    CodeRefused,
    SignedIn,
    SignInRefused,
    sign_in,
    sign_in_with_code,
    signed_in,
)
from server.review.queue import count_waiting
from shared.forms.model import Form

COOKIE = "doorstep_session"
HOURS_MAX = 12
LOGIN_MAX = 100
"""Characters of a login name or password that are looked at."""
PASSWORD_MAX = 256
TRIES = Rate(20, 10 * 60_000)
"""Sign-ins from one address, right or wrong: a whole office may share one. Accounts lock sooner."""
CODE_MAX = 20
CODE_SECONDS = 300
"""For so long after the password the code is taken."""
_SALT = "doorstep-console-session"
_HALF_SALT = "doorstep-console-password-shown"


class _Session(Struct, frozen=True):
    """What the cookie says."""

    town: str
    account: str
    key: str


@dataclass(frozen=True)
class _Entered:
    """What every page needs to know of the one who asks."""

    who: AccountIdentity
    waiting: int
    grids: Mapping[str, str]
    """The names of the grids in their area, by id."""
    forms: Mapping[str, Form]


@dataclass(frozen=True)
class _NotYet:
    """Somebody is not in yet: what the sign-in page shows."""

    shown: dict[str, str]
    status: int


class SignIn(BaseAuthProvider):
    """Who may come in, and the pages for it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(allow_routes=["language", "look"])
        self._desk = desk
        self._tries = Throttle(TRIES)
        self._half = URLSafeTimedSerializer(desk.keys.session.hex(), salt=_HALF_SALT)
        self._signer = URLSafeTimedSerializer(desk.keys.session.hex(), salt=_SALT)

    async def authenticate(self, request: Request) -> AdminUser | None:
        """The account whose session this is, as it may act now."""
        session = None if "/static/" in request.url.path else self._session(request)
        if session is None:
            return None
        entered = await in_thread(lambda: self._entered(session))
        if entered is None:
            return None
        request.state.account = entered.who
        request.state.waiting = entered.waiting
        request.state.grids = entered.grids
        use_forms(entered.forms)
        return AdminUser(username=entered.who.name)

    def get_routes(self, templates: Jinja2Templates) -> list[Route]:
        """The sign-in page and the way out."""
        page = wrap_endpoint_with_kwargs(self._page, templates=templates)
        return [
            Route(self.login_path, page, methods=["GET", "POST"], name="login"),
            Route(self.logout_path, self._sign_out, methods=["POST"], name="logout"),
        ]

    async def _page(self, request: Request, templates: Jinja2Templates) -> Response:
        onward = self._onward(request)
        if getattr(request.state, "admin_user", None) is not None:
            return RedirectResponse(onward, status_code=303)
        if request.method == "GET":
            return templates.TemplateResponse(request, "sign_in.html", {"login": ""})
        login = str((await request.form()).get("login") or "")[:LOGIN_MAX]
        if wait := self._tries.wait_ms(_address(request), self._desk.clock()):
            shown = {"login": login, "error": say("sign_in.too_often", n=-(-wait // 60_000))}
            headers = {"Retry-After": str(-(-wait // 1000))}
            return templates.TemplateResponse(
                request, "sign_in.html", shown, status_code=429, headers=headers
            )
        entered = await self._tried(request)
        if isinstance(entered, _NotYet):
            return templates.TemplateResponse(
                request,
                "sign_in.html",
                entered.shown | {"login": login},
                status_code=entered.status,
            )
        response = RedirectResponse(onward, status_code=303)
        self._give_cookie(request, response, entered)
        return response

    async def _tried(self, request: Request) -> "SignedIn | _NotYet":
        """One step of signing in: the password, or the code after it."""
        form = await request.form()
        login = str(form.get("login") or "")[:LOGIN_MAX]
        password = str(form.get("password") or "")[:PASSWORD_MAX]
        pending, code = str(form.get("pending") or ""), str(form.get("code") or "")[:CODE_MAX]
        try:
            if pending:
                return await in_thread(lambda: self._enter_with(pending, code))
            return await in_thread(lambda: self._enter(login, password))
        except CodeNeeded as needed:
            return _NotYet({"pending": self._half.dumps(needed.account)}, 200)
        except CodeRefused as error:
            return _NotYet({"pending": pending, "error": pick(error.words)}, 400)
        except ServerError as error:
            return _NotYet({"error": pick(error.words)}, 400)

    async def _sign_out(self, request: Request) -> Response:
        who: AccountIdentity = request.state.account
        await in_thread(lambda: self._leave(who))
        response = RedirectResponse(request.url_for("console:login"), status_code=303)
        response.delete_cookie(COOKIE, path=self._path(request))
        return response

    def _enter(self, login: str, password: str) -> SignedIn:
        # A server with several towns tells its people to sign in as name@town.
        name, _, town = login.partition("@")
        desk = self._desk
        return sign_in(desk.engine, desk.keys, Attempt(name, password, town), desk.clock)

    def _enter_with(self, pending: str, code: str) -> SignedIn:
        """The second step, for who has shown the password some minutes ago at most."""
        try:
            said = self._half.loads(pending, max_age=CODE_SECONDS)
            account = convert(said, tuple[str, str])
        except (BadSignature, ValidationError) as error:
            raise SignInRefused from error
        desk = self._desk
        return sign_in_with_code(desk.engine, desk.keys, account, code=code, clock=desk.clock)

    def _leave(self, who: AccountIdentity) -> None:
        # A cookie that was copied must not outlive the sign-out.
        with acting(self._desk.engine, self._desk.keys, who, self._desk.clock) as act:
            end_sessions(act, who.id)

    def _give_cookie(self, request: Request, response: Response, entered: SignedIn) -> None:
        session = {"town": entered.who.town, "account": entered.who.id, "key": entered.session_key}
        response.set_cookie(
            COOKIE,
            self._signer.dumps(session),
            max_age=HOURS_MAX * 3600,
            path=self._path(request),
            secure=self._desk.settings.production or request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        response.delete_cookie(CSRFMiddleware.cookie_name)  # the next page makes a new one

    def _session(self, request: Request) -> _Session | None:
        try:
            said = self._signer.loads(request.cookies.get(COOKIE, ""), max_age=HOURS_MAX * 3600)
            return convert(said, _Session)
        except (BadSignature, ValidationError):
            return None

    def _entered(self, session: _Session) -> "_Entered | None":
        with reading(self._desk.engine) as conn:
            who = signed_in(conn, session.town, session.account, session.key)
            if who is None:
                return None
            grids = {a.id: a.name for a in areas(conn, who.town) if a.id in who.grids}
            waiting = count_waiting(conn, who, self._desk.clock())
        return _Entered(who, waiting, grids, self._desk.register.forms(who.town))

    @staticmethod
    def _path(request: Request) -> str:
        return str(request.scope.get("root_path") or "/")

    @staticmethod
    def _onward(request: Request) -> str:
        home = str(index_url(request))
        return safe_redirect_url(request.query_params.get("next") or home, request, home)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
