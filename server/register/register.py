"""The register's face: what the API, the console, imports and the command line ask of it."""

from collections.abc import Mapping, Sequence

from msgspec import structs
from sqlalchemy import Connection, Engine

from server.clock import Clock, now_ms
from server.db.engine import reading, writing
from server.keys import Keys
from server.office.people import AccountIdentity, DeviceIdentity
from server.register.carried import Carried, Porter
from server.register.claims import ClaimTable
from server.register.comparing import Stretch, sums
from server.register.conflicts import EVERY_OPEN, ConflictDetail, ConflictSummary, Sought
from server.register.contact import contact_values, note_contact
from server.register.counter import take_numbers
from server.register.deeds import Deeds
from server.register.edits import Edit
from server.register.forgetting import Forgotten, Keeping, forget
from server.register.history import Historian, JournalEntry
from server.register.inbox import Inbox
from server.register.outcomes import AlreadyDecided, Committed
from server.register.pages import Pager, Range
from server.register.published import Published, Shelf, form_content, put_form, secret_units
from server.register.rebuild import Rebuilder, Rebuilt, lock_kind
from server.register.replay import Verified, Verifier
from server.register.sealing import Seal
from server.register.store import RecordStore
from server.register.versions import Versions
from server.register.waiting_room import Looked, QuarantineLine, WaitingRoom, Wanted
from server.register.way_back import Place, WayBack
from server.register.writer import Writer
from shared.changes import Answer
from shared.clock import Reading
from shared.forms.model import Form
from shared.merge import Rules
from shared.records import Record
from shared.wire import Pull, Push, PushReply, Report, Sums


class Register:
    """The records of all towns. Each call names its town, and touches no other."""

    def __init__(self, engine: Engine, keys: Keys, clock: Clock = now_ms) -> None:
        self._engine = engine
        self._keys = keys
        self._clock = clock
        self._seal = Seal(keys)
        self._shelf = Shelf()
        self._writer = Writer(engine, keys, self._seal, clock, self._shelf)
        self.deeds = Deeds(self._writer)
        """Merging, un-merging and restoring."""
        self.way_back = WayBack(self._writer)
        """What is done with changes that were not taken."""
        self.versions = Versions(engine, self._shelf, self._seal, clock)
        """Which versions of the forms there are, and there were."""
        self._pager = Pager(engine, self._seal, keys.cursor, clock)

    def push(self, device: DeviceIdentity, push: Push) -> PushReply:
        """Take a device's changes, each exactly once, in one transaction.

        Raises Gap, Fork or NotUnderstood (`.problem` is the answer). What the reply says is
        committed when this returns: the reply must not leave before.
        """
        return self._writer.push(device, push)

    def carried(self, town: str, file: bytes, by: str) -> Carried:
        """Take a carry-over file; again changes nothing. Raises CarryOverRefused.

        by: who brings it, for the audit trail.
        """
        porter = Porter(self._engine, self._keys, self._clock, self._writer)
        return porter.take(town, file, by)

    def commit(
        self, account: AccountIdentity, edits: Sequence[Edit], save: str | None = None
    ) -> Committed:
        """Take the edits of an account, all or none. Raises EditsRefused."""
        return self._writer.commit(account, edits, save)

    def decide(
        self, account: AccountIdentity, conflict: str, value: Answer, base: int
    ) -> Committed | AlreadyDecided:
        """Decide a conflict: an ordinary change of someone who saw version `base`.

        value: of `@deleted`, whether it is deleted; of `@grid`, the grid. What the account had
        not seen stays a candidate, and the conflict open. Raises NotFound or EditsRefused.
        """
        return self._writer.decide(account, conflict, value, base)

    def contact(self, device: DeviceIdentity, clock: Reading | None, report: Report) -> None:
        """Note that a device was here, and what it says of itself; at most once a minute."""
        now = self._clock()
        note_contact(self._engine, device, contact_values(report, clock, now), now)

    def page(self, device: DeviceIdentity, pull: Pull, within: Connection | None = None) -> bytes:
        """The JSON of a `Page`: what changed in the device's grids since its cursor.

        within: a moment of the database that the caller reads already. Raises CursorForged (400)
        or CursorOld (410).
        """
        return self._pager.page(device, pull, within)

    def snapshot(self, device: DeviceIdentity, wanted: Range) -> bytes:
        """The JSON of a `SnapshotPage`. Raises NotFound."""
        return self._pager.snapshot(device, wanted)

    def sums(self, device: DeviceIdentity, grid: str, *, after: str = "", upto: str = "") -> Sums:
        """Checksums of the parts of a range of ids, to find what differs. Raises NotFound."""
        return sums(self._engine, device, Stretch(grid, after, upto))

    def record(self, town: str, id: str) -> Record | None:
        """A record as it is now, class S units included."""
        return self.records(town, [id]).get(id)

    def records(self, town: str, ids: Sequence[str]) -> dict[str, Record]:
        """Those of the records that exist, by id."""
        with reading(self._engine) as conn:
            return RecordStore(conn, town, self._seal).records(ids)

    def records_after(self, town: str, kinds: Sequence[str], last: str, limit: int) -> list[Record]:
        """The records of these kinds that come next after an id, in the order of their ids."""
        with reading(self._engine) as conn:
            return RecordStore(conn, town, self._seal).after(kinds, last, limit)

    def history(
        self,
        town: str,
        id: str,
        *,
        with_children: bool = False,
    ) -> list[JournalEntry]:
        """A record's timeline, oldest first; with those of what refers to it."""
        with reading(self._engine) as conn:
            return Historian(conn, town, self._seal).timeline(id, with_children=with_children)

    def open_conflicts(
        self,
        town: str,
        grids: frozenset[str],
        *,
        offset: int = 0,
        limit: int = 50,
        sought: Sought = EVERY_OPEN,
    ) -> list[ConflictSummary]:
        """The inbox of someone who may see these grids, oldest first; or others that are sought."""
        with reading(self._engine) as conn:
            return Inbox(conn, town, self._seal).waiting(grids, offset, limit, sought)

    def count_conflicts(self, town: str, grids: frozenset[str], sought: Sought = EVERY_OPEN) -> int:
        """How many conflicts wait in these grids; or how many are sought."""
        with reading(self._engine) as conn:
            return Inbox(conn, town, self._seal).count(grids, sought)

    def conflict(self, town: str, id: str) -> ConflictDetail | None:
        """One conflict with all that stands against each other, open or decided."""
        return next(iter(self.conflicts(town, [id])), None)

    def conflicts(self, town: str, ids: Sequence[str]) -> list[ConflictDetail]:
        """Those of these conflicts that there are, in the order of the ids."""
        with reading(self._engine) as conn:
            current = self._shelf.current(conn, town)
            inbox = Inbox(conn, town, self._seal)
            rules = {kind: published.rules for kind, published in current.items()}
            table = ClaimTable(conn, town, self._keys.id_hash, 0)

            def whole(detail: ConflictDetail) -> ConflictDetail:
                if not detail.claim or not detail.open:
                    return detail
                claimant = table.claimants(current)[detail.record_kind]
                claims = table.beside(detail.record, detail.unit, claimant)
                return structs.replace(detail, rivals=inbox.rivals(claims, detail.record.id))

            return [whole(detail) for detail in inbox.details.of(ids, rules)]

    def not_taken(
        self, account: AccountIdentity, wanted: Wanted, *, offset: int = 0, limit: int = 50
    ) -> list[QuarantineLine]:
        """Changes that were not taken, where the account may look, the oldest first."""
        with reading(self._engine) as conn:
            return self._waiting_room(conn, account).lines(wanted, offset, limit)

    def count_not_taken(self, account: AccountIdentity, wanted: Wanted) -> int:
        """How many there are."""
        with reading(self._engine) as conn:
            return self._waiting_room(conn, account).count(wanted)

    def look_at(self, account: AccountIdentity, place: Place) -> Looked | None:
        """One change that was not taken, with what it says."""
        with reading(self._engine) as conn:
            return self._waiting_room(conn, account).one(place)

    def _waiting_room(self, conn: Connection, account: AccountIdentity) -> WaitingRoom:
        return WaitingRoom(conn, account, self._seal, self._clock())

    def publish_form(self, town: str, form: Form) -> None:
        """Make `form` the current one of its kind.

        Where it settles or seals answers otherwise than the one before, everything that hangs on
        the records is made again. Raises FormTaken.
        """
        try:
            self._writer.in_one(lambda conn: self._publish(conn, town, form))
        finally:
            self._shelf.forget(town)

    def published(self, town: str) -> Mapping[str, Published]:
        """The current form of each kind, with what follows from it."""
        with reading(self._engine) as conn:
            return self._shelf.current(conn, town)

    def forms(self, town: str) -> Mapping[str, Form]:
        """The current form of each kind."""
        return {kind: published.form for kind, published in self.published(town).items()}

    def form(self, town: str, kind: str, version: str) -> bytes | None:
        """The JSON of one version of a form."""
        with reading(self._engine) as conn:
            return form_content(conn, town, kind, version)

    def rules(self, town: str, kind: str) -> Rules:
        """The merge rules of a kind's current form."""
        published = self.published(town).get(kind)
        return published.rules if published else Rules()

    def forget(self, town: str, keeping: Keeping) -> Forgotten:
        """Forget tombstones and exits that are old and that every active device has passed."""
        with writing(self._engine) as conn:
            return forget(conn, town, self._clock(), keeping)

    def passed(self, device: DeviceIdentity, cursor: str | None) -> int | None:
        """The lowest change number of a device's cursor; None where it says nothing."""
        return self._pager.passed(device, cursor)

    def rebuild(self, town: str) -> Rebuilt:
        """Make every projection, conflict and sum again from the register."""
        with writing(self._engine) as conn:
            return self._rebuilder(conn, town).rebuild()

    def verify(self, town: str) -> Verified:
        """Compare the register with the replay of its journal, and what hangs on it with it."""
        with reading(self._engine) as conn:
            return Verifier(self._rebuilder(conn, town)).verify()

    def _publish(self, conn: Connection, town: str, form: Form) -> None:
        earlier = self._shelf.current(conn, town).get(form.kind)
        if earlier is not None and not secret_units(form) <= earlier.secret_units:
            lock_kind(conn, town, form.kind)  # before the counter, as a push does
        take_numbers(conn, town, 0)  # nobody writes by the old rules while they change
        before = self._shelf.current(conn, town).get(form.kind)
        put_form(conn, town, form, self._clock())
        self._shelf.forget(town)
        now = self._shelf.current(conn, town)[form.kind]
        if before is None:
            return
        rebuilder = self._rebuilder(conn, town)
        if now.secret_units != before.secret_units:
            rebuilder.seal_again(form.kind, now.secret_units)
        if now.rules != before.rules or now.unique != before.unique:
            rebuilder.rebuild()

    def _rebuilder(self, conn: Connection, town: str) -> Rebuilder:
        return Rebuilder(conn, town, self._seal, self._keys.id_hash, self._shelf, self._clock())
