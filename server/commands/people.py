"""`add-admin`, `add-area`, `add-worker`, `enrolment-code`: who works with the server."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import segno
import typer

from server.commands.opening import area_of, chosen_town, opened, operating
from server.commands.speech import AsJson, OfTown, answer_json, hint, say
from server.db.engine import reading, writing
from server.forms.builtin import every_form
from server.office.accounts import NewAccount, add_account
from server.office.act import Act
from server.office.area_edits import NewArea
from server.office.area_edits import add_area as add_to_tree
from server.office.assignments import add_worker as add_to_office
from server.office.enrolment_codes import MINUTES, enrolment_link, give_code
from server.office.errors import refused
from server.office.roles import ACCOUNT_ROLES, Role
from server.office.towns import NewTown, add_town, towns
from server.office.workers import NewWorker, Worker, workers
from server.services import Services
from shared.codes.areas import AREA_CODE_LENGTH, GRID_CODE_LENGTH

PASSWORD_VARIABLE = "DOORSTEP_PASSWORD"  # noqa: S105 - the name of a variable


def add_admin(
    login: Annotated[str, typer.Argument(help="登录名 · Login name")],
    *,
    name: Annotated[str, typer.Option(help="姓名 · Full name")] = "",
    password: Annotated[
        str,
        typer.Option(
            envvar=PASSWORD_VARIABLE, help="密码，省略时会询问 · Password; asked for if left out"
        ),
    ] = "",
    role: Annotated[Role, typer.Option(help="角色 · Role")] = Role.TOWN_ADMIN,
    area: Annotated[str, typer.Option(help="管辖区域的编码 · Code of the area in charge")] = "",
    town: OfTown = "",
    town_name: Annotated[str, typer.Option(help="新建镇的名称 · Name of a new town")] = "",
    town_code: Annotated[str, typer.Option(help="新建镇的 12 位编码 · Its 12-digit code")] = "",
    as_json: AsJson = False,
) -> None:
    """新增后台管理员，必要时新建镇 · Add an account for the console, and a town if need be."""
    if role not in ACCOUNT_ROLES:
        raise refused(
            "role", "网格员请用 add-worker 新增。", "Add a grid worker with add-worker instead."
        )
    with opened() as services:
        town_id = _town(services, town, town_name, town_code)
        secret = password or _asked_password()
        with operating(services, town_id) as act:
            place = _area(act, area) if area else act.who.area_id
            added = add_account(act, NewAccount(login, name or login, role, place, secret))
    if as_json:
        answer_json({"id": added.id, "town": town_id, "login": added.login, "role": added.role})
    else:
        say(
            f"已新增账号 {added.login}，可登录后台。",
            f"The account {added.login} can sign in to the console now.",
        )


def add_area(
    code: Annotated[str, typer.Argument(help="编码：社区 12 位，网格 15 位 · 12 or 15 digits")],
    name: Annotated[str, typer.Argument(help="名称 · Name")],
    *,
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """新增社区或网格 · Add a community or a grid."""
    with opened() as services, operating(services, chosen_town(services, town).town_id) as act:
        is_grid = len(code) == GRID_CODE_LENGTH
        above = _area(act, code[:AREA_CODE_LENGTH]) if is_grid else act.who.area_id
        added = add_to_tree(act, NewArea(above, code, name))
    if as_json:
        answer_json({"id": added.id, "code": added.code, "level": added.level})
    else:
        say(f"已新增 {added.name}（{added.code}）。", f"Added {added.name} ({added.code}).")


def add_worker(
    staff_no: Annotated[str, typer.Argument(help="工号 · Staff number")],
    name: Annotated[str, typer.Argument(help="姓名 · Full name")],
    *,
    grid: Annotated[list[str], typer.Option(help="网格编码，可多次 · Code of a grid; repeat")],
    phone: Annotated[str, typer.Option(help="电话 · Phone")] = "",
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """新增网格员 · Add a grid worker."""
    with opened() as services, operating(services, chosen_town(services, town).town_id) as act:
        places = tuple(_area(act, code) for code in grid)
        added = add_to_office(act, NewWorker(staff_no, name, phone, places))
    if as_json:
        answer_json({"id": added.id, "staff_no": added.staff_no, "grids": grid})
    else:
        say(
            f"已新增网格员 {added.name}（{added.staff_no}）。",
            f"Added the worker {added.name} ({added.staff_no}).",
        )


def enrolment_code(
    staff_no: Annotated[str, typer.Argument(help="工号 · Staff number")],
    *,
    minutes: Annotated[int, typer.Option(help="有效分钟数 · Valid for so many minutes")] = MINUTES,
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """生成一次性注册码 · Make a one-time code that enrols a worker's phone."""
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        with operating(services, town_id) as act:
            code = give_code(act, _worker(act, staff_no).id, minutes)
        link = enrolment_link(services.settings.url, code.code, _if_several(services, town_id))
    until = datetime.fromtimestamp(code.expires_at / 1000, UTC)
    if as_json:
        expires = until.isoformat()
        answer_json({"code": code.code, "link": link, "worker": code.worker_id, "expires": expires})
        return
    typer.echo(code.code)
    segno.make(link, micro=False).terminal(out=sys.stdout, compact=True)
    local = until.astimezone()
    hint(
        f"服务器：{services.settings.url}。请在 {local:%H:%M} 前扫码或输入，只能使用一次。",
        f"Server: {services.settings.url}. Scan or type it before {local:%H:%M}; it works once.",
    )


def _town(services: Services, named: str, name: str, code: str) -> str:
    """The id of the town; it is made, with the built-in forms, when it is named and not there."""
    if not (name or code):
        return chosen_town(services, named).town_id
    if not (name and code):
        raise refused(
            "new_town",
            "新建镇需要同时给出 --town-name 和 --town-code。",
            "A new town needs both --town-name and --town-code.",
        )
    new = NewTown(named or f"t{code}", name, code)
    with reading(services.engine) as conn:
        there = any(town.town_id == new.town_id for town in towns(conn))
    if there:
        return new.town_id
    with writing(services.engine) as conn:
        add_town(conn, services.keys, services.clock(), new)
    for form in every_form().values():
        services.register.publish_form(new.town_id, form)
    return new.town_id


def _area(act: Act, code: str) -> str:
    return area_of(act.conn, act.who.town, code)


def _asked_password() -> str:
    if not sys.stdin.isatty():
        raise refused(
            "password",
            f"请用 --password 或环境变量 {PASSWORD_VARIABLE} 给出密码。",
            f"Give a password with --password or in {PASSWORD_VARIABLE}.",
        )
    return str(typer.prompt("密码 · Password", hide_input=True, confirmation_prompt=True))


def _worker(act: Act, staff_no: str) -> Worker:
    found = next((w for w in workers(act.conn, act.who) if w.staff_no == staff_no), None)
    if found is None:
        raise refused(
            "no_worker",
            f"没有工号为 {staff_no} 的网格员。",
            f"No worker has the number {staff_no}.",
        )
    return found


def _if_several(services: Services, town_id: str) -> str:
    with reading(services.engine) as conn:
        return town_id if len(towns(conn)) > 1 else ""
