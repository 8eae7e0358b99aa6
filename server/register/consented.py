"""Consents that come as answers: what they stop and allow, and the lines of their register.

A worker notes at the door what a resident said (shared/consent.py names the answers). Like any
answer it merges, may be contested and is decided; this is what follows from it in the transaction
that takes it. Emptying what may not be kept comes after it: server/rights/consenting.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from server.clock import midnight, new_id, town_time
from server.db.bulk import among, insert_rows
from server.db.rights_tables import ConsentRow
from server.register.aliases import ECHO
from server.register.entries import Entry
from server.register.published import Published
from server.register.standing import Standing
from server.register.stopped import allow, stop_first
from shared.changes import Answer, Change
from shared.consent import (
    EXCEPT_UNIT,
    GUARDIAN_UNIT,
    HOW_UNIT,
    NOTICE_UNIT,
    PAPER_UNIT,
    SAYING,
    WORD_UNIT,
    Effect,
    How,
    Purpose,
    Word,
    chosen,
    effect,
    needs_guardian,
)
from shared.records import Record, knows

_BIRTH = "birth_date"
_YES = "yes"


class Consent(Struct, frozen=True, kw_only=True):
    """One word of a person, as its register has it."""

    id: str
    record_id: str
    grid: str
    purpose: Purpose
    units: tuple[str, ...]
    word: Word
    how: How
    paper: str = ""
    guardian: bool = False
    notice_version: int = 0
    said_at: int
    noted_at: int
    noted_by: str
    visit_id: str = ""
    """The visit during which a worker noted it; empty at the desk."""


def keep_words(conn: Connection, town: str, words: Iterable[Consent]) -> None:
    """Adds words to the register of consents."""
    rows = [
        (
            town, each.id, each.record_id, each.grid, each.purpose.value, " ".join(each.units),
            each.word.value, each.how.value, each.paper, each.guardian, each.notice_version,
            each.said_at, each.noted_at, each.noted_by, each.visit_id,
        )
        for each in words
    ]  # fmt: skip
    insert_rows(conn, ConsentRow, ("town_id", *Consent.__struct_fields__), rows)


def says_word(change: Change) -> bool:
    """Whether the change notes what somebody said."""
    return not SAYING.isdisjoint(change.units)


def effect_with(
    record: Record | None, change: Change, by: tuple[str, int], known: frozenset[str]
) -> Effect:
    """What stands once the change is taken. by: its device, and when it was made, ms."""
    device, at = by

    def values(unit: str) -> list[Answer]:
        before = () if record is None else record.units.get(unit, ())
        if unit not in change.units:
            return [each.value for each in before]
        unseen = (
            each
            for each in before
            if not all(knows(change.base, device, change.n, write) for write in each.writes)
        )
        return [*(each.value for each in unseen), change.units[unit]]

    return _effect({unit: values(unit) for unit in _READ}, at, known)


class ConsentBook(Struct, frozen=True):
    """Writes what follows from words, over one connection."""

    conn: Connection
    town: str
    now: int

    def keep(self, standings: Sequence[Standing], current: Mapping[str, Published]) -> None:
        """Stops and allows what the words say, and adds them to the register."""
        for each in standings:
            known = current[each.subject.kind].by_consent
            said = [entry for entry in each.entries if says_word(entry.change)] if known else []
            if not said:
                continue
            does = _effect(_standing_values(each), said[-1].write.effective, known)
            stop_first(self.conn, self.town, each.subject.id, does.stops)
            allow(self.conn, self.town, [each.subject.id], does.allows)
            keep_words(self.conn, self.town, self._words(each, said, known))

    def _words(
        self, each: Standing, said: Sequence[Entry], known: frozenset[str]
    ) -> Iterator[Consent]:
        at_desk = self._written({entry.change.save for entry in said})
        for entry in said:
            if entry.write.device.startswith(ECHO) or entry.change.save in at_desk:
                continue  # it stands there already
            yield from _lines(_Said(each, entry, known, self.now))

    def _written(self, saves: set[str]) -> frozenset[str]:
        """A word that was noted at the desk has the id of the save that wrote its answers."""
        rows = self.conn.execute(
            select(col(ConsentRow.id)).where(
                col(ConsentRow.town_id) == self.town, among(self.conn, col(ConsentRow.id), saves)
            )
        )
        return frozenset(rows.scalars())


class _Said(Struct, frozen=True):
    standing: Standing
    entry: Entry
    known: frozenset[str]
    now: int

    def answer(self, unit: str) -> Answer:
        units = self.entry.change.units
        return units[unit] if unit in units else self.standing.subject.answer(unit)


_READ = (WORD_UNIT, EXCEPT_UNIT, GUARDIAN_UNIT, _BIRTH)


def _effect(values: Mapping[str, Sequence[Answer]], at: int, known: frozenset[str]) -> Effect:
    words = values[WORD_UNIT]
    if _lacks_guardian(values[_BIRTH], values[GUARDIAN_UNIT], at):
        words = [word for word in words if word != Word.GIVEN]
    return effect(words, values[EXCEPT_UNIT], known)


def _lacks_guardian(births: Sequence[Answer], guardian: Sequence[Answer], at: int) -> bool:
    day = town_time(at).date().isoformat()
    child = any(isinstance(birth, str) and needs_guardian(birth, day) for birth in births)
    return child and list(guardian) != [_YES]


def _standing_values(each: Standing) -> dict[str, list[Answer]]:
    if each.record is None:
        return {unit: [each.subject.answer(unit)] for unit in _READ}
    units = each.record.units
    return {unit: [c.value for c in units.get(unit, ())] for unit in _READ}


def _lines(said: _Said) -> Iterator[Consent]:
    """One line for what was consented to, and one for what was not."""
    word, left_out = said.answer(WORD_UNIT), set(chosen(said.answer(EXCEPT_UNIT))) & said.known
    at = said.entry.write.effective
    if word in (Word.DECLINED, Word.WITHDRAWN):
        yield _line(said, Word(str(word)), said.known)
        return
    alone = _lacks_guardian([said.answer(_BIRTH)], [said.answer(GUARDIAN_UNIT)], at)
    if word == Word.GIVEN and not alone and said.known - left_out:
        yield _line(said, Word.GIVEN, said.known - left_out)
    if left_out:
        yield _line(said, Word.DECLINED, left_out)


def _line(said: _Said, word: Word, units: Iterable[str]) -> Consent:
    how, notice = said.answer(HOW_UNIT), str(said.answer(NOTICE_UNIT) or "")
    write = said.entry.write
    return Consent(
        id=new_id(said.now),
        record_id=said.standing.subject.id,
        grid=said.standing.subject.grid,
        purpose=Purpose.SENSITIVE,
        units=tuple(sorted(units)),
        word=word,
        how=How(str(how)) if how in tuple(How) else How.UNSAID,
        paper=str(said.answer(PAPER_UNIT) or "") if how == How.PAPER else "",
        guardian=said.answer(GUARDIAN_UNIT) == _YES,
        notice_version=int(notice) if notice.isdecimal() and len(notice) < 6 else 0,
        said_at=midnight(write.effective),
        noted_at=said.now,
        noted_by=write.worker,
        visit_id=write.visit or "",
    )
