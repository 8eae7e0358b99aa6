"""What a record's projection row says: a pure function of the record and its form's rules."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType

from msgspec import Struct
from sqlmodel import SQLModel

from server.db.bulk import Value
from server.db.projections import (
    DwellingRow,
    HouseholdRow,
    QuestionRow,
    ResidentRow,
    VisitRow,
)
from server.db.work_tables import WorkRow
from server.register.found_by import found_by
from server.register.work_values import WORK_COLUMNS, work_values
from shared.changes import Answer, Change
from shared.clock import AHEAD_MAX_MS
from shared.forms.checks import normal_text
from shared.merge import Rules, settled, shown_set
from shared.records import Record, Write
from shared.work.reading import FACTS

INT_MAX = 2**31 - 1


class Facts(Struct, frozen=True):
    """What the journal adds to the record."""

    version: int
    conflicts: int
    created_at: int
    """The effective time of its first change, ms."""
    updated_at: int
    """The effective time of its last change, ms."""
    received: int
    """When its first change was received, ms."""


class Subject(Struct, frozen=True):
    """A record as projections see it: its envelope, and what a reader sees of its units."""

    id: str
    kind: str
    grid: str
    deleted: bool
    alias_of: str | None
    answer: Callable[[str], Answer]
    """What is shown of a unit."""
    origin: Callable[[], Write]
    """The first write that stands in it."""


def subject_of(record: Record, rules: Rules) -> Subject:
    """A record as projections see it."""

    def answer(unit: str) -> Answer:
        candidates = record.units.get(unit)
        if candidates is None:
            return None
        if len(candidates) == 1 and unit not in rules.unions:
            return candidates[0].value
        return settled(record, unit, rules).value

    def origin() -> Write:
        return min((write for _, write in record.writes()), key=lambda write: write.seq)

    return Subject(
        record.id, record.kind, record.grid, record.deleted, record.alias_of, answer, origin
    )


def created_subject(change: Change, write: Write, rules: Rules) -> Subject:
    """The same of a new record that one change made, without making the record."""
    units, sets = change.units, rules.unions & change.units.keys()
    shown = {**units, **{unit: shown_set(units[unit]) for unit in sets}} if sets else units
    return Subject(
        change.record, change.record_kind, change.grid, False, None, shown.get, lambda: write
    )


class Shown(Struct, frozen=True):
    """The answers that a reader of a record sees, by the type that a column has.

    An explicit non-answer shows as none: it is of no column's type.
    """

    answer: Callable[[str], Answer]

    def text(self, unit: str) -> str:
        """A text or code; "" for none."""
        value = self.answer(unit)
        if type(value) is not str:
            return ""
        # A database may refuse the character that ends a text in other places.
        return value.replace("\0", "") if "\0" in value else value

    def codes(self, unit: str) -> str:
        """Several codes, separated by spaces."""
        value = self.answer(unit)
        return " ".join(map(str, value)) if isinstance(value, list) else self.text(unit)

    def integer(self, unit: str) -> int | None:
        """A whole number that a column can hold."""
        value = self.answer(unit)
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        return value if abs(value) <= INT_MAX else None

    def reference(self, unit: str) -> str | None:
        """The id of another record."""
        return self.text(unit) or None

    def coordinate(self, unit: str, name: str) -> float | None:
        """One number of a place."""
        place = self.answer(unit)
        value = place.get(name) if isinstance(place, dict) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value)

    def moment(self, unit: str) -> int | None:
        """A date and time, as ms since the epoch."""
        try:
            moment = datetime.fromisoformat(self.text(unit))
            return None if moment.tzinfo is None else int(moment.timestamp() * 1000)
        except (ValueError, OverflowError):
            return None


class Projection(Struct, frozen=True):
    """How records of a kind become rows: the columns, and the values of a record for them."""

    model: type[SQLModel]
    columns: tuple[str, ...]
    row: Callable[[str, Subject, Facts, bytes], tuple[Value, ...]]
    """Of the town, the record, the facts and the key for ID numbers."""
    once: tuple[str, ...] = ()
    """Columns after those that are set when the row is made."""
    first: Callable[[Facts], tuple[Value, ...]] = lambda _: ()


_ENVELOPE = ("town_id", "id", "grid", "version", "conflicts", "deleted")


def _envelope(town: str, of: Subject, facts: Facts) -> tuple[Value, ...]:
    return town, of.id, of.grid, facts.version, facts.conflicts, of.deleted


def _dwelling(town: str, of: Subject, facts: Facts, _: bytes) -> tuple[Value, ...]:
    shown = Shown(of.answer)
    text = shown.text
    return (
        *_envelope(town, of, facts), of.alias_of, text("code"), text("plate"), text("address"),
        text("building"), text("unit_no"), shown.integer("floor"), text("room"), text("use"),
        text("status"), shown.coordinate("location", "lat"), shown.coordinate("location", "lon"),
        *found_by(text("code"), text("plate"), text("address")),
    )  # fmt: skip


def _household(town: str, of: Subject, facts: Facts, _: bytes) -> tuple[Value, ...]:
    shown = Shown(of.answer)
    text = shown.text
    return (
        *_envelope(town, of, facts), of.alias_of, facts.updated_at,
        shown.reference("dwelling"), text("household_no"), text("head_name"),
        *found_by(text("head_name"), text("phone")), text("phone"), shown.integer("people_count"),
        text("tenure"), text("household_kind"), text("landlord_name"), text("visit_policy"),
        shown.codes("marks"),
    )  # fmt: skip


def _resident(town: str, of: Subject, facts: Facts, id_key: bytes) -> tuple[Value, ...]:
    shown = Shown(of.answer)
    text = shown.text
    return (
        *_envelope(town, of, facts), of.alias_of, shown.reference("household"),
        text("name"), *found_by(text("name"), text("phone")), text("relation"), text("sex"),
        text("birth_date"), text("phone"), text("status"), id_hash(text("id_number"), id_key),
    )  # fmt: skip


def _visit(town: str, of: Subject, facts: Facts, _: bytes) -> tuple[Value, ...]:
    shown, origin = Shown(of.answer), of.origin()
    text = shown.text
    return (
        town, of.id, of.grid, facts.version, of.deleted,
        shown.reference("household"), shown.reference("dwelling"), origin.worker,
        _began(shown, origin), text("mode"), text("outcome"),
        text("note"), text("next_visit"), shown.codes("notices_given"), text("card_no"),
        shown.reference("corrects"),
    )  # fmt: skip


def _began(visit: Shown, origin: Write) -> int:
    """When a visit began, ms: told by its device's clock, and put right where that clock was wrong.

    A clock that is right but for minutes keeps its word: the visit stands as it was written down.
    """
    started, wrong_by = visit.moment("started"), origin.effective - origin.claimed
    if started is None:
        return origin.effective
    return started + wrong_by if abs(wrong_by) > AHEAD_MAX_MS else started


def _question(town: str, of: Subject, facts: Facts, _: bytes) -> tuple[Value, ...]:
    shown, origin = Shown(of.answer), of.origin()
    text = shown.text
    return (
        town, of.id, of.grid, facts.version, of.deleted, shown.reference("household"),
        text("about"), text("about_kind"), text("item"), text("worker"), origin.worker,
        origin.effective, bool(text("answer")), facts.updated_at, bool(text("closed")),
    )  # fmt: skip


def _work(town: str, of: Subject, facts: Facts, _: bytes) -> tuple[Value, ...]:
    values = work_values(of.kind, of.answer, of.origin())
    return town, of.id, of.grid, facts.version, of.deleted, of.kind, *values


_WORK = Projection(
    WorkRow,
    ("town_id", "id", "grid", "version", "deleted", "kind", *WORK_COLUMNS),
    _work,
    ("received",),
    lambda facts: (facts.received,),
)
PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        **dict.fromkeys(FACTS, _WORK),
        "dwelling": Projection(
            DwellingRow,
            (
                *_ENVELOPE, "alias_of", "code", "plate", "address", "building", "unit_no", "floor",
                "room", "use", "status", "lat", "lon", "search", "words",
            ),
            _dwelling,
        ),
        "household": Projection(
            HouseholdRow,
            (
                *_ENVELOPE, "alias_of", "updated_at", "dwelling_id", "household_no", "head_name",
                "search", "words", "phone", "people_count", "tenure", "household_kind",
                "landlord_name", "visit_policy", "marks",
            ),
            _household,
            ("created_at", "last_visit_at", "last_outcome"),
            lambda facts: (facts.created_at, None, ""),
        ),
        "resident": Projection(
            ResidentRow,
            (
                *_ENVELOPE, "alias_of", "household_id", "name", "search", "words", "relation",
                "sex", "birth_date", "phone", "status", "id_hash",
            ),
            _resident,
        ),
        "visit": Projection(
            VisitRow,
            (
                "town_id", "id", "grid", "version", "deleted", "household_id", "dwelling_id",
                "worker_id", "started", "mode", "outcome", "note", "next_visit", "notices",
                "card_no", "corrects",
            ),
            _visit,
            ("received",),
            lambda facts: (facts.received,),
        ),
        "question": Projection(
            QuestionRow,
            (
                "town_id", "id", "grid", "version", "deleted", "household_id", "about",
                "about_kind", "item", "worker_id", "asked_by", "asked_at", "answered",
                "updated_at", "closed",
            ),
            _question,
        ),
    }
)  # fmt: skip


def id_hash(number: str, key: bytes) -> str | None:
    """Under which equal ID numbers are found; a plain hash of one is guessed in seconds."""
    if not number:
        return None
    return hmac.new(key, normal_text("id_number", number).encode(), sha256).hexdigest()
