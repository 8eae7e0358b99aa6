"""Accounts of those who sign in here. Only a town admin changes them."""

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.entering import PASSWORD_MAX
from server.console.pages.base import Pages
from server.console.words import pick, say
from server.db.engine import reading
from server.errors import ServerError
from server.office.accounts import (
    Account,
    Change,
    NewAccount,
    accounts,
    add_account,
    change_account,
    close_account,
    end_sessions,
    one_account,
    reset_factor,
    reset_password,
    unlock_account,
)
from server.office.act import acting
from server.office.areas import Area, areas
from server.office.factor_rule import FactorRule, asks, factor_rule, set_factor_rule
from server.office.identities import Waiting, link, linked, unlink, waiting
from server.office.people import AccountIdentity
from server.office.roles import ACCOUNT_ROLES, Action, Role
from server.office.second_factor import factor_holders
from server.office.sessions import life_of, open_sessions
from shared.codes import code_table

TEXT_MAX = 100
REASON_MAX = 200


class AccountLine(Struct, frozen=True):
    """One account, and how it stands."""

    account: Account
    area: str
    locked: bool
    factor: str
    """on; missing, where the town asks for one; or free."""
    sessions: int
    """Browsers that it is signed in with."""
    seen_at: int | None


class AccountsPage(Struct, frozen=True):
    """Everybody who may sign in, and the town's rule for it."""

    lines: Sequence[AccountLine]
    rule: FactorRule
    rules: Sequence[FactorRule]
    linked: frozenset[str]
    """The accounts that sign in from outside too."""
    waiting: Sequence[Waiting]
    """Who has signed in outside, and has no account here yet."""
    now: int


class AccountPages(Pages):
    """The list and what can be done about each."""

    path = "/accounts"
    route_name = "accounts"

    @route("")
    async def index(self, request: Request) -> Response:
        """Every account of the town."""
        who = required(request, Action.SEE_ACCOUNTS)
        page = await in_thread(lambda: self._page(who))
        return self.draw(request, "accounts.html", title=say("menu.accounts"), page=page)

    @route("/new", methods=["GET"], name="account_new")
    async def new(self, request: Request) -> Response:
        """The form of a new account."""
        required(request, Action.MANAGE_ACCOUNTS)
        empty = NewAccount("", "", Role.COMMUNITY_ADMIN, "", "")
        return await self._form(request, empty)

    @route("/new", methods=["POST"], name="account_add")
    async def add(self, request: Request) -> Response:
        """Adds the account."""
        who = required(request, Action.MANAGE_ACCOUNTS)
        wanted = await _wanted(request)
        try:
            await in_thread(lambda: self._add(who, wanted))
        except ServerError as error:
            return await self._form(request, wanted, error)
        return self.onward(request, "/accounts", "account.added", name=wanted.name)

    @route("/{id:uuid}/edit", methods=["GET"], name="account_edit")
    async def edit(self, request: Request) -> Response:
        """The form of an account that is there."""
        who = required(request, Action.MANAGE_ACCOUNTS)
        known = await in_thread(lambda: self._account(who, _id(request)))
        shown = NewAccount(known.login, known.name, known.role, known.area_id, "", known.post)
        return await self._form(request, shown, known=known.id)

    @route("/{id:uuid}/edit", methods=["POST"], name="account_change")
    async def change(self, request: Request) -> Response:
        """Gives an account another name, role or area."""
        required(request, Action.MANAGE_ACCOUNTS)
        wanted, account = await _wanted(request), _id(request)
        change = Change(wanted.name, wanted.role, wanted.area_id, wanted.post)
        return await self.done(
            request, lambda act: change_account(act, account, change), "/accounts", "account.edited"
        )

    @route("/second-factor", methods=["POST"], name="factor_rule")
    async def factor_rule(self, request: Request) -> Response:
        """Says who must have a second factor."""
        required(request, Action.MANAGE_ACCOUNTS)
        rule = str((await request.form()).get("rule") or "")
        if rule not in tuple(FactorRule):
            return self.onward(request, "/accounts")
        return await self.done(
            request,
            lambda act: set_factor_rule(act, FactorRule(rule)),
            "/accounts",
            "factor.rule_set",
        )

    @route("/{id:uuid}/sessions-end", methods=["POST"], name="account_sessions_end")
    async def sessions_end(self, request: Request) -> Response:
        """Signs somebody out everywhere."""
        required(request, Action.MANAGE_ACCOUNTS)
        return await self.done(
            request,
            lambda act: end_sessions(act, _id(request)),
            "/accounts",
            "account.sessions_ended",
        )

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
        reason = str((await request.form()).get("reason") or "")[:REASON_MAX]
        return await self.done(
            request,
            lambda act: reset_factor(act, _id(request), reason),
            "/accounts",
            "factor.was_reset",
        )

    @route("/identities/{id:uuid}/link", methods=["POST"], name="identity_link")
    async def link(self, request: Request) -> Response:
        """Says whose account somebody from outside has."""
        required(request, Action.MANAGE_ACCOUNTS)
        account = str((await request.form()).get("account") or "")[:TEXT_MAX]
        return await self.done(
            request,
            lambda act: link(act, _id(request), account),
            "/accounts",
            "outside.is_linked",
        )

    @route("/{id:uuid}/unlink", methods=["POST"], name="account_unlink")
    async def unlink(self, request: Request) -> Response:
        """Nobody from outside has this account any more."""
        required(request, Action.MANAGE_ACCOUNTS)
        return await self.done(
            request, lambda act: unlink(act, _id(request)), "/accounts", "outside.is_unlinked"
        )

    @route("/{id:uuid}/close", methods=["POST"], name="account_close")
    async def close(self, request: Request) -> Response:
        """Closes an account at once."""
        required(request, Action.MANAGE_ACCOUNTS)
        return await self.done(
            request, lambda act: close_account(act, _id(request)), "/accounts", "account.closed"
        )

    def _page(self, who: AccountIdentity) -> AccountsPage:
        now = self.desk.clock()
        life = life_of(self.desk.settings)
        with reading(self.desk.engine) as conn:
            names = {area.id: area.name for area in areas(conn, who.town)}
            seen = defaultdict[str, list[int]](list)
            for session in open_sessions(conn, who.town, life=life, now=now):
                seen[session.account_id].append(session.seen_at)
            rule = factor_rule(conn, who.town)
            holders = factor_holders(conn, who.town)
            lines = [
                AccountLine(
                    account=account,
                    area=names.get(account.area_id, ""),
                    locked=account.locked_until > now,
                    factor="on" if account.id in holders else _missing(account.role, rule),
                    sessions=len(seen[account.id]),
                    seen_at=max(seen[account.id], default=None),
                )
                for account in accounts(conn, who)
            ]
            outside = linked(conn, who)
            unknown = waiting(conn, who, now)
        return AccountsPage(lines, rule, tuple(FactorRule), outside, unknown, now)

    def _account(self, who: AccountIdentity, account_id: str) -> Account:
        with reading(self.desk.engine) as conn:
            return one_account(conn, who, account_id)

    def _add(self, who: AccountIdentity, wanted: NewAccount) -> None:
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            add_account(act, wanted)

    async def _form(
        self,
        request: Request,
        wanted: NewAccount,
        error: ServerError | None = None,
        *,
        known: str = "",
    ) -> Response:
        who = required(request, Action.MANAGE_ACCOUNTS)
        return self.draw(
            request,
            "account_new.html",
            status=400 if error else 200,
            title=say("account.edit" if known else "account.new"),
            wanted=wanted,
            known=known,
            address=f"/accounts/{known}/edit" if known else "/accounts/new",
            roles=ACCOUNT_ROLES,
            posts=[(code.code, code.zh, code.en) for code in code_table("handler").offered],
            areas=await in_thread(lambda: self._areas(who)),
            error=pick(error.words) if error else "",
        )

    def _areas(self, who: AccountIdentity) -> list[Area]:
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            return [area for area in areas(conn, who.town) if area.stands(now)]


async def _wanted(request: Request) -> NewAccount:
    """What was typed into the form of an account."""
    form = await request.form()
    role = str(form.get("role") or "")
    return NewAccount(
        login=str(form.get("login") or "")[:TEXT_MAX],
        name=str(form.get("name") or "")[:TEXT_MAX],
        role=Role(role) if role in tuple(ACCOUNT_ROLES) else Role.WORKER,
        area_id=str(form.get("area") or "")[:TEXT_MAX],
        password=str(form.get("password") or "")[:PASSWORD_MAX],
        post=str(form.get("post") or "")[:TEXT_MAX],
    )


def _missing(role: Role, rule: FactorRule) -> str:
    return "missing" if asks(rule, role) else "free"


def _id(request: Request) -> str:
    return str(request.path_params["id"])
