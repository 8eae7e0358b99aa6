"""One's own account: its password, where it is signed in, and the second factor."""

from collections.abc import Sequence

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.browsers import place_words
from server.console.desk import in_thread, required
from server.console.entering import CODE_MAX, PASSWORD_MAX, factor_qr
from server.console.pages.base import Pages
from server.console.words import pick, say
from server.db.engine import reading
from server.errors import ServerError
from server.office.accounts import end_sessions
from server.office.act import acting
from server.office.audit import Deed, last_times
from server.office.errors import refused
from server.office.factor_rule import must_have_factor
from server.office.guesses import show_code
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.office.second_factor import (
    SECRET_LENGTH,
    has_factor,
    new_secret,
    recovery_left,
    renew_recovery,
    turn_off,
    turn_on,
)
from server.office.sessions import Session, end_own_session, life_of, sessions_of
from server.office.sign_in import change_password


class OwnAccount(Struct, frozen=True):
    """What one sees of one's own account."""

    has_factor: bool
    must_have_factor: bool
    recovery_left: int
    sessions: Sequence[Session]
    here: str
    """The id of the session that asks."""
    signed_in: Sequence[int]
    """When the account signed in lately."""


class OwnPages(Pages):
    """The reader's own account."""

    path = "/me"
    route_name = "me"

    @route("")
    async def index(self, request: Request) -> Response:
        """Password, sessions, and whether a code is asked for."""
        who = required(request, Action.SEE_CASES)
        return await self._draw(request, who)

    @route("/factor", methods=["GET"], name="factor")
    async def factor(self, request: Request) -> Response:
        """A new secret for an app: the first one, or that of another phone."""
        who = required(request, Action.SEE_CASES)
        return await self._set_up(request, who, new_secret())

    @route("/factor", methods=["POST"], name="factor_on")
    async def on(self, request: Request) -> Response:
        """Turns it on, once the app shows the right code; the recovery codes are shown once."""
        who = required(request, Action.SEE_CASES)
        form = await request.form()
        secret = str(form.get("secret") or "")[: 2 * SECRET_LENGTH]
        code, present = (str(form.get(name) or "")[:CODE_MAX] for name in ("code", "now"))
        here = self._here(request)
        try:
            codes = await in_thread(lambda: self._on(who, (secret, code), present, here))
        except ServerError as error:
            return await self._set_up(request, who, secret, error=pick(error.words))
        return self._recovery(request, who, codes, "factor.recovery_what")

    @route("/factor/off", methods=["POST"], name="factor_off")
    async def off(self, request: Request) -> Response:
        """Turns it off for who shows a code, where the town leaves that to them."""
        who = required(request, Action.SEE_CASES)
        code, here = await self._code(request), self._here(request)
        try:
            await in_thread(lambda: self._off(who, code, here))
        except ServerError as error:
            return self.refused(request, "/me", error)
        return self.onward(request, "/me", "factor.is_off")

    @route("/factor/recovery", methods=["POST"], name="factor_recovery")
    async def recovery(self, request: Request) -> Response:
        """New recovery codes for who shows a code; the old ones open nothing any more."""
        who = required(request, Action.SEE_CASES)
        code = await self._code(request)
        try:
            codes = await in_thread(lambda: self._renew(who, code))
        except ServerError as error:
            return self.refused(request, "/me", error)
        return self._recovery(request, who, codes, "factor.renewed")

    @route("/password", methods=["POST"], name="own_password")
    async def password(self, request: Request) -> Response:
        """Another password; every session ends, this one too."""
        who = required(request, Action.SEE_CASES)
        form = await request.form()
        old, new = (str(form.get(name) or "")[:PASSWORD_MAX] for name in ("old", "new"))
        if new != str(form.get("again") or ""):
            return await self._draw(request, who, error=say("me.not_the_same"))
        try:
            await in_thread(lambda: self._change(who, old, new))
        except ServerError as error:
            return await self._draw(request, who, error=pick(error.words))
        return self.onward(request, "/login", "me.password_changed")

    @route("/sessions/{id:uuid}/end", methods=["POST"], name="own_session_end")
    async def end_one(self, request: Request) -> Response:
        """Signs one browser out."""
        required(request, Action.SEE_CASES)
        session = str(request.path_params["id"])
        return await self.done(
            request, lambda act: end_own_session(act, session), "/me", "me.ended_one"
        )

    @route("/sessions/end", methods=["POST"], name="own_sessions_end")
    async def end_others(self, request: Request) -> Response:
        """Signs every other browser out."""
        who = required(request, Action.SEE_CASES)
        here = self._here(request)
        return await self.done(
            request, lambda act: end_sessions(act, who.id, but=here), "/me", "me.ended_others"
        )

    async def _draw(self, request: Request, who: AccountIdentity, *, error: str = "") -> Response:
        here = self._here(request)
        own = await in_thread(lambda: self._own(who, here))
        return self.draw(
            request,
            "me.html",
            status=400 if error else 200,
            title=say("me.title"),
            own=own,
            place_words=place_words,
            now=self.desk.clock(),
            error=error,
        )

    async def _set_up(
        self, request: Request, who: AccountIdentity, secret: str, *, error: str = ""
    ) -> Response:
        own = await in_thread(lambda: self._own(who, ""))
        return self.draw(
            request,
            "me_factor.html",
            status=400 if error else 200,
            title=say("factor.title"),
            own=own,
            secret=secret,
            qr=factor_qr(who.login, secret),
            error=error,
        )

    def _recovery(
        self, request: Request, who: AccountIdentity, codes: tuple[str, ...], said: str
    ) -> Response:
        return self.draw(
            request,
            "recovery.html",
            title=say("factor.recovery"),
            codes=codes,
            said=say(said),
            login=who.login,
            at=self.desk.clock(),
            onward=f"{request.scope.get('root_path', '')}/me",
        )

    def _own(self, who: AccountIdentity, here: str) -> OwnAccount:
        life, now = life_of(self.desk.settings), self.desk.clock()
        with reading(self.desk.engine) as conn:
            return OwnAccount(
                has_factor=has_factor(conn, who.town, who.id),
                must_have_factor=must_have_factor(conn, who.town, who.role),
                recovery_left=recovery_left(conn, who.town, who.id),
                sessions=sessions_of(conn, who.town, who.id, life=life, now=now),
                here=here,
                signed_in=last_times(conn, who.town, (who.id, Deed.SIGNED_IN)),
            )

    def _on(
        self, who: AccountIdentity, factor: tuple[str, str], present: str, here: str
    ) -> tuple[str, ...]:
        with reading(self.desk.engine) as conn:
            replaces = has_factor(conn, who.town, who.id)
        if replaces:
            self._show(who, present)
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            return turn_on(act, *factor, here=here, replaces=replaces)

    def _off(self, who: AccountIdentity, code: str, here: str) -> None:
        with reading(self.desk.engine) as conn:
            must = must_have_factor(conn, who.town, who.role)
        if must:
            raise refused(
                "factor_needed",
                "本镇要求您的账号使用两步验证，不能关闭；换手机请点“换一部手机”。",
                "This town asks your account for two-step sign-in, so it stays on. "
                "For another phone, choose “Use another phone”.",
            )
        self._show(who, code)
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            turn_off(act, who.id, here=here)

    def _renew(self, who: AccountIdentity, code: str) -> tuple[str, ...]:
        self._show(who, code)
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            return renew_recovery(act)

    def _show(self, who: AccountIdentity, code: str) -> None:
        desk = self.desk
        show_code(desk.engine, desk.keys, (who.town, who.id), code=code, clock=desk.clock)

    def _change(self, who: AccountIdentity, old: str, new: str) -> None:
        desk = self.desk
        change_password(desk.engine, desk.keys, who, old=old, new=new, clock=desk.clock)

    @staticmethod
    async def _code(request: Request) -> str:
        return str((await request.form()).get("code") or "")[:CODE_MAX]

    @staticmethod
    def _here(request: Request) -> str:
        session = request.state.session
        assert isinstance(session, Session)
        return session.id
