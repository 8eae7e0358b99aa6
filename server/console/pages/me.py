"""One's own account: its password, its sessions, and the second factor."""

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.pages.base import Pages
from server.console.words import pick, say
from server.db.engine import reading
from server.errors import ServerError
from server.office.accounts import end_sessions
from server.office.act import acting
from server.office.audit import Deed, last_times
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.office.second_factor import (
    SECRET_LENGTH,
    has_factor,
    link_of,
    new_secret,
    take_code,
    turn_off,
    turn_on,
)
from server.office.sign_in import CodeRefused, change_password

CODE_MAX = 20
PASSWORD_MAX = 256


class OwnPages(Pages):
    """The reader's own second factor."""

    path = "/me"
    route_name = "me"

    @route("")
    async def index(self, request: Request) -> Response:
        """Whether a code is asked for; where none is, the secret for an app."""
        who = required(request, Action.SEE_CASES)
        return await self._draw(request, who, new_secret())

    @route("/factor", methods=["POST"], name="factor_on")
    async def on(self, request: Request) -> Response:
        """Turns it on, once the app shows the right code; the recovery codes are shown once."""
        who = required(request, Action.SEE_CASES)
        form = await request.form()
        secret = str(form.get("secret") or "")
        code = str(form.get("code") or "")[:CODE_MAX]
        if len(secret) != SECRET_LENGTH:
            return self.onward(request, "/me")
        try:
            codes = await in_thread(lambda: self._on(who, secret, code))
        except ServerError as error:
            return await self._draw(request, who, secret, error=pick(error.words))
        return self.draw(request, "recovery.html", title=say("factor.recovery"), codes=codes)

    @route("/factor/off", methods=["POST"], name="factor_off")
    async def off(self, request: Request) -> Response:
        """Turns it off for who shows a code."""
        who = required(request, Action.SEE_CASES)
        code = str((await request.form()).get("code") or "")[:CODE_MAX]
        try:
            await in_thread(lambda: self._off(who, code))
        except ServerError as error:
            return self.refused(request, "/me", error)
        return self.onward(request, "/me", "factor.is_off")

    @route("/password", methods=["POST"], name="own_password")
    async def password(self, request: Request) -> Response:
        """Another password; every session ends, this one too."""
        who = required(request, Action.SEE_CASES)
        form = await request.form()
        old, new = (str(form.get(name) or "")[:PASSWORD_MAX] for name in ("old", "new"))
        if new != str(form.get("again") or ""):
            return await self._draw(request, who, new_secret(), error=say("me.not_the_same"))
        try:
            await in_thread(lambda: self._change(who, old, new))
        except ServerError as error:
            return await self._draw(request, who, new_secret(), error=pick(error.words))
        return self.onward(request, "/login", "me.password_changed")

    @route("/sessions/end", methods=["POST"], name="own_sessions_end")
    async def end(self, request: Request) -> Response:
        """Signs out everywhere, here too, once somebody means it."""
        who = required(request, Action.SEE_CASES)
        if (await request.form()).get("sure") != "1":
            return self.onward(request, "/me")
        return await self.done(
            request, lambda act: end_sessions(act, who.id), "/login", "me.signed_out"
        )

    async def _draw(
        self, request: Request, who: AccountIdentity, secret: str, *, error: str = ""
    ) -> Response:
        on = await in_thread(lambda: self._is_on(who))
        signed_in = await in_thread(lambda: self._signed_in(who))
        qr = segno.make(link_of(who.login, secret), error="m")
        return self.draw(
            request,
            "me.html",
            status=400 if error else 200,
            title=say("factor.title"),
            on=on,
            signed_in=signed_in,
            now=self.desk.clock(),
            secret=secret,
            qr=qr.svg_inline(scale=5, border=3, dark="#000", light="#fff"),
            error=error,
        )

    def _is_on(self, who: AccountIdentity) -> bool:
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            return has_factor(act.conn, who.town, who.id)

    def _change(self, who: AccountIdentity, old: str, new: str) -> None:
        desk = self.desk
        change_password(desk.engine, desk.keys, who, old=old, new=new, clock=desk.clock)

    def _signed_in(self, who: AccountIdentity) -> list[int]:
        """When the account signed in lately."""
        with reading(self.desk.engine) as conn:
            return last_times(conn, who.town, (who.id, Deed.SIGNED_IN))

    def _on(self, who: AccountIdentity, secret: str, code: str) -> tuple[str, ...]:
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            return turn_on(act, secret, code)

    def _off(self, who: AccountIdentity, code: str) -> None:
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            if not take_code(act.conn, act.keys, (who.town, who.id), code=code, now=act.now):
                raise CodeRefused
            turn_off(act, who.id)
