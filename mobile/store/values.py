"""What goes into the store and comes out of it: frozen values that views may keep and draw."""

from enum import StrEnum

import msgspec
from msgspec import Struct

from shared.changes import Answer, ChangeKind
from shared.wire import Words

Answers = dict[str, Answer]
"""Answers by question name, as a form asks them; or by unit, where that is said."""


class Edit(Struct, frozen=True, kw_only=True):
    """One change of one record, as a guided step asks for it; `Store.save` fixes it."""

    kind: ChangeKind
    record: str
    record_kind: str
    units: Answers = {}
    """By unit. For `set`: values; a value that is the one shown is left out of the change."""
    base: int | None = None
    """The shadow's version when the form was opened; None takes today's."""
    old: Answers = {}
    grid: str = ""
    """Empty: the record's own grid; for a new record, the worker's first."""
    visit: str | None = None
    form: str = ""


class Saved(Struct, frozen=True):
    """What one press of "save" made. `changes` is 0 when nothing had really changed."""

    save: str
    changes: int
    records: tuple[str, ...]


class Draft(Struct, frozen=True, kw_only=True):
    """A form that is being filled in: kept as it is typed, reopened where it was left."""

    id: str
    kind: str
    """The kind of record that the form is of."""
    record: str
    """The record's id; made when the form is opened, also for a new record."""
    new: bool
    grid: str
    base: int
    """The version in the shadow when the form was opened."""
    form: str
    """The version of the form."""
    before: Answers = {}
    """The record when the form was opened, by unit."""
    opened: Answers
    """What the form showed when it was opened, by question."""
    answers: Answers
    """What it shows now, by question."""
    typed: dict[str, str] = {}
    """By question: text in a field that is not (yet) an answer, such as "13" of a year."""
    at: str = ""
    """The question at which the worker is."""
    group: str = ""
    """Drafts of one group are shown and saved together: a new household and its residents."""
    visit: str | None = None
    started: int = 0
    touched: int = 0

    def answered(self, question: str, answer: Answer, *, at: str | None = None) -> "Draft":
        """The draft with one more answer."""
        answers = {**self.answers, question: answer}
        typed = {name: text for name, text in self.typed.items() if name != question}
        at = question if at is None else at
        return msgspec.structs.replace(self, answers=answers, typed=typed, at=at)

    def with_typed(self, question: str, text: str) -> "Draft":
        """The draft with text that is not an answer yet."""
        typed = {**self.typed, question: text}
        return msgspec.structs.replace(self, typed=typed, at=question)

    @property
    def touched_anything(self) -> bool:
        """Whether it differs from what was shown when it was opened."""
        return self.new or bool(self.typed) or self.answers != self.opened


class Provenance(Struct, frozen=True):
    """One value of a unit that still stands, and where it came from."""

    value: Answer
    shown: bool
    """Whether it is the one shown."""
    worker: str
    worker_name: str
    """The author's name; "" when this device does not know it."""
    mine: bool
    """Whether this account's worker wrote it."""
    pending: bool
    """Whether the office has not received it yet."""
    claimed: int
    """When it was made, by the clock of the author's device, ms."""
    effective: int
    """The same, corrected."""
    visit: str | None


class UnitView(Struct, frozen=True):
    """One unit of a record: its value, and every value that still stands."""

    unit: str
    value: Answer
    contested: bool
    """Whether a person must decide between the values."""
    values: tuple[Provenance, ...]
    """The shown one first."""


class RecordView(Struct, frozen=True, kw_only=True):
    """A record as it is shown: what the office has, with this device's unsent work over it."""

    id: str
    kind: str
    grid: str
    version: int
    """The shadow's version; 0 for a record that the office does not have yet."""
    form: str
    answers: Answers
    """By unit."""
    units: dict[str, UnitView]
    contested: frozenset[str]
    """Units that wait for a person; "@deleted" and "@grid" may be among them."""
    unsent: int
    """Changes that the office has not received."""
    deleted: bool
    alias_of: str | None


class ConflictView(Struct, frozen=True):
    """One unit of one record that waits for the office to decide."""

    record: str
    kind: str
    household: str | None
    """The household to open for it."""
    label: str
    """The record in one line."""
    unit: UnitView


class OutboxState(StrEnum):
    """How far a saved change has come."""

    PENDING = "pending"
    """Saved here, not received by the office."""
    ACKED = "acked"
    """Received."""
    HELD = "held"
    """Received, but waits for another record to come."""
    REFUSED = "refused"
    """Received and not taken; `SentChange.reason` says why. It is kept here."""


class SentChange(Struct, frozen=True, kw_only=True):
    """One saved change and what became of it."""

    place: int
    save: str
    record: str
    record_kind: str
    household: str | None
    label: str
    kind: ChangeKind
    units: Answers
    """By unit, as it was saved."""
    at: int
    state: OutboxState
    outcome: str
    """applied, merged, conflict, held or rejected; "" while pending."""
    reason: Words | None
    """Why it was refused or is held."""


class Reason(Struct, frozen=True):
    """Why two records may be the same."""

    code: str
    """same_plate, same_phone, same_name, similar_name, same_birth_date, same_id_number."""
    words: Words


class Duplicate(Struct, frozen=True):
    """A record that may be the one that is being registered."""

    record: str
    kind: str
    household: str | None
    label: str
    """The record in one line."""
    likeness: float
    """0 to 1."""
    reasons: tuple[Reason, ...]


class Changed(Struct, frozen=True):
    """What a save or a sync changed here: told to subscribers, on the thread that did it."""

    records: frozenset[str]
    """Empty when it is not worth naming them: look at everything again."""
    by_sync: bool
