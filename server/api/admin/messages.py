"""What the admin API is asked with and answers. Times are ms since the epoch."""

from msgspec import Struct

from server.api.admin.export_messages import AskExport, ExportDecision, ExportList, ExportTold
from server.api.admin.quarantine_messages import (
    Correct,
    QuarantineList,
    QuarantineTold,
    SayWhy,
    Version,
)
from shared.changes import Answer
from shared.wire import Result


class Me(Struct, frozen=True):
    """Whose token it is, and what it allows."""

    account: str
    name: str
    town: str
    role: str
    actions: list[str]
    grids: list[str]


class ConflictLine(Struct, frozen=True, kw_only=True):
    """A conflict in a list."""

    id: str
    record: str
    record_kind: str
    title: str
    """Masked for those who may not see names."""
    unit: str
    grid: str
    claim: bool
    """It is about a number that another record claimed before."""
    open: bool
    opened_at: int
    opened_seq: int


class ConflictList(Struct, frozen=True):
    """A page of conflicts, the oldest first."""

    total: int
    offset: int
    conflicts: list[ConflictLine]


class Source(Struct, frozen=True, kw_only=True):
    """Who wrote a value, on what, when, and having seen what."""

    seq: int
    who: str
    who_name: str
    device: str
    claimed: int
    """By the device's own clock."""
    effective: int
    """Corrected."""
    base: int
    visit: str | None = None
    old: Answer = None
    """What the author had seen in this unit."""


class CandidateTold(Struct, frozen=True):
    """A value that nobody has superseded."""

    value: Answer
    shown: bool
    """Readers see this one until the decision."""
    sources: list[Source]


class RivalTold(Struct, frozen=True):
    """Another record that claims the same number; without its id where it lies elsewhere."""

    record: str
    grid: str
    first: bool


class ConflictTold(Struct, frozen=True, kw_only=True):
    """All that is needed to decide. Send `base` back with the decision."""

    id: str
    record: str
    record_kind: str
    title: str
    unit: str
    grid: str
    open: bool
    claim: bool
    opened_at: int
    base: int
    candidates: list[CandidateTold]
    rivals: list[RivalTold] = []
    decided_by: str = ""
    decided_at: int | None = None
    decision: Answer = None


class Decision(Struct, frozen=True):
    """Which value is to stand. Of `@deleted`: true or false; of `@grid`: the grid."""

    value: Answer
    base: Version
    """The version of the record that was seen: what came after it stays a candidate."""


class Decided(Struct, frozen=True, kw_only=True):
    """What became of a decision."""

    outcome: str
    """decided; open: something unseen stands against it; already: somebody else was first."""
    conflict: str
    seq: int = 0
    by: str = ""
    decision: Answer = None


class AskWorker(Struct, frozen=True):
    """A question for a worker about what is in conflict."""

    worker: str
    words: str


class Asked(Struct, frozen=True):
    """The question that the worker's phone will pull."""

    question: str


class DuplicateLine(Struct, frozen=True, kw_only=True):
    """Two records that may be one."""

    one: str
    other: str
    record_kind: str
    one_grid: str
    other_grid: str
    score: float
    reasons: list[str]
    found_at: int


class DuplicateList(Struct, frozen=True):
    """A page of them, the most alike first."""

    total: int
    offset: int
    duplicates: list[DuplicateLine]


class Merge(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Merge one record into another."""

    merged: str
    base: Version
    """Its version that was seen."""
    survivor: str
    survivor_base: Version
    take: list[str] = []
    """Units whose value the survivor takes over."""


class Unmerge(Struct, frozen=True):
    """Take a merge back."""

    record: str
    base: Version


class NotSame(Struct, frozen=True):
    """Two records are not one."""

    one: str
    other: str


class Edited(Struct, frozen=True, omit_defaults=True):
    """What was written, in one save."""

    save: str
    results: list[Result]
    left: list[str] = []
    """After taking a merge back: units of the survivor that stay in conflict."""


class Done(Struct, frozen=True):
    """It was done."""

    done: bool = True


class RecordTold(Struct, frozen=True, kw_only=True):
    """A record as it stands."""

    id: str
    kind: str
    grid: str
    version: int
    form: str
    deleted: bool
    alias_of: str | None = None
    answers: dict[str, Answer]
    """What is shown; sensitive answers only to those who may reveal them."""
    contested: list[str]
    """Units that wait for a person."""
    withheld: list[str] = []
    """Sensitive units that are not told."""


class Step(Struct, frozen=True, kw_only=True):
    """One change of a record."""

    seq: int
    kind: str
    record: str
    who: str
    who_name: str
    on_behalf_of: str | None = None
    device: str
    claimed: int
    effective: int
    received: int
    base: int
    visit: str | None = None
    save: str
    outcome: str
    corrects: str
    units: dict[str, Answer]
    before: dict[str, Answer]


class History(Struct, frozen=True):
    """A record's steps, the oldest first."""

    record: str
    steps: list[Step]


class Restore(Struct, frozen=True):
    """Write again what a step wrote."""

    unit: str
    seq: Version
    base: Version


class EditRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An ordinary edit."""

    kind: str
    """set, add, remove, move, delete, restore or note."""
    base: Version
    units: dict[str, Answer] = {}


MESSAGES: tuple[type[Struct], ...] = (
    AskExport, AskWorker, Asked, ConflictList, ConflictTold, Correct, Decided, Decision, Done,
    DuplicateList, EditRecord, Edited, ExportDecision, ExportList, ExportTold, History, Me,
    Merge, NotSame, QuarantineList, QuarantineTold, RecordTold, Restore, SayWhy, Unmerge,
)  # fmt: skip
