"""Finding pairs: records that changed are compared again, in the order in which they changed.

A whole pass is the same from the beginning. Each step is one transaction that also moves the
mark of how far it came, so that a kill loses nothing and compares nothing twice.
"""

from collections.abc import Collection, Iterable
from itertools import combinations

from msgspec import Struct
from sqlalchemy import Connection, Engine, delete, insert, or_, select, update
from sqlmodel import col

from server.clock import Clock
from server.db.bulk import among, chunks, insert_rows
from server.db.engine import reading, writing
from server.db.review_tables import LikenessMarkRow, LikenessPassRow, LookalikeRow
from server.duplicates.likeness import ALIKE_MIN, Pair, Traits, compared
from server.duplicates.marks import SHARED_MAX, marks
from server.duplicates.reading import households_at, traits_of
from server.register.counter import counter
from server.review.changed import changed_after

STEP = 500
"""Records of one transaction."""
COMPARED = ("household", "resident")


class Progress(Struct, frozen=True):
    """How far the comparing has come."""

    version: int
    """Every record is compared as it was at this change number, or later."""
    seq: int
    """Where the town stands."""
    pass_upto: int
    """Where the town stood when the last whole pass began."""

    @property
    def up_to_date(self) -> bool:
        """Whether nothing waits to be compared."""
        return self.version >= self.seq

    @property
    def percent(self) -> int:
        """Of the town's changes."""
        return 100 if self.up_to_date else 100 * self.version // self.seq


class Finder(Struct, frozen=True):
    """Compares the records of every town."""

    engine: Engine
    key: bytes
    """For the marks."""
    clock: Clock

    def progress(self, town: str) -> Progress:
        """How far it has come."""
        with reading(self.engine) as conn:
            return self._progress(conn, town)

    def begin_again(self, town: str) -> None:
        """A whole pass: everything is to be compared again."""
        with writing(self.engine) as conn:
            seq = self._progress(conn, town).seq
            self._put(conn, town, version=0, upto=seq)

    def step(self, town: str) -> Progress:
        """Compares the records that changed next; a few hundred at most."""
        with writing(self.engine) as conn:
            before = self._progress(conn, town)
            changed, version = self._changed(conn, town, before)
            self._compare(conn, town, changed)
            if version > before.version:
                self._put(conn, town, version=version, upto=before.pass_upto)
            return Progress(version, before.seq, before.pass_upto)

    def compare(self, town: str, records: Collection[str]) -> None:
        """Compares these records now: somebody has merged or parted them."""
        with writing(self.engine) as conn:
            self._compare(conn, town, set(records))

    def _progress(self, conn: Connection, town: str) -> Progress:
        row = conn.execute(
            select(LikenessPassRow).where(col(LikenessPassRow.town_id) == town)
        ).one_or_none()
        seq = counter(conn, town).seq
        return Progress(row.version, seq, row.upto) if row else Progress(0, seq, 0)

    def _changed(self, conn: Connection, town: str, at: Progress) -> tuple[set[str], int]:
        """The next records to compare, and the change number up to which they go."""
        rows = changed_after(conn, town, at.version, STEP)
        ids = {row.id for row in rows if row.kind in COMPARED}
        ids |= set(households_at(conn, town, [r.id for r in rows if r.kind == "dwelling"]))
        return ids, rows[-1].version if len(rows) == STEP else at.seq

    def _compare(self, conn: Connection, town: str, ids: Collection[str]) -> None:
        if not ids:
            return
        traits = traits_of(conn, town, ids)
        marked = {each.id: marks(each, self.key) for each in traits.values()}
        self._put_marks(conn, town, ids, marked)
        pairs = self._candidates(conn, town, {m for some in marked.values() for m in some}, ids)
        others = {each for pair in pairs for each in pair} - traits.keys()
        traits |= traits_of(conn, town, others)
        found = [
            compared(traits[one], traits[other])
            for one, other in pairs
            if one in traits and other in traits and traits[one].kind == traits[other].kind
        ]
        self._put_pairs(conn, town, ids, ([p for p in found if p.score >= ALIKE_MIN], traits))

    def _put_marks(
        self, conn: Connection, town: str, ids: Collection[str], marked: dict[str, frozenset[int]]
    ) -> None:
        for some in chunks(ids):
            conn.execute(
                delete(LikenessMarkRow).where(
                    col(LikenessMarkRow.town_id) == town,
                    among(conn, col(LikenessMarkRow.record_id), some),
                )
            )
        rows = [(town, mark, record) for record, some in marked.items() for mark in sorted(some)]
        insert_rows(conn, LikenessMarkRow, ("town_id", "mark", "record_id"), rows)

    def _candidates(
        self, conn: Connection, town: str, wanted: Collection[int], ids: Collection[str]
    ) -> set[tuple[str, str]]:
        """Pairs that share a mark, at least one of them among `ids`."""
        shared: dict[int, list[str]] = {}
        for some in chunks(sorted(wanted), 900):
            rows = conn.execute(
                select(col(LikenessMarkRow.mark), col(LikenessMarkRow.record_id)).where(
                    col(LikenessMarkRow.town_id) == town, col(LikenessMarkRow.mark).in_(some)
                )
            )
            for row in rows:
                shared.setdefault(row.mark, []).append(row.record_id)
        few = (sorted(some) for some in shared.values() if len(some) <= SHARED_MAX)
        fresh = set(ids)
        return {
            pair
            for some in few
            for pair in combinations(some, 2)
            if pair[0] in fresh or pair[1] in fresh
        }

    def _put_pairs(
        self,
        conn: Connection,
        town: str,
        ids: Collection[str],
        found: tuple[list[Pair], dict[str, Traits]],
    ) -> None:
        pairs, traits = found
        known = self._drop_pairs(conn, town, ids)
        now = self.clock()
        rows = [
            (
                town, pair.one, pair.other, traits[pair.one].kind, traits[pair.one].grid,
                traits[pair.other].grid, pair.score, " ".join(pair.reasons),
                known.get((pair.one, pair.other), now),
            )
            for pair in pairs
        ]  # fmt: skip
        insert_rows(conn, LookalikeRow, _PAIR, rows)

    def _drop_pairs(
        self, conn: Connection, town: str, ids: Collection[str]
    ) -> dict[tuple[str, str], int]:
        """Forgets the pairs of these records; when each was found."""
        known: dict[tuple[str, str], int] = {}
        for some in chunks(ids):
            mine = (
                col(LookalikeRow.town_id) == town,
                or_(
                    among(conn, col(LookalikeRow.one_id), some),
                    among(conn, col(LookalikeRow.other_id), some),
                ),
            )
            for row in conn.execute(select(LookalikeRow).where(*mine)):
                known[row.one_id, row.other_id] = row.found_at
            conn.execute(delete(LookalikeRow).where(*mine))
        return known

    def _put(self, conn: Connection, town: str, *, version: int, upto: int) -> None:
        values = {"version": version, "upto": upto, "changed_at": self.clock()}
        mine = col(LikenessPassRow.town_id) == town
        done = conn.execute(update(LikenessPassRow).where(mine).values(**values))
        if done.rowcount == 0:
            conn.execute(insert(LikenessPassRow).values(town_id=town, **values))


def run(finder: Finder, town: str) -> Iterable[Progress]:
    """Compares until nothing is left, telling how far it has come after each step."""
    progress = finder.progress(town)
    while not progress.up_to_date:
        progress = finder.step(town)
        yield progress


_PAIR = (
    "town_id", "one_id", "other_id", "kind", "one_grid", "other_grid", "score", "reasons",
    "found_at",
)  # fmt: skip
