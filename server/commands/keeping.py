"""`backup` and `restore`: a copy of the database that is whole, and going on from one."""

import os
import secrets
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import update
from sqlalchemy.engine import make_url
from sqlmodel import col

from server.backups import is_sealed, open_file, seal_file
from server.commands.opening import opened, operating, read_settings
from server.commands.speech import AsJson, Bar, answer_json, hint, progress, say
from server.db.engine import reading
from server.db.errors import DatabaseBroken
from server.db.register_tables import CounterRow
from server.keys import KEYS_FILE, Keys
from server.office.audit import Deed
from server.office.errors import OfficeRefused, refused
from server.office.towns import towns
from server.register.counter import counter
from server.services import Services

PAGES_AT_ONCE = 512
EPOCH_BYTES = 8
LOST_CHANGES_MAX = 1 << 32
"""More changes than a town can have made since its backup."""
NUMBERS_A_MS = 1 << 10
"""More changes than a town can make in a millisecond."""


def backup(
    to: Annotated[Path | None, typer.Option(help="备份文件 · File to write")] = None,
    *,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="加密，恢复时需要 keys.json · Readable with keys only")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """备份数据库，可在运行时进行 · Copy the database; the server may be running."""
    with opened() as services:
        home = services.settings.home
        source = sqlite_file(services.settings.database)
        ending = "sealed" if sealed else "db"
        target = to or home / "backups" / f"doorstep-{_stamp()}.{ending}"
        target.parent.mkdir(parents=True, exist_ok=True)
        if sealed:
            _copy_sealed(services.keys, source, target)
        else:
            copy(source, target)
    size = target.stat().st_size
    if as_json:
        answer_json({"file": str(target), "bytes": size})
    else:
        say(f"已备份到 {target}（{size:,} 字节）。", f"Backed up to {target} ({size:,} bytes).")
    hint(
        f"备份不含密钥：请把 {home / KEYS_FILE} 另存一份，不要与备份放在一起。",
        f"The keys are not in it: keep a copy of {home / KEYS_FILE} in another safe place.",
    )


def restore(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="备份文件；PostgreSQL 用 pg_restore 后省略 · Leave out after pg_restore"
        ),
    ] = None,
    *,
    replace: Annotated[
        bool, typer.Option(help="把现有数据库改名保留 · Set the present database aside")
    ] = False,
) -> None:
    """从备份恢复，请先停止服务器 · Go on from a backup; stop the server first."""
    if file is not None:
        _put_in_place(file, replace=replace)
    with opened() as services:
        renew(services)
    say(
        "已恢复。手机下次同步会重新下载网格数据，并补传备份之后的修改。",
        "Restored. At their next sync devices take their grids again "
        "and offer what they had sent since the backup.",
    )


def copy(source: Path, target: Path) -> None:
    """Copies an SQLite database as it is at one moment. Raises DatabaseBroken."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    with suppress(FileNotFoundError):
        unfinished.unlink()
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with progress("正在复制", "Copying") as bar:
            _copy(source, unfinished, bar)
        unfinished.replace(target)
    except sqlite3.Error as error:
        raise _of_sqlite(error, source) from error
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def renew(services: Services) -> None:
    """Gives each town's register a new epoch, so that devices notice the restore.

    Its numbers go on far above those that were lost: a device that had seen change 70 must not
    pass for having seen another one that is given the number 70 now. They go on at the time of
    day, so that going on from one backup twice does not give the same numbers twice either.
    """
    with reading(services.engine) as conn:
        everyone = towns(conn)
    for town in everyone:
        with operating(services, town.town_id) as act:
            seq = counter(act.conn, town.town_id).seq
            act.conn.execute(
                update(CounterRow)
                .where(col(CounterRow.town_id) == town.town_id)
                .values(
                    epoch=secrets.token_hex(EPOCH_BYTES),
                    seq=max(seq + LOST_CHANGES_MAX, act.now * NUMBERS_A_MS),
                )
            )
            act.note(Deed.RESTORED, town.town_id)


def sqlite_file(database: str) -> Path:
    """The file of an SQLite database. Raises OfficeRefused for PostgreSQL."""
    url = make_url(database)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise refused(
            "postgresql",
            "PostgreSQL 请用其自带工具：pg_dump --format=custom --file=doorstep.dump 库名；"
            "恢复用 pg_restore，之后运行 doorstep restore。",
            "For PostgreSQL use its own tools: pg_dump --format=custom --file=doorstep.dump NAME; "
            "to restore, pg_restore and then: doorstep restore",
        )
    return Path(url.database)


def _put_in_place(file: Path, *, replace: bool) -> None:
    settings = read_settings()
    target = sqlite_file(settings.database)
    if not file.is_file():
        raise refused("no_file", f"找不到文件 {file}。", f"There is no file {file}.")
    if target.exists() and not replace:
        raise refused(
            "database_there",
            f"{target} 已存在。加上 --replace 会先把它改名保留。",
            f"{target} is there. With --replace it is set aside under another name first.",
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    incoming = target.with_name(f"{target.name}.incoming")
    if is_sealed(file):
        open_file(Keys.load_or_create(settings.home), file, incoming)
    else:
        copy(file, incoming)
    _check_is_ours(incoming, file)
    if target.exists():
        aside = target.with_name(f"{target.name}.before-{_stamp()}")
        copy(target, aside)
        hint(f"原数据库保留为 {aside}。", f"The database that was there is now {aside}.")
        for ending in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                target.with_name(target.name + ending).unlink()
    incoming.replace(target)


def _copy_sealed(keys: Keys, source: Path, target: Path) -> None:
    """The plain copy is there only while the sealed one is made, for its owner alone."""
    plain = target.with_name(f"{target.name}.plain")
    try:
        copy(source, plain)
        seal_file(keys, plain, target)
    finally:
        plain.unlink(missing_ok=True)


def _copy(source: Path, target: Path, bar: Bar) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as there,
        closing(sqlite3.connect(target)) as here,
    ):
        there.backup(
            here,
            pages=PAGES_AT_ONCE,
            progress=lambda _, left, total: bar.at(total - left, total),
            sleep=0.01,
        )
        here.execute("PRAGMA journal_mode = DELETE")
        if here.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise DatabaseBroken(source)


def _check_is_ours(database: Path, file: Path) -> None:
    with closing(sqlite3.connect(database)) as there:
        tables = {row[0] for row in there.execute("SELECT name FROM sqlite_master")}
    if not {"town", "journal", "record"} <= tables:
        database.unlink()
        raise refused(
            "not_a_backup", f"{file} 不是 Doorstep 的备份。", f"{file} is not a backup of Doorstep."
        )


def _of_sqlite(error: sqlite3.Error, source: Path) -> OfficeRefused | DatabaseBroken:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
        return refused(
            "disk_full",
            "磁盘已满，备份未完成。请清理磁盘空间后重试。",
            "The disk is full and the copy was not made. Free some space and try again.",
        )
    return DatabaseBroken(source)


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
