"""Tables that a town made itself: which there are, and the records of one on this device."""

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from mobile.errors import DamagedRow
from mobile.store import telling
from mobile.store.rows import KINDS as REGISTER
from mobile.store.shelf import Shelf
from mobile.store.store import Store
from mobile.store.tables import ShadowRow
from shared.forms.logic import FormState
from shared.forms.model import Form, QuestionType
from shared.forms.scope import Moment
from shared.forms.units import answers_of
from shared.merge import shown
from shared.records import Record
from shared.work.policy import CARDS
from shared.work.reading import FACTS
from shared.work.values import OFFICE_ONLY

BUILT_IN = REGISTER | FACTS.keys() | OFFICE_ONLY | {"question", "life"} | CARDS
"""Kinds that have screens of their own; "life" is of drafts alone."""
SHOWN_MAX = 500


class OwnRecord(Struct, frozen=True):
    """A record of a town's own table, as a list shows it."""

    id: str
    label: str
    """As the form names it, else its first text; "" before there is one."""
    at: int
    """When it was last changed, ms."""
    unsent: bool


def is_own(kind: str) -> bool:
    """Whether that kind is a table of the town's own making."""
    return kind not in BUILT_IN


def own_forms(store: Store) -> tuple[Form, ...]:
    """The current form of each own table."""
    kinds = sorted(filter(is_own, store.shelf.account.forms))
    found = (store.form(kind) for kind in kinds)
    return tuple(form for form in found if form is not None)


def own_records(store: Store, form: Form, moment: Moment) -> tuple[OwnRecord, ...]:
    """The records of that table, the newest first, at most `SHOWN_MAX`."""
    shelf = store.shelf
    with shelf.database.alone(), shelf.database.reading() as conn:
        records = list(_records(shelf, conn, form.kind))
        told = [_told(shelf, form, record, moment) for record in records]
    return tuple(sorted(told, key=lambda one: (-one.at, one.id))[:SHOWN_MAX])


def _records(shelf: Shelf, conn: Connection, kind: str) -> Iterator[Record]:
    stored = conn.execute(select(col(ShadowRow.id)).where(col(ShadowRow.kind) == kind)).scalars()
    for record_id in dict.fromkeys([*stored, *shelf.overlaid()]):
        try:
            record = shelf.shown(conn, record_id)
        except DamagedRow:
            continue  # the index asks for it again
        if record is not None and record.kind == kind and not record.deleted:
            yield record


def _told(shelf: Shelf, form: Form, record: Record, moment: Moment) -> OwnRecord:
    answers = answers_of(form, shown(record, shelf.rules(record.kind)))
    named = FormState(form, answers, moment).instance_name() if form.instance_name else ""
    texts = (one.name for one in form.questions if one.type is QuestionType.TEXT)
    first = next((str(answers[name]) for name in texts if answers.get(name)), "")
    return OwnRecord(
        id=record.id,
        label=" ".join((named or first).split()),
        at=max(write.effective for _, write in record.writes()),
        unsent=telling.unsent(shelf, record.id) > 0,
    )
