"""Accounts of those who sign in here. Only a town admin changes them."""

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.pages.base import Pages
from server.console.words import pick, say
from server.db.engine import reading
from server.errors import ServerError
from server.office.accounts import (
    Account,
    NewAccount,
    accounts,
    add_account,
    close_account,
    reset_factor,
    reset_password,
    unlock_account,
)
from server.office.act import acting
from server.office.areas import Area, areas
from server.office.people import AccountIdentity
from server.office.roles import ACCOUNT_ROLES, Action, Role
from shared.codes import code_table

TEXT_MAX = 100
PASSWORD_MAX = 256


class AccountLine(Struct, frozen=True):
    """One account with the name of its area."""

    account: Account
    area: str
    locked: bool


class AccountPages(Pages):
    """The list and what can be done about each."""

    path = "/accounts"
    route_name = "accounts"

    @route("")
    async def index(self, request: Request) -> Response:
        """Every account of the town."""
        who = required(request, Action.SEE_ACCOUNTS)
        lines = await in_thread(lambda: self._lines(who))
        return self.draw(request, "accounts.html", title=say("menu.accounts"), lines=lines)

    @route("/new", methods=["GET"], name="account_new")
    async def new(self, request: Request) -> Response:
        """The form of a new account."""
        required(request, Action.MANAGE_ACCOUNTS)
        empty = NewAccount("", "", Role.COMMUNITY_ADMIN, "", "")
        return await self._form(request, empty, None)

    @route("/new", methods=["POST"], name="account_add")
    async def add(self, request: Request) -> Response:
        """Adds the account."""
        who = required(request, Action.MANAGE_ACCOUNTS)
        form = await request.form()
        role = str(form.get("role") or "")
        wanted = NewAccount(
            login=str(form.get("login") or "")[:TEXT_MAX],
            name=str(form.get("name") or "")[:TEXT_MAX],
            role=Role(role) if role in tuple(ACCOUNT_ROLES) else Role.WORKER,
            area_id=str(form.get("area") or "")[:TEXT_MAX],
            password=str(form.get("password") or "")[:PASSWORD_MAX],
            post=str(form.get("post") or "")[:TEXT_MAX],
        )
        try:
            await in_thread(lambda: self._add(who, wanted))
        except ServerError as error:
            return await self._form(request, wanted, error)
        return self.onward(request, "/accounts", "account.added", name=wanted.name)

    @route("/{id:uuid}/password", methods=["POST"], name="account_password")
    async def password(self, request: Request) -> Response:
        """Gives an account another password."""
        required(request, Action.MANAGE_ACCOUNTS)
        password = str((await request.form()).get("password") or "")[:PASSWORD_MAX]
        return await self.done(
            request,
            lambda act: reset_password(act, _id(request), password),
            "/accounts",
            "account.password_reset",
        )

    @route("/{id:uuid}/unlock", methods=["POST"], name="account_unlock")
    async def unlock(self, request: Request) -> Response:
        """Lets somebody try again who had guessed too often."""
        required(request, Action.MANAGE_ACCOUNTS)
        return await self.done(
            request, lambda act: unlock_account(act, _id(request)), "/accounts", "account.unlocked"
        )

    @route("/{id:uuid}/factor-off", methods=["POST"], name="account_factor_off")
    async def factor_off(self, request: Request) -> Response:
        """Turns an account's second factor off, whose owner has lost phone and codes."""
        required(request, Action.MANAGE_ACCOUNTS)
        return await self.done(
            request, lambda act: reset_factor(act, _id(request)), "/accounts", "factor.was_reset"
        )

    @route("/{id:uuid}/close", methods=["POST"], name="account_close")
    async def close(self, request: Request) -> Response:
        """Closes an account at once."""
        required(request, Action.MANAGE_ACCOUNTS)
        return await self.done(
            request, lambda act: close_account(act, _id(request)), "/accounts", "account.closed"
        )

    def _lines(self, who: AccountIdentity) -> list[AccountLine]:
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            names = {area.id: area.name for area in areas(conn, who.town)}
            return [
                AccountLine(account, names.get(account.area_id, ""), account.locked_until > now)
                for account in accounts(conn, who)
            ]

    def _add(self, who: AccountIdentity, wanted: NewAccount) -> None:
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            add_account(act, wanted)

    async def _form(
        self, request: Request, wanted: NewAccount, error: ServerError | None
    ) -> Response:
        who = required(request, Action.MANAGE_ACCOUNTS)
        return self.draw(
            request,
            "account_new.html",
            status=400 if error else 200,
            title=say("account.new"),
            wanted=wanted,
            roles=ACCOUNT_ROLES,
            posts=[(code.code, code.zh, code.en) for code in code_table("handler").offered],
            areas=await in_thread(lambda: self._areas(who)),
            error=pick(error.words) if error else "",
        )

    def _areas(self, who: AccountIdentity) -> list[Area]:
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            return [area for area in areas(conn, who.town) if area.stands(now)]


def _id(request: Request) -> str:
    return str(request.path_params["id"])
