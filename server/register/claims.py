"""Claims to numbers that a form calls unique: the first keeps it, the second is queued.

Nobody's answer is refused for it: on a phone nobody can know what another one has just registered.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, func, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.bulk import among, insert_rows, table_of
from server.db.office_tables import AreaRow
from server.db.register_tables import ClaimRow, ConflictRow, RecordRow
from server.register.claiming import COMMUNITY, Claim, Claimant, second_claims
from server.register.contested import CLAIM, CLOSED, OPEN
from server.register.published import Published
from server.register.standing import Standing
from shared.changes import ALIAS, GRID, ChangeKind
from shared.records import Record, Write

_COLUMNS = ("town_id", "mark", "record_id", "unit", "seq")
_CONFLICT_COLUMNS = (
    "town_id", "id", "record_id", "record_kind", "unit", "about", "grid", "state", "opened_seq",
    "opened_at",
)  # fmt: skip
_PLACING = frozenset({ChangeKind.MOVE, ChangeKind.DELETE, ChangeKind.RESTORE})


class ClaimTable(Struct, frozen=True):
    """One town's claims, over one connection, for the holder of the counter."""

    conn: Connection
    town: str
    key: bytes
    now: int

    def keep(self, standings: Iterable[Standing], current: Mapping[str, Published]) -> None:
        """Make the claims, and the conflicts about them, what the written records say."""
        claimants = self.claimants(current)
        gone: set[Claim] = set()
        new: set[Claim] = set()
        last: Standing | None = None
        for each in standings:
            claimant = claimants.get(each.subject.kind)
            if claimant is None or not _concerned(each, claimant.form.unique):
                continue
            last = each
            if each.before is None:
                new.update(claimant.of_standing(each))
                continue
            old, now = set(claimant.of_record(each.before)), set(claimant.of_standing(each))
            gone |= old - now
            new |= now - old
        if last is not None and (gone or new):
            self._write(gone, new)
            self._queue(gone, new, last.last_about(""))

    def claimants(self, current: Mapping[str, Published]) -> dict[str, Claimant]:
        """Who tells what is claimed, for each kind whose form calls anything unique."""
        forms = {kind: form for kind, form in current.items() if form.unique}
        asked = any(COMMUNITY in form.unique.values() for form in forms.values())
        communities = self._communities() if asked else {}
        return {kind: Claimant(form, communities, self.key) for kind, form in forms.items()}

    def stored(self, marks: Collection[str]) -> list[Claim]:
        """The claims to these numbers, in their order."""
        table = table_of(ClaimRow)
        rows = self.conn.execute(
            select(table.c.mark, table.c.seq, table.c.record_id, table.c.unit).where(
                table.c.town_id == self.town, among(self.conn, table.c.mark, marks)
            )
        )
        return sorted(Claim(*row) for row in rows)

    def beside(self, record: Record, unit: str, claimant: Claimant) -> list[Claim]:
        """The claims to the number that a record has in a unit, its own among them."""
        marks = [claim.mark for claim in claimant.of_record(record) if claim.unit == unit]
        return self.stored(marks)

    def clear(self) -> None:
        """Forget every claim of the town, before all are made again."""
        self.conn.execute(delete(ClaimRow).where(col(ClaimRow.town_id) == self.town))

    def forget(self, units: Mapping[str, Collection[str]]) -> None:
        """Forget what records claimed in some units, by record: the answers were taken out."""
        for record, some in units.items():
            self.conn.execute(
                delete(ClaimRow).where(
                    col(ClaimRow.town_id) == self.town,
                    col(ClaimRow.record_id) == record,
                    among(self.conn, col(ClaimRow.unit), some),
                )
            )
        self.remake()

    def make(self, claims: Iterable[Claim]) -> None:
        """Note claims that are not there yet."""
        rows = [(self.town, each.mark, each.record, each.unit, each.seq) for each in claims]
        insert_rows(self.conn, ClaimRow, _COLUMNS, rows)

    def remake(self) -> None:
        """Make the conflicts about claims anew, where they are not what the claims say."""
        second = {(claim.record, claim.unit): claim for claim in second_claims(self.repeated())}
        opened = self.waiting()
        for pair in opened.keys() - second.keys():
            self.conn.execute(
                delete(ConflictRow).where(
                    col(ConflictRow.town_id) == self.town, col(ConflictRow.id) == opened[pair]
                )
            )
        self._open([claim for pair, claim in second.items() if pair not in opened])

    def repeated(self) -> list[Claim]:
        """The claims to every number that more than one record claims, in their order."""
        return self.stored(self._repeated(None))

    def waiting(self) -> dict[tuple[str, str], str]:
        """The ids of the open conflicts about claims, by record and unit."""
        return self._opened(None)

    def restate(self, marks: Collection[str], last: Write) -> None:
        """Make the conflicts about these numbers anew, where they are not as they should be."""
        claims = self.stored(marks)
        second = {(claim.record, claim.unit): claim for claim in second_claims(claims)}
        opened = self._opened({claim.record for claim in claims})
        for claim in claims:
            pair = claim.record, claim.unit
            if pair in opened and pair not in second:
                self._close(opened[pair], last)
        self._open([claim for pair, claim in second.items() if pair not in opened])

    def _communities(self) -> dict[str, str]:
        rows = self.conn.execute(_AREAS, {"town": self.town})
        return {row.id: row.parent_id or "" for row in rows}

    def _write(self, gone: Collection[Claim], new: Collection[Claim]) -> None:
        for claim in gone:
            self.conn.execute(
                delete(ClaimRow).where(
                    col(ClaimRow.town_id) == self.town,
                    col(ClaimRow.mark) == claim.mark,
                    col(ClaimRow.record_id) == claim.record,
                    col(ClaimRow.unit) == claim.unit,
                )
            )
        self.make(sorted(new))

    def _queue(self, gone: set[Claim], new: set[Claim], last: Write) -> None:
        """Open and close conflicts so that every second claim waits, and no other."""
        marks = {claim.mark for claim in gone | new}
        if not gone and not self._repeated(marks):
            return  # nearly always: new numbers that nobody else has
        claims = self.stored(marks)
        left = {(claim.record, claim.unit) for claim in gone}
        left -= {(claim.record, claim.unit) for claim in claims}
        opened = self._opened({record for record, _ in left})
        for pair in left & opened.keys():
            self._close(opened[pair], last)
        self.restate(marks, last)

    def _repeated(self, marks: Collection[str] | None) -> list[str]:
        """Those of the numbers, or of all, that more than one record claims."""
        table = table_of(ClaimRow)
        wanted = select(table.c.mark).where(table.c.town_id == self.town)
        if marks is not None:
            wanted = wanted.where(among(self.conn, table.c.mark, marks))
        wanted = wanted.group_by(table.c.mark).having(func.count() > 1)
        return list(self.conn.execute(wanted).scalars())

    def _opened(self, records: Collection[str] | None) -> dict[tuple[str, str], str]:
        wanted = select(
            col(ConflictRow.record_id), col(ConflictRow.unit), col(ConflictRow.id)
        ).where(
            col(ConflictRow.town_id) == self.town,
            col(ConflictRow.state) == OPEN,
            col(ConflictRow.about) == CLAIM,
        )
        if records is not None:
            wanted = wanted.where(among(self.conn, col(ConflictRow.record_id), records))
        rows = self.conn.execute(wanted)
        return {(record, unit): conflict for record, unit, conflict in rows}

    def _open(self, claims: Sequence[Claim]) -> None:
        if not claims:
            return
        found = self.conn.execute(
            select(col(RecordRow.id), col(RecordRow.kind), col(RecordRow.grid)).where(
                col(RecordRow.town_id) == self.town,
                among(self.conn, col(RecordRow.id), {claim.record for claim in claims}),
            )
        )
        places = {row.id: (row.kind, row.grid) for row in found}
        rows = [
            (
                self.town, new_id(self.now), claim.record, places[claim.record][0], claim.unit,
                CLAIM, places[claim.record][1], OPEN, claim.seq, self.now,
            )
            for claim in claims
        ]  # fmt: skip
        insert_rows(self.conn, ConflictRow, _CONFLICT_COLUMNS, rows)

    def _close(self, conflict: str, last: Write) -> None:
        self.conn.execute(
            update(ConflictRow)
            .where(col(ConflictRow.town_id) == self.town, col(ConflictRow.id) == conflict)
            .values(state=CLOSED, closed_seq=last.seq, closed_at=self.now, closed_by=last.worker)
        )


def _concerned(each: Standing, unique: Mapping[str, str]) -> bool:
    """Whether what was written may change what the record claims."""
    before, after = each.before, each.subject
    if before is None or before.grid != after.grid or before.deleted != after.deleted:
        return True
    return any(
        entry.change.kind in _PLACING
        or ALIAS in entry.change.units
        or GRID in entry.change.units
        or not unique.keys().isdisjoint(entry.change.units)
        for entry in each.entries
    )


# Asked by every push: made once.
_AREAS = select(col(AreaRow.id), col(AreaRow.parent_id)).where(
    col(AreaRow.town_id) == bindparam("town")
)
