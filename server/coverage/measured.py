"""How complete households and residents are, as rows."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time
from functools import lru_cache

from msgspec import Struct, structs
from sqlalchemy import Connection

from server.clock import TOWN_ZONE
from server.coverage.ruler import Measure, Ruler
from server.coverage.touched import parents
from server.db.bulk import Value
from server.register.register import Register
from shared.coverage import Items
from shared.records import Record

MEASURED = ("household", "resident")
TOWNS_KEPT = 8
COLUMNS = (
    "town_id", "record_id", "grid", "parent_id", "merged_into", "again_on",
    *Items.__struct_fields__,
)  # fmt: skip


class Found(Struct, frozen=True):
    """A record, measured."""

    id: str
    kind: str
    grid: str
    measure: Measure


class Rulers:
    """Measures records of a town by its forms, on one day."""

    def __init__(self, register: Register, town: str, now: datetime) -> None:
        forms = register.forms(town)
        self._rulers = {
            kind: Ruler(forms[kind], register.rules(town, kind), now)
            for kind in MEASURED
            if kind in forms
        }

    def measured(self, records: Iterable[Record]) -> list[Found]:
        """Those of kinds that are measured."""
        return [
            Found(each.id, each.kind, each.grid, self._rulers[each.kind].measure(each))
            for each in records
            if each.kind in self._rulers
        ]


def rulers_of(register: Register, town: str, day: date) -> Rulers:
    """Those of a day: what they have found out about ages and the like is used again."""
    return _rulers_of(register, town, versions_of(register, town), day)


def versions_of(register: Register, town: str) -> str:
    """The versions of the forms that a town is measured by."""
    forms = register.forms(town)
    return " ".join(f"{kind}:{forms[kind].version}" for kind in MEASURED if kind in forms)


@lru_cache(maxsize=TOWNS_KEPT)
def _rulers_of(register: Register, town: str, _: str, day: date) -> Rulers:
    return Rulers(register, town, datetime.combine(day, time(12), TOWN_ZONE))


def measured_rows(conn: Connection, town: str, found: Collection[Found]) -> list[tuple[Value, ...]]:
    """In the order of `COLUMNS`; of records that have a projection."""
    hangs = {
        record: where
        for kind in MEASURED
        for record, where in parents(
            conn, town, kind, [each.id for each in found if each.kind == kind]
        ).items()
    }
    return [
        (
            town, each.id, each.grid, *hangs[each.id], each.measure.again_on,
            *structs.astuple(each.measure.items),
        )
        for each in found
        if each.id in hangs
    ]  # fmt: skip
