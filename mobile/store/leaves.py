"""The index written down, leaf by leaf under seal, so that unlocking need not open every record.

It is a copy, and never believed over the shadow: what has another version there is read again.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, insert, select

from mobile.errors import DamagedRow
from mobile.settings import APP
from mobile.store.base import table_of
from mobile.store.cards import HouseholdCard, ResidentCard, VisitCard
from mobile.store.glimpses import DWELLING_UNITS, HOUSEHOLD_UNITS, Glimpse
from mobile.store.index import GridRules, Index
from mobile.store.kept import Kept, Name
from mobile.store.leaf import Leaf
from mobile.store.tables import LeafRow
from mobile.vault.sealing import Keys

ROWS = 2_000
"""Rows of each kind in a leaf."""


class Title(Struct, frozen=True):
    """What the leaves say, and by which rules they were made; written last."""

    turn: int
    """How often the index has been written down."""
    leaves: int
    made_by: str
    """The app, and how it lays out a leaf: `MADE_BY`."""
    forms: dict[str, str]
    """The version of each kind's form: what is missing or contested depends on it."""
    merged: dict[str, str]
    news: frozenset[str]
    drafting: frozenset[str]
    rules: dict[str, GridRules]


class Leaves:
    """The `leaf` table, and the title that is kept with the account's values."""

    def __init__(self, keys: Keys, kept: Kept) -> None:
        self._seal = keys.seal("leaf")
        self._kept = kept

    def read(self, conn: Connection, forms: Mapping[str, str]) -> Index | None:
        """The index as it was written down; None when it was not, or by other rules."""
        title = self._title(conn)
        if title is None or title.made_by != MADE_BY or title.forms != forms:
            return None
        index = Index()
        index.news, index.drafting = set(title.news), title.drafting
        index.rules = dict(title.rules)
        for record, survivor in title.merged.items():
            index.merged.put(record, survivor)
        of_turn = select(_leaf.c.sealed).where(
            _leaf.c.turn == title.turn, _leaf.c.n == bindparam("wanted")
        )
        try:
            for n in range(title.leaves):
                sealed = conn.execute(of_turn, {"wanted": n}).scalar_one_or_none()
                if sealed is None:
                    return None
                index.load(_decoder.decode(self._seal.open(str(n), title.turn, sealed)))
        except (DamagedRow, msgspec.DecodeError):
            return None
        return index

    def begin(self, conn: Connection) -> int:
        """The turn of a new writing; what an earlier one left behind when it was cut off goes."""
        title = self._title(conn)
        now = title.turn if title else 0
        conn.execute(delete(_leaf).where(_leaf.c.turn != now))
        return now + 1

    def put(self, conn: Connection, turn: int, n: int, leaf: Leaf) -> None:
        """Writes one leaf; nobody reads it before `end`."""
        sealed = self._seal.close(str(n), turn, _encoder.encode(leaf))
        conn.execute(insert(_leaf).values(turn=turn, n=n, sealed=sealed))

    def end(self, conn: Connection, title: Title) -> None:
        """From now on the leaves of this title are read, and the others are gone."""
        self._kept.put(conn, Name.INDEX, title)
        conn.execute(delete(_leaf).where(_leaf.c.turn != title.turn))

    def _title(self, conn: Connection) -> Title | None:
        return self._kept.sound(conn, Name.INDEX, Title)


def only_of_the_office(leaf: Leaf, other: AbstractSet[str]) -> Leaf:
    """The leaf with `other` records marked as showing more than the office has of them."""
    versions = {**leaf.versions, **{record: 0 for record in other if record in leaf.versions}}
    return msgspec.structs.replace(leaf, versions=versions)


_STRUCTS: tuple[type[Struct], ...] = (Leaf, Glimpse, HouseholdCard, ResidentCard, VisitCard)
_UNITS = ",".join(sorted(DWELLING_UNITS | HOUSEHOLD_UNITS))
MADE_BY = "|".join([APP, _UNITS, *(",".join(struct.__struct_fields__) for struct in _STRUCTS)])
_leaf = table_of(LeafRow)
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Leaf)
