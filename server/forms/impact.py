"""What a new version of a form would mean for the records that are there: a dry run."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from shared.changes import Answer
from shared.forms.model import Form
from shared.forms.scope import Moment
from shared.forms.validation import check_units
from shared.wire import Begun


class Loss(Struct, frozen=True):
    """A question, and how many records are concerned."""

    name: str
    records: int


class Unfinished(Struct, frozen=True):
    """Forms that are being filled in on phones, as far as the phones have told."""

    drafts: int = 0
    other_version: int = 0
    """Begun under another version: they go on under it."""
    lose: int = 0
    """With an answer to a question that the new version does not have."""
    lost: tuple[Loss, ...] = ()


class Impact(Struct, frozen=True):
    """What would happen."""

    records: int
    lose: int
    """Records with an answer that the new version no longer asks; it stays stored, unseen."""
    become_invalid: int
    """Records with an answer that is right now and would be wrong."""
    owe: int
    """Records without an answer to a question that is newly mandatory."""
    lost: tuple[Loss, ...] = ()
    invalid: tuple[Loss, ...] = ()
    owed: tuple[Loss, ...] = ()
    unfinished: Unfinished = Unfinished()


def unfinished(after: Form, begun: Iterable[Begun]) -> Unfinished:
    """What the new version would mean for the forms that are being filled in."""
    drafts = list(begun)
    gone = [set(one.answered) - after.draft_names for one in drafts]
    lost = Counter(name for names in gone for name in names)
    return Unfinished(
        drafts=len(drafts),
        other_version=sum(one.form != after.version for one in drafts),
        lose=sum(map(bool, gone)),
        lost=_losses(lost),
    )


def impact(
    before: Form | None, after: Form, records: Iterable[Mapping[str, Answer]], now: datetime
) -> Impact:
    """Compares every record under the two versions."""
    moment = Moment(now)
    old_units = frozenset() if before is None else _units(before)
    lost, invalid, owed = Counter[str](), Counter[str](), Counter[str]()
    count, lose, wrong, owing = 0, 0, 0, 0
    gone = old_units - _units(after)
    new_duties = _duties(after) - (frozenset() if before is None else _duties(before))
    for units in records:
        count += 1
        missing = {unit for unit in gone if units.get(unit) is not None}
        bad = _wrong(after, units, moment)
        if bad and before is not None:
            bad -= _wrong(before, units, moment)
        owes = {unit for unit in new_duties if units.get(unit) is None}
        lost.update(missing)
        invalid.update(bad)
        owed.update(owes)
        lose, wrong, owing = lose + bool(missing), wrong + bool(bad), owing + bool(owes)
    return Impact(count, lose, wrong, owing, _losses(lost), _losses(invalid), _losses(owed))


def _wrong(form: Form, units: Mapping[str, Answer], moment: Moment) -> set[str]:
    return {problem.question for problem in check_units(form, units, moment)}


def _units(form: Form) -> frozenset[str]:
    return frozenset(form.units) | frozenset(form.repeats)


def _duties(form: Form) -> frozenset[str]:
    """Units that every record should have."""
    always = {"true()", "1"}
    return frozenset(
        question.unit
        for question in form.questions
        if question.name in form.draft_names
        and question.asked
        and not question.relevant
        and (question.mandatory or question.required.strip() in always)
    )


def _losses(counted: Counter[str]) -> tuple[Loss, ...]:
    return tuple(Loss(name, records) for name, records in counted.most_common())
