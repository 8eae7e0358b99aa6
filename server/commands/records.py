"""`migrate`, `rebuild`, `verify`: the register as a whole."""

from typing import Annotated

import msgspec
import typer

from server.commands.opening import chosen_town, opened, prepare_home
from server.commands.speech import AsJson, OfTown, answer_json, hint, progress, say
from server.db.engine import open_engine, reading
from server.db.migrate import migrate as migrate_database
from server.files.shelf import CheckedFiles, check_files
from server.housekeeping import keep_house
from server.office.audit import Checked, Head
from server.office.audit import check as check_audit
from server.office.errors import refused
from server.register.replay import Verified
from server.register.sealing import Seal
from server.services import Services

IDS_SHOWN = 20


def migrate() -> None:
    """把数据库升级到本程序的版本 · Bring the database to this program's version."""
    settings = prepare_home()
    engine = open_engine(settings.database)
    try:
        with progress("正在升级数据库", "Upgrading the database"):
            migrate_database(engine)
    finally:
        engine.dispose()
    say("数据库已是最新版本。", "The database is up to date.")


def rebuild(*, town: OfTown = "") -> None:
    """由登记册重新生成列表和统计 · Make lists and counts again from the register."""
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        with progress("正在重建", "Rebuilding"):
            made = services.register.rebuild(town_id)
    say(
        f"已由 {made.records} 条记录重建，{made.conflicts} 个冲突待裁定。",
        f"Rebuilt from {made.records} records; {made.conflicts} conflicts wait for a decision.",
    )


def housekeeping(*, town: OfTown = "", as_json: AsJson = False) -> None:
    """清理旧删除记录和无用附件 · Forget deletions that all have passed, and unused files."""
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        kept = keep_house(services, town_id, at_once=True)
    done, files = kept.forgotten, kept.collected
    if as_json:
        told = {"collected": msgspec.to_builtins(files), "expired": kept.expired}
        told |= {"overwritten": kept.overwritten}
        answer_json(msgspec.to_builtins(done) | told)
        return
    say(
        f"已清理 {done.tombstones} 条删除记录、{done.exits} 条移出记录"
        f"（变更号 {done.upto} 及以前）。登记册和日志不受影响。",
        f"{done.tombstones} deletions and {done.exits} moves up to change {done.upto} need not be "
        "told to phones any more. The register and its journal stay as they are.",
    )
    say(
        f"已清理 {files.files} 个没有记录引用的附件（{files.bytes:,} 字节）和 "
        f"{files.uploads} 个过期的上传。",
        f"{files.files} files that no record names ({files.bytes:,} bytes) and {files.uploads} "
        "uploads that had expired were forgotten.",
    )
    if kept.expired:
        say(
            f"已按保存期限永久删除 {kept.expired} 条记录。",
            f"{kept.expired} records whose time was over were erased for good.",
        )
    if kept.overwritten:
        say(
            f"已覆盖 {kept.overwritten} 份已删除资料在数据库里占过的空间。",
            f"The space that {kept.overwritten} erased records had is overwritten.",
        )


def verify(
    *,
    head: Annotated[
        str,
        typer.Option(
            "--audit-head",
            help="以前记下的审计链末端，形如 序号:校验码 · A head noted before, as SEQ:MAC",
        ),
    ] = "",
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """核对登记册、变更日志和审计记录 · Check the register, its journal and the audit trail."""
    known = _head(head)
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        with progress("正在核对登记册", "Checking the register"):
            register = services.register.verify(town_id)
        files = _files(services, town_id)
        audit = _audit(services, town_id, known)
    if as_json:
        _answer(register, audit, files)
    else:
        _tell_files(files)
        _tell(register, audit)
    if not register.well or files.broken or audit.broken_at is not None:
        raise typer.Exit(1)


def _audit(services: Services, town: str, known: Head | None) -> Checked:
    with progress("正在核对审计记录", "Checking the audit trail"), reading(services.engine) as conn:
        return check_audit(conn, services.keys.audit, town, known)


def _files(services: Services, town: str) -> CheckedFiles:
    with progress("正在核对附件", "Checking the files"), reading(services.engine) as conn:
        return check_files(conn, town, Seal(services.keys))


def _head(text: str) -> Head | None:
    if not text:
        return None
    seq, _, mac = text.partition(":")
    if not (seq.isdigit() and mac):
        raise refused(
            "audit_head",
            "--audit-head 的写法是 序号:校验码。",
            "Write --audit-head as SEQ:MAC.",
        )
    return Head(int(seq), mac)


def _answer(register: Verified, audit: Checked, files: CheckedFiles) -> None:
    answer_json(
        {
            "records": register.records,
            "changes": register.changes,
            "register_differs": list(register.register_differs),
            "rest_differs": list(register.rest_differs),
            "files": files.files,
            "files_broken": list(files.broken),
            "audit_rows": audit.rows,
            "audit_head": f"{audit.head.seq}:{audit.head.mac}",
            "audit_broken_at": audit.broken_at,
        }
    )


def _tell_files(files: CheckedFiles) -> None:
    say(f"附件 {files.files} 个。", f"There are {files.files} files.")
    for name in files.broken[:IDS_SHOWN]:
        say(f"附件损坏：{name}", f"Damaged file: {name}")


def _tell(register: Verified, audit: Checked) -> None:
    say(
        f"登记册 {register.records} 条记录，变更日志 {register.changes} 条。",
        f"The register has {register.records} records, its journal {register.changes} changes.",
    )
    for name in (register.register_differs + register.rest_differs)[:IDS_SHOWN]:
        say(f"不一致：{name}", f"Differs: {name}")
    if register.rest_differs and not register.register_differs:
        hint("可运行 doorstep rebuild 修复。", "To mend it, run: doorstep rebuild")
    if audit.broken_at is not None:
        say(
            f"审计记录从第 {audit.broken_at} 行起被改动或删除。",
            f"The audit trail was changed or cut at row {audit.broken_at}.",
        )
        return
    say(f"审计记录 {audit.rows} 行，完整。", f"The audit trail has {audit.rows} rows and is whole.")
    hint(
        f"请另存审计链末端：{audit.head.seq}:{audit.head.mac}",
        f"Keep the head of the audit trail elsewhere: {audit.head.seq}:{audit.head.mac}",
    )
