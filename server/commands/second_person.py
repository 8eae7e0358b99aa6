"""The second person of a command: a colleague who types their own password."""

import os
import sys

import typer

from server.office.act import require
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.office.sign_in import Attempt, sign_in, sign_in_with_code
from server.office.sign_in_errors import CodeNeeded
from server.services import Services

PASSWORD_VARIABLE = "DOORSTEP_SECOND_PASSWORD"  # noqa: S105 - the name of a variable
CODE_VARIABLE = "DOORSTEP_SECOND_CODE"


def second_person(services: Services, who: AccountIdentity, login: str) -> AccountIdentity:
    """Somebody who may export all that `who` would take, and proves to be here.

    Raises OfficeRefused, also where nobody is named.
    """
    if not login:
        raise refused(
            "second_person",
            "超过 500 条或不打码的导出须另一人批准：用 --second 给出其登录名，由本人输入密码。",
            "More than 500 records, or whole numbers, need a second person: name a colleague "
            "with --second, who types their own password.",
        )
    password = _asked(PASSWORD_VARIABLE, f"{login} 的密码 · Password of {login}")
    attempt = Attempt(login, password, who.town)
    try:
        entered = sign_in(services.engine, services.keys, attempt, services.clock)
    except CodeNeeded as needed:
        entered = sign_in_with_code(
            services.engine,
            services.keys,
            needed.half,
            code=_asked(CODE_VARIABLE, "验证码 · Code"),
            clock=services.clock,
        )
    require(entered.who, Action.EXPORT)
    if not who.grids <= entered.who.grids:
        raise refused(
            "second_area",
            f"{login} 不管辖要导出的全部区域。",
            f"{login} is not in charge of all that is to be exported.",
        )
    return entered.who


def _asked(variable: str, words: str) -> str:
    given = os.environ.get(variable, "")
    if given:
        return given
    if not sys.stdin.isatty():
        raise refused(
            "password",
            f"请用环境变量 {variable} 给出。",
            f"Give it in {variable}.",
        )
    return str(typer.prompt(words, hide_input=True))
