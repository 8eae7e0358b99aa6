"""How far the counting of a town has come: one row, moved in the transaction of what it counts."""

from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from server.db.coverage_tables import CoveragePassRow


class Stage(StrEnum):
    """Where a walk through the whole register is."""

    NONE = ""
    MEASURE = "measure"
    """Households and residents are measured, in the order of their ids."""
    DOORS = "doors"
    """Dwellings are counted, in the order of their ids."""
    GRIDS = "grids"
    """Grids are summed up, in the order of their ids."""


class Mark(Struct, frozen=True):
    """How far the counting has come."""

    version: int = 0
    """Every door is counted as it was at this change number, or later; 0 until all are."""
    forms: str = ""
    """The versions of the forms that it counts by."""
    day: str = ""
    kept: int = 0
    stage: Stage = Stage.MEASURE
    after: str = ""
    begun: int = 0
    """The change number at which the walk began."""
    done: int = 0
    total: int = 0

    @property
    def walked(self) -> float:
        """How much of a walk is done, from 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0


def mark_of(conn: Connection, town: str, forms: str) -> Mark:
    """Where the counting by these forms stands: at the beginning, if it was by others."""
    return _read(conn, town, forms, lock=False) or Mark(forms=forms)


def locked_mark(conn: Connection, town: str, forms: str) -> Mark:
    """The same, for nobody else to move it until this transaction ends."""
    found = _read(conn, town, forms, lock=True)
    if found is None:
        conn.execute(insert(CoveragePassRow).values(town_id=town, version=0, kept=0, begun=0))
    return found or Mark(forms=forms)


def put_mark(conn: Connection, town: str, mark: Mark) -> None:
    """Moves the mark; its row is there, and locked."""
    mine = col(CoveragePassRow.town_id) == town
    values = {name: getattr(mark, name) for name in Mark.__struct_fields__}
    conn.execute(update(CoveragePassRow).where(mine).values(values | {"stage": str(mark.stage)}))


def _read(conn: Connection, town: str, forms: str, *, lock: bool) -> Mark | None:
    wanted = select(CoveragePassRow).where(col(CoveragePassRow.town_id) == town)
    row = conn.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        return None
    if row.forms != forms:
        return Mark(forms=forms, day=row.day, kept=row.kept)
    return Mark(
        row.version, forms, row.day, row.kept, Stage(row.stage), row.after, row.begun, row.done,
        row.total,
    )  # fmt: skip
