"""What the office's register has of a grid, and what a device's file has: to be the same."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from server.db.engine import open_engine, reading
from server.db.office_tables import AreaRow
from server.db.register_tables import RecordRow
from server.keys import Keys
from server.register.sealing import Seal
from server.register.store import RecordStore
from server.settings import Settings
from shared.records import Record


@dataclass(frozen=True)
class Row:
    """A record of the register."""

    version: int
    record: Record


def register_rows(home: Path, grid: str) -> dict[str, Row]:
    """Every record of the grid of that name, by id."""
    settings = Settings(home=home)
    engine = open_engine(settings.database)
    with reading(engine) as conn:
        area = conn.execute(
            select(col(AreaRow.town_id), col(AreaRow.id)).where(col(AreaRow.name) == grid)
        ).one()
        ids = conn.execute(
            select(col(RecordRow.id)).where(
                col(RecordRow.town_id) == area.town_id, col(RecordRow.grid) == area.id
            )
        ).scalars()
        store = RecordStore(conn, area.town_id, Seal(Keys.load_or_create(home)))
        found = store.records(list(ids))
    engine.dispose()
    return {name: Row(record.version, record) for name, record in found.items()}


def shadow_rows(home: Path) -> dict[str, int]:
    """The version of every record that a device has, by id: what lies in clear in its file."""
    (file,) = home.glob("accounts/*/store.db")
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as conn:
        return dict(conn.execute("SELECT id, version FROM shadow"))
