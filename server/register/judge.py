"""Whether a change may be taken: who made it, of what, where, and with which answers."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from server.register.author import Author
from server.register.consented import effect_with, says_word
from server.register.erased import ERASED, was_erased
from server.register.published import Published, Shelf
from server.register.reasons import reason
from server.register.scope import Scope, grids_known, is_grid
from server.register.stopped import STOPPED, filled
from server.register.work_powers import overreach
from shared.changes import ALIAS, GRID, NOTE, Change, ChangeKind
from shared.forms.validation import Problem as AnswerProblem
from shared.records import Record
from shared.wire import Problem, Words
from shared.work.reading import FACTS

UNITS_MAX = 2000
ELEMENTS_MAX = 500
"""How many elements a change may add to a set, or remove from it."""
TIME_MAX = 1 << 53
_ID = re.compile(r"[0-9A-Za-z_-]{1,36}")
_NEW = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The id of a new record: any other text stands in another order here and there."""
_FOUR_IDS = re.compile(rf"{_ID.pattern}(?:\|{_ID.pattern}){{3}}")
_UNIT = re.compile(r"[^\s@\x00-\x1f][^\s\x00-\x1f]{0,99}")
_VERSION = re.compile(r"[^\x00-\x1f]{0,100}")
_RESERVED: Mapping[ChangeKind, frozenset[str]] = {
    ChangeKind.MOVE: frozenset({GRID}),
    ChangeKind.NOTE: frozenset({NOTE}),
    ChangeKind.SET: frozenset({ALIAS}),
}
"""Which reserved units a kind of change may name."""


class Accepted(Struct, frozen=True):
    """The change is taken, without the units that were refused."""

    change: Change
    refused: tuple[str, ...] = ()
    problem: Problem | None = None


class Held(Struct, frozen=True):
    """The change waits for its record."""


class Rejected(Struct, frozen=True):
    """The change is not taken."""

    problem: Problem
    units: tuple[str, ...] = ()


Verdict: TypeAlias = Accepted | Held | Rejected


class Judge(Struct, frozen=True):
    """Judges the changes of one author in one transaction."""

    conn: Connection
    author: Author
    scope: Scope
    shelf: Shelf
    current: Mapping[str, Published]
    seq: int
    """Where the town's register stood when the transaction began."""
    stopped: dict[str, frozenset[str]] = {}
    """Units, by record, that people no longer let be kept; as the changes so far leave them."""
    created: dict[str, Change] = {}
    """What began the records that the changes so far have created: no journal tells of it yet."""

    def verdict(self, change: Change, record: Record | None, at: int) -> Verdict:
        """What to do with a change that was made at that time, given its record as it is."""
        code = self._fault(change) or self._misplaced(change, record, at)
        if code:
            return Rejected(reason(code))
        if record is None and change.kind is not ChangeKind.CREATE:
            return Held()
        return self._with_good_answers(change, record, at)

    def _fault(self, change: Change) -> str:
        form = self.current.get(change.record_kind)
        if not _well_formed(change):
            return "not_understood"
        if change.worker != self.author.worker:
            return "wrong_worker"
        if form is None:
            return "unknown_kind"
        return "bad_base" if change.base > self.seq else ""

    def _misplaced(self, change: Change, record: Record | None, at: int) -> str:
        if record is not None and record.kind != change.record_kind:
            return "wrong_kind"
        # Only a tombstone can be what is left of an erased record: nothing else is looked up.
        gone = record is not None and record.deleted
        if gone and was_erased(self.conn, self.author.town, change.record):
            return ERASED
        if not self._may_touch(change, record, at):
            return "out_of_area"
        if change.record_kind in FACTS and (code := overreach(self.conn, self.author, change)):
            return code
        if change.kind is ChangeKind.MOVE and not is_grid(
            self.conn, self.author.town, _target(change)
        ):
            return "unknown_grid"
        return ""

    def _may_touch(self, change: Change, record: Record | None, at: int) -> bool:
        if record is None or change.kind is ChangeKind.CREATE:
            begins = record is None and change.kind is ChangeKind.CREATE
            reports = begins and self.scope.may_report(change.record_kind, change.grid, at)
            return reports or self.scope.covers(change.grid, at)
        if self.scope.covers(record.grid, at):
            return True
        # It was moved meanwhile: what counts is where it lay when its author saw it.
        return any(self.scope.covers(grid, at) for grid in self._grids_seen(change))

    def _grids_seen(self, change: Change) -> list[str]:
        began = self.created.get(change.record)
        if began is None:
            return grids_known(self.conn, self.author, change.record, change.base)
        return [began.grid] if began.worker == self.author.worker else []

    def stopped_with(
        self, change: Change, record: Record | None, by: tuple[str, int]
    ) -> frozenset[str]:
        """What of the record may not be kept once the change is taken. by: see `effect_with`."""
        stopped = self.stopped.get(change.record, frozenset())
        known = self.current[change.record_kind].by_consent
        if not known or not says_word(change):
            return stopped
        does = effect_with(record, change, by, known)
        return (stopped - does.allows) | does.stops

    def _with_good_answers(
        self, change: Change, record: Record | None, at: int
    ) -> Accepted | Rejected:
        form = self._form_of(change)
        problems = form.answers.problems(change.units, at)
        may_not = self.stopped_with(change, record, (self.author.device, at))
        stopped = filled(change, may_not)
        if not problems and not stopped:
            return Accepted(change)
        bad = tuple(dict.fromkeys((*(problem.unit for problem in problems), *stopped)))
        secret = form.secret_units | self.current[change.record_kind].secret_units
        problem = reason("bad_answers", _details(form, problems, secret))
        if stopped:
            problem = reason(STOPPED, Words(*(_labels(form, stopped, at) for at in ("zh", "en"))))
        good = {name: value for name, value in change.units.items() if name not in bad}
        if not good and change.kind is not ChangeKind.CREATE:
            return Rejected(problem, bad)
        return Accepted(msgspec.structs.replace(change, units=good), bad, problem)

    def _form_of(self, change: Change) -> Published:
        """The form that asked: what it allowed stays allowed. An unknown one is the current."""
        current = self.current[change.record_kind]
        if change.form in ("", current.form.version):
            return current
        asked = self.shelf.version(self.conn, self.author.town, change.record_kind, change.form)
        return asked or current


def is_id(text: str) -> bool:
    """Whether it can be the id of anything."""
    return _ID.fullmatch(text) is not None


def _well_formed(change: Change) -> bool:
    # Asked of every change, so the commonest answers are the cheapest.
    fits = _ID.fullmatch
    return (
        _FOUR_IDS.fullmatch(f"{change.record}|{change.save}|{change.worker}|{change.grid}")
        is not None
        and (change.visit is None or fits(change.visit) is not None)
        and (change.on_behalf_of is None or fits(change.on_behalf_of) is not None)
        and change.base >= 0
        and max(abs(change.at), abs(change.mono)) < TIME_MAX
        and _VERSION.fullmatch(change.form) is not None
        and (not change.corrects or _VERSION.fullmatch(change.corrects) is not None)
        and len(change.units) <= UNITS_MAX
        and (not change.units or _can_be_units(tuple(change.units), change.kind))
        and _shape_fits(change)
        and (change.kind is not ChangeKind.CREATE or _NEW.fullmatch(change.record) is not None)
    )


@lru_cache(maxsize=1000)
def _can_be_units(names: tuple[str, ...], kind: ChangeKind) -> bool:
    """Whether we can keep units of these names, of this form or of a newer one."""
    # One form asks everybody the same, so the same names come again and again.
    allowed = _RESERVED.get(kind, frozenset())
    return all(_UNIT.fullmatch(name) or name in allowed for name in names)


def _shape_fits(change: Change) -> bool:
    """Whether the units are what the kind of change needs."""
    if change.kind is ChangeKind.MOVE:
        return bool(_target(change))
    if change.kind in (ChangeKind.ADD, ChangeKind.REMOVE):
        return all(
            isinstance(elements, list) and len(elements) <= ELEMENTS_MAX
            for elements in change.units.values()
        )
    return True


def _target(change: Change) -> str:
    """The grid that a move goes to; "" when it names none."""
    places = change.units.get(GRID)
    if isinstance(places, list) and len(places) == 2 and all(isinstance(p, str) for p in places):
        return str(places[1])
    return ""


def _details(form: Published, problems: list[AnswerProblem], secret: frozenset[str]) -> Words:
    """Each wrong answer by the label of its question, in both languages."""
    zh = "；".join(_detail(form, problem, secret, "zh") for problem in problems)
    en = "; ".join(_detail(form, problem, secret, "en") for problem in problems)
    return Words(zh, en)


def _labels(form: Published, units: tuple[str, ...], language: str) -> str:
    """What the form calls these units."""
    asked = (form.form.units.get(unit, ())[:1] for unit in units)
    labels = (form.form.words(one.label, language) for some in asked for one in some)
    return ("、" if language == "zh" else ", ").join(labels)


def _detail(form: Published, problem: AnswerProblem, secret: frozenset[str], language: str) -> str:
    question = form.form.question(problem.question)
    label = form.form.words(question.label, language) if question else problem.question
    # The words may repeat the answer, and are kept in the open.
    if problem.unit in secret:
        return label
    return f"{label}: {problem.words.get(language, '')}"
