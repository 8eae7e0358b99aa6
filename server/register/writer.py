"""The ways into the register: a device's push, an account's edits. Each is one transaction."""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine

from server.clock import Clock, new_id
from server.db.bulk import Value, update_rows
from server.db.engine import writing
from server.db.errors import DatabaseBusy, DatabaseCircle
from server.db.office_tables import DeviceRow
from server.errors import NotFound
from server.keys import Keys
from server.office.people import AccountIdentity, DeviceIdentity
from server.register.answered import stored_digest, stored_results
from server.register.author import Author, console_author, device_author
from server.register.batch import Batch, Reception
from server.register.contact import contact_values
from server.register.counter import counter, take_numbers
from server.register.details import ConflictLine
from server.register.edits import Edit, edit_of
from server.register.inbox import Inbox
from server.register.intake import Arrived, check_chain, first_number, read
from server.register.judge import Judge, is_id
from server.register.ledger import Ledger, Overtaken
from server.register.outcomes import AlreadyDecided, Committed
from server.register.published import Shelf
from server.register.quarantine import HELD, REJECTED, Kept, Quarantine
from server.register.refusals import EditsRefused
from server.register.scope import Scope, scope_of_grids, scope_of_worker
from server.register.sealing import Seal
from server.register.stopped import stopped_among
from server.register.store import RecordStore
from server.register.survivors import expecting, led_to, with_survivors
from server.register.twins import Twins
from shared.changes import DELETED, GRID, Answer, Change, ChangeKind
from shared.records import Record
from shared.wire import Push, PushReply, Result, chained

TRIES_MAX = 12
"""Each means that somebody else has got on."""

Done = TypeVar("Done")


class Writer(Struct, frozen=True):
    """Takes changes, one transaction for each call."""

    engine: Engine
    keys: Keys
    seal: Seal
    clock: Clock
    shelf: Shelf

    def in_one(self, work: Callable[[Connection], Done]) -> Done:
        """Do `work` in one transaction, again when it was overtaken. Raises DatabaseBusy."""
        led_to: frozenset[str] = frozenset()
        for _ in range(TRIES_MAX):
            try:
                with writing(self.engine) as conn:
                    return work(expecting(conn, led_to))
            except Overtaken as error:
                led_to |= error.led_to
            except DatabaseCircle:
                continue
        raise DatabaseBusy

    def push(self, device: DeviceIdentity, push: Push, *, carried: bool = False) -> PushReply:
        """See Register.push. carried: it came by hand, and says nothing of the device today."""
        first = first_number(push)
        arrived = None if first is None else read(push, first)
        return self.in_one(lambda conn: self._push(conn, device, push, (arrived, carried)))

    def commit(
        self, account: AccountIdentity, edits: Sequence[Edit], save: str | None
    ) -> Committed:
        """See Register.commit."""
        return self.in_one(lambda conn: self.commit_within(conn, account, edits, save))

    def commit_within(
        self, conn: Connection, account: AccountIdentity, edits: Sequence[Edit], save: str | None
    ) -> Committed:
        """The same in a transaction that the caller opened by `writing`. Raises Overtaken."""
        now = self.clock()
        save = save or new_id(now)
        author = console_author(conn, account.town, account.id, account.name)
        arrived = self._as_changes(conn, author, edits, save)
        results = self._take(
            conn, author, arrived, (Reception(now), scope_of_grids(account.grids, now))
        )
        answers = [results[each.n] for each in arrived]
        refused = {
            place: answer
            for place, answer in enumerate(answers)
            if answer.problem is not None or answer.outcome in (HELD, REJECTED)
        }
        if refused:
            raise EditsRefused(refused)
        if arrived:
            _note(
                conn,
                author,
                {"last_n": arrived[-1].n, "digest": arrived[-1].digest, "last_contact": now},
            )
        return Committed(save, tuple(answers), tuple(answer.seq for answer in answers))

    def locked(
        self, conn: Connection, account: AccountIdentity, ids: Collection[str]
    ) -> dict[str, Record]:
        """These records, as they stay until the transaction ends, by id.

        For whoever goes by what they say and commits within the same transaction: they are locked
        as a batch of the account locks them, its device before them.
        """
        console_author(conn, account.town, account.id)
        return RecordStore(conn, account.town, self.seal).locked({*ids, *led_to(conn)})

    def decide(
        self, account: AccountIdentity, conflict: str, value: Answer, base: int
    ) -> Committed | AlreadyDecided:
        """See Register.decide."""
        return self.in_one(lambda conn: self._decide(conn, account, conflict, (value, base)))

    def _decide(
        self,
        conn: Connection,
        account: AccountIdentity,
        conflict: str,
        decision: tuple[Answer, int],
    ) -> Committed | AlreadyDecided:
        inbox = Inbox(conn, account.town, self.seal)
        line = inbox.line(conflict)
        if line is None or line.grid not in account.grids:
            raise NotFound
        record = self.locked(conn, account, [line.record_id])[line.record_id]
        line = inbox.line(conflict)  # as it is now that nobody else can decide it
        assert line is not None
        if not line.is_open:
            return inbox.already_decided(line)
        edit = _decision(line, record, *decision)
        return self.commit_within(conn, account, [edit], None)

    def _push(
        self,
        conn: Connection,
        device: DeviceIdentity,
        push: Push,
        how: tuple[list[Arrived] | None, bool],
    ) -> PushReply:
        arrived, carried = how
        author = device_author(conn, device.town, device.id, device.worker_name)
        if arrived is None:
            arrived = read(push, author.last_n + 1)
        now = self.clock()
        results: dict[int, Result] = {}
        last_n, digest = author.last_n, author.digest
        if arrived:
            last = arrived[-1]
            check_chain(author, arrived, push, stored_digest(conn, author, last.n))
            old = [each.n for each in arrived if each.n <= author.last_n]
            if old:
                quarantine = Quarantine(conn, device.town, self.seal)
                results |= stored_results(conn, author, quarantine, (old[0], old[-1]))
            new = [each for each in arrived if each.n > author.last_n]
            if new:
                reception = Reception(now, push.clock, push.offsets)
                scope = scope_of_worker(conn, device.town, author.worker, now)
                results |= self._take(conn, author, new, (reception, scope))
                last_n, digest = last.n, last.digest
        contact = {} if carried else contact_values(push.report, push.clock, now)
        _note(conn, author, {"last_n": last_n, "digest": digest, **contact})
        answers = [results[each.n] for each in arrived]
        return PushReply(last_n, digest, answers, now)

    def _take(
        self,
        conn: Connection,
        author: Author,
        arrived: Sequence[Arrived],
        under: tuple[Reception, Scope],
    ) -> dict[int, Result]:
        reception, scope = under
        town = author.town
        changes = [each.change for each in arrived if each.change is not None]
        store, quarantine = RecordStore(conn, town, self.seal), Quarantine(conn, town, self.seal)
        current = self.shelf.current(conn, town)
        ids = {change.record for change in changes if is_id(change.record)}
        held = quarantine.held_for(_to_create(changes))
        about = [*changes, *(kept.change for kept in held)]
        records = with_survivors(store, current, about, ids)
        seq, stopped = counter(conn, town).seq, stopped_among(conn, town, ids)
        judge = Judge(conn, author, scope, self.shelf, current, seq, stopped)

        def judge_of(kept: Kept) -> Judge:
            if kept.device == author.device:
                return judge
            other = Author(town, kept.device, kept.worker, "", 0, "")
            its_scope = scope_of_worker(conn, town, kept.worker, reception.received)
            return msgspec.structs.replace(judge, author=other, scope=its_scope)

        known = self._known(conn, author, arrived)
        batch = Batch(judge, reception, records, judge_of)
        batch.expect([kept for kept in held if kept.record not in records])
        for each in arrived:
            if each.n not in known:
                batch.take(each)
        first = Ledger(conn, town, self.seal, self.keys.id_hash).write(batch)
        return known | batch.results(first)

    def _known(
        self, conn: Connection, author: Author, arrived: Sequence[Arrived]
    ) -> dict[int, Result]:
        """What a copy of this phone has brought already: what became of it, by number."""
        if not author.continues:
            return {}
        take_numbers(conn, author.town, 0)  # none of them brings any of it from here on
        return Twins(conn, Quarantine(conn, author.town, self.seal)).take(author, arrived)

    def _as_changes(
        self, conn: Connection, author: Author, edits: Sequence[Edit], save: str
    ) -> list[Arrived]:
        """The edits as changes of the account's console, chained like those of a phone."""
        forms = self.shelf.current(conn, author.town)
        now, digest = self.clock(), author.digest
        arrived = []
        for n, edit in enumerate(edits, author.last_n + 1):
            form = forms.get(edit.record_kind)
            change = Change(
                n=n,
                save=save,
                kind=edit.kind,
                record=edit.record,
                record_kind=edit.record_kind,
                grid=edit.grid,
                worker=author.worker,
                at=now,
                base=edit.base,
                units=edit.units,
                old=edit.old,
                form=form.form.version if form else "",
                visit=edit.visit,
                on_behalf_of=edit.on_behalf_of,
                corrects=edit.corrects,
            )
            raw = msgspec.json.encode(change)
            digest = chained(digest, raw)
            arrived.append(Arrived(n, digest, raw, change))
        return arrived


def _to_create(changes: Sequence[Change]) -> set[str]:
    """The records that these changes may create, if they are not there."""
    creates = (change.record for change in changes if change.kind is ChangeKind.CREATE)
    return {record for record in creates if is_id(record)}


def _decision(line: ConflictLine, record: Record, value: Answer, base: int) -> Edit:
    """The ordinary change that a decision is."""
    kind, units = ChangeKind.SET, {line.unit: value}
    if line.unit == DELETED:
        kind, units = ChangeKind.DELETE if value is True else ChangeKind.RESTORE, {}
    elif line.unit == GRID:
        kind, units = ChangeKind.MOVE, {GRID: [record.grid, value]}
    return edit_of(record, kind, units, base)


def _note(conn: Connection, author: Author, values: dict[str, Value]) -> None:
    columns = ("town_id", "id", *values)
    update_rows(conn, DeviceRow, columns, [(author.town, author.device, *values.values())])
