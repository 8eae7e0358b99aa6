"""Carry-over files of colleagues, kept until this device can bring them; it cannot open them."""

from hashlib import sha256

from msgspec import Struct
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert

from mobile.errors import AppError
from mobile.store.base import table_of
from mobile.store.database import Database
from mobile.store.tables import ParcelRow
from shared.carry import is_carry_over
from shared.wire import Words

PARCELS_MAX = 20
_ID_LETTERS = 36


class ParcelRefused(AppError):
    """The file is not kept; its words say why."""

    code = "parcel_refused"


class Parcel(Struct, frozen=True):
    """One file, sealed to its town by the phone that made it."""

    id: str
    content: bytes


def keep(database: Database, content: bytes) -> None:
    """Takes a colleague's file; the same one twice is kept once. Raises ParcelRefused."""
    if not is_carry_over(content):
        raise _no_parcel()
    row = {"id": sha256(content).hexdigest()[:_ID_LETTERS], "sealed": content}
    with database.writing() as conn:
        if conn.execute(select(func.count()).select_from(_parcel)).scalar_one() >= PARCELS_MAX:
            raise _too_many()
        conn.execute(insert(_parcel).values(row).on_conflict_do_nothing())


def parcels(database: Database) -> list[Parcel]:
    """The files that wait to be brought."""
    with database.reading() as conn:
        rows = conn.execute(select(_parcel.c.id, _parcel.c.sealed).order_by(_parcel.c.id))
        return [Parcel(*row) for row in rows]


def count(database: Database) -> int:
    """How many there are."""
    with database.reading() as conn:
        return conn.execute(select(func.count()).select_from(_parcel)).scalar_one()


def drop(database: Database, parcel: str) -> None:
    """The server has answered it."""
    with database.writing() as conn:
        conn.execute(delete(_parcel).where(_parcel.c.id == parcel))


_parcel = table_of(ParcelRow)


def _no_parcel() -> ParcelRefused:
    return ParcelRefused(
        Words(
            "这不是同事导出的上报文件，没有接收。",
            "This is not a file that a colleague exported, and it was not taken.",
        )
    )


def _too_many() -> ParcelRefused:
    return ParcelRefused(
        Words(
            f"已带有 {PARCELS_MAX} 份文件，请先同步再接收。",
            f"{PARCELS_MAX} files are waiting already. Sync before you take more.",
        )
    )
