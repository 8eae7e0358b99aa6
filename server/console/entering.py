"""The steps of signing in at the console: a password, then a code, or setting one up.

Between two steps a signed note stands for what was shown. It opens nothing by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from itsdangerous import BadSignature, URLSafeTimedSerializer
from msgspec import Struct, ValidationError, convert, to_builtins

from server.console.desk import Desk
from server.console.qr import qr
from server.console.words import pick
from server.errors import ServerError
from server.office.second_factor import link_of, new_secret
from server.office.sessions import Origin
from server.office.sign_in import (
    Attempt,
    SetUp,
    SignedIn,
    sign_in,
    sign_in_by_setting_up,
    sign_in_with_code,
)
from server.office.sign_in_errors import (
    CodeNeeded,
    CodeRefused,
    Half,
    MoreNeeded,
    SignInRefused,
)

LOGIN_MAX = 100
"""Characters of a login name that are looked at."""
PASSWORD_MAX = 256
CODE_MAX = 20
CODE_SECONDS = 300
"""For so long after the password the code is taken."""
SET_UP_SECONDS = 1800
"""To find the phone, and to put an app on it."""
_SALT = "doorstep-console-password-shown"


@dataclass(frozen=True)
class NotYet:
    """Somebody is not in yet: what the sign-in page shows."""

    shown: Mapping[str, object]
    status: int


Step: TypeAlias = SignedIn | SetUp | NotYet


class _Note(Struct, frozen=True):
    """What was shown before the step that is asked for."""

    half: Half
    secret: str = ""
    """Of the factor that is being set up."""


class Entering:
    """Takes what somebody typed, and says what comes next."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._notes = URLSafeTimedSerializer(desk.keys.session.hex(), salt=_SALT)

    def step(self, typed: Mapping[str, str], origin: Origin) -> Step:
        """One step: login name and password, or the code after them."""
        pending, code = typed.get("pending", ""), typed.get("code", "")[:CODE_MAX]
        login = typed.get("login", "")[:LOGIN_MAX]
        try:
            if pending:
                return self._second_step(pending, code, origin)
            password = typed.get("password", "")[:PASSWORD_MAX]
            return self._first_step(login, password, origin)
        except ServerError as error:
            return NotYet({"error": pick(error.words)}, 400)

    def more(self, needed: MoreNeeded) -> NotYet:
        """What is asked for next of somebody who has shown who they are."""
        if isinstance(needed, CodeNeeded):
            return NotYet({"pending": self._written(_Note(needed.half))}, 200)
        return self._set_up(_Note(needed.half, new_secret()))

    def _first_step(self, login: str, password: str, origin: Origin) -> Step:
        # A server with several towns tells its people to sign in as name@town.
        name, _, town = login.partition("@")
        desk = self._desk
        try:
            attempt = Attempt(name, password, town, origin)
            return sign_in(desk.engine, desk.keys, attempt, desk.clock)
        except MoreNeeded as needed:
            return self.more(needed)

    def _second_step(self, pending: str, code: str, origin: Origin) -> Step:
        note, desk = self._read(pending), self._desk
        try:
            if not note.secret:
                return sign_in_with_code(
                    desk.engine, desk.keys, note.half, code=code, origin=origin, clock=desk.clock
                )
            return sign_in_by_setting_up(
                desk.engine,
                desk.keys,
                note.half,
                factor=(note.secret, code),
                origin=origin,
                clock=desk.clock,
            )
        except CodeRefused as error:
            return NotYet({"pending": pending, "error": pick(error.words)}, 400)
        except SignInRefused:
            raise
        except ServerError as error:
            return self._set_up(note, pick(error.words))

    def _set_up(self, note: _Note, error: str = "") -> NotYet:
        shown = {
            "pending": self._written(note),
            "secret": note.secret,
            "qr": factor_qr(note.half.login, note.secret),
            "error": error,
        }
        return NotYet(shown, 400 if error else 200)

    def _written(self, note: _Note) -> str:
        return str(self._notes.dumps(to_builtins(note)))

    def _read(self, pending: str) -> _Note:
        """The note, of some minutes ago at most. Raises SignInRefused."""
        try:
            note = convert(self._notes.loads(pending, max_age=SET_UP_SECONDS), _Note)
            if not note.secret:
                self._notes.loads(pending, max_age=CODE_SECONDS)
        except (BadSignature, ValidationError) as error:
            raise SignInRefused from error
        return note


def factor_qr(login: str, secret: str) -> str:
    """What an authenticator app scans, as SVG."""
    return qr(link_of(login, secret))
