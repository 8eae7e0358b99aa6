"""A household's timeline, as far as this device knows it: what stands, who wrote it, and before.

The device has every value that still stands, with its author, and its own saves of the last weeks
with what they replaced. What others overwrote before it came here is in the office's journal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection

from mobile.store.cards import VisitCard
from mobile.store.entries import Entry
from mobile.store.index import Index
from mobile.store.shelf import Shelf
from mobile.store.values import OutboxState
from shared.answers import elements_of, same
from shared.changes import DELETED, GRID, NOTE, Answer, ChangeKind
from shared.merge import conflicts, settled
from shared.policies import Policy
from shared.records import PENDING, Record, Write

EVENTS_MAX = 300
"""Saves that are told of one household; visits beyond this are older than anybody asks."""


class Touch(Struct, frozen=True, kw_only=True):
    """One answer that a save gave."""

    record: str
    kind: str
    unit: str
    value: Answer
    before: Answer = None
    """What it replaced, where this device knows it."""
    knows_before: bool = False
    stands: bool = False
    """It is what is shown now."""
    contested: bool = False
    """It is one of the answers between which the office must decide."""
    decided: bool = False
    """It was one of several answers, and the office has decided since."""


class Event(Struct, frozen=True, kw_only=True):
    """One save, or one visit with all that was learnt at it."""

    key: str
    at: int
    """When, corrected, ms."""
    claimed: int
    """When, by the clock of the author's device, ms."""
    worker: str
    worker_name: str
    mine: bool
    pending: bool
    visit: str = ""
    save: str = ""
    """The own save, while this device keeps it: it can be taken back."""
    note: str = ""
    """What the own save noted down, such as why a family moved."""
    created: tuple[str, ...] = ()
    """Records that it registered."""
    touches: tuple[Touch, ...] = ()


@dataclass
class _Gathered:
    """An event while it is put together."""

    write: Write
    save: str = ""
    note: str = ""
    created: list[str] = field(default_factory=list)
    touches: dict[tuple[str, str], Touch] = field(default_factory=dict)


class Timeline:
    """Reads the timelines of households."""

    def __init__(self, shelf: Shelf, index: Index) -> None:
        self._shelf = shelf
        self._index = index

    def events(self, household: str) -> tuple[Event, ...]:
        """What happened to the household, its people and its home, the newest first."""
        with self._shelf.database.alone(), self._shelf.database.reading() as conn:
            visits = self._index.visits(household)[:EVENTS_MAX]
            ids = self._told_of(household)
            found = [self._shelf.shown(conn, one) for one in ids]
            shown = {record.id: record for record in found if record is not None}
            entries = self._shelf.outbox.of_records(conn, ids)
            disputed = self._disputed(conn, entries)
        gathered: dict[str, _Gathered] = {}
        for record in shown.values():
            self._standing(record, gathered)
        for entry in sorted(entries, key=lambda entry: entry.place):
            self._saved(entry, shown, gathered, disputed)
        # Visits are told from their cards: a household may have hundreds, all under seal.
        events = [self._visit(visit, gathered.pop(visit.id, None)) for visit in visits]
        events += [self._event(key, one) for key, one in gathered.items()]
        return tuple(sorted(events, key=lambda one: (-one.at, one.key))[:EVENTS_MAX])

    def values(self, household: str, record: str, unit: str) -> tuple[tuple[Event, Touch], ...]:
        """Every value of one unit that this device knows of, with its save, the newest first."""
        return tuple(
            (event, touch)
            for event in self.events(household)
            for touch in event.touches
            if (touch.record, touch.unit) == (record, unit)
        )

    def _told_of(self, household: str) -> list[str]:
        card = self._index.card(household)
        dwelling = card.dwelling if card else None
        members = [member.id for member in self._index.members(household)]
        return [self._index.called(household), *members, *([dwelling] if dwelling else [])]

    def _disputed(self, conn: Connection, entries: Iterable[Entry]) -> dict[int, tuple[str, ...]]:
        """The units of own changes that the office found in conflict, by place."""
        found = {}
        for entry in entries:
            if entry.state is OutboxState.ACKED:
                result = self._shelf.outbox.result(conn, entry.place)
                if result is not None and result.outcome == "conflict":
                    found[entry.place] = result.units or tuple(entry.change.units)
        return found

    def _standing(self, record: Record, gathered: dict[str, _Gathered]) -> None:
        rules = self._shelf.rules(record.kind)
        contested = conflicts(record, rules)
        for unit, candidates in record.units.items():
            now = settled(record, unit, rules).value
            is_set = rules.policy(unit) is Policy.UNION
            for candidate in candidates:
                write = max(candidate.writes, key=lambda one: (one.effective, one.n))
                one = gathered.setdefault(_key(write), _Gathered(write))
                if unit == GRID:
                    one.created.append(record.id)
                elif not (unit == DELETED and candidate.value is False):
                    known = one.touches.get((record.id, unit))
                    value = _grown(known, candidate.value) if is_set else candidate.value
                    touch = Touch(
                        record=record.id,
                        kind=record.kind,
                        unit=unit,
                        value=value,
                        stands=is_set or same(candidate.value, now),
                        contested=unit in contested,
                    )
                    one.touches[record.id, unit] = touch

    def _saved(
        self,
        entry: Entry,
        shown: dict[str, Record],
        gathered: dict[str, _Gathered],
        disputed: dict[int, tuple[str, ...]],
    ) -> None:
        """Adds what an own save replaced, and what of it has been replaced since."""
        change, record = entry.change, shown.get(entry.change.record)
        if entry.state is OutboxState.REFUSED or record is None:
            return
        write = entry.write(self._shelf.effective(entry))
        one = gathered.setdefault(_key(write), _Gathered(write))
        one.save, one.note = change.save, one.note or str(change.units.get(NOTE) or "")
        if change.kind is ChangeKind.CREATE and record.id not in one.created:
            one.created.append(record.id)
        rules = self._shelf.rules(record.kind)
        contested = conflicts(record, rules)
        for unit, value in _answers(change.kind, change.units.items()):
            known = one.touches.get((record.id, unit))
            is_set = rules.policy(unit) is Policy.UNION
            one.touches[record.id, unit] = Touch(
                record=record.id,
                kind=record.kind,
                unit=unit,
                value=known.value if known and is_set else value,
                before=change.old.get(unit),
                knows_before=change.kind is not ChangeKind.CREATE and not is_set,
                stands=known.stands if known else False,
                contested=unit in contested and known is not None,
                decided=unit in disputed.get(entry.place, ()) and unit not in contested,
            )

    def _visit(self, visit: VisitCard, learnt: _Gathered | None) -> Event:
        """A visit with what was learnt at it."""
        at = _ms(visit.started)
        return Event(
            key=visit.id,
            at=at,
            claimed=at,
            worker=visit.worker,
            worker_name=self._name(visit.worker),
            mine=visit.worker == self._shelf.account.identity.worker,
            pending=visit.unsent,
            visit=visit.id,
            created=tuple(learnt.created) if learnt else (),
            touches=tuple(learnt.touches.values()) if learnt else (),
        )

    def _event(self, key: str, one: _Gathered) -> Event:
        write = one.write
        return Event(
            key=key,
            at=write.effective,
            claimed=write.claimed,
            worker=write.worker,
            worker_name=self._name(write.worker),
            mine=write.worker == self._shelf.account.identity.worker,
            pending=write.seq >= PENDING,
            visit=write.visit or "",
            save=one.save,
            note=one.note,
            created=tuple(one.created),
            touches=tuple(one.touches.values()),
        )

    def _name(self, worker: str) -> str:
        account = self._shelf.account
        if worker == account.identity.worker:
            return account.identity.worker_name
        return account.people.get(worker, "")


def _key(write: Write) -> str:
    """What belongs together: what was learnt at one visit, or one press of "save"."""
    return write.visit or f"{write.device}-{write.claimed}"


def _grown(known: Touch | None, element: Answer) -> Answer:
    """A set with one element more: each is a candidate of its own."""
    return [*elements_of(known.value if known else None), element]


def _ms(moment: str) -> int:
    """A time of a form in ms since the epoch; 0 where it is none."""
    try:
        return round(datetime.fromisoformat(moment).timestamp() * 1000)
    except ValueError:
        return 0


def _answers(kind: ChangeKind, units: Iterable[tuple[str, Answer]]) -> Iterator[tuple[str, Answer]]:
    if kind in (ChangeKind.CREATE, ChangeKind.SET, ChangeKind.ADD, ChangeKind.REMOVE):
        yield from units
