"""`export`: records as files, and the whole register as JSON lines for programs."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
import typer
from msgspec import Struct, structs

from server.commands.opening import area_of, chosen_town, opened, operating
from server.commands.second_person import second_person
from server.commands.speech import AsJson, OfTown, answer_json, hint, language, progress
from server.db.engine import reading
from server.exports.cover import Format, Purpose
from server.exports.making import Maker, kinds_of
from server.exports.orders import (
    ROWS_ALONE,
    Asked,
    Order,
    OrderState,
    Wanted,
    decide_order,
    place_order,
    taken,
)
from server.exports.whole import PAGE, Line, count_lines, lines
from server.office.act import acting
from server.office.areas import grids_below
from server.office.audit import Deed
from server.office.errors import OfficeRefused, refused
from server.office.people import AccountIdentity, operator
from server.services import Services

Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help="记录类型，可多次给出；省略为整个登记册 · Kinds of records"),
]


ToFile = Annotated[Path | None, typer.Option(help="写入文件，省略为标准输出 · File to write")]


class _Asking(Struct, frozen=True):
    """Why a file is written, who agrees, and where it goes."""

    purpose: Purpose
    reason: str
    second: str
    to: Path | None


def export(  # noqa: PLR0913 - the options of a command
    to: ToFile = None,
    *,
    form: Annotated[Format, typer.Option("--format", help="格式 · Format")] = Format.JSONL,
    kind: Kinds = None,
    labels: Annotated[
        bool, typer.Option("--labels", help="选项写成文字 · Choices as words, not codes")
    ] = False,
    clear: Annotated[
        bool, typer.Option("--clear", help="电话和出生日期不打码 · Phones and birth dates whole")
    ] = False,
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="包含敏感信息 · With sensitive answers")
    ] = False,
    purpose: Annotated[Purpose, typer.Option(help="用途 · Purpose")] = Purpose.OTHER,
    reason: Annotated[str, typer.Option(help="导出理由，记入审计 · Why; goes to the audit")] = "",
    second: Annotated[
        str, typer.Option(help="批准人的登录名 · Login of the colleague who agrees")
    ] = "",
    area: Annotated[str, typer.Option(help="只导出该编码的区域 · Only the area of that code")] = "",
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """导出登记册 · Write out the register."""
    if as_json and to is None:
        raise refused("where", "--json 需要同时给出 --to。", "--json needs --to as well.")
    with opened() as services:
        who = _operator(services, chosen_town(services, town).town_id, area)
        asking = _Asking(purpose, reason, second, to)
        if form is Format.JSONL and not kind:
            count = _whole(services, who, asking, sensitive=sensitive, place=area and who.area_id)
        elif sensitive:
            raise _only_whole()
        else:
            kinds = tuple(kind or kinds_of(services, who.town))
            count = _table(services, who, Wanted(kinds, form, labels, language(), clear), asking)
    if as_json:
        answer_json({"file": str(to), "records": count})
    else:
        hint(f"已导出 {count} 条记录。", f"Wrote {count} records.")


def _operator(services: Services, town: str, area: str) -> AccountIdentity:
    """Whoever runs this machine, in charge of the area that is meant."""
    with reading(services.engine) as conn:
        who = operator(conn, town)
        if not area:
            return who
        place = area_of(conn, town, area)
        return structs.replace(who, area_id=place, grids=grids_below(conn, town, place))


def _whole(
    services: Services, who: AccountIdentity, asking: _Asking, *, sensitive: bool, place: str
) -> int:
    if sensitive and not asking.reason.strip():
        raise refused(
            "reason",
            "导出敏感信息须用 --reason 说明理由，会记入审计。",
            "Sensitive answers need a --reason; it goes into the audit trail.",
        )
    grids = who.grids if place else None
    by = ""
    if count_lines(services, who.town, grids) > ROWS_ALONE:
        by = second_person(services, who, asking.second).id
    with operating(services, who.town) as act:
        what = f"register.{Format.JSONL}{'+sensitive' * sensitive}"
        act.note(Deed.EXPORTED, " ".join(filter(None, (what, place, by))), asking.reason)
    with _written(asking.to) as file:
        found = lines(services, who.town, grids=grids, sensitive=sensitive)
        return _write(found, file)


def _table(services: Services, who: AccountIdentity, wanted: Wanted, asking: _Asking) -> int:
    maker = Maker(services, who)
    asked = Asked(wanted, asking.purpose, asking.reason, maker.count(wanted))
    order = _placed(services, who, asked, asking.second)
    with _written(asking.to) as file:
        count = maker.write(order, {}, file)
        with acting(services.engine, services.keys, who, services.clock) as act:
            taken(act, order, count)
    return count


def _placed(services: Services, who: AccountIdentity, asked: Asked, second: str) -> Order:
    with acting(services.engine, services.keys, who, services.clock) as act:
        order = place_order(act, asked)
    if order.state is OrderState.OPEN:
        return order
    other = second_person(services, who, second)
    with acting(services.engine, services.keys, other, services.clock) as act:
        return decide_order(act, order.id, agree=True)


def _only_whole() -> OfficeRefused:
    return refused(
        "sensitive_table",
        "敏感信息只能随 jsonl 格式的整个登记册导出。",
        "Sensitive answers leave only with the whole register as jsonl.",
    )


def _write(found: Iterable[tuple[Line, int]], file: BinaryIO) -> int:
    count = 0
    with progress("正在导出", "Exporting") as bar:
        for line, total in found:
            file.write(msgspec.json.encode(line) + b"\n")
            count += 1
            if count % PAGE == 0:
                bar.at(count, total)
    return count


@contextmanager
def _written(to: Path | None) -> Iterator[BinaryIO]:
    """The file, there under its name only when it is whole, and only for its owner to read."""
    if to is None:
        yield sys.stdout.buffer
        return
    if to.exists() and not to.is_file():
        with to.open("wb") as device:
            yield device
        return
    unfinished = to.with_name(f"{to.name}.unfinished")
    handle = os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)
