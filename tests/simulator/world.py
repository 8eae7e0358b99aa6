"""The simulated town: phones, an office, and what happens next. One seed, one history."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import col

from mobile.store.shelf import rules_of
from server.db.engine import reading
from server.db.register_tables import JournalRow
from shared.changes import Change
from shared.merge import Rules
from tests.mobile.field import Field
from tests.mobile.kit import FORMS
from tests.simulator.judged import ECHO, Judged
from tests.simulator.line import Crash
from tests.simulator.oracle import Key, Oracle
from tests.simulator.phone import OpenForm, SimPhone
from tests.simulator.quick import compiled


class Backup(NamedTuple):
    """The server's database as it once was, and what went with it."""

    file: Path
    duties: dict[str, frozenset[str]]
    forgotten: int


@dataclass
class World:
    """Everything of one seed."""

    made: Field
    chance: Random
    phones: list[SimPhone] = field(default_factory=list)
    households: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    oracle: Oracle = field(default_factory=lambda: Oracle(_rules()))
    trace: list[str] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)
    """How often each thing happened."""
    refused: set[str] = field(default_factory=set)
    """Records of a kind that nobody knows: their changes must be refused, and block nothing."""
    cursors: dict[str, dict[str, int]] = field(default_factory=dict)
    """Up to where each phone has had each grid, when it was last looked at."""
    duties: dict[str, frozenset[str]] = field(default_factory=dict)
    """By worker: the names of the grids that are hers."""
    files: list[bytes] = field(default_factory=list)
    """What was exported to be carried by hand."""
    backup: Backup | None = None
    forgotten: int = 0
    """Up to which number the office has forgotten tombstones."""
    unhealed: set[str] = field(default_factory=set)
    """Phones that have not synced since the server was put back to an older state."""
    server_lives: int = 0
    """How often the server was put back to an older state."""
    lost: list[range] = field(default_factory=list)
    """Numbers that a server had given which was put back: nobody knows any more what they were."""
    lives: int = 0
    """How many phones have gone on from a copy."""
    merges: dict[str, "Before"] = field(default_factory=dict)
    """By merged record: what its survivor was like before."""

    _bases: dict[str, int] = field(default_factory=dict)
    """The version on the screen, by record, for the save under way."""
    _numbers: dict[Key, int] = field(default_factory=dict)
    _devices: dict[Key, str] = field(default_factory=dict)
    """The id that each change arrived under; an echo's is that of its change."""
    _numbered: int = 0

    def pass_time(self) -> None:
        """Up to ten minutes pass, for everybody."""
        ms = self.chance.randrange(1, 600_000)
        self.made.town.clock.at += ms
        for phone in self.phones:
            phone.clock.tick(ms)

    def do(self, phone: SimPhone, act: Callable[[SimPhone], str | None], name: str = "act") -> None:
        """Lets something happen on a phone, which may die of it."""
        self._bases.clear()
        late = len(phone.line.late)
        try:
            what = act(phone)
        except Crash:
            what, name = f"{name} ... the battery dies", "the battery dies"
            phone.crashes = 0.0
            phone.die()
        phone.crashes = 0.0
        self.hear(phone, self._bases)
        if len(phone.line.late) > late:
            self.forget_when(phone)
        if what:
            self.happened[name] += 1
            self.trace.append(f"{phone.name} {what}")

    def hear(self, phone: SimPhone, bases: Mapping[str, int]) -> None:
        """Tells the oracle what was saved, with the version that the form had been opened on."""
        for change in phone.new_changes():
            known = phone.clock_is_known and not self.saw_what_was_lost(change)
            rightful = known and self._is_hers(phone, change)
            self.oracle.heard(phone.name, bases.get(change.record, 0), [change], rightful=rightful)

    def forget_when(self, phone: SimPhone) -> None:
        """When its unsent changes were made is a guess now.

        It starts anew with another clock, or what it sent is an hour on its way: a server takes
        what arrives for sent just now.
        """
        arrived = self.numbers()
        for made in self.oracle.made:
            if made.author == phone.name and made.key not in arrived:
                made.rightful = False

    def had_seen(self, record: str, version: int) -> None:
        """What is being saved was opened on that version."""
        self._bases[record] = version

    def numbers(self) -> Mapping[Key, int]:
        """The town's number of every change and echo, by what names it."""
        with reading(self.made.town.services.engine) as conn:
            for seq, save, kind, record, device in conn.execute(_LATER, {"seq": self._numbered}):
                echo = ECHO * (len(device) - len(device.lstrip(ECHO)))
                before = 0
                while (key := (echo + save, kind, record, before)) in self._numbers:
                    before += 1
                self._numbers[key] = seq
                self._devices[key] = device.lstrip(ECHO).split(".")[0]
                self._numbered = max(self._numbered, seq)
        return self._numbers

    def last_number(self) -> int:
        """The last number that the town gave."""
        self.numbers()
        return self._numbered

    def saw_what_was_lost(self, change: Change) -> bool:
        """Whether it was made on a state that no server has any more: where was its record then?"""
        return any(change.base in numbers for numbers in self.lost)

    def number_anew(self) -> None:
        """The journal is another one now."""
        self._numbers, self._numbered = {}, 0

    def judged(self) -> Judged:
        """What the oracle says of all that has arrived."""
        return Judged(self.oracle, dict(self.numbers()), self._devices)

    # ---- choices ------------------------------------------------------------------------------

    def some_form(self, phone: SimPhone) -> OpenForm | None:
        """A form of a household that the phone shows, opened just now."""
        for record in self.chance.sample(self.households, len(self.households)):
            if phone.has(record):
                view = phone.store.record(record)  # of a merged record: the one that stands
                if view is not None:
                    return OpenForm(view.id, view.kind, view.grid, view.version, view.answers, None)
        return None

    def known_at_the_office(self) -> str | None:
        """A household that has arrived."""
        known = [record for record in self.households if self.made.record(record) is not None]
        return self.chance.choice(known) if known else None

    def name_of(self, record: str) -> str:
        """A short name for the trace."""
        if record in self.questions:
            return f"q{self.questions.index(record)}"
        return f"h{self.households.index(record)}" if record in self.households else record

    def _is_hers(self, phone: SimPhone, change: Change) -> bool:
        """Whether the grid is hers, and nothing of hers that it stands on may be refused."""
        hers = {self.made.grid(name) for name in self.duties[phone.worker]}
        return change.grid in hers and all(
            made.rightful
            for made in self.oracle.made
            if made.author == phone.name and made.change.record == change.record
        )


_LATER = select(
    col(JournalRow.seq),
    col(JournalRow.save_id),
    col(JournalRow.kind),
    col(JournalRow.record_id),
    col(JournalRow.device_id),
).where(col(JournalRow.seq) > bindparam("seq"))


def _rules() -> dict[str, Rules]:
    forms = {**FORMS, "question": compiled("question").form}
    return {kind: rules_of(form) for kind, form in forms.items()}


class Before(NamedTuple):
    """What stood in a survivor before another household was merged into it, and when."""

    survivor: str
    standing: dict[str, str]
    merged_at: int
    """The number of the merge."""
