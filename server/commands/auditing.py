"""`audit ...`: the audit trail on the command line: its head, its check, its rows."""

from pathlib import Path
from typing import Annotated

import typer

from server.clock import town_time
from server.commands.opening import chosen_town, opened
from server.commands.speech import AsJson, OfTown, answer_json, hint, progress, say
from server.db.engine import reading
from server.housekeeping import HEADS_FILE
from server.office.audit import Checked, Head, check
from server.office.people import operator
from server.office.trail import KeptHead, Sought, head_line, missing_heads, read_heads, search
from server.services import Services

FIRST_SHOWN = 20


def head(*, town: OfTown = "") -> None:
    """输出当前末端，请保存在别处 · Print today's head, to be kept elsewhere."""
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        with reading(services.engine) as conn:
            typer.echo(head_line(conn, town_id, services.clock()))


def verify(
    heads: Annotated[
        Path | None, typer.Option(help="以前保存的末端文件 · A file of heads kept before")
    ] = None,
    *,
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """核对整条审计链和以前的末端 · Check the whole chain, and the heads that were kept."""
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        kept = _kept_heads(services, heads)
        with progress("正在核对审计记录", "Checking the trail"), reading(services.engine) as conn:
            found = check(conn, services.keys.audit, town_id)
            missing = missing_heads(conn, town_id, kept)
    compared = sum(1 for each in kept if each.town == town_id)
    if as_json:
        _answer(found, compared, missing)
    else:
        _tell(found, compared, missing)
    if found.broken_at is not None or missing:
        raise typer.Exit(1)


def show(
    find: Annotated[str, typer.Argument(help="对象或理由里的文字 · Text in object or reason")] = "",
    *,
    deed: Annotated[str, typer.Option(help="只看这种行为 · Only this deed")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="行数 · Rows")] = FIRST_SHOWN,
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """查找审计记录，如导出标识 · Look rows up, such as the mark of an exported file."""
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        with reading(services.engine) as conn:
            who = operator(conn, town_id)
            rows = search(conn, who, Sought(find=find, deed=deed), limit)
    if as_json:
        answer_json({"rows": [{f: getattr(r, f) for f in r.__struct_fields__} for r in rows]})
        return
    for row in rows:
        at = f"{town_time(row.at):%Y-%m-%d %H:%M:%S}"
        typer.echo(f"{row.seq} {at} {row.actor} {row.action} {row.object} {row.reason}".rstrip())
    if not rows:
        hint("没有找到。", "Nothing found.")


def _kept_heads(services: Services, named: Path | None) -> list[KeptHead]:
    """The heads in the file that is named, or where this server keeps them."""
    file = named or services.settings.audit_heads or services.settings.home / HEADS_FILE
    if named is None and not file.exists():
        return []
    return list(read_heads(file.read_text(encoding="utf-8").splitlines()))


def _answer(found: Checked, compared: int, missing: list[Head]) -> None:
    answer_json(
        {
            "rows": found.rows,
            "head": f"{found.head.seq}:{found.head.mac}",
            "broken_at": found.broken_at,
            "heads": compared,
            "heads_missing": [each.seq for each in missing],
        }
    )


def _tell(found: Checked, compared: int, missing: list[Head]) -> None:
    if found.broken_at is not None:
        say(
            f"审计记录从第 {found.broken_at} 行起被改动或删除。",
            f"The audit trail was changed or cut at row {found.broken_at}.",
        )
    elif missing:
        say(
            f"与保存的末端不符：第 {missing[0].seq} 行不在或不同，后面的记录可能被删去。",
            f"It is not what the kept heads say: row {missing[0].seq} is missing or another one.",
        )
    else:
        say(
            f"审计记录 {found.rows} 行，完整，与 {compared} 个保存的末端一致。",
            f"The audit trail has {found.rows} rows, is whole, and agrees with {compared} heads.",
        )
