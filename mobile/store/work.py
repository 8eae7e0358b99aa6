"""Grid work on this device: cases with their steps, reports, entries, and a grid's rules.

Read when first asked for after unlocking, then record by record as they change.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from mobile.errors import DamagedRow
from mobile.store import telling
from mobile.store.shelf import Shelf
from mobile.store.tables import ShadowRow
from shared.changes import Answer
from shared.merge import shown
from shared.records import Record
from shared.work.cases import fold
from shared.work.reading import FACTS, Origin, origin_of, read_case, read_step
from shared.work.rules import DEFAULT_RULES, WorkRules, read_rules
from shared.work.standing import Standing
from shared.work.values import OFFICE_ONLY

KINDS = frozenset(FACTS) - OFFICE_ONLY
"""What a phone keeps; what is for the office only leaves it once it is sent."""
TITLE_MAX = 40
_TITLES = ("text", "places", "name", "period", "action")
"""What calls a record, in this order."""


class Worked(Struct, frozen=True, kw_only=True):
    """A record of grid work."""

    id: str
    kind: str
    grid: str
    answers: Mapping[str, Answer]
    origin: Origin
    unsent: bool

    def text(self, unit: str) -> str:
        """A text or code; "" for none."""
        value = self.answers.get(unit)
        return value if isinstance(value, str) else ""

    @property
    def title(self) -> str:
        """What it is called in a list."""
        words = next((self.text(unit) for unit in _TITLES if self.text(unit)), "")
        line = " ".join(words.split())
        return line if len(line) <= TITLE_MAX else line[: TITLE_MAX - 1] + "…"


class Filed(Struct, frozen=True, kw_only=True):
    """A case with everything that follows from its steps."""

    record: Worked
    standing: Standing
    steps: Mapping[str, Worked]
    """Every step by id, also those that did not count."""
    rules: WorkRules


class Work:
    """The records of grid work of one account. Call it while the database is yours alone."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._known: dict[str, Worked] | None = None
        self._stale: set[str] = set()

    def changed(self, records: Iterable[str]) -> None:
        """These records may be other now."""
        self._stale.update(records)

    def of(self, kind: str) -> list[Worked]:
        """The records of a kind, the newest first."""
        found = [one for one in self._records().values() if one.kind == kind]
        return sorted(found, key=lambda one: (-one.origin.effective, one.id))

    def one(self, record: str) -> Worked | None:
        """One record."""
        return self._records().get(record)

    def rules(self, grid: str) -> WorkRules:
        """The rules of a grid; where it has several records, the newest."""
        own = [one for one in self.of("work_rules") if one.grid == grid]
        return read_rules(own[0].answers, own[0].origin.effective) if own else DEFAULT_RULES

    def listed(self, grid: str, unit: str) -> tuple[str, ...]:
        """A list that a grid's rules hold, one entry a line: its duties, its self-checks."""
        own = [one for one in self.of("work_rules") if one.grid == grid]
        text = own[0].text(unit) if own else ""
        return tuple(line.strip() for line in text.splitlines() if line.strip())

    def cases(self, now: int) -> list[Filed]:
        """Every case as it stands, the newest report first. now: ms."""
        steps: defaultdict[str, list[Worked]] = defaultdict(list)
        for one in self.of("case_step"):
            steps[one.text("case")].append(one)
        cases = self.of("case")
        rules = {grid: self.rules(grid) for grid in {one.grid for one in cases}}
        return [_filed(one, steps[one.id], rules[one.grid], now) for one in cases]

    def case(self, case: str, now: int) -> Filed | None:
        """One case as it stands."""
        one = self.one(case)
        if one is None or one.kind != "case":
            return None
        steps = [step for step in self.of("case_step") if step.text("case") == case]
        return _filed(one, steps, self.rules(one.grid), now)

    def _records(self) -> dict[str, Worked]:
        with self._shelf.database.alone(), self._shelf.database.reading() as conn:
            if self._known is None:
                ids = conn.execute(
                    select(col(ShadowRow.id)).where(col(ShadowRow.kind).in_(sorted(KINDS)))
                ).scalars()
                self._known = {}
                self._stale = {*ids, *self._shelf.overlaid()}
            stale, self._stale = self._stale, set()
            for record in stale:
                self._known.pop(record, None)
                worked = self._read(conn, record)
                if worked is not None:
                    self._known[record] = worked
            return dict(self._known)  # another thread may bring it in line while this one reads

    def _read(self, conn: Connection, id: str) -> Worked | None:
        try:
            record = self._shelf.shown(conn, id)
        except DamagedRow:
            return None  # the index asks for it again
        if record is None or record.kind not in KINDS or record.deleted:
            return None
        return Worked(
            id=record.id,
            kind=record.kind,
            grid=record.grid,
            answers=MappingProxyType(shown(record, self._shelf.rules(record.kind))),
            origin=_origin(record),
            unsent=telling.unsent(self._shelf, id) > 0,
        )


def _origin(record: Record) -> Origin:
    return origin_of(min((write for _, write in record.writes()), key=lambda write: write.seq))


def _filed(one: Worked, steps: list[Worked], rules: WorkRules, now: int) -> Filed:
    case = read_case(one.id, one.answers, one.origin)
    read = [read_step(step.id, step.answers, step.origin, rules) for step in steps]
    known = [step for step in read if step is not None]
    return Filed(
        record=one,
        standing=fold(case, known, now=now, rules=rules),
        steps={step.id: step for step in steps},
        rules=rules,
    )
