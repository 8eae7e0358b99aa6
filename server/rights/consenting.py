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

from server.clock import town_time
from server.db.bulk import among
from server.db.engine import reading
from server.db.projections import ResidentRow
from server.db.work_tables import WorkRow
from server.errors import NotFound
from server.office.act import Act, require
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.consented import Consent
from server.register.edits import edit_of
from server.register.sealing import Seal
from server.register.stopped import allow, stop, to_empty
from server.rights.consents import (
    Said,
    Standing,
    as_answers,
    consents_of,
    note_consent,
    standing,
)
from server.rights.emptying import empty_units, is_contested
from server.rights.holds import check_not_held
from server.rights.person import KIND, People, Person
from server.services import Services
from server.work.steps import Steps
from shared.changes import ChangeKind
from shared.consent import SAYING, Purpose, Word, needs_guardian, units_of
from shared.forms.model import Form
from shared.work.values import MATERNAL

CASE_WORDS = frozenset({"text", "service_wish", "asked_by", "asked_phone", "parties"})
"""What a maternal request and its steps say of her; that there was one stays counted."""
STEP_WORDS = frozenset({"text", "reason"})


class Asked(Struct, frozen=True):
    """One purpose, as a person's page shows it."""

    purpose: Purpose
    answers: tuple[Standing, ...]
    held: frozenset[str]
    """Those of the answers that the register has."""
    waiting: bool = False
    """A word stopped some that are not emptied yet."""
    undecided: bool = False
    """Two workers noted different words, and nobody has decided."""


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
            waiting = to_empty(conn, who.town).get(resident, frozenset())
        held = frozenset(_held(person))
        contested = any(is_contested(each, SAYING) for each in person.records)
        asked = [
            Asked(
                purpose,
                tuple(standing(units, said)),
                held & set(units),
                not waiting.isdisjoint(units),
                contested and purpose is Purpose.SENSITIVE,
            )
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
        form = self._form(who.town)
        known = units_of(form, said.purpose)
        units = said.units or known
        if not set(units) <= set(known):
            raise refused("consent_units", "所选内容不属于这个目的。", "Not of that purpose.")
        if said.word is not Word.GIVEN and said.purpose is Purpose.MATERNAL:
            self._end_requests(who, resident)
        writer = self.services.register.deeds.writer

        def work(conn: Connection) -> str:
            act = Act(conn, who, self.services.keys, self.services.clock())
            person = self._person(conn, who, resident)
            day = f"{town_time(said.said_at):%Y-%m-%d}"
            if needs_guardian(_birth_date(conn, who.town, resident), day):
                _check_guardian(said)
            grid = person.grid
            made = note_consent(act, (resident, grid), _about(said, units))
            edits = [
                edit_of(record, ChangeKind.SET, answers, record.version)
                for record in person.records
                if record.id == resident and not record.deleted
                if (answers := as_answers(form, record, _about(said, units)))
            ]
            writer.commit_within(conn, who, edits, made)
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
        conn, town = act.conn, act.who.town
        own = [record for record in person.records if record.kind == KIND]
        only = {record.id: units for record in own}
        if purpose is Purpose.MATERNAL:
            only |= dict(_requests(conn, town, person))
        only = {record: some for record, some in only.items() if some}
        check_not_held(conn, town, only, act.now)
        stop(conn, town, [record.id for record in own], units)
        empty_units(self.services, act, only)

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
