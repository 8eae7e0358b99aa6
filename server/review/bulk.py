"""Deciding many conflicts of one question by one rule: shown first, then applied as it was shown.

A rule only ever chooses one of the values that stand. Where it says nothing clear, or where
something came in since the preview, the conflict is left to a person.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct
from sqlalchemy import Engine, func, select
from sqlmodel import col

from server.clock import Clock
from server.db.bulk import chunks
from server.db.engine import reading
from server.db.register_tables import ConflictRow
from server.errors import ServerError
from server.keys import Keys
from server.office.act import acting, require
from server.office.audit import Deed, done_next
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.conflicts import ConflictDetail, ConflictValue
from server.register.contested import OPEN, VALUES
from server.register.names import names_of
from server.register.outcomes import AlreadyDecided
from server.register.register import Register
from shared.merge import same

CASES_MAX = 100
"""Conflicts of one preview: as many as a person looks through."""
NAMED_MAX = 13
"""Ids that a row of the audit trail has room for."""


class Rule(StrEnum):
    """What may decide."""

    NEWEST_VISIT = "newest_visit"
    """The value of the newest visit."""
    NEWEST = "newest"
    """The value that was written last, by the corrected clock."""


class Subject(Struct, frozen=True):
    """A question with conflicts."""

    record_kind: str
    unit: str
    waiting: int


class Case(Struct, frozen=True):
    """What a rule would do to one conflict."""

    detail: ConflictDetail
    chosen: ConflictValue | None
    """None where the rule says nothing clear."""


class Applied(Struct, frozen=True):
    """What became of the conflicts."""

    decided: tuple[str, ...]
    left: int
    """Somebody was faster, or something came in since."""


class Batch(Struct, frozen=True):
    """Conflicts that were decided together, as far as their reader may see them."""

    rule: Rule
    at: int
    by_name: str
    conflicts: tuple[ConflictDetail, ...]


class Bulk(Struct, frozen=True):
    """Bulk decisions of every town."""

    register: Register
    engine: Engine
    keys: Keys
    clock: Clock

    def subjects(self, who: AccountIdentity) -> list[Subject]:
        """The questions with the most conflicts first; no deletions, moves or claims."""
        with reading(self.engine) as conn:
            n = func.count().label("n")
            rows = conn.execute(
                select(col(ConflictRow.record_kind), col(ConflictRow.unit), n)
                .where(
                    col(ConflictRow.town_id) == who.town,
                    col(ConflictRow.state) == OPEN,
                    col(ConflictRow.grid).in_(sorted(who.grids)),
                    ~col(ConflictRow.unit).startswith("@"),
                    col(ConflictRow.about) == VALUES,
                )
                .group_by(col(ConflictRow.record_kind), col(ConflictRow.unit))
                .order_by(n.desc(), col(ConflictRow.record_kind), col(ConflictRow.unit))
            )
            return [Subject(row.record_kind, row.unit, row.n) for row in rows]

    def preview(self, who: AccountIdentity, record_kind: str, unit: str, rule: Rule) -> list[Case]:
        """What the rule would do, the longest waiting first."""
        require(who, Action.DECIDE)
        with reading(self.engine) as conn:
            ids = conn.execute(
                select(col(ConflictRow.id))
                .where(
                    col(ConflictRow.town_id) == who.town,
                    col(ConflictRow.state) == OPEN,
                    col(ConflictRow.grid).in_(sorted(who.grids)),
                    col(ConflictRow.record_kind) == record_kind,
                    col(ConflictRow.unit) == unit,
                    col(ConflictRow.about) == VALUES,
                )
                .order_by(col(ConflictRow.opened_seq), col(ConflictRow.id))
                .limit(CASES_MAX)
            ).scalars()
            wanted = [str(each) for each in ids]
        found = self.register.conflicts(who.town, wanted)
        return [Case(each, chosen(each, rule)) for each in found]

    def apply(self, who: AccountIdentity, rule: Rule, seen: Sequence[tuple[str, int]]) -> Applied:
        """Decides the conflicts whose records are still what the preview showed.

        seen: the ids of the conflicts, each with its record's version in the preview.
        """
        require(who, Action.DECIDE)
        decided = tuple(
            conflict
            for conflict, version in seen[:CASES_MAX]
            if self._decide(who, rule, conflict, version)
        )
        if decided:
            with acting(self.engine, self.keys, who, self.clock) as act:
                for some in chunks(decided, NAMED_MAX):  # a row of the trail names no more
                    act.note(Deed.DECIDED_IN_BULK, f"{rule} {len(decided)}", " ".join(some))
        return Applied(decided, len(seen) - len(decided))

    def batch(self, who: AccountIdentity, conflict: str) -> Batch | None:
        """What decided this conflict together with others; None where it was decided by itself."""
        require(who, Action.SEE_RECORDS)
        with reading(self.engine) as conn:
            closed = conn.execute(
                select(col(ConflictRow.closed_by), col(ConflictRow.closed_at)).where(
                    col(ConflictRow.town_id) == who.town,
                    col(ConflictRow.id) == conflict,
                    col(ConflictRow.state) != OPEN,
                )
            ).one_or_none()
            if closed is None or closed.closed_by is None:
                return None
            done = (closed.closed_by, Deed.DECIDED_IN_BULK)
            noted = done_next(conn, who.town, done, since=closed.closed_at)
            names = names_of(conn, who.town, [closed.closed_by])
        found = self.register.conflicts(
            who.town, [i for each in noted for i in each.reason.split()]
        )
        here = tuple(detail for detail in found if detail.grid in who.grids)
        if conflict not in {detail.id for detail in here}:
            return None
        rule, _, _ = noted[0].object.partition(" ")
        return Batch(Rule(rule), noted[0].at, names.get(closed.closed_by, ""), here)

    def _decide(self, who: AccountIdentity, rule: Rule, conflict: str, version: int) -> bool:
        detail = self.register.conflict(who.town, conflict)
        if detail is None or not detail.open or detail.grid not in who.grids:
            return False
        value = chosen(detail, rule)
        if value is None or detail.record.version != version:
            return False
        try:
            done = self.register.decide(who, conflict, value.value, version)
        except ServerError:
            return False  # the form has become stricter since: a person has to look
        return not isinstance(done, AlreadyDecided)


def chosen(detail: ConflictDetail, rule: Rule) -> ConflictValue | None:
    """The value that the rule chooses; None where two are as good, or none is."""
    times = [(_TIMES[rule](value), value) for value in detail.values]
    known = sorted(((at, value) for at, value in times if at is not None), key=lambda each: each[0])
    if not known or (len(known) > 1 and known[-1][0] == known[-2][0]):
        return None
    return known[-1][1]


def decided_for(detail: ConflictDetail) -> ConflictValue | None:
    """The value that a conflict was decided for; None where none of those that stood was."""
    found = (value for value in detail.values if same(value.value, detail.decision))
    return None if detail.open else next(found, None)


def _newest_visit(value: ConflictValue) -> int | None:
    return max((o.effective for o in value.origins if o.visit is not None), default=None)


def _newest(value: ConflictValue) -> int | None:
    return max((origin.effective for origin in value.origins), default=None)


_TIMES: Mapping[Rule, Callable[[ConflictValue], int | None]] = MappingProxyType(
    {Rule.NEWEST_VISIT: _newest_visit, Rule.NEWEST: _newest}
)
