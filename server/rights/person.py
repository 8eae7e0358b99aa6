"""Everything that the register keeps of one resident, and where else their words stand."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec import Struct
from sqlalchemy import Connection, or_, select
from sqlmodel import col

from server.db.bulk import among
from server.db.projections import QuestionRow, ResidentRow, VisitRow
from server.db.register_tables import JournalRow
from server.errors import NotFound
from server.office.people import AccountIdentity
from server.register.aliases import merged_into
from server.register.entries import Bookkeeper
from server.register.sealing import Seal
from server.register.store import RecordStore
from shared.changes import Answer
from shared.records import Record

NAMED_BY = ("name", "id_number")
"""Answers that mean this person wherever they stand; a phone only where nobody else has it."""
PHONE = "phone"
WORD_MIN = 2
KIND = "resident"


class Person(Struct, frozen=True):
    """A resident, with all that is kept under them."""

    id: str
    grid: str
    records: tuple[Record, ...]
    """The resident's own record, those merged into it, and what the office asked about them."""
    households: tuple[str, ...]
    """Those that the person ever was said to live in, as far as it still stands in a record."""
    around: tuple[str, ...]
    """The household, its visits, the others who live there and questions about it."""
    words: frozenset[str]
    """What means this person where it stands in `around`."""


@dataclass(frozen=True)
class People:
    """Finds residents of one town, over one connection."""

    conn: Connection
    town: str
    seal: Seal

    def person(self, who: AccountIdentity, resident: str) -> Person:
        """A resident whom an account may see. Raises NotFound."""
        store = RecordStore(self.conn, self.town, self.seal)
        own = store.records([resident]).get(resident)
        if own is None or own.kind != KIND or own.grid not in who.grids:
            raise NotFound
        merged = merged_into(self.conn, self.town, [resident])
        ids = {resident, *merged}
        ids |= set(self.questions(ids))
        records = store.records(sorted(ids))
        households = set(_values(records.values(), "household"))
        around = self._around(households) - ids
        return Person(
            id=resident,
            grid=own.grid,
            records=tuple(records[each] for each in sorted(records)),
            households=tuple(sorted(households)),
            around=tuple(sorted(around)),
            words=frozenset(self._words(resident, ids)),
        )

    def questions(self, about: Collection[str]) -> Iterator[str]:
        """What the office asked about these records."""
        yield from self.conn.execute(
            select(col(QuestionRow.id)).where(
                col(QuestionRow.town_id) == self.town,
                among(self.conn, col(QuestionRow.about), about),
            )
        ).scalars()

    def _around(self, households: set[str]) -> set[str]:
        conn, found = self.conn, set(households)
        for model in (VisitRow, ResidentRow, QuestionRow):
            rows = conn.execute(
                select(col(model.id)).where(
                    col(model.town_id) == self.town,
                    among(conn, col(model.household_id), households),
                )
            )
            found |= set(rows.scalars())
        return found | set(self.questions(households))

    def _words(self, resident: str, ids: set[str]) -> Iterator[str]:
        """Names, numbers and phones that this person ever had."""
        said = self._ever_said(ids)
        for unit in NAMED_BY:
            yield from said.get(unit, set())
        phones = said.get(PHONE, set())
        shared = self.conn.execute(
            select(col(ResidentRow.phone)).where(
                col(ResidentRow.town_id) == self.town,
                among(self.conn, col(ResidentRow.phone), phones),
                col(ResidentRow.deleted).is_(False),
                col(ResidentRow.id).not_in(ids),
                or_(col(ResidentRow.alias_of).is_(None), col(ResidentRow.alias_of) != resident),
            )
        )
        yield from phones - set(shared.scalars())

    def _ever_said(self, ids: set[str]) -> Mapping[str, set[str]]:
        book = Bookkeeper(self.town, self.seal)
        found: dict[str, set[str]] = {unit: set() for unit in (*NAMED_BY, PHONE)}
        for line in book.lines(self.conn, among(self.conn, col(JournalRow.record_id), ids)):
            told = book.told(line)
            for units in (told.units, told.before, told.after, told.old):
                for unit, words in found.items():
                    words.update(_word(units.get(unit)))
        return found


def _word(value: Answer) -> tuple[str, ...]:
    word = value.strip() if isinstance(value, str) else ""
    return (word,) if len(word) >= WORD_MIN else ()


def _values(records: Iterable[Record], unit: str) -> Iterator[str]:
    for record in records:
        for candidate in record.units.get(unit, ()):
            if isinstance(candidate.value, str):
                yield candidate.value
