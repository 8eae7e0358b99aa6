"""Grid work that concerns a resident: cases, their steps, diary entries, findings, reports of harm.

It names a household, or the person by name or number. What of it a person may be told, and what
of it goes with them, follows docs/decisions/0255-work-about-a-person.md.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, or_, select
from sqlmodel import col

from server.db.bulk import among
from server.db.projections import ResidentRow
from server.db.work_tables import WorkRow
from server.register.erasing import has_word
from server.register.sealing import Seal
from server.register.store import RecordStore
from server.rights.person import Person
from shared.changes import RESERVED, Answer
from shared.records import Record
from shared.work.values import DISPUTE, MATERNAL, OFFICE_ONLY, PROTECTION, STEP_KINDS

ASKERS = frozenset({"asked_by", "asked_phone", "who"})
"""Answers that say who asked for something, or said it."""
_CASES = frozenset(STEP_KINDS)
_STEPS = frozenset(STEP_KINDS.values())
_SOUGHT = (*_CASES, *_STEPS, "diary", "finding", "patrol")
_OWN_WORDS: Mapping[str, frozenset[str]] = {
    "case": ASKERS | {"text", "service_wish", "place", "location", "photo"},
    "diary": ASKERS | {"text", "action"},
    "case_step": frozenset({"text", "reason", "invitees", "opinions", "decision"}),
}
"""What goes with the one who asked; that there was a request stays counted."""
_SIGNED = frozenset({"agreement_scan"})


class Share(StrEnum):
    """What of a record a person is told."""

    WORDS = "words"
    """All but what others are called and have said."""
    CODES = "codes"
    """Of what kind it is, when, and what became of it."""
    NOTHING = "nothing"
    """Not even that it is there."""


class Worked(Struct, frozen=True):
    """A record of grid work that concerns the person."""

    record: Record
    share: Share
    own: bool
    """The person asked for it, or said it; of a step, of its case."""
    is_dispute: bool

    @property
    def goes(self) -> frozenset[str]:
        """The units that go whole when the person is erased, beside those with their words."""
        kind = self.record.kind
        signed = _SIGNED if self.is_dispute and kind == "case_step" else frozenset()
        return signed | (_OWN_WORDS.get(kind, frozenset()) if self.own else frozenset())


@dataclass(frozen=True)
class GridWork:
    """Finds the grid work about residents of one town, over one connection."""

    conn: Connection
    town: str
    seal: Seal

    def of(self, person: Person) -> tuple[Worked, ...]:
        """Everything that names their household, or them where they live; also what is deleted."""
        records = self._near(person)
        known = _Known(person, self._names_are_theirs(person), self._others_at_home(person))
        matters = {each for each in records if known.is_about(records[each])}
        matters |= {_of_case(records[each]) for each in matters if records[each].kind in _STEPS}
        matters |= {each for each in records if _of_case(records[each]) in matters}
        found = {each: records[each] for each in sorted(matters & records.keys())}
        return tuple(known.judged(record, records) for record in found.values())

    def harm(self, households: Collection[str]) -> list[str]:
        """The reports of harm in these households, and their steps."""
        reports = self._records(self._ids(col(WorkRow.kind).in_(OFFICE_ONLY)))
        about = {
            each for each, record in reports.items() if set(households) & _said(record, "household")
        }
        return sorted(e for e, r in reports.items() if e in about or _of_case(r) in about)

    def others(self, person: Person) -> frozenset[str]:
        """What other residents of the person's grids are called, and their numbers."""
        rows = self.conn.execute(
            select(col(ResidentRow.name), col(ResidentRow.phone)).where(*self._neighbours(person))
        )
        return frozenset(word for row in rows for word in row if len(word) > 1) - person.words

    def _near(self, person: Person) -> dict[str, Record]:
        grids = {record.grid for record in person.records}
        near = self._ids(
            col(WorkRow.kind).in_(_SOUGHT),
            or_(
                among(self.conn, col(WorkRow.grid), grids),
                among(self.conn, col(WorkRow.household_id), person.households),
                col(WorkRow.kind).in_(OFFICE_ONLY),
            ),
        )
        steps = self._ids(col(WorkRow.kind).in_(_STEPS), among(self.conn, col(WorkRow.about), near))
        return self._records([*near, *steps])

    def _ids(self, *where: ColumnElement[bool]) -> list[str]:
        wanted = select(col(WorkRow.id)).where(col(WorkRow.town_id) == self.town, *where)
        return list(self.conn.execute(wanted).scalars())

    def _records(self, ids: Collection[str]) -> dict[str, Record]:
        return dict(RecordStore(self.conn, self.town, self.seal).records(sorted(set(ids))))

    def _names_are_theirs(self, person: Person) -> bool:
        """Whether nobody else in their grids has a name with theirs in it."""
        names = [word for word in person.words if not _is_number(word)]
        called = [col(ResidentRow.name).contains(name, autoescape=True) for name in names]
        wanted = select(col(ResidentRow.id)).where(*self._neighbours(person), or_(False, *called))
        return self.conn.execute(wanted.limit(1)).one_or_none() is None

    def _others_at_home(self, person: Person) -> frozenset[str]:
        rows = self.conn.execute(
            select(col(ResidentRow.name)).where(
                *self._neighbours(person),
                among(self.conn, col(ResidentRow.household_id), person.households),
            )
        )
        return frozenset(rows.scalars())

    def _neighbours(self, person: Person) -> tuple[ColumnElement[bool], ...]:
        grids = {record.grid for record in person.records}
        return (
            col(ResidentRow.town_id) == self.town,
            among(self.conn, col(ResidentRow.grid), grids),
            col(ResidentRow.deleted).is_(False),
            col(ResidentRow.id).not_in([record.id for record in person.records]),
        )


class _Known(Struct, frozen=True):
    """Whom a record of work means."""

    person: Person
    names_are_theirs: bool
    at_home: frozenset[str]
    """What others of the home are called."""

    def is_about(self, record: Record) -> bool:
        """Whether it names the household, or the person."""
        if _said(record, "household") & set(self.person.households):
            return True
        words = self.person.words
        sure = words if self.names_are_theirs else {word for word in words if _is_number(word)}
        return any(has_word(value, sure) for _, value in answers_in(record))

    def judged(self, record: Record, records: Mapping[str, Record]) -> Worked:
        """What the person is told of it; of a step what they are told of its case."""
        of = records.get(_of_case(record), record)
        sorts = _said(of, "case_kind")
        own, is_dispute = self._asked_themselves(of), DISPUTE in sorts
        share = self._share(of, sorts, own)
        if share is Share.WORDS and is_dispute and record.kind in _STEPS:
            share = Share.CODES  # what is said in mediation is the other side's, too
        return Worked(record, share, own, is_dispute)

    def _asked_themselves(self, of: Record) -> bool:
        """By name; or by their own number, unless somebody else of the home asks with it."""
        names = _said(of, "asked_by") | _said(of, "who")
        if names & self.at_home:
            return False
        numbers = _said(of, "asked_phone")
        by_number = any(is_own(self.person, number) for number in numbers)
        return by_number or (bool(names) and all(is_own(self.person, name) for name in names))

    def _share(self, of: Record, sorts: Collection[str], own: bool) -> Share:
        if of.kind in OFFICE_ONLY or (MATERNAL in sorts and not own):
            return Share.NOTHING
        if own:
            return Share.WORDS
        asked, words = _asked(of), self.person.words
        if asked:
            hers = asked & self.at_home
            beside = (value for unit, value in answers_in(of) if unit not in ASKERS)
            named = any(has_word(value, words) for value in beside)
            return Share.NOTHING if hers and not named else Share.CODES
        at_home = _said(of, "household") & set(self.person.households)
        is_mine = at_home and DISPUTE not in sorts and not _said(of, "must_report")
        return Share.WORDS if is_mine else Share.CODES


def is_own(person: Person, value: Answer) -> bool:
    """Whether who asked is the person: the whole name, or their own number."""
    if not isinstance(value, str):
        return False
    numbers = [word for word in person.words if _is_number(word)]
    return value.strip() in person.words or any(number in value for number in numbers)


def answers_in(record: Record) -> Iterator[tuple[str, Answer]]:
    """What stands in a record, with what stands against each other."""
    for unit, candidates in record.units.items():
        if unit not in RESERVED:
            yield from ((unit, candidate.value) for candidate in candidates)


def is_protected(worked: Worked) -> bool:
    """Whether nobody may learn that it is there."""
    return worked.record.kind in OFFICE_ONLY


def is_case(worked: Worked) -> bool:
    """Whether it is a case or a report of harm, not what belongs to one."""
    return worked.record.kind in _CASES


def is_settled_between(worked: Worked) -> bool:
    """Whether it is a matter between people: a dispute, or harm."""
    return worked.record.kind == PROTECTION or worked.is_dispute


def _asked(record: Record) -> set[str]:
    return {each for unit in ASKERS for each in _said(record, unit)}


def _of_case(record: Record) -> str:
    return next(iter(_said(record, "case")), "")


def _said(record: Record, unit: str) -> set[str]:
    values = (candidate.value for candidate in record.units.get(unit, ()))
    return {value.strip() for value in values if isinstance(value, str) and value.strip()}


def _is_number(word: str) -> bool:
    return any(letter.isdigit() for letter in word)
