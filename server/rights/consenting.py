"""Writing down what a person consents to, and what follows: what may not be kept any more goes.

Withdrawn or declined, the answers go out of register, journal, refused changes, files and the
tables of imports, no change fills them again, and phones take the record anew. A request for
maternal services is ended, and its words go. What is counted stays counted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from server.db.bulk import among
from server.db.engine import reading
from server.db.projections import ResidentRow
from server.db.register_tables import JournalRow
from server.db.work_tables import WorkRow
from server.errors import NotFound
from server.office.act import Act, require
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.entries import Bookkeeper
from server.register.erasing import Eraser, Erasure
from server.register.rebuild import Rebuilder
from server.register.sealing import Seal
from server.register.stopped import allow, stop
from server.register.store import RecordStore
from server.rights.consents import (
    Consent,
    Purpose,
    Said,
    Standing,
    Word,
    consents_of,
    needs_guardian,
    note_consent,
    standing,
    units_of,
)
from server.rights.erasing import empty_imports, touched
from server.rights.holds import check_not_held
from server.rights.person import KIND, People, Person
from server.services import Services
from server.work.steps import Steps
from shared.forms.model import Form
from shared.work.values import MATERNAL

CASE_WORDS = frozenset({"text", "service_wish", "asked_by", "asked_phone", "parties"})
"""What a maternal request and its steps say of her; that there was one stays counted."""
STEP_WORDS = frozenset({"text", "reason"})
NUMBER_MIN = 6
"""Shorter answers are no trace of anybody in a table that was imported."""


class Asked(Struct, frozen=True):
    """One purpose, as a person's page shows it."""

    purpose: Purpose
    answers: tuple[Standing, ...]
    held: frozenset[str]
    """Those of the answers that the register has."""


@dataclass(frozen=True)
class Consenting:
    """Consents of every town."""

    services: Services

    def look(self, who: AccountIdentity, resident: str) -> tuple[list[Asked], list[Consent]]:
        """How a resident's consents stand, and every word. Raises NotFound."""
        require(who, Action.HANDLE_RIGHTS)
        form = self._form(who.town)
        with reading(self.services.engine) as conn:
            person = self._person(conn, who, resident)
            said = consents_of(conn, who.town, resident)
        held = frozenset(_held(person))
        asked = [
            Asked(purpose, tuple(standing(units, said)), held & set(units))
            for purpose in Purpose
            if (units := units_of(form, purpose)) or purpose is Purpose.MATERNAL
        ]
        return asked, said

    def note(self, who: AccountIdentity, resident: str, said: Said) -> str:
        """Writes a word down; what it stops is gone after it. Its id.

        Raises NotFound, NotAllowed, or OfficeRefused: for a child without a guardian, for what
        is under a hold, for answers that are not the purpose's.
        """
        require(who, Action.HANDLE_RIGHTS)
        known = units_of(self._form(who.town), said.purpose)
        units = said.units or known
        if not set(units) <= set(known):
            raise refused("consent_units", "所选内容不属于这个目的。", "Not of that purpose.")
        if said.word is not Word.GIVEN and said.purpose is Purpose.MATERNAL:
            self._end_requests(who, resident)
        writer = self.services.register.deeds.writer

        def work(conn: Connection) -> str:
            act = Act(conn, who, self.services.keys, self.services.clock())
            person = self._person(conn, who, resident)
            if needs_guardian(_birth_date(conn, who.town, resident), said.said_at):
                _check_guardian(said)
            grid = person.grid
            made = note_consent(act, (resident, grid), _about(said, units))
            if said.word is Word.GIVEN:
                allow(conn, who.town, [r.id for r in person.records], units)
            else:
                self._forget(act, person, frozenset(units), said.purpose)
            return made

        return writer.in_one(work)

    def _form(self, town: str) -> Form:
        form = self.services.register.forms(town).get(KIND)
        if form is None:
            raise NotFound
        return form

    def _person(self, conn: Connection, who: AccountIdentity, resident: str) -> Person:
        return People(conn, who.town, Seal(self.services.keys)).person(who, resident)

    def _forget(self, act: Act, person: Person, units: frozenset[str], purpose: Purpose) -> None:
        """Empties the answers, and says so to the phones."""
        conn, town, writer = act.conn, act.who.town, self.services.register.deeds.writer
        seal = Seal(act.keys)
        own = [record for record in person.records if record.kind == KIND]
        only = {record.id: units for record in own}
        if purpose is Purpose.MATERNAL:
            only |= dict(_requests(conn, town, person))
        only = {record: some for record, some in only.items() if some}
        check_not_held(conn, town, only, act.now)
        words = set(_numbers(conn, seal, town, only))
        stop(conn, town, [record.id for record in own], units)
        standing_in = RecordStore(conn, town, seal).records(sorted(only)).values()
        edits = [touched(record) for record in standing_in if not record.deleted]
        writer.commit_within(conn, act.who, edits, None)
        rebuilder = Rebuilder(conn, town, seal, act.keys.id_hash, writer.shelf, act.now)
        Eraser(rebuilder).erase(Erasure(frozenset(), only=only), act.who)
        empty_imports(conn, seal, town, words)

    def _end_requests(self, who: AccountIdentity, resident: str) -> None:
        """Withdraws her open requests."""
        services = self.services
        steps = Steps(services.register, services.engine, services.clock)
        with reading(services.engine) as conn:
            person = self._person(conn, who, resident)
            cases = list(_maternal(conn, who.town, person))
        for case in cases:
            steps.withdraw(who, case, "本人撤回同意 · Consent withdrawn")


def _about(said: Said, units: tuple[str, ...]) -> Said:
    return Said(
        purpose=said.purpose, units=units, word=said.word, how=said.how, paper=said.paper,
        guardian=said.guardian, said_at=said.said_at, notice_version=said.notice_version,
    )  # fmt: skip


def _check_guardian(said: Said) -> None:
    if said.word is Word.GIVEN and not said.guardian:
        raise refused(
            "consent_guardian",
            "未满十四周岁，须由监护人同意。",
            "A child under fourteen: a guardian has to consent.",
        )


def _birth_date(conn: Connection, town: str, resident: str) -> str:
    found = conn.execute(
        select(col(ResidentRow.birth_date)).where(
            col(ResidentRow.town_id) == town, col(ResidentRow.id) == resident
        )
    ).scalar_one_or_none()
    return found or ""


def _held(person: Person) -> Iterator[str]:
    """The units of the person that have an answer."""
    units = (
        each for record in person.records if record.kind == KIND for each in record.units.items()
    )
    for unit, candidates in units:
        if any(candidate.value not in (None, "", []) for candidate in candidates):
            yield unit


def _maternal(conn: Connection, town: str, person: Person) -> Iterable[str]:
    """The requests for maternal services of the person's household."""
    return conn.execute(
        select(col(WorkRow.id)).where(
            col(WorkRow.town_id) == town,
            col(WorkRow.kind) == "case",
            among(conn, col(WorkRow.household_id), person.households),
            col(WorkRow.facts).contains(f'"case_kind":"{MATERNAL}"'),
        )
    ).scalars()


def _requests(conn: Connection, town: str, person: Person) -> Iterator[tuple[str, frozenset[str]]]:
    """What goes of the requests and of their steps, by record."""
    cases = list(_maternal(conn, town, person))
    yield from ((case, CASE_WORDS) for case in cases)
    steps = conn.execute(
        select(col(WorkRow.id)).where(
            col(WorkRow.town_id) == town, among(conn, col(WorkRow.about), cases)
        )
    ).scalars()
    yield from ((step, STEP_WORDS) for step in steps)


def _numbers(
    conn: Connection, seal: Seal, town: str, only: dict[str, frozenset[str]]
) -> Iterator[str]:
    """Answers that would be a trace in an imported table: what was ever said in these units."""
    book = Bookkeeper(town, seal)
    for line in book.lines(conn, among(conn, col(JournalRow.record_id), only)):
        told = book.told(line)
        for unit in only[line.record_id]:
            value = told.units.get(unit)
            if isinstance(value, str) and len(value) >= NUMBER_MIN:
                yield value
