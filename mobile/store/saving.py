"""Saving: forms and guided steps become changes in the outbox, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from mobile.errors import FormMissing, NotReady, RecordGone, TooMuchAtOnce
from mobile.store.entries import ENVELOPE_BYTES, Entry
from mobile.store.kept import Name
from mobile.store.making import Making, Numbered, changes_of, numbered
from mobile.store.policy_cards import PolicyCards
from mobile.store.shelf import Shelf
from mobile.store.values import Answers, Draft, Edit, Saved
from shared.changes import Answer, Change, ChangeKind
from shared.consent import NOTICE_UNIT, SAYING, WORD_UNIT
from shared.forms.logic import FormState, draft_name
from shared.forms.model import Form
from shared.forms.scope import Moment
from shared.forms.units import answers_of
from shared.merge import merge, shown
from shared.records import PENDING, Record, Write
from shared.wire import Limits

NOTHING: Mapping[str, str] = MappingProxyType({})
SAVE_CHANGES, SAVE_BYTES = 50, 64 * 1024
"""So much may be saved at once, however little a server says that it takes."""


class Opening(Struct, frozen=True, kw_only=True):
    """What a form is opened on."""

    kind: str
    record: str | None
    """None for a new record."""
    answers: Mapping[str, Answer]
    """First answers by question, such as a new resident's household."""
    group: str
    visit: str | None


def begin(shelf: Shelf, opening: Opening) -> Draft:
    """A draft of a record's form, or of a new record's. Raises FormMissing or RecordGone."""
    form = shelf.form(opening.kind)
    if form is None:
        raise FormMissing(opening.kind)
    now = shelf.clock.now()
    with shelf.database.reading() as conn:
        record = shelf.shown(conn, opening.record) if opening.record else None
        standing = shelf.shadow.standing(conn, opening.record or "")
    if opening.record and record is None:
        raise RecordGone
    before = {} if record is None else shown(record, shelf.rules(opening.kind))
    stored = answers_of(form, before)
    id_ = opening.record or shelf.clock.new_id()
    new = moment(now, id_, about(shelf)) if record is None else None
    return Draft(
        id=shelf.clock.new_id(),
        kind=opening.kind,
        record=id_,
        new=record is None,
        grid=_grid(shelf, record, opening.answers),
        base=standing.version if standing else 0,
        form=form.version,
        before=before,
        opened=stored,
        answers=_first_answers(form, stored, opening.answers, new),
        group=opening.group,
        visit=opening.visit,
        started=now,
        touched=now,
    )


def save_drafts(shelf: Shelf, drafts: Sequence[Draft], more: Sequence[Edit] = ()) -> Saved:
    """Saves forms, and `more`, as one save, and drops their drafts. Raises NotReady ..."""
    edits = [edit for draft in drafts for edit in _edits(shelf, draft)]
    return save(shelf, [*edits, *more], [draft.id for draft in drafts])


def save(shelf: Shelf, edits: Sequence[Edit], drop: Sequence[str] = ()) -> Saved:
    """Saves a step: one transaction, or nothing of it."""
    with shelf.database.alone():
        entries: list[Entry] = []
        worker, clock = shelf.account.identity.worker, shelf.clock.reading()
        making = Making(save=shelf.clock.new_id(), worker=worker, clock=clock)
        with shelf.database.writing() as conn:
            shelf.catch_up(conn)
            made = _changes(shelf, conn, edits, making)
            changes, chain = numbered(made, shelf.account.chain)
            _check_size(changes, shelf.account.identity.limits)
            if changes:
                entries = shelf.outbox.add(conn, chain.device, changes)
                shelf.kept.put(conn, Name.CHAIN, chain)
            for draft in drop:
                shelf.draft_rows.drop(conn, draft)
        if changes:
            shelf.change(chain=chain)
            shelf.lay(entries)
        shelf.drop_drafts(drop)
    return Saved(making.save, len(made), tuple(dict.fromkeys(change.record for change in made)))


def keep(shelf: Shelf, draft: Draft) -> Draft:
    """Keeps a draft as it is typed."""
    draft = msgspec.structs.replace(draft, touched=shelf.clock.now())
    with shelf.database.alone():
        with shelf.database.writing() as conn:
            shelf.draft_rows.keep(conn, draft)
        shelf.put_drafts([draft])
    return draft


def drop_draft(shelf: Shelf, draft: str) -> None:
    """Forgets a draft."""
    with shelf.database.alone():
        with shelf.database.writing() as conn:
            shelf.draft_rows.drop(conn, draft)
        shelf.drop_drafts([draft])


def moment(at: int, record: str = "", about: Mapping[str, str] = NOTHING) -> Moment:
    """The time, with this device's time zone; `record` is what chance in its form comes from."""
    now = datetime.fromtimestamp(at / 1000, UTC).astimezone()
    return Moment(now, seed=record, about=about)


def about(shelf: Shelf) -> Mapping[str, str]:
    """What forms may note of who fills them in, and on what."""
    identity = shelf.account.identity
    return {"deviceid": identity.device, "username": identity.worker}


def _check_size(changes: Sequence[Numbered], limits: Limits) -> None:
    """A save is sent in one piece, so it must fit into one push."""
    size = sum(len(change.raw) + 1 for change in changes)
    most = max(limits.bytes - ENVELOPE_BYTES, SAVE_BYTES)
    if len(changes) > max(limits.changes, SAVE_CHANGES) or size > most:
        raise TooMuchAtOnce


def _grid(shelf: Shelf, record: Record | None, answers: Mapping[str, Answer]) -> str:
    """The record's grid; a new one lies where the record it refers to lies."""
    if record is not None:
        return record.grid
    for answer in answers.values():
        if isinstance(answer, str):
            with shelf.database.reading() as conn:
                parent = shelf.shown(conn, answer)
            if parent is not None:
                return parent.grid
    return first_grid(shelf)


def first_grid(shelf: Shelf) -> str:
    """The worker's first grid; "" when there is none."""
    return shelf.account.areas[0].id if shelf.account.areas else ""


def _first_answers(
    form: Form, stored: Answers, first: Mapping[str, Answer], new: Moment | None
) -> Answers:
    """`new`: when a new record's form is opened."""
    answers = {**stored, **first}
    return answers if new is None else FormState.fresh(form, new, answers).answers


def _edits(shelf: Shelf, draft: Draft) -> Iterable[Edit]:
    form = shelf.form(draft.kind, draft.form) or shelf.form(draft.kind)
    if form is None:
        raise FormMissing(draft.kind)
    now = moment(shelf.clock.now(), draft.record, about(shelf))
    state = FormState(form, draft.answers if draft.new else draft.opened, now)
    changed = {
        name
        for name in draft.opened.keys() | draft.answers.keys()
        if name in form.draft_names and draft.answers.get(name) != draft.opened.get(name)
    }
    for name in changed:
        state.answer(name, draft.answers.get(name))
    if SAYING & changed and NOTICE_UNIT in form.by_name:
        state.answer(NOTICE_UNIT, _notice_shown(shelf, draft.kind))
    if draft.new:
        state.finish()
    # What was wrong or missing before she came must not keep her from saving what she found.
    faults = {
        n: words for n, words in state.faults().items() if draft.new or draft_name(n) in changed
    }
    if faults:
        raise NotReady(faults)
    yield Edit(
        kind=ChangeKind.CREATE if draft.new else ChangeKind.SET,
        record=draft.record,
        record_kind=draft.kind,
        units=state.units() if draft.new else state.edits(draft.before),
        base=draft.base,
        old=draft.before,
        grid=draft.grid,
        visit=draft.visit,
        form=form.version,
    )


def _notice_shown(shelf: Shelf, kind: str) -> str | None:
    """The version of the notice that stood next to the question about consent."""
    cards = PolicyCards(shelf).about(kind, WORD_UNIT)
    return next((card.edition for card in cards if card.edition), None)


def _changes(shelf: Shelf, conn: Connection, edits: Sequence[Edit], making: Making) -> list[Change]:
    """The changes of all edits; a later edit sees what an earlier one of the save did."""
    changes: list[Change] = []
    seen: dict[str, Record | None] = {}
    for edit in edits:
        record = seen[edit.record] if edit.record in seen else shelf.shown(conn, edit.record)
        rules = shelf.rules(edit.record_kind)
        for change in changes_of(_completed(shelf, conn, edit, record), record, rules, making):
            changes.append(change)
            write = _provisional(shelf, change, len(changes))
            if record is not None or change.kind is ChangeKind.CREATE:
                record = merge(record, change, write, rules).record
        seen[edit.record] = record
    return changes


def _provisional(shelf: Shelf, change: Change, place: int) -> Write:
    chain = shelf.account.chain
    return Write(
        2 * PENDING + place,
        chain.device,
        chain.n + place,
        change.base,
        change.worker,
        change.at,
        change.at,
        change.visit,
    )


def _completed(shelf: Shelf, conn: Connection, edit: Edit, record: Record | None) -> Edit:
    """The edit with what its author left to the store."""
    grid = edit.grid or (record.grid if record else first_grid(shelf))
    form = edit.form or shelf.account.forms.get(edit.record_kind, "")
    base = edit.base
    if base is None:
        standing = shelf.shadow.standing(conn, edit.record)
        base = standing.version if standing else 0
    rules = shelf.rules(edit.record_kind)
    old = edit.old or ({} if record is None else shown(record, rules))
    return msgspec.structs.replace(edit, grid=grid, form=form, base=base, old=old)
