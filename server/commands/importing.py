"""`import`: an existing household table, first as a dry run."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select
from sqlmodel import col

from server.commands.opening import area_of, chosen_town, opened
from server.commands.speech import (
    AsJson,
    OfTown,
    answer_json,
    hint,
    language,
    progress,
    say,
    spoken,
)
from server.db.engine import reading
from server.db.office_tables import AccountRow
from server.imports.bad_rows import bad_rows
from server.imports.jobs import Imports
from server.imports.plan import RowState
from server.imports.reports import Job, Opened
from server.office.errors import refused
from server.office.people import AccountIdentity, account_identity, operator
from server.services import Services

ROWS_SHOWN = 20


def import_table(
    file: Annotated[Path, typer.Argument(help="Excel 或 CSV 文件 · Excel or CSV file")],
    *,
    grid: Annotated[
        str, typer.Option(help="未写网格的行归入此网格（编码） · Code of the grid of other rows")
    ],
    login: Annotated[str, typer.Option("--as", help="以哪个账号导入 · Account to import as")] = "",
    commit: Annotated[
        bool, typer.Option("--commit", help="写入；省略时只试导入 · Write; else a dry run")
    ] = False,
    bad: Annotated[
        Path | None, typer.Option("--bad-rows", help="把有误的行存为此文件 · Save wrong rows here")
    ] = None,
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """导入现有住户表，先试导入 · Import an existing household table, as a dry run first."""
    content = file.read_bytes()
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        who, grid_id = _importer(services, town_id, login, grid)
        imports = Imports(services.register, services.engine, services.keys, services.clock)
        with progress("正在检查", "Checking"):
            job = imports.check(who, grid_id, file.name, content)
        found = imports.opened(who, job.id)
        _finish(imports, who, job, commit=commit)
    if bad is not None:
        bad.write_bytes(bad_rows(found.report, language()))
    if as_json:
        _answer(found, commit=commit)
    else:
        _tell(found, commit=commit)


def _importer(services: Services, town: str, login: str, grid: str) -> tuple[AccountIdentity, str]:
    with reading(services.engine) as conn:
        grid_id = area_of(conn, town, grid)
        if not login:
            return operator(conn, town), grid_id
        account = conn.execute(
            select(col(AccountRow.id)).where(
                col(AccountRow.town_id) == town, col(AccountRow.login) == login.casefold()
            )
        ).scalar_one_or_none()
        who = account_identity(conn, town, account) if account is not None else None
    if who is None:
        raise refused("no_account", f"没有账号 {login}。", f"There is no account {login}.")
    return who, grid_id


def _finish(imports: Imports, who: AccountIdentity, job: Job, *, commit: bool) -> None:
    if not commit:
        imports.drop(who, job.id)
        return
    with progress("正在写入", "Writing"):
        imports.commit(who, job.id)


def _answer(found: Opened, *, commit: bool) -> None:
    answer_json(
        {
            "id": found.job.id,
            "written": commit,
            **{state.value: found.count(state) for state in RowState},
            "bad_rows": [
                {"row": plan.number, "reasons": [spoken(r.words) for r in plan.remarks]}
                for plan in found.by_state(RowState.BAD)
            ],
        }
    )


def _tell(found: Opened, *, commit: bool) -> None:
    new, update, unchanged, bad, _ = (found.count(state) for state in RowState)
    say(
        f"新增 {new} 行，更新 {update} 行，无变化 {unchanged} 行，有误 {bad} 行。",
        f"{new} new rows, {update} updates, {unchanged} unchanged, {bad} wrong.",
    )
    for plan in found.by_state(RowState.BAD)[:ROWS_SHOWN]:
        reasons = " ".join(spoken(remark.words) for remark in plan.remarks)
        say(f"第 {plan.number} 行：{reasons}", f"Row {plan.number}: {reasons}")
    if bad > ROWS_SHOWN:
        hint("其余见 --bad-rows 文件。", "For the others give --bad-rows.")
    if commit:
        say("已写入。", "Written.")
    else:
        hint(
            "未写入任何内容；加上 --commit 才会写入。",
            "Nothing was written; add --commit to write.",
        )
