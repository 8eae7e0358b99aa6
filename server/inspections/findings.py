"""Findings: what was found in something that was drawn, what is to be done, and the reply."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, structs
from sqlalchemy import Connection, Engine, select
from sqlmodel import col

from server.clock import Clock, new_id
from server.db.engine import reading
from server.db.work_tables import WorkRow
from server.errors import NotFound
from server.inspections.drawing import Drawn, Inspection, close, closed_already, own_inspection
from server.office.act import Act, require
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.edits import Edit, edit_of
from server.register.register import Register
from server.work.reading import CASE, Sought, WorkBook
from server.work.steps import Steps, checked_units
from shared.changes import Answer, ChangeKind
from shared.merge import shown
from shared.records import Record

KIND = "finding"
TASK_MAX = 300


class Noted(Struct, frozen=True):
    """What an inspector writes of one item."""

    item: int
    """Its place in the sample, from 0."""
    severity: str
    text: str = ""
    task: str = ""
    """What the grid is to do: becomes a case there. Empty for nothing."""


class Finding(Struct, frozen=True, kw_only=True):
    """What stands of one item."""

    id: str
    about: str
    """The household or case."""
    severity: str
    text: str
    reply: str
    task: str
    """The case that it gave; "" for none."""
    by: str
    at: int
    replied_by: str
    replied_at: int | None


class Findings(Struct, frozen=True):
    """Reads and writes the findings of every town's inspections."""

    register: Register
    engine: Engine
    clock: Clock

    def of(self, who: AccountIdentity, inspection: str) -> dict[str, Finding]:
        """Those of an inspection in the reader's grids, by what they are about."""
        with reading(self.engine) as conn:
            ids = _ids(conn, who, inspection)
        rules = self.register.rules(who.town, KIND)
        found = [
            _finding(record, shown(record, rules))
            for record in self.register.records(who.town, ids).values()
            if not record.deleted
        ]
        return {one.about: one for one in sorted(found, key=lambda one: one.at)}

    def note(self, who: AccountIdentity, inspection: str, noted: Noted) -> None:
        """Writes a finding, or puts it right; a task becomes a case. Both or neither.

        Raises NotFound, NotAllowed or OfficeRefused.
        """
        require(who, Action.INSPECT)
        with reading(self.engine) as conn:
            found = own_inspection(conn, who, inspection)
        if found.closed_at is not None:
            raise closed_already()
        if not 0 <= noted.item < len(found.items):
            raise NotFound
        item = found.items[noted.item]
        known = self.of(who, inspection).get(item.id)
        task = self._task(who, item, noted) if known is None or not known.task else None
        edits = [*([task] if task else []), self._edit(who, (found, item), known, (noted, task))]
        self.register.deeds.edit(
            who,
            [edit for edit in edits if edit.units],
            Deed.FINDING_NOTED,
            f"{inspection} {item.id}",
        )

    def close(self, act: Act, inspection: str) -> None:
        """Closes it once every item was looked at and what it gave is settled.

        Raises NotFound, NotAllowed or OfficeRefused.
        """
        found = own_inspection(act.conn, act.who, inspection)
        known = self.of(act.who, inspection)
        left = sum(item.id not in known for item in found.items)
        if left:
            raise refused(
                "not_all_looked_at",
                f"还有 {left} 件没有填写结果，未能核查的也请填写。",
                f"{left} of the sample have no result yet; say so where something could not be "
                "looked at.",
            )
        tasks = [one.task for one in known.values() if one.task]
        cases = WorkBook(act.conn, act.who, act.now).cases(Sought(ids=tasks)) if tasks else []
        still = sum(one.standing.is_open for one in cases)
        if still:
            raise refused(
                "tasks_open",
                f"还有 {still} 项整改没有办结。",
                f"{still} of its tasks are not settled yet.",
            )
        close(act, inspection)

    def _task(self, who: AccountIdentity, item: Drawn, noted: Noted) -> Edit | None:
        text = " ".join(noted.task.split())[:TASK_MAX]
        if not text:
            return None
        about = {} if item.kind == CASE else {"household": item.id}
        steps = Steps(self.register, self.engine, self.clock)
        return steps.reporting(who, item.grid, {"case_kind": "other", "text": text, **about})

    def _edit(
        self,
        who: AccountIdentity,
        where: tuple[Inspection, Drawn],
        known: Finding | None,
        what: tuple[Noted, Edit | None],
    ) -> Edit:
        (inspection, item), (noted, task) = where, what
        form = self.register.forms(who.town).get(KIND)
        if form is None:
            raise NotFound
        said: dict[str, Answer] = {"severity": noted.severity}
        said |= {"text": noted.text.strip()} if noted.text.strip() else {}
        units = checked_units(form, said, self.clock())
        units |= {"task": task.record} if task else {}
        if known is None:
            about = {item.kind: item.id, "inspection": inspection.id}
            return Edit(
                kind=ChangeKind.CREATE,
                record=new_id(self.clock()),
                record_kind=KIND,
                grid=item.grid,
                units={**about, **units},
            )
        record = self.register.records(who.town, [known.id])[known.id]
        before = shown(record, self.register.rules(who.town, KIND))
        fresh = {"text": None, **units}
        changed = {unit: value for unit, value in fresh.items() if before.get(unit) != value}
        edit = edit_of(record, ChangeKind.SET, changed, record.version)
        return structs.replace(edit, old={unit: before.get(unit) for unit in changed})


def _ids(conn: Connection, who: AccountIdentity, inspection: str) -> Sequence[str]:
    rows = conn.execute(
        select(col(WorkRow.id), col(WorkRow.grid)).where(
            col(WorkRow.town_id) == who.town,
            col(WorkRow.about) == inspection,
            col(WorkRow.kind) == KIND,
            col(WorkRow.deleted).is_(False),
        )
    )
    return [row.id for row in rows if row.grid in who.grids]


def _finding(record: Record, told: Mapping[str, Answer]) -> Finding:
    def text(unit: str) -> str:
        value = told.get(unit)
        return value if isinstance(value, str) else ""

    first = min((write for _, write in record.writes()), key=lambda write: write.seq)
    replies = [write for unit, write in record.writes() if unit == "reply"] if text("reply") else []
    reply = max(replies, key=lambda write: write.seq, default=None)
    return Finding(
        id=record.id,
        about=text("household") or text("case"),
        severity=text("severity"),
        text=text("text"),
        reply=text("reply"),
        task=text("task"),
        by=first.worker,
        at=first.effective,
        replied_by=reply.worker if reply else "",
        replied_at=reply.effective if reply else None,
    )
