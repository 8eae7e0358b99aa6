"""`drill`: whether a backup would bring everything back, tried on a copy beside the register."""

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct
from sqlalchemy import Connection, func, select

from server.backups import open_file, seal_file
from server.commands.keeping import copy, sqlite_file
from server.commands.opening import chosen_town, opened
from server.commands.speech import AsJson, OfTown, answer_json, progress, say
from server.db.engine import reading
from server.db.tables import METADATA
from server.files.shelf import check_files
from server.keys import KEYS_FILE
from server.office.audit import check
from server.register.sealing import Seal
from server.services import Services, open_services
from server.settings import Settings


class Restored(Struct, frozen=True):
    """What the copy has, and where it is not what the register is."""

    records: int
    changes: int
    audit_rows: int
    files: int
    differs: tuple[str, ...] = ()

    @property
    def well(self) -> bool:
        """Whether nothing differs."""
        return not self.differs


def drill(
    restored: Annotated[
        str,
        typer.Option(help="已恢复的数据库地址（PostgreSQL）· Address of a restored database"),
    ] = "",
    *,
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """演练恢复并核对 · Try a restore on a copy and check it; the register is not touched."""
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        with progress("正在演练", "Trying it out"):
            found = _tried(services, town_id, restored)
    if as_json:
        answer_json({name: getattr(found, name) for name in found.__struct_fields__})
    elif found.well:
        say(
            f"演练成功：{found.records} 条记录、{found.changes} 条变更、{found.audit_rows} 行审计、"
            f"{found.files} 个附件，全部核对一致。",
            f"It would work: {found.records} records, {found.changes} changes, {found.audit_rows} "
            f"rows of the audit trail and {found.files} files, all as they should be.",
        )
    else:
        for each in found.differs:
            say(f"不一致：{each}", f"Differs: {each}")
    if not found.well:
        raise typer.Exit(1)


def _tried(services: Services, town: str, restored: str) -> Restored:
    if restored:
        settings = services.settings.model_copy(update={"database_url": restored})
        return _compared(services, open_services(settings, services.clock), town)
    source = sqlite_file(services.settings.database)
    with tempfile.TemporaryDirectory(prefix="doorstep-drill-") as folder:
        home = Path(folder)
        shutil.copy2(services.settings.home / KEYS_FILE, home / KEYS_FILE)
        copy(source, home / "copy.db")
        seal_file(services.keys, home / "copy.db", home / "copy.sealed")
        (home / "copy.db").unlink()
        there = Settings(home=home, database_url="")
        target = sqlite_file(there.database)
        open_file(services.keys, home / "copy.sealed", target)
        again = open_services(there, services.clock)
        try:
            return _compared(services, again, town)
        finally:
            again.engine.dispose()


def _compared(live: Services, copied: Services, town: str) -> Restored:
    """The copy checked by itself, and held against the register as it stands."""
    verified = copied.register.verify(town)
    differs = [*verified.register_differs, *verified.rest_differs]
    with reading(copied.engine) as conn:
        trail = check(conn, copied.keys.audit, town)
        files = check_files(conn, town, Seal(copied.keys))
        there = _counts(conn, town)
    with reading(live.engine) as conn:
        here = _counts(conn, town)
    differs += [f"audit:{trail.broken_at}"] if trail.broken_at is not None else []
    differs += [f"file:{each}" for each in files.broken]
    # What came meanwhile is no fault of the copy; what it has less of than it should, is.
    differs += [
        f"{table}: {there.get(table, 0)} < {count}"
        for table, count in here.items()
        if table in _GROWING and there.get(table, 0) < count
    ]
    return Restored(verified.records, verified.changes, trail.rows, files.files, tuple(differs))


_GROWING = ("record", "journal", "audit", "file", "form", "area", "account", "worker", "device")
"""Tables that only grow: a copy of now has all that they had."""


def _counts(conn: Connection, town: str) -> dict[str, int]:
    return {
        name: conn.execute(
            select(func.count()).where(METADATA.tables[name].c.town_id == town)
        ).scalar_one()
        for name in _GROWING
    }
