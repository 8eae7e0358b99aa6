"""The register's face: what the API, the console, imports and the command line ask of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Engine

from server.clock import Clock
from server.keys import Keys
from server.office.people import AccountIdentity, DeviceIdentity
from server.register.conflicts import ConflictDetail, ConflictSummary
from server.register.edits import Edit
from server.register.history import JournalEntry
from server.register.outcomes import AlreadyDecided, Committed
from shared.changes import Answer
from shared.clock import Reading
from shared.forms.model import Form
from shared.merge import Rules
from shared.records import Record
from shared.wire import Pull, Push, PushReply, Report


class Register:
    """One town's records or many towns': each call names the town, and touches no other."""

    def __init__(self, engine: Engine, keys: Keys, clock: Clock) -> None:
        self.engine = engine
        self.keys = keys
        self.clock = clock

    def push(self, device: DeviceIdentity, push: Push) -> PushReply:
        """Take a device's changes, each exactly once, in one transaction.

        Raises Gap, Fork or NotUnderstood (`.problem` is the answer); the reply may leave when
        this has returned, not before.
        """
        raise NotImplementedError

    def commit(
        self, account: AccountIdentity, edits: Sequence[Edit], save: str | None = None
    ) -> Committed:
        """Take the edits of an account, all or nothing. Raises EditsRefused."""
        raise NotImplementedError

    def contact(self, device: DeviceIdentity, clock: Reading | None, report: Report) -> None:
        """Note that a device was here and what it says of itself; at most once a minute."""
        raise NotImplementedError

    def page(self, device: DeviceIdentity, pull: Pull) -> bytes:
        """The JSON of a `Page`: what changed in the device's grids since its cursor.

        Raises CursorForged (400) or CursorOld (410, code `epoch`).
        """
        raise NotImplementedError

    def snapshot(
        self, device: DeviceIdentity, grid: str, *, after: str = "", limit: int = 0, seq: int = 0
    ) -> bytes:
        """The JSON of a `SnapshotPage`. `seq`: the one of the first page. Raises NotFound."""
        raise NotImplementedError

    def record(self, town: str, id: str) -> Record | None:
        """A record as it is now, class S units included."""
        raise NotImplementedError

    def records(self, town: str, ids: Sequence[str]) -> dict[str, Record]:
        """Those of the records that exist, by id."""
        raise NotImplementedError

    def history(self, town: str, id: str, *, with_children: bool = False) -> list[JournalEntry]:
        """A record's timeline, oldest first; with those of what refers to it."""
        raise NotImplementedError

    def open_conflicts(
        self, town: str, grids: frozenset[str], *, offset: int = 0, limit: int = 50
    ) -> list[ConflictSummary]:
        """The inbox of someone who may see these grids, oldest first."""
        raise NotImplementedError

    def count_conflicts(self, town: str, grids: frozenset[str]) -> int:
        """How many conflicts wait in these grids."""
        raise NotImplementedError

    def conflict(self, town: str, id: str) -> ConflictDetail | None:
        """One conflict with all that stands against each other."""
        raise NotImplementedError

    def decide(
        self, account: AccountIdentity, conflict: str, value: Answer, base: int
    ) -> Committed | AlreadyDecided:
        """Decide a conflict: an ordinary change of someone who saw version `base`.

        Raises NotFound (no such conflict in the account's grids) or EditsRefused.
        """
        raise NotImplementedError

    def publish_form(self, town: str, form: Form) -> None:
        """Make `form` the current one of its kind."""
        raise NotImplementedError

    def forms(self, town: str) -> Mapping[str, Form]:
        """The current form of each kind."""
        raise NotImplementedError

    def form(self, town: str, kind: str, version: str) -> bytes | None:
        """The JSON of one version of a form."""
        raise NotImplementedError

    def rules(self, town: str, kind: str) -> Rules:
        """The merge rules of a kind's current form."""
        raise NotImplementedError

    def rebuild(self, town: str) -> "Rebuilt":
        """Make every projection, conflict and checksum again from the register."""
        raise NotImplementedError

    def verify(self, town: str) -> "Verified":
        """Compare the register with the replay of its journal, and projections with a rebuild."""
        raise NotImplementedError


class Rebuilt(Struct, frozen=True):
    """What a rebuild made."""

    records: int
    conflicts: int
    at: datetime | None = None


class Verified(Struct, frozen=True):
    """What a check found; all empty when all is well."""

    records: int
    changes: int
    register_differs: tuple[str, ...] = ()
    """Ids of records that are not what the journal says."""
    projections_differ: tuple[str, ...] = ()
    """`table:id` of rows that are not what the register says."""
