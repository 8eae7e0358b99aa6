"""Comparing the register with the replay of its journal, and what hangs on it with it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct, structs
from sqlalchemy import ColumnElement, func, select
from sqlmodel import SQLModel, col

from server.db.bulk import Value, table_of
from server.db.projections import VisitRow
from server.db.register_tables import ConflictRow, GridSumRow, JournalRow, RecordRow
from server.register.claim_check import ClaimCheck
from server.register.claims import ClaimTable
from server.register.contested import OPEN, VALUES, ConflictTable
from server.register.counter import GridSum, counter, grid_sums
from server.register.entries import Bookkeeper
from server.register.folding import Folds, read_folded
from server.register.projecting import Projector
from server.register.projections import PROJECTIONS
from server.register.rebuild import Due, Rebuilder, add_sums
from shared.codec import Stored, pack
from shared.merge import Rules, merge
from shared.records import Record
from shared.work.cases import Folded
from shared.work.values import STEP_KINDS


class Verified(Struct, frozen=True):
    """What a check found; all differences are empty when all is well."""

    records: int
    changes: int
    register_differs: tuple[str, ...] = ()
    """Ids of records that are not what the journal says."""
    rest_differs: tuple[str, ...] = ()
    """`table:id` of projections, conflicts and sums that are not what the register says."""

    @property
    def well(self) -> bool:
        """Whether nothing differs."""
        return not self.register_differs and not self.rest_differs


def replayed(source: Rebuilder, ids: Sequence[str]) -> tuple[dict[str, Record], int]:
    """The records as their journal makes them, and how many changes that took."""
    conn, town, shelf = source.conn, source.town, source.shelf
    book = Bookkeeper(town, source.seal)
    records: dict[str, Record] = {}
    count = 0
    for line in book.lines(conn, col(JournalRow.record_id).in_(ids)):
        count += 1
        form = shelf.version(conn, town, line.record_kind, line.rules)
        rules = form.rules if form else Rules()
        known = records.get(line.record_id)
        merged = merge(known, book.change(line), line.write, rules)
        records[line.record_id] = merged.record
    return records, count


class Verifier:
    """Checks one town. Changes nothing."""

    def __init__(self, source: Rebuilder) -> None:
        self._source = source
        self._projector = Projector(source.conn, source.town, source.id_key)
        claims = ClaimTable(source.conn, source.town, source.id_key, source.now)
        self._claims = ClaimCheck(claims, source.shelf.current(source.conn, source.town))
        self._folds = Folds(source.conn, source.town)
        self._differs: list[str] = []
        self._sums: dict[str, GridSum] = {}
        self._forgotten = counter(source.conn, source.town).forgotten
        self._counts: Counter[str] = Counter()
        self._visits: dict[str, tuple[int, str, str]] = {}
        self._last_visits: dict[str, tuple[Value, Value]] = {}
        self._merged: dict[str, str] = {}
        self._corrected = self._corrections()

    def verify(self) -> Verified:
        """Compare everything that is kept twice."""
        changes = 0
        register_differs: list[str] = []
        for some in self._source.due():
            again, count = replayed(self._source, [due.record.id for due in some])
            changes += count
            register_differs += [
                due.record.id for due in some if not _are_same(again.get(due.record.id), due.record)
            ]
            self._check(some)
        if changes != self._rows_of(JournalRow):
            register_differs.append("journal")  # it speaks of records that are not there
        self._check_wholes()
        total = self._counts["record"]
        return Verified(total, changes, tuple(register_differs), tuple(self._differs))

    def _check(self, some: Sequence[Due]) -> None:
        add_sums(self._sums, some, self._forgotten)
        self._check_rows(some)
        self._differs += self._claims.check(due.record for due in some)
        table = ConflictTable(self._source.conn, self._source.town, self._source.seal, 0)
        opened = table.opened([due.record.id for due in some])
        places = self._places([due.record.id for due in some])
        for due in some:
            if places[due.record.id] != (due.record.grid, due.record.deleted):
                self._differs.append(f"record:{due.record.id}")
            self._counts["record"] += 1
            self._counts["conflict"] += len(due.contested)
            if opened.get(due.record.id, {}).keys() != due.contested:
                self._differs.append(f"conflict:{due.record.id}")

    def _places(self, ids: Sequence[str]) -> dict[str, tuple[str, bool]]:
        wanted = select(col(RecordRow.id), col(RecordRow.grid), col(RecordRow.deleted)).where(
            col(RecordRow.town_id) == self._source.town, col(RecordRow.id).in_(ids)
        )
        return {row.id: (row.grid, row.deleted) for row in self._source.conn.execute(wanted)}

    def _check_rows(self, some: Sequence[Due]) -> None:
        for kind in PROJECTIONS:
            of_kind = {due.record.id: due for due in some if due.record.kind == kind}
            rows = self._projector.rows(kind, list(of_kind))
            folds = self._folds.fold(of_kind) if kind in STEP_KINDS else {}
            for record, due in of_kind.items():
                expected = dict(self._projector.expected(due.projected))
                row = dict(rows.get(record, {}))
                if kind == "household":
                    self._last_visits[record] = (row.pop(_AT, None), row.pop(_OUTCOME, None))
                    expected.pop(_AT), expected.pop(_OUTCOME)
                    self._merged[record] = str(expected["alias_of"] or "")
                kept = row.pop("folded", None)
                if row != expected or not _as_folded(kept, folds.get(record)):
                    self._differs.append(f"{kind}:{record}")
                self._counts[kind] += 1
                if kind == "visit":
                    self._note_visit(expected)

    def _note_visit(self, visit: Mapping[str, Value]) -> None:
        household = visit["household_id"]
        if household is None or visit["deleted"] or visit["id"] in self._corrected:
            return
        this = (int(visit["started"] or 0), str(visit["id"]), str(visit["outcome"]))
        self._visits[str(household)] = max(self._visits.get(str(household), this), this)

    def _with_merged(self) -> dict[str, tuple[int, str, str]]:
        """The last visit of each household, under whichever name it was visited."""
        last = dict(self._visits)
        for merged in self._merged:
            this, seen, at = self._visits.get(merged), {merged}, self._merged[merged]
            while this is not None and at and at not in seen:
                last[at] = max(last.get(at, this), this)
                seen.add(at)
                at = self._merged.get(at, "")
        return last

    def _corrections(self) -> set[str]:
        """The visits in whose place others stand; each of those rows is checked too."""
        wanted = select(col(VisitRow.corrects)).where(
            col(VisitRow.town_id) == self._source.town,
            col(VisitRow.corrects).is_not(None),
            col(VisitRow.deleted).is_(False),
        )
        return {str(visit) for visit in self._source.conn.execute(wanted).scalars()}

    def _check_wholes(self) -> None:
        """What can only be said once every record was seen."""
        last = self._with_merged()
        for household, row in self._last_visits.items():
            started, _, outcome = last.get(household, (None, "", ""))
            if row != (started, outcome):
                self._differs.append(f"household:{household}")
        for model in dict.fromkeys(projection.model for projection in PROJECTIONS.values()):
            kinds = [kind for kind, one in PROJECTIONS.items() if one.model is model]
            if self._rows_of(model) != sum(self._counts[kind] for kind in kinds):
                self._differs.append(f"{model.__tablename__}:*")
        waiting = (col(ConflictRow.state) == OPEN, col(ConflictRow.about) == VALUES)
        if self._rows_of(ConflictRow, *waiting) != self._counts["conflict"]:
            self._differs.append("conflict:*")
        self._differs += self._claims.check_whole()
        grids = self._grids()
        kept = grid_sums(self._source.conn, self._source.town, grids)
        for grid in {*grids, *self._sums}:
            if kept.get(grid, GridSum()) != self._sums.get(grid, GridSum()):
                self._differs.append(f"grid_sum:{grid}")

    def _grids(self) -> list[str]:
        wanted = select(col(GridSumRow.grid)).where(col(GridSumRow.town_id) == self._source.town)
        return list(self._source.conn.execute(wanted).scalars())

    def _rows_of(self, model: type[SQLModel], *where: ColumnElement[bool]) -> int:
        table = table_of(model)
        wanted = select(func.count()).select_from(table)
        of_town = table.c.town_id == self._source.town
        return self._source.conn.execute(wanted.where(of_town, *where)).scalar_one()


_AT, _OUTCOME = "last_visit_at", "last_outcome"


def _as_folded(kept: Value, told: Folded | None) -> bool:
    """Whether what is kept beside a case is what its steps come to; other records keep nothing."""
    if told is None or not isinstance(kept, str):
        return told is None and kept is None
    return read_folded(kept) == told


def _are_same(replayed: Record | None, stored: Record) -> bool:
    if replayed is None:
        return False
    return replayed.grid == stored.grid and _ordered(replayed) == _ordered(stored)


def _ordered(record: Record) -> Stored:
    """The record in bytes, whichever units were sealed apart."""
    units = {name: record.units[name] for name in sorted(record.units)}
    return pack(structs.replace(record, units=units))
