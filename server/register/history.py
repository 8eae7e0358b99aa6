"""The timeline of a record, read from the journal."""

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from server.db.bulk import chunks
from server.db.office_tables import DeviceRow
from server.db.projections import HouseholdRow, ResidentRow, VisitRow
from server.register.aliases import merged_into, real_device
from server.register.author import CONSOLE
from server.register.entries import Bookkeeper, JournalLine, Told
from server.register.names import names_of
from server.register.sealing import Seal
from shared.changes import Answer, ChangeKind


class UnitStep(Struct, frozen=True):
    """What one change did to one unit."""

    unit: str
    written: Answer
    """What the author wrote; for `add` and `remove`, the elements."""
    before: Answer
    """What the register showed before."""
    after: Answer
    """What it showed then: another value than `written` where a policy or a conflict says so."""
    old: Answer
    """What the author had seen."""


class JournalEntry(Struct, frozen=True, kw_only=True):
    """One step of a timeline."""

    seq: int
    kind: ChangeKind
    record: str
    record_kind: str
    grid: str
    """The record's grid after the change."""
    who: str
    who_name: str
    on_behalf_of: str | None
    on_behalf_name: str
    """Of the worker for whom `who` typed it in; "" for nobody."""
    device: str
    console: bool
    """Made on the console, not on a phone."""
    claimed: int
    """When, by the device's own clock, ms."""
    effective: int
    """When, corrected."""
    received: int
    base: int
    form: str
    visit: str | None
    save: str
    outcome: str
    contested: tuple[str, ...]
    """Units that this change left in conflict, and those of it that were refused."""
    units: tuple[UnitStep, ...]
    corrects: str = ""
    """See Change.corrects."""


class Historian(Struct, frozen=True):
    """Reads one town's timelines, over one connection."""

    conn: Connection
    town: str
    seal: Seal

    def timeline(self, record: str, *, with_children: bool) -> list[JournalEntry]:
        """Every step of a record, oldest first.

        with_children: with those of what was merged into it, and of what refers to any of them.
        """
        records = [record]
        if with_children:
            family = merged_into(self.conn, self.town, records)
            records = [*family, *(child for each in family for child in self._children(each))]
        return self.entries(Bookkeeper(self.town, self.seal).lines_of(self.conn, records))

    def entries(self, lines: Collection[JournalLine]) -> list[JournalEntry]:
        """Journal rows as people read them."""
        book = Bookkeeper(self.town, self.seal)
        people = {line.worker_id for line in lines}
        behalf = {line.on_behalf_of for line in lines if line.on_behalf_of}
        names = names_of(self.conn, self.town, people | behalf)
        consoles = self._consoles({real_device(line.device_id) for line in lines})
        return [
            _entry(line, book.told(line), names, real_device(line.device_id) in consoles)
            for line in lines
        ]

    def _children(self, record: str) -> Iterator[str]:
        """The residents and visits of a household, the households and visits of a dwelling."""
        for row, parent in (
            (ResidentRow, col(ResidentRow.household_id)),
            (VisitRow, col(VisitRow.household_id)),
            (HouseholdRow, col(HouseholdRow.dwelling_id)),
        ):
            wanted = select(col(row.id)).where(col(row.town_id) == self.town, parent == record)
            yield from self.conn.execute(wanted).scalars()

    def _consoles(self, devices: Collection[str]) -> set[str]:
        wanted = select(col(DeviceRow.id)).where(
            col(DeviceRow.town_id) == self.town, col(DeviceRow.kind) == CONSOLE
        )
        return {
            device
            for some in chunks(devices)
            for device in self.conn.execute(wanted.where(col(DeviceRow.id).in_(some))).scalars()
        }


def _entry(line: JournalLine, told: Told, names: Mapping[str, str], console: bool) -> JournalEntry:
    return JournalEntry(
        seq=line.seq,
        kind=ChangeKind(line.kind),
        record=line.record_id,
        record_kind=line.record_kind,
        grid=line.grid,
        who=line.worker_id,
        who_name=names.get(line.worker_id, line.worker_id),
        on_behalf_of=line.on_behalf_of,
        on_behalf_name=names.get(line.on_behalf_of or "", ""),
        device=line.device_id,
        console=console,
        claimed=line.claimed,
        effective=line.effective,
        received=line.received,
        base=line.base,
        form=line.form,
        visit=line.visit_id,
        save=line.save_id,
        outcome=line.outcome,
        contested=tuple(line.units.split()),
        corrects=told.corrects,
        units=tuple(
            UnitStep(
                unit=unit,
                written=written,
                before=told.before.get(unit),
                after=told.after.get(unit, written),
                old=told.old.get(unit),
            )
            for unit, written in told.units.items()
        ),
    )
