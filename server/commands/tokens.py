"""`add-token`, `revoke-token`, `tokens`: what programs sign in with to the admin API."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from server.commands.opening import chosen_town, opened, operating
from server.commands.second_person import second_person
from server.commands.speech import AsJson, OfTown, answer_json, hint, say
from server.db.engine import reading
from server.office.errors import refused
from server.office.roles import Action
from server.office.tokens import DEFAULT_SCOPES, GivenToken, Reading, account_of_login, give_token
from server.office.tokens import revoke_token as end_token
from server.office.tokens import tokens as known_tokens
from server.services import Services

DAYS = 90


def add_token(
    login: Annotated[str, typer.Argument(help="账号的登录名 · Login name of the account")],
    *,
    name: Annotated[str, typer.Option(help="用途 · What it is for")] = "",
    scope: Annotated[
        list[Action] | None,
        typer.Option(help="权限，可多次给出 · What it may do; may be given several times"),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(help="只能读取的记录类型 · Kinds that its feed may read; all if left out"),
    ] = None,
    second: Annotated[
        str, typer.Option(help="批准每天读取 500 条以上的人 · Who agrees to more than 500 a day")
    ] = "",
    days: Annotated[int, typer.Option(help="有效天数 · Valid for so many days")] = DAYS,
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """生成管理接口的访问令牌，只显示一次 · Make a token for the admin API; it is shown once."""
    scopes = frozenset(scope or DEFAULT_SCOPES)
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        allowed = Reading(tuple(kind or ()), _agreed(services, town_id, login, second))
        with operating(services, town_id) as act:
            given = give_token(act, login, name, scopes, days=days, reading=allowed)
    until = datetime.fromtimestamp(given.expires_at / 1000, UTC)
    if as_json:
        answer_json(
            {
                "id": given.id,
                "token": given.token,
                "account": given.account,
                "scopes": [each.value for each in given.scopes],
                "expires": until.isoformat(),
            }
        )
    else:
        _show(given, until)


def _show(given: GivenToken, until: datetime) -> None:
    """The token on a line of its own; the rest beside it, for a person."""
    typer.echo(given.token)
    said = ", ".join(each.value for each in given.scopes)
    hint(
        f"权限：{said}。{until.astimezone():%Y-%m-%d} 前有效。请妥善保存，以后不再显示。"
        f"撤销：doorstep revoke-token {given.id}",
        f"It may: {said}, until {until.astimezone():%Y-%m-%d}. Keep it safe; it is not shown "
        f"again. To end it: doorstep revoke-token {given.id}",
    )


def _agreed(services: Services, town: str, login: str, second: str) -> str:
    """The account of the colleague who agrees, if there is one."""
    if not second:
        return ""
    with operating(services, town) as act:
        who = account_of_login(act, login)
    agreed = second_person(services, who, second)
    if agreed.id == who.id:
        raise refused(
            "token_own",
            "批准人须是另一位同事，不能是令牌所属的账号。",
            "A colleague must agree, not the account whose token it is.",
        )
    return agreed.id


def revoke_token(
    token: Annotated[str, typer.Argument(help="令牌的编号 · The token's id")],
    *,
    town: OfTown = "",
) -> None:
    """立即撤销一个令牌 · End a token now."""
    with opened() as services, operating(services, chosen_town(services, town).town_id) as act:
        end_token(act, token)
    say("令牌已撤销。", "The token is revoked.")


def tokens(*, town: OfTown = "", as_json: AsJson = False) -> None:
    """列出访问令牌 · List the tokens."""
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        with reading(services.engine) as conn:
            found = known_tokens(conn, town_id)
        now = services.clock()
    if as_json:
        answer_json({"tokens": [_as_json(each.id, each.name, each.expires_at) for each in found]})
        return
    for each in found:
        ended = each.revoked_at is not None or each.expires_at <= now
        until = datetime.fromtimestamp(each.expires_at / 1000, UTC).astimezone()
        state = (
            ("已失效", "ended") if ended else (f"{until:%Y-%m-%d} 前有效", f"to {until:%Y-%m-%d}")
        )
        said = ", ".join(scope.value for scope in each.scopes)
        say(f"{each.id} {each.name} {said} {state[0]}", f"{each.id} {each.name} {said} {state[1]}")


def _as_json(token: str, name: str, expires_at: int) -> dict[str, str]:
    until = datetime.fromtimestamp(expires_at / 1000, UTC)
    return {"id": token, "name": name, "expires": until.isoformat()}
