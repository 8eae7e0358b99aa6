"""The way in by the organisation's own sign-in (OpenID Connect): there, and back.

What only the browser that began may come back with lies in a signed cookie of ten minutes, which
is good for one answer.
"""

from dataclasses import dataclass
from typing import Self

import structlog
from itsdangerous import BadSignature, URLSafeTimedSerializer
from msgspec import ValidationError, convert, to_builtins
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin.flash import flash
from starlette_admin.helpers import index_url, safe_redirect_url

from server.console.browsers import origin_of
from server.console.desk import Desk, in_thread
from server.console.entering import Entering, NotYet, Step
from server.console.words import pick, say
from server.db.engine import writing
from server.errors import ServerError
from server.office.identities import Outsider, account_of, wait
from server.office.sessions import Origin
from server.office.sign_in import SignedIn, sign_in_from_outside
from server.office.sign_in_errors import MoreNeeded, SignInRefused
from server.office.towns import one_town
from server.oidc.config import oidc_of
from server.oidc.errors import AccountClosed, Fault, NotLinked, OutsideRefused
from server.oidc.id_token import Person
from server.oidc.provider import Begun, Provider

COOKIE = "doorstep_outside"
SECONDS = 600
ANSWER_MAX = 4096
"""Characters of each part of an answer that are looked at."""
_SALT = "doorstep-console-outside"


@dataclass(frozen=True)
class Back:
    """What became of it, and the page that was asked for before."""

    step: Step
    onward: str = ""


class Organisation:
    """The organisation's own sign-in, where one is set."""

    def __init__(self, desk: Desk, provider: Provider, entering: Entering) -> None:
        self._desk = desk
        self._provider = provider
        self._entering = entering
        self._begun = URLSafeTimedSerializer(desk.keys.session.hex(), salt=_SALT)

    @classmethod
    def of(cls, desk: Desk, entering: Entering) -> Self | None:
        """None where the operator has set none. Raises OfficeRefused for wrong settings."""
        oidc = oidc_of(desk.settings)
        return None if oidc is None else cls(desk, Provider(oidc, desk.clock), entering)

    @property
    def name(self) -> str:
        """What people call it."""
        return self._provider.oidc.name or say("outside.name")

    async def start(self, request: Request, onward: str) -> Response:
        """Sends the browser there."""
        begun = self._provider.begin(onward)
        back = self._address(request)
        try:
            address = await in_thread(lambda: self._provider.address(begun, back))
        except OutsideRefused as error:
            _told(error)
            flash(request, pick(error.words), "error")
            return RedirectResponse(request.url_for("console:login"), status_code=303)
        response = RedirectResponse(address, status_code=303)
        response.set_cookie(
            COOKIE,
            str(self._begun.dumps(to_builtins(begun))),
            max_age=SECONDS,
            path=self._path(request),
            secure=self._desk.settings.production or request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        return response

    async def back(self, request: Request) -> Back:
        """Who came back, signed in or asked for a code; or why not, in words."""
        origin = origin_of(request)
        answer = {name: said[:ANSWER_MAX] for name, said in request.query_params.items()}
        address = self._address(request)
        try:
            begun = self._read(request)
            step = await in_thread(lambda: self._enter(begun, answer, address, origin))
        except ServerError as error:
            if isinstance(error, OutsideRefused):
                _told(error)
            return Back(NotYet({"error": pick(error.words)}, 400))
        home = str(index_url(request))
        return Back(step, safe_redirect_url(begun.onward, request, home))

    def forget(self, request: Request, response: Response) -> None:
        """Takes the cookie back: it was good for one answer."""
        response.delete_cookie(COOKIE, path=self._path(request))

    async def way_out(self, request: Request) -> str:
        """Where one signs out there too; empty where it offers nothing."""
        door = f"{self._desk.settings.url}{request.scope.get('root_path', '')}/login"
        return await in_thread(lambda: self._provider.way_out(door))

    def _enter(self, begun: Begun, answer: dict[str, str], address: str, origin: Origin) -> Step:
        person = self._provider.finish(begun, answer, address)
        account = self._account(person)
        try:
            return self._let_in(account, origin)
        except MoreNeeded as needed:
            return self._entering.more(needed)
        except SignInRefused as error:
            raise AccountClosed from error

    def _account(self, person: Person) -> tuple[str, str]:
        """Town and id of the person's account. Raises NotLinked."""
        desk, now = self._desk, self._desk.clock()
        who = Outsider(person.issuer, person.subject, person.label, person.login)
        with writing(desk.engine) as conn:
            town = one_town(conn, self._provider.oidc.town).town_id
            account = account_of(conn, desk.keys, town, who=who, now=now)
            code = "" if account else wait(conn, town, who, now)
        if account is None:
            raise NotLinked(code)
        return town, account

    def _let_in(self, account: tuple[str, str], origin: Origin) -> SignedIn:
        desk = self._desk
        return sign_in_from_outside(
            desk.engine,
            desk.keys,
            account,
            origin=origin,
            is_whole=self._provider.oidc.brings_factor,
            clock=desk.clock,
        )

    def _read(self, request: Request) -> Begun:
        try:
            said = self._begun.loads(request.cookies.get(COOKIE, ""), max_age=SECONDS)
            return convert(said, Begun)
        except (BadSignature, ValidationError) as error:
            raise OutsideRefused(Fault.STATE) from error

    def _address(self, request: Request) -> str:
        """Where the provider sends people back to: as registered there, never from a header."""
        return f"{self._desk.settings.url}{request.scope.get('root_path', '')}/oidc/back"

    @staticmethod
    def _path(request: Request) -> str:
        return f"{request.scope.get('root_path', '')}/oidc"


def _told(error: OutsideRefused) -> None:
    """For the operator: what was wrong, and nothing of what was sent."""
    structlog.get_logger().warning("outside_sign_in", fault=error.fault, detail=error.detail)
