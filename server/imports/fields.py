"""What a column of somebody's table may hold, and the names that people give such columns.

The names are in `columns.csv`: the field, what it is called, and what else it goes by.
"""

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from msgspec import Struct

from server.imports.cells import header_key
from shared.wire import Words

NAME = "household.head_name"
NUMBER = "household.household_no"
PEOPLE = "household.people_count"
PLATE = "dwelling.plate"
CODE = "dwelling.code"
ADDRESS = "dwelling.address"
BUILDING = "dwelling.building"
UNIT = "dwelling.unit_no"
FLOOR = "dwelling.floor"
ROOM = "dwelling.room"
ID_NUMBER = "resident.id_number"
RELATION = "row.relation"
GRID = "row.grid"
IGNORED = "row.ignored"

CONTAINED_MIN = 2
"""Characters that a name must have to be found inside a longer header."""
SURE = 100


class Field(Struct, frozen=True):
    """One thing that a column may hold."""

    key: str
    """`kind.unit` of the register; `row.` for what only places the row."""
    words: Words
    """What it is called where no form names it."""
    names: tuple[str, ...]
    """Headers that mean it, as `header_key` gives them."""

    @property
    def kind(self) -> str:
        """The kind of record that it goes into."""
        return self.key.partition(".")[0]

    @property
    def unit(self) -> str:
        """The unit of that record."""
        return self.key.partition(".")[2]


@lru_cache(maxsize=1)
def fields() -> Mapping[str, Field]:
    """Every field by its key, in the order that people are shown them."""
    text = files("server.imports").joinpath("columns.csv").read_text(encoding="utf-8")
    return MappingProxyType({row["key"]: _field(row) for row in csv.DictReader(text.splitlines())})


def field_of(header: str) -> tuple[str, int]:
    """The field that a header means, and how surely: 0 not at all, `SURE` exactly.

    Else the longest name that the header contains: 房东联系电话 is the landlord's phone, not a
    phone.
    """
    key = header_key(header)
    contained: tuple[str, int] = ("", 0)
    for field in fields().values():
        for name in field.names:
            if key and name == key:
                return field.key, SURE
            if len(name) >= CONTAINED_MIN and name in key and len(name) > contained[1]:
                contained = field.key, len(name)
    return contained


def _field(row: Mapping[str, str]) -> Field:
    names = (row["zh"], row["en"], *row["also"].split("|"))
    return Field(
        key=row["key"],
        words=Words(row["zh"], row["en"]),
        names=tuple(header_key(name) for name in names if name),
    )
