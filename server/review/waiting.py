"""Everything that waits for a person, as one SELECT: a kind, an id, a place and a time each."""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    SQLColumnExpression,
    exists,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.expression import Subquery
from sqlmodel import col

from server.db.bulk import among
from server.db.office_tables import DeviceRow
from server.db.projections import HouseholdRow, QuestionRow
from server.db.register_tables import ConflictRow, JournalRow, NotSameRow, QuarantineRow
from server.db.review_tables import LookalikeRow, VisitBreachRow
from server.office.devices import PHONE
from server.register.contested import OPEN
from server.register.quarantine import HELD, REJECTED
from shared.changes import ChangeKind

PAIR = "~"
"""Between the two ids of a pair."""
PLACE = "."
"""Between a device and the number of its change."""
CONFIRM_DAYS = 30
"""New households are shown for so long; who has not confirmed one by then has seen it."""
BREACH_DAYS = 60
"""For so long a visit that broke a rule asks; afterwards it stands on its month's list only."""
_DAY_MS = 24 * 3600 * 1000

Part = Select[*tuple[object, ...]]
Within = Callable[[Mapped[str]], ColumnElement[bool]]
"""Whether a column of grids is one of those that are asked about."""
_COLUMNS = ("kind", "item", "record", "record_kind", "detail", "grid", "since")


class Kind(StrEnum):
    """What can wait."""

    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    HELD = "held"
    """A change that was held or refused."""
    QUESTION = "question"
    """A worker's answer that nobody has read."""
    REGISTRATION = "registration"
    """A household that a phone registered and nobody has confirmed."""
    BREACH = "breach"
    """A visit that broke a rule that spares households."""


def waiting(
    conn: Connection, who: tuple[str, Collection[str]], now: int, kinds: Collection[Kind]
) -> Subquery:
    """Rows of (kind, item, record, record_kind, detail, grid, since).

    who: the town, and its grids that are asked about.
    """
    town, grids = who
    parts = [_PARTS[kind](town, lambda grid: among(conn, grid, grids), now) for kind in kinds]
    return union_all(*parts).subquery("waiting")


def _conflicts(town: str, within: Within, _: int) -> Part:
    return _select(
        literal(Kind.CONFLICT.value),
        col(ConflictRow.id),
        col(ConflictRow.record_id),
        col(ConflictRow.record_kind),
        col(ConflictRow.unit),
        col(ConflictRow.grid),
        col(ConflictRow.opened_at),
    ).where(
        col(ConflictRow.town_id) == town,
        col(ConflictRow.state) == OPEN,
        within(col(ConflictRow.grid)),
    )


def _duplicates(town: str, within: Within, _: int) -> Part:
    said = exists().where(
        col(NotSameRow.town_id) == town,
        col(NotSameRow.one_id) == col(LookalikeRow.one_id),
        col(NotSameRow.other_id) == col(LookalikeRow.other_id),
    )
    return _select(
        literal(Kind.DUPLICATE.value),
        col(LookalikeRow.one_id) + PAIR + col(LookalikeRow.other_id),
        col(LookalikeRow.one_id),
        col(LookalikeRow.kind),
        col(LookalikeRow.reasons),
        col(LookalikeRow.one_grid),
        col(LookalikeRow.found_at),
    ).where(
        col(LookalikeRow.town_id) == town,
        within(col(LookalikeRow.one_grid)),
        within(col(LookalikeRow.other_grid)),
        ~said,
    )


def _held(town: str, within: Within, _: int) -> Part:
    change = col(QuarantineRow.device_id) + PLACE
    return _select(
        literal(Kind.HELD.value),
        change.concat(col(QuarantineRow.n)),
        col(QuarantineRow.record_id),
        literal(""),
        col(QuarantineRow.code),
        col(QuarantineRow.grid),
        col(QuarantineRow.received),
    ).where(
        col(QuarantineRow.town_id) == town,
        col(QuarantineRow.state).in_([HELD, REJECTED]),
        within(col(QuarantineRow.grid)),
    )


def _questions(town: str, within: Within, _: int) -> Part:
    return _select(
        literal(Kind.QUESTION.value),
        col(QuestionRow.id),
        col(QuestionRow.about),
        col(QuestionRow.about_kind),
        col(QuestionRow.item),
        col(QuestionRow.grid),
        col(QuestionRow.updated_at),
    ).where(
        col(QuestionRow.town_id) == town,
        within(col(QuestionRow.grid)),
        col(QuestionRow.answered).is_(True),
        col(QuestionRow.closed).is_(False),
        col(QuestionRow.deleted).is_(False),
    )


def _registrations(town: str, within: Within, now: int) -> Part:
    by_phone = exists().where(
        col(JournalRow.town_id) == town,
        col(JournalRow.record_id) == col(HouseholdRow.id),
        col(JournalRow.kind) == ChangeKind.CREATE.value,
        col(DeviceRow.town_id) == town,
        col(DeviceRow.id) == col(JournalRow.device_id),
        col(DeviceRow.kind) == PHONE,
    )
    return _select(
        literal(Kind.REGISTRATION.value),
        col(HouseholdRow.id),
        col(HouseholdRow.id),
        literal("household"),
        literal(""),
        col(HouseholdRow.grid),
        col(HouseholdRow.created_at),
    ).where(
        col(HouseholdRow.town_id) == town,
        within(col(HouseholdRow.grid)),
        col(HouseholdRow.created_at) >= now - CONFIRM_DAYS * _DAY_MS,
        col(HouseholdRow.deleted).is_(False),
        col(HouseholdRow.alias_of).is_(None),
        by_phone,
    )


def _breaches(town: str, within: Within, now: int) -> Part:
    return _select(
        literal(Kind.BREACH.value),
        col(VisitBreachRow.visit_id),
        col(VisitBreachRow.household_id),
        literal("household"),
        col(VisitBreachRow.rules),
        col(VisitBreachRow.grid),
        col(VisitBreachRow.received),
    ).where(
        col(VisitBreachRow.town_id) == town,
        within(col(VisitBreachRow.grid)),
        col(VisitBreachRow.verdict) == "",
        col(VisitBreachRow.received) >= now - BREACH_DAYS * _DAY_MS,
    )


def _select(*columns: SQLColumnExpression[object]) -> Part:
    return select(*(each.label(name) for name, each in zip(_COLUMNS, columns, strict=True)))


_PARTS: Mapping[Kind, Callable[[str, Within, int], Part]] = MappingProxyType(
    {
        Kind.CONFLICT: _conflicts,
        Kind.DUPLICATE: _duplicates,
        Kind.HELD: _held,
        Kind.QUESTION: _questions,
        Kind.REGISTRATION: _registrations,
        Kind.BREACH: _breaches,
    }
)
