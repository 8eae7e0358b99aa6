"""A change that the office sent back, opened again to be put right."""

import msgspec

from mobile.errors import FormMissing
from mobile.store import saving
from mobile.store.shelf import Shelf
from mobile.store.values import Answers, Draft, OutboxState, SentChange
from shared.answers import elements_of, same
from shared.changes import ChangeKind
from shared.forms.units import answers_of, units_of

EDITABLE = frozenset({ChangeKind.CREATE, ChangeKind.SET, ChangeKind.ADD, ChangeKind.REMOVE})


def can_be_edited(change: SentChange) -> bool:
    """Whether the change is answers of a form, which can be given again."""
    sent_back = change.state is OutboxState.REFUSED
    return sent_back and change.kind in EDITABLE and bool(change.record_kind)


def edited_again(shelf: Shelf, change: SentChange) -> Draft:
    """A form with the answers that were not taken, over what stands now.

    Raises FormMissing, or RecordGone for a record that is not here any more.
    """
    form = shelf.form(change.record_kind)
    if form is None:
        raise FormMissing(change.record_kind)
    if change.kind is ChangeKind.CREATE:
        given = answers_of(form, change.units)
        opening = saving.Opening(
            kind=change.record_kind, record=None, answers=given, group="", visit=None
        )
        draft = saving.begin(shelf, opening)
        # The others of its save name it by this id: a resident her household.
        return msgspec.structs.replace(draft, record=change.record)
    opening = saving.Opening(
        kind=change.record_kind, record=change.record, answers={}, group="", visit=None
    )
    draft = shelf.draft_of(change.record) or saving.begin(shelf, opening)
    units = units_of(form, draft.answers)
    units |= _wanted(change, units)
    touched = {one.name for unit in change.units for one in form.units.get(unit, ())}
    touched |= change.units.keys() & form.repeats
    given = answers_of(form, units)
    changed = {name: given.get(name) for name in touched}
    return msgspec.structs.replace(draft, answers={**draft.answers, **changed})


def _wanted(change: SentChange, now: Answers) -> Answers:
    """By unit: what the change would have made of it."""
    if change.kind is ChangeKind.SET:
        return change.units
    wanted: Answers = {}
    for unit, value in change.units.items():
        named, there = elements_of(value), elements_of(now.get(unit))
        rest = [one for one in there if not any(same(one, other) for other in named)]
        wanted[unit] = [*rest, *named] if change.kind is ChangeKind.ADD else rest
    return wanted
