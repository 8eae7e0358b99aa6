"""Which columns of a projection an edit can change: the others are neither made nor written.

Most edits touch one answer, and most columns of a row hang on others; to set an indexed column
costs a database as much as to change it, even to the same value.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from msgspec import structs

from server.register.entries import Entry
from server.register.projections import Projection, Subject
from shared.changes import ChangeKind

_EDITS = frozenset({ChangeKind.SET, ChangeKind.ADD, ChangeKind.REMOVE})
_KEYS = ("town_id", "id")
_ALWAYS = ("version", "conflicts", "updated_at")
"""What every edit changes, where a projection has it."""
_FOUND_BY = ("search", "words")
_FED: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "dwelling": {
            "location": ("lat", "lon"),
            **{unit: (unit, *_FOUND_BY) for unit in ("code", "plate", "address")},
            **{unit: (unit,) for unit in ("building", "unit_no", "floor", "room", "use", "status")},
        },
        "household": {
            "dwelling": ("dwelling_id",),
            **{unit: (unit, *_FOUND_BY) for unit in ("head_name", "phone")},
            **{
                unit: (unit,)
                for unit in (
                    "household_no", "people_count", "tenure", "household_kind", "landlord_name",
                    "visit_policy", "marks",
                )
            },
        },
        "resident": {
            "household": ("household_id",),
            **{unit: (unit, *_FOUND_BY) for unit in ("name", "phone")},
            "id_number": ("id_hash",),
            **{unit: (unit,) for unit in ("relation", "sex", "birth_date", "status")},
        },
    }
)  # fmt: skip
"""By kind and unit, the columns that are made from it; other kinds are hardly ever edited."""


def edited_units(kind: str, entries: Iterable[Entry]) -> frozenset[str] | None:
    """The answers that these changes touch; None when any column may have changed."""
    if kind not in _FED:
        return None
    units: set[str] = set()
    for entry in entries:
        change = entry.change
        if change.kind not in _EDITS or any(unit.startswith("@") for unit in change.units):
            return None
        units.update(change.units)
    return frozenset(units)


def narrowed(kind: str, projection: Projection, units: frozenset[str] | None) -> tuple[int, ...]:
    """The places of the columns that edits of these units can change, the row's keys first."""
    if units is None:
        return tuple(range(len(projection.columns)))
    return _fed_by(kind, projection.columns, units)


def only(subject: Subject, units: frozenset[str] | None) -> Subject:
    """The subject with no other answers than the columns of these units are made from."""
    if units is None:
        return subject
    shown = {unit: subject.answer(unit) for unit in _needed(subject.kind, units)}
    return structs.replace(subject, answer=shown.get)


@lru_cache(maxsize=1000)
def _fed_by(kind: str, columns: tuple[str, ...], units: frozenset[str]) -> tuple[int, ...]:
    fed = _FED[kind]
    wanted = {*_KEYS, *_ALWAYS, *(column for unit in units for column in fed.get(unit, ()))}
    return tuple([at for at, column in enumerate(columns) if column in wanted])


@lru_cache(maxsize=1000)
def _needed(kind: str, units: frozenset[str]) -> frozenset[str]:
    """What a record is found by is made from all of that when one answer of it was edited."""
    searched = {unit for unit, columns in _FED[kind].items() if _FOUND_BY[0] in columns}
    return units if searched.isdisjoint(units) else units | searched
