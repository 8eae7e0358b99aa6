"""Taking a whole import back: what nobody has touched since goes, the rest stays and is told.

Undoing is ordinary changes too: phones hear of it, and the timeline shows both.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from msgspec import Struct
from sqlalchemy import Connection, select, update
from sqlmodel import col

from server.db.bulk import among
from server.db.engine import reading
from server.db.office_tables import ImportRow
from server.db.projections import HouseholdRow, ResidentRow, VisitRow
from server.db.register_tables import JournalRow
from server.errors import NotFound
from server.imports.reports import JobState
from server.office.act import acting, require
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.edits import Edit, edit_of
from server.register.entries import Bookkeeper
from server.register.sealing import Seal
from server.register.store import RecordStore
from server.services import Services
from shared.changes import Answer, ChangeKind
from shared.records import Record


class Undone(Struct, frozen=True):
    """What became of the records of an import."""

    taken_back: int
    left: tuple[str, ...]
    """Changed since, or others refer to them by now."""
    file_name: str
    done_at: int | None
    """When the import was made, ms."""


class _Brought(Struct, frozen=True):
    """What an import did to one record."""

    created: bool
    last: int
    """The number of its last change."""
    before: Mapping[str, Answer]
    """What stood in the units that it wrote."""


@dataclass(frozen=True)
class Undoing:
    """Takes imports back."""

    services: Services

    def look(self, who: AccountIdentity, job: str) -> Undone:
        """What `undo` would do. Raises NotFound or OfficeRefused."""
        require(who, Action.IMPORT)
        with reading(self.services.engine) as conn:
            edits, left = self._plan(conn, who, job)
            return Undone(len(edits), left, *_made(conn, who.town, job))

    def undo(self, who: AccountIdentity, job: str) -> Undone:
        """Takes back what nobody has touched since; again changes nothing. Raises NotFound."""
        require(who, Action.IMPORT)
        with reading(self.services.engine) as conn:
            edits, left = self._plan(conn, who, job)
            made = _made(conn, who.town, job)
        if edits:
            # A change that comes in between makes a conflict of it, as of any edit.
            self.services.register.deeds.edit(who, edits, Deed.IMPORT_UNDONE, job)
        with acting(self.services.engine, self.services.keys, who, self.services.clock) as act:
            act.conn.execute(
                update(ImportRow)
                .where(col(ImportRow.town_id) == who.town, col(ImportRow.id) == job)
                .values(state=JobState.UNDONE.value)
            )
            if not edits:
                act.note(Deed.IMPORT_UNDONE, job)
        return Undone(len(edits), left, *made)

    def _plan(
        self, conn: Connection, who: AccountIdentity, job: str
    ) -> tuple[list[Edit], tuple[str, ...]]:
        self._check(conn, who, job)
        brought = self._brought(conn, who, job)
        store = RecordStore(conn, who.town, Seal(self.services.keys))
        records = store.records(sorted(brought))
        changed = {
            record.id
            for record in records.values()
            if record.version != brought[record.id].last or record.grid not in who.grids
        }
        created = {each for each, what in brought.items() if what.created}
        left = _with_relations(conn, who.town, (set(records), created), changed)
        edits = [
            _edit(records[each], brought[each])
            for each in sorted(brought, key=lambda each: -brought[each].last)
            if each not in left and not records[each].deleted
        ]
        return edits, tuple(sorted(left))

    def _check(self, conn: Connection, who: AccountIdentity, job: str) -> None:
        row = conn.execute(
            select(col(ImportRow.state), col(ImportRow.grid)).where(
                col(ImportRow.town_id) == who.town, col(ImportRow.id) == job
            )
        ).one_or_none()
        if row is None or row.grid not in who.grids:
            raise NotFound
        if row.state != JobState.DONE.value:
            raise refused(
                "import_not_done",
                "只有已导入且未撤销的表格可以撤销。",
                "Only an import that was done, and not undone, can be taken back.",
            )

    def _brought(self, conn: Connection, who: AccountIdentity, job: str) -> dict[str, _Brought]:
        book = Bookkeeper(who.town, Seal(self.services.keys))
        found: dict[str, _Brought] = {}
        for line in book.lines(conn, col(JournalRow.save_id) == job):
            known = found.get(line.record_id, _Brought(False, 0, {}))
            told = book.told(line)
            # Of a unit that was written twice, the value before the first time counts.
            before = {unit: told.before.get(unit) for unit in told.units} | dict(known.before)
            created = known.created or line.kind == ChangeKind.CREATE
            found[line.record_id] = _Brought(created, line.seq, before)
        return found


def _edit(record: Record, brought: _Brought) -> Edit:
    if brought.created:
        return edit_of(record, ChangeKind.DELETE, {}, record.version)
    return edit_of(record, ChangeKind.SET, dict(brought.before), record.version)


def _made(conn: Connection, town: str, job: str) -> tuple[str, int | None]:
    """The file of an import, and when it was written."""
    found = conn.execute(
        select(col(ImportRow.file_name), col(ImportRow.done_at)).where(
            col(ImportRow.town_id) == town, col(ImportRow.id) == job
        )
    ).one()
    return found.file_name, found.done_at


def _with_relations(
    conn: Connection, town: str, ours: tuple[set[str], set[str]], changed: set[str]
) -> set[str]:
    """Those that stay: what was changed, what others refer to, and what these belong to.

    ours: the records of the import, and those of them that it created. Only these can go.
    """
    records, created = ours
    links = list(_links(conn, town, created))
    left = changed | {home for part, home in links if part not in records}
    while True:
        more = {home for part, home in links if part in left}
        more |= {part for part, home in links if home in left and part in created}
        if more <= left:
            return left
        left |= more


def _links(conn: Connection, town: str, ids: set[str]) -> Iterator[tuple[str, str]]:
    """Which record is a part of which of these."""
    for model, column in (
        (HouseholdRow, col(HouseholdRow.dwelling_id)),
        (ResidentRow, col(ResidentRow.household_id)),
        (VisitRow, col(VisitRow.household_id)),
        (VisitRow, col(VisitRow.dwelling_id)),
    ):
        rows = conn.execute(
            select(col(model.id), column).where(
                col(model.town_id) == town,
                among(conn, column, ids),
                col(model.deleted).is_(False),
            )
        )
        yield from ((str(part), str(home)) for part, home in rows)
