"""The simulated town: phones, an office, and what may happen next. One seed, one history."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

import httpx
from sqlalchemy import select
from sqlmodel import col

from mobile.store.shelf import rules_of
from mobile.store.values import Edit
from server.db.engine import reading
from server.db.register_tables import JournalRow
from shared.changes import DELETED, Answer, ChangeKind
from tests.mobile.field import Field
from tests.mobile.kit import FORMS
from tests.simulator import office
from tests.simulator.choices import NAMES, some_answers
from tests.simulator.line import Crash
from tests.simulator.oracle import Key, Oracle
from tests.simulator.phone import OpenForm, SimPhone

YEAR_MS = 365 * 24 * 3_600_000


@dataclass
class World:
    """Everything of one seed."""

    made: Field
    chance: Random
    phones: list[SimPhone] = field(default_factory=list)
    households: list[str] = field(default_factory=list)
    oracle: Oracle = field(
        default_factory=lambda: Oracle({kind: rules_of(form) for kind, form in FORMS.items()})
    )
    trace: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Records of a kind that nobody knows: their changes must be refused, and block nothing."""

    cursors: dict[str, dict[str, int]] = field(default_factory=dict)
    """Up to where each phone has had each grid, when it was last looked at."""

    _bases: dict[str, int] = field(default_factory=dict)
    """The version on the screen, by record, for the save under way."""
    _lives: int = 0

    # ---- one step -----------------------------------------------------------------------------

    def step(self) -> None:
        """Something happens somewhere."""
        self.made.town.clock.at += self.chance.randrange(1, 600_000)
        for phone in self.phones:
            phone.clock.tick(self.chance.randrange(1, 600_000))
        acts: list[tuple[int, Callable[[SimPhone], str | None]]] = [
            (24, self._sync),
            (12, self._open),
            (16, self._save_form),
            (14, self._edit),
            (2, self._register),
            (2, self._visit),
            (3, self._delete_or_restore),
            (6, lambda _: office.edits(self)),
            (6, lambda _: office.decides(self)),
            (3, lambda _: office.moves(self)),
            (2, self._die),
            (2, self._wrong_clock),
            (1, self._nonsense),
            (2, self.back_up),
            (2, self.restore),
        ]
        (act,) = self.chance.choices([act for _, act in acts], [weight for weight, _ in acts])
        phone = self.chance.choice(self.phones)
        phone.line.trouble = self.chance.choice([0.0, 0.1, 0.4])
        phone.crashes = self.chance.choice([0.0, 0.0, 0.05])
        self.do(phone, act)

    def do(self, phone: SimPhone, act: Callable[[SimPhone], str | None]) -> None:
        """Lets something happen on a phone, which may die of it."""
        self._bases.clear()
        try:
            what = act(phone)
        except Crash:
            what = f"{getattr(act, '__name__', 'act')} ... the battery dies"
            phone.crashes = 0.0
            phone.die()
        phone.crashes = 0.0
        self._hear(phone, self._bases)
        if what:
            self.trace.append(f"{phone.name} {what}")

    def _hear(self, phone: SimPhone, bases: Mapping[str, int]) -> None:
        """Tells the oracle what was saved, with the version that the form had been opened on."""
        for change in phone.new_changes():
            self.oracle.heard(phone.name, bases.get(change.record, 0), [change])

    def had_seen(self, record: str, version: int) -> None:
        """What is being saved was opened on that version."""
        self._bases[record] = version

    # ---- what workers do ----------------------------------------------------------------------

    def _sync(self, phone: SimPhone) -> str:
        def meanwhile(_: httpx.Request) -> None:
            if self.chance.random() < 0.5:
                return
            phone.line.before = phone.line.after = None
            if self.chance.random() < 0.4:
                what, other = office.edits(self), phone.second_client().run()
                self.trace.append(f"{what}; {phone.name} syncs a second time: {other.state}")
            elif what := self._edit(phone):
                self.trace.append(f"{phone.name} {what}, while it syncs")

        phone.line.before, phone.line.after = self.chance.choices(
            [(None, None), (meanwhile, None), (None, meanwhile)], [8, 1, 2]
        )[0]
        report = phone.sync()
        phone.line.before = phone.line.after = None
        return f"syncs: {report.state}, {report.sent} sent, {report.received} received"

    def _open(self, phone: SimPhone) -> str | None:
        record = self._some_household(phone)
        if record is None or any(form.record == record for form in phone.forms):
            return None
        phone.open_form(record, "household")
        return f"opens {self.name_of(record)}"

    def _save_form(self, phone: SimPhone) -> str | None:
        if not phone.forms:
            return None
        form = phone.forms.pop(self.chance.randrange(len(phone.forms)))
        answers = some_answers(self.chance)
        self._bases[form.record] = form.base
        if form.draft is not None and self.chance.random() < 0.3:
            draft = form.draft
            for question, answer in answers.items():
                draft = draft.answered(question, answer)
            phone.store.save_drafts(draft)
        else:
            phone.save([self._set(form, answers)])
        return f"saves {self.name_of(form.record)} {answers} as opened at {form.base}"

    def _edit(self, phone: SimPhone) -> str | None:
        record = self._some_household(phone)
        view = phone.store.record(record) if record else None
        if record is None or view is None:
            return None
        form = OpenForm(record, "household", view.version, view.answers, None)
        answers = some_answers(self.chance)
        self._bases[record] = form.base
        phone.save([self._set(form, answers)])
        return f"edits {self.name_of(record)} {answers} at {form.base}"

    def _register(self, phone: SimPhone) -> str:
        record, resident = phone.clock.new_id(), phone.clock.new_id()
        self.households.append(record)
        phone.save(
            [
                Edit(
                    kind=ChangeKind.CREATE,
                    record=record,
                    record_kind="household",
                    units=some_answers(self.chance),
                ),
                Edit(
                    kind=ChangeKind.CREATE,
                    record=resident,
                    record_kind="resident",
                    units={"household": record, "name": self.chance.choice(NAMES)},
                ),
            ]
        )
        return f"registers {self.name_of(record)}"

    def _visit(self, phone: SimPhone) -> str | None:
        record = self._some_household(phone)
        if record is None:
            return None
        units: dict[str, Answer] = {"household": record, "outcome": "done", "note": "看过了"}
        visit = phone.clock.new_id()
        phone.save([Edit(kind=ChangeKind.CREATE, record=visit, record_kind="visit", units=units)])
        return f"visits {self.name_of(record)}"

    def _delete_or_restore(self, phone: SimPhone) -> str | None:
        record = self._some_household(phone)
        view = phone.store.record(record) if record else None
        if record is None or view is None:
            return None
        kind = ChangeKind.RESTORE if DELETED in view.units else ChangeKind.DELETE
        self._bases[record] = view.version
        phone.save([Edit(kind=kind, record=record, record_kind="household", base=view.version)])
        return f"{kind}s {self.name_of(record)}"

    def _die(self, phone: SimPhone) -> str:
        phone.die()
        return "is killed and started again"

    def _wrong_clock(self, phone: SimPhone) -> str:
        phone.clock.wall = self.made.town.clock.at + self.chance.randrange(-3 * YEAR_MS, YEAR_MS)
        if self.chance.random() < 0.5:
            phone.clock.boot_id = f"boot-{self.chance.random()}"
            phone.clock.mono = 1000
        return "has another clock"

    def _nonsense(self, phone: SimPhone) -> str:
        record = phone.clock.new_id()
        self.refused.add(record)
        phone.save(
            [Edit(kind=ChangeKind.CREATE, record=record, record_kind="nonsense", units={"x": 1})]
        )
        return "saves what nobody understands"

    def back_up(self, phone: SimPhone) -> str | None:
        """Somebody copies the phone's file."""
        # Only where everything is received and covered: see docs/decisions/0042-incarnations.md.
        if phone.forms or any(True for _ in phone.store.shelf.overlaid()):
            return None
        self._hear(phone, {})
        mine = [made.order for made in self.oracle.made if made.author == phone.name]
        phone.back_up()
        phone.copied = (phone.name, max(mine, default=-1))
        return "is copied"

    def restore(self, phone: SimPhone) -> str | None:
        """The phone goes on from its copy."""
        if phone.copied is None:
            return None
        self._hear(phone, {})
        for made in self.oracle.made:
            made.lost = made.lost or made.author == phone.name
        self._lives += 1
        born = f"{phone.name[0]}{self._lives}"
        self.oracle.reborn(born, *phone.copied)
        phone.restore()
        phone.name = born
        return "goes on from its copy"

    # ---- choices ------------------------------------------------------------------------------

    def _set(self, form: OpenForm, answers: dict[str, Answer]) -> Edit:
        return Edit(
            kind=ChangeKind.SET,
            record=form.record,
            record_kind=form.kind,
            units=answers,
            base=form.base,
            old=form.before,
        )

    def _some_household(self, phone: SimPhone) -> str | None:
        for record in self.chance.sample(self.households, len(self.households)):
            if phone.has(record):
                return record
        return None

    def known_at_the_office(self) -> str | None:
        """A household that has arrived."""
        known = [record for record in self.households if self.made.record(record) is not None]
        return self.chance.choice(known) if known else None

    def name_of(self, record: str) -> str:
        """A short name for the trace."""
        return f"h{self.households.index(record)}" if record in self.households else record


def numbers(world: World) -> dict[Key, list[int]]:
    """The town's numbers of every change, by what names the change."""
    found: dict[Key, list[int]] = {}
    rows = select(
        col(JournalRow.seq),
        col(JournalRow.save_id),
        col(JournalRow.kind),
        col(JournalRow.record_id),
    )
    with reading(world.made.town.services.engine) as conn:
        for seq, save, kind, record in conn.execute(rows):
            found.setdefault((save, kind, record), []).append(seq)
    return found
