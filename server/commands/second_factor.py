"""`second-factor`: who must have a second factor, and one that is lost; for when nobody gets in."""

from typing import Annotated

import typer

from server.commands.opening import chosen_town, opened, operating
from server.commands.speech import AsJson, OfTown, answer_json, say
from server.office.accounts import accounts, reset_factor
from server.office.act import Act
from server.office.errors import refused
from server.office.factor_rule import FactorRule, factor_rule, set_factor_rule
from server.office.second_factor import factor_holders

RULE_WORDS = {
    FactorRule.NOBODY: ("不要求（自愿开启）", "nobody"),
    FactorRule.ADMINS: ("镇管理员和社区管理员", "town and community admins"),
    FactorRule.EVERYBODY: ("所有后台账号", "every account"),
}


def second_factor(
    *,
    rule: Annotated[
        FactorRule | None, typer.Option("--set", help="谁必须使用 · Who must have one")
    ] = None,
    reset: Annotated[
        str, typer.Option(help="重置该登录名的两步验证 · Reset that of this login name")
    ] = "",
    reason: Annotated[str, typer.Option(help="重置的理由 · Why it is reset")] = "",
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """两步验证：谁必须使用、重置 · Two-step sign-in: who must use it, and a reset."""
    with opened() as services, operating(services, chosen_town(services, town).town_id) as act:
        if rule is not None:
            set_factor_rule(act, rule)
        if reset:
            reset_factor(act, _account(act, reset), reason)
        now = factor_rule(act.conn, act.who.town)
        holders = factor_holders(act.conn, act.who.town)
    if as_json:
        answer_json({"rule": now, "accounts_with": len(holders)})
        return
    zh, en = RULE_WORDS[now]
    say(
        f"必须使用两步验证：{zh}。已设置的账号：{len(holders)} 个。",
        f"Must use two-step sign-in: {en}. Accounts that have it: {len(holders)}.",
    )


def _account(act: Act, login: str) -> str:
    wanted = login.strip().casefold()
    found = next((each for each in accounts(act.conn, act.who) if each.login == wanted), None)
    if found is None:
        raise refused("no_account", f"没有账号 {login}。", f"There is no account {login}.")
    return found.id
