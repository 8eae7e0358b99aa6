"""The audit trail: who did or saw what, when and why. Rows are only added, chained by a MAC.

A chain alone does not prove that its tail was not cut: keep the `head` elsewhere
(docs/operating.md) and give it to `check`.
"""

import hmac
from collections.abc import Iterator
from enum import StrEnum
from hashlib import sha256

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, insert, select
from sqlmodel import col

from server.db.office_tables import AuditRow, TownRow

FIRST_MAC = ""
REASON_MAX = 500
AT_ONCE_MAX = 20
"""Rows that may say of one deed."""


class Deed(StrEnum):
    """What is written down."""

    SIGN_IN_TRIED = "sign_in_tried"
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a deed, not a password
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a deed, not a password
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_CLOSED = "account_closed"
    ACCOUNT_UNLOCKED = "account_unlocked"
    SESSIONS_ENDED = "sessions_ended"
    FACTOR_ON = "factor_on"
    FACTOR_OFF = "factor_off"
    FACTOR_FOR_NOBODY = "factor_for_nobody"
    FACTOR_FOR_ADMINS = "factor_for_admins"
    FACTOR_FOR_EVERYBODY = "factor_for_everybody"
    RECOVERY_RENEWED = "recovery_renewed"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    TOWN_ADDED = "town_added"
    AREA_ADDED = "area_added"
    AREA_CHANGED = "area_changed"
    AREA_ENDED = "area_ended"
    WORKER_ADDED = "worker_added"
    WORKER_CHANGED = "worker_changed"
    WORKER_LEFT = "worker_left"
    ASSIGNED = "assigned"
    ASSIGNMENT_ENDED = "assignment_ended"
    HANDED_OVER = "handed_over"
    CODE_GIVEN = "code_given"
    ENROLLED = "enrolled"
    DEVICE_REVOKED = "device_revoked"
    DEVICE_LOST = "device_lost"
    DEVICE_WIPED = "device_wiped"
    DEVICE_CONTINUED = "device_continued"
    RESCUE_ASKED = "rescue_asked"
    RESCUE_AGREED = "rescue_agreed"
    RESCUE_GRANTED = "rescue_granted"
    RESCUE_REFUSED = "rescue_refused"
    RESCUE_USED = "rescue_used"
    DIRECTORY_CHANGED = "directory_changed"
    STATION_CHANGED = "station_changed"
    CARDS_PRINTED = "cards_printed"
    CARDS_SPOILED = "cards_spoiled"
    WORK_CARD_PRINTED = "work_card_printed"
    WORK_CARD_ENDED = "work_card_ended"
    BOARD_PRINTED = "board_printed"
    FORM_PRINTED = "form_printed"
    CARRIED_OVER = "carried_over"
    REVEALED = "revealed"
    FILE_SEEN = "file_seen"
    RIGHT_ASKED = "right_asked"
    RIGHT_DONE = "right_done"
    RIGHT_REFUSED = "right_refused"
    COPY_GIVEN = "copy_given"
    ERASED = "erased"
    RETENTION_SET = "retention_set"
    HOLD_PUT = "hold_put"
    HOLD_LIFTED = "hold_lifted"
    CONSENT_GIVEN = "consent_given"
    CONSENT_DECLINED = "consent_declined"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NOTICE_PUBLISHED = "notice_published"
    EXPORT_ASKED = "export_asked"
    EXPORT_AGREED = "export_agreed"
    EXPORT_REFUSED = "export_refused"
    EXPORTED = "exported"
    FEED_READ = "feed_read"
    FEED_AGREED = "feed_agreed"
    IMPORTED = "imported"
    IMPORT_UNDONE = "import_undone"
    EDITED = "edited"
    DECIDED = "decided"
    MERGED = "merged"
    UNMERGED = "unmerged"
    NOT_THE_SAME = "not_the_same"
    MAYBE_THE_SAME = "maybe_the_same"
    VALUE_RESTORED = "value_restored"
    QUARANTINE_RELEASED = "quarantine_released"
    QUARANTINE_CORRECTED = "quarantine_corrected"
    QUARANTINE_RETURNED = "quarantine_returned"
    QUARANTINE_DROPPED = "quarantine_dropped"
    ASKED = "asked"
    QUESTION_CLOSED = "question_closed"
    MEETING_HELD = "meeting_held"
    SUMMARY_WRITTEN = "summary_written"
    INSPECTION_DRAWN = "inspection_drawn"
    FINDING_NOTED = "finding_noted"
    INSPECTION_CLOSED = "inspection_closed"
    TRAINING_NOTED = "training_noted"
    FEEDBACK_ANSWERED = "feedback_answered"
    SCHEME_SET = "scheme_set"
    COLLECTION_REPORTED = "collection_reported"
    ASSESSMENT_SIGNED = "assessment_signed"
    ASSESSMENT_OBJECTED = "assessment_objected"
    ASSESSMENT_ANSWERED = "assessment_answered"
    CASE_REPORTED = "case_reported"
    STEP_TAKEN = "step_taken"
    PROTECTION_SEEN = "protection_seen"
    REPORT_EXCUSED = "report_excused"
    RULES_SET = "rules_set"
    REVIEW_ASSIGNED = "review_assigned"
    REVIEW_PUT_OFF = "review_put_off"
    REGISTRATION_CONFIRMED = "registration_confirmed"
    BREACH_ACCEPTED = "breach_accepted"
    BREACH_MARKED = "breach_marked"
    DECIDED_IN_BULK = "decided_in_bulk"
    TOKEN_GIVEN = "token_given"  # noqa: S105 - a deed, not a token
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a deed, not a token
    FORM_PUBLISHED = "form_published"
    RESTORED = "restored"


class Entry(Struct, frozen=True):
    """One row before it is chained."""

    at: int
    actor: str
    """The id of an account, a device or a worker; `operator` for commands on the machine."""
    deed: Deed
    object: str
    """The id of what it was done to. Never an answer, a name or a search word."""
    reason: str = ""


class AuditEntry(Struct, frozen=True):
    """One row of the trail."""

    seq: int
    at: int
    actor: str
    action: str
    object: str
    reason: str


class Head(Struct, frozen=True):
    """The newest row: its number and its MAC."""

    seq: int
    mac: str


class Checked(Struct, frozen=True):
    """What a check of the whole chain found."""

    rows: int
    head: Head
    broken_at: int | None = None
    """The number of the first row that is not what was written, or is missing."""


def record(conn: Connection, key: bytes, town: str, entry: Entry) -> None:
    """Adds one row, in the transaction of the act."""
    # Two acts of one town must not take the same place in the chain.
    conn.execute(select(col(TownRow.town_id)).where(col(TownRow.town_id) == town).with_for_update())
    before = head(conn, town)
    row = AuditEntry(
        seq=before.seq + 1,
        at=entry.at,
        actor=entry.actor,
        action=entry.deed,
        object=entry.object,
        reason=entry.reason[:REASON_MAX].replace("\0", ""),
    )
    mac = _mac(key, town, before.mac, row)
    conn.execute(insert(AuditRow).values(town_id=town, mac=mac, **msgspec.structs.asdict(row)))


def head(conn: Connection, town: str) -> Head:
    """The newest row's number and MAC."""
    row = conn.execute(
        select(col(AuditRow.seq), col(AuditRow.mac))
        .where(col(AuditRow.town_id) == town)
        .order_by(col(AuditRow.seq).desc())
        .limit(1)
    ).one_or_none()
    return Head(0, FIRST_MAC) if row is None else Head(row.seq, row.mac)


def trail(
    conn: Connection, town: str, *, before: int | None = None, limit: int = 100
) -> list[AuditEntry]:
    """The newest rows, or those before a row number, newest first."""
    wanted = select(AuditRow).where(col(AuditRow.town_id) == town)
    if before is not None:
        wanted = wanted.where(col(AuditRow.seq) < before)
    rows = conn.execute(wanted.order_by(col(AuditRow.seq).desc()).limit(limit))
    return [_entry(row) for row in rows]


def times_done(conn: Connection, town: str, done: tuple[str, Deed], *, since: int) -> int:
    """How often an actor has done this since then: for what is allowed only so often."""
    actor, deed = done
    return conn.execute(
        select(func.count())
        .select_from(AuditRow)
        .where(
            col(AuditRow.town_id) == town,
            col(AuditRow.actor) == actor,
            col(AuditRow.at) > since,
            col(AuditRow.action) == deed.value,
        )
    ).scalar_one()


def last_times(conn: Connection, town: str, done: tuple[str, Deed], *, limit: int = 5) -> list[int]:
    """When an actor did this last, the newest first."""
    actor, deed = done
    rows = conn.execute(
        select(col(AuditRow.at))
        .where(
            col(AuditRow.town_id) == town,
            col(AuditRow.actor) == actor,
            col(AuditRow.action) == deed.value,
        )
        .order_by(col(AuditRow.at).desc())
        .limit(limit)
    )
    return list(rows.scalars())


def done_next(
    conn: Connection, town: str, done: tuple[str, Deed], *, since: int
) -> list[AuditEntry]:
    """What says of an actor who did this, the first time from then on: rows of one moment."""
    actor, deed = done
    rows = conn.execute(
        select(AuditRow)
        .where(
            col(AuditRow.town_id) == town,
            col(AuditRow.actor) == actor,
            col(AuditRow.at) >= since,
            col(AuditRow.action) == deed.value,
        )
        .order_by(col(AuditRow.at), col(AuditRow.seq))
        .limit(AT_ONCE_MAX)
    )
    entries = [_entry(row) for row in rows]
    return [entry for entry in entries if entry.at == entries[0].at]


def check(conn: Connection, key: bytes, town: str, known: Head | None = None) -> Checked:
    """Whether every row is what was written, in order, and the `known` head is among them."""
    last = Head(0, FIRST_MAC)
    for seq, mac, expected in _chain(conn, key, town):
        wrong = seq != last.seq + 1 or not hmac.compare_digest(mac, expected)
        if wrong or (known and known.seq == seq and known.mac != mac):
            return Checked(last.seq, last, broken_at=last.seq + 1)
        last = Head(seq, mac)
    cut = known is not None and known.seq > last.seq
    return Checked(last.seq, last, broken_at=last.seq + 1 if cut else None)


def _chain(conn: Connection, key: bytes, town: str) -> Iterator[tuple[int, str, str]]:
    """Each row's number, its MAC and what its MAC should be after the row before it."""
    mac = FIRST_MAC
    rows = conn.execution_options(yield_per=1000).execute(
        select(AuditRow).where(col(AuditRow.town_id) == town).order_by(col(AuditRow.seq))
    )
    for row in rows:
        yield row.seq, row.mac, _mac(key, town, mac, _entry(row))
        mac = row.mac


def _entry(row: object) -> AuditEntry:
    return msgspec.convert(row, AuditEntry, from_attributes=True)


def _mac(key: bytes, town: str, before: str, row: AuditEntry) -> str:
    content = msgspec.json.encode([before, town, msgspec.structs.astuple(row)])
    return hmac.new(key, content, sha256).hexdigest()
