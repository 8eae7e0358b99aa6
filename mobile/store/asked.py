"""What the office asks this worker: records of the kind `question` that name her."""

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from mobile.errors import DamagedRow
from mobile.store.shelf import Shelf
from mobile.store.tables import ShadowRow
from mobile.store.telling import record_view
from mobile.store.values import RecordView
from shared.records import Record

KIND = "question"
SHOWN_MAX = 50
"""The others follow when these are answered."""


class Asked(Struct, frozen=True):
    """A question that waits for her answer."""

    id: str
    household: str
    record: str
    """The record that it is about, and its kind."""
    kind: str
    unit: str
    """The answer of that record that it is about; "" for the whole of it."""
    about: str
    """What that is called, by the form's label; "" for the whole record."""
    comment: str
    by: str
    """Who asks; "" when this device does not know the name."""
    at: int
    """When, by the corrected clock, ms."""


def asked(shelf: Shelf) -> tuple[Asked, ...]:
    """The questions that wait for this worker's answer, the oldest first."""
    with shelf.database.reading() as conn:
        here = {(row.id, row.version) for row in conn.execute(_QUESTIONS)} - shelf.settled_questions
        read = ((one, _shown(shelf, conn, one[0])) for one in here)
        records = {one: record for one, record in read if record is not None}
    found = []
    for one, record in records.items():
        view = record_view(shelf, record)
        if _waits(view, shelf.account.identity.worker):
            found.append(_asked(view))
        elif not shelf.laid_over(one[0]):  # what is unsent may yet be refused
            shelf.settled_questions.add(one)
    return tuple(sorted(found, key=lambda one: (one.at, one.id))[:SHOWN_MAX])


def _shown(shelf: Shelf, conn: Connection, question: str) -> Record | None:
    try:
        return shelf.shown(conn, question)
    except DamagedRow:
        return None  # the next sync brings it again


def _waits(view: RecordView, worker: str) -> bool:
    answers = view.answers
    done = answers.get("answer") or answers.get("closed") or view.deleted
    return not done and answers.get("worker") == worker


def _asked(view: RecordView) -> Asked:
    first = view.units["comment"].values[0]

    def text(unit: str) -> str:
        value = view.answers.get(unit)
        return value if isinstance(value, str) else ""

    return Asked(
        id=view.id,
        household=text("household"),
        record=text("about"),
        kind=text("about_kind"),
        unit=text("item"),
        about=text("item_label"),
        comment=text("comment"),
        by=first.worker_name,
        at=first.effective,
    )


# Made once: to build a statement costs as much as to run it.
_QUESTIONS = select(col(ShadowRow.id), col(ShadowRow.version)).where(col(ShadowRow.kind) == KIND)
