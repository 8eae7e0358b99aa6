"""Invented histories of one record: phones that edit, push and pull, in any order.

What happened before what is noted here by plain sets of changes, and what must be left of a unit
is worked out from those sets alone: nothing of `shared.merge` is used for that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis import strategies as st
from msgspec import Struct

from shared.changes import DELETED, Answer, Change, ChangeKind
from shared.merge import Rules, merge
from shared.policies import Policy
from shared.records import PENDING, Record, Write, numbered

PHONES = 3
REVIEWED, NEWEST, TAGS = "phone", "access_note", "marks"
VALUES: tuple[Answer, ...] = ("a", "b", None, 1, True, {"missing": "declined"})
ELEMENTS = ("x", "y", "z")
RULES = Rules({NEWEST: Policy.LATEST, TAGS: Policy.UNION})
Dot: TypeAlias = tuple[str, int]


class Edit(Struct, frozen=True):
    """A phone writes a unit: sets it, adds to it or removes from it, or deletes or restores."""

    phone: int
    kind: ChangeKind
    unit: str
    value: Answer = None


class Push(Struct, frozen=True):
    """A phone sends the first so many of its waiting edits."""

    phone: int
    count: int


class Pull(Struct, frozen=True):
    """A phone receives the record."""

    phone: int


Step: TypeAlias = Edit | Push | Pull


@dataclass
class Made:
    """A change, and all that its author knew when it was made."""

    change: Change
    edit: Edit
    past: frozenset[Dot]

    @property
    def dot(self) -> Dot:
        return (str(self.edit.phone), self.change.n)


@dataclass
class Phone:
    """What one phone knows and has not sent."""

    n: int = 0
    base: int = 1
    known: frozenset[Dot] = frozenset()
    waiting: list[Made] = field(default_factory=list)


@dataclass
class Told:
    """How a history went: the record that the merge made, and every change that it took."""

    record: Record
    taken: list[Made]


def play(steps: Iterable[Step], clocks: tuple[int, ...] = (0, 0, 0)) -> Told:
    """Play a history with the real merge; at the end all phones push what is left."""
    record = _new_record()
    phones = [Phone() for _ in range(PHONES)]
    taken: list[Made] = []
    steps = [*steps, *(Push(phone, 1000) for phone in range(PHONES))]
    for at, step in enumerate(steps):
        phone = phones[step.phone]
        if isinstance(step, Edit):
            _edit(phone, step, at + clocks[step.phone])
        elif isinstance(step, Pull):
            everything = frozenset(made.dot for made in taken)
            phone.known |= everything
            phone.base = record.version
        else:
            sent, phone.waiting = phone.waiting[: step.count], phone.waiting[step.count :]
            for made in sent:
                record = _take(record, made)
                taken.append(made)
    return Told(record, taken)


def survivors(taken: Iterable[Made], unit: str) -> dict[Dot, Made]:
    """The writes of a unit that no other write of it had seen: by the sets alone."""
    writes = [made for made in taken if _unit_of(made.edit) == unit]
    seen = {dot for made in writes for dot in made.past}
    return {made.dot: made for made in writes if made.dot not in seen}


def surviving_adds(taken: Iterable[Made]) -> set[tuple[str, Dot]]:
    """The additions of each element that nothing which speaks of the element had seen."""
    about = [made for made in taken if _unit_of(made.edit) == TAGS]
    return {
        (element, made.dot)
        for made in about
        if made.edit.kind is not ChangeKind.REMOVE
        for element in _elements(made.edit.value)
        if not any(made.dot in other.past and _speaks_of(other, element) for other in about)
    }


def histories(max_size: int = 24) -> st.SearchStrategy[list[Step]]:
    """Any history of three phones."""
    return st.lists(st.one_of(_edits, _edits, _pushes, _pulls), max_size=max_size)


def _new_record() -> Record:
    change = Change(
        n=1,
        save="s",
        kind=ChangeKind.CREATE,
        record="r",
        record_kind="household",
        grid="g",
        worker="w",
        at=0,
        units={"head_name": "甲"},
    )
    return merge(None, change, Write(1, "first", 1, 0, "w", 0, 0), RULES).record


def _edit(phone: Phone, edit: Edit, at: int) -> None:
    phone.n += 1
    units = {} if edit.unit == DELETED else {edit.unit: edit.value}
    change = Change(
        n=phone.n,
        save="s",
        kind=edit.kind,
        record="r",
        record_kind="household",
        grid="g",
        worker=str(edit.phone),
        at=at,
        base=phone.base,
        units=units,
    )
    made = Made(change, edit, phone.known)
    phone.known |= {made.dot}
    phone.waiting.append(made)


def _take(record: Record, made: Made) -> Record:
    """As the register does it: merged under a provisional number, then numbered."""
    change = made.change
    write = Write(
        PENDING, change.worker, change.n, change.base, change.worker, change.at, change.at
    )
    return numbered(merge(record, change, write, RULES).record, record.version + 1)


def _unit_of(edit: Edit) -> str:
    return edit.unit


def _speaks_of(made: Made, element: str) -> bool:
    return made.edit.kind is ChangeKind.SET or element in _elements(made.edit.value)


def _elements(value: Answer) -> list[str]:
    return [str(element) for element in value] if isinstance(value, list) else []


_phones = st.integers(0, PHONES - 1)
_sets = st.lists(st.sampled_from(ELEMENTS), max_size=3)
_edits = st.one_of(
    st.builds(
        Edit,
        _phones,
        st.just(ChangeKind.SET),
        st.sampled_from([REVIEWED, NEWEST]),
        st.sampled_from(VALUES),
    ),
    st.builds(
        Edit,
        _phones,
        st.sampled_from([ChangeKind.SET, ChangeKind.ADD, ChangeKind.REMOVE]),
        st.just(TAGS),
        _sets,
    ),
    st.builds(
        Edit,
        _phones,
        st.sampled_from([ChangeKind.DELETE, ChangeKind.RESTORE]),
        st.just(DELETED),
    ),
)
_pushes = st.builds(Push, _phones, st.integers(1, 4))
_pulls = st.builds(Pull, _phones)
