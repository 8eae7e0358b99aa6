"""An import between its dry run and its commit: kept sealed, since the rows are people.

A job belongs to the account that began it. Committing plans the rows anew against the register
of that moment: what a person has not seen in the dry run is never written.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import msgspec
from sqlalchemy import Engine, insert, select, update
from sqlalchemy import Row as Found
from sqlmodel import col

from server.clock import Clock, new_id, town_time
from server.db.engine import reading, writing
from server.db.office_tables import ImportRow
from server.errors import NotFound
from server.imports.headers import (
    check_columns,
    columns_of,
    find_header,
)
from server.imports.lines import Line, understand
from server.imports.match import Matched, Matcher
from server.imports.plan import Register as Known
from server.imports.plan import RowPlan, RowState, match_rows, plan_rows
from server.imports.reports import Job, JobState, Opened, Report
from server.imports.shapes import Shapes
from server.imports.standing import load_standing
from server.imports.tables import read_table
from server.imports.words import WrongFile, remark
from server.keys import Keys
from server.office.act import acting, require
from server.office.areas import Area, Level, areas_below
from server.office.audit import Deed
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.register import Register
from server.register.sealing import Seal
from shared.forms.scope import Moment

FILE_NAME_MAX = 120


class RegisterMoved(WrongFile):
    """The register changed after the dry run; the job holds a new one now."""

    def __init__(self) -> None:
        super().__init__("register_moved")


@dataclass(frozen=True)
class Imports:
    """Imports into one register."""

    register: Register
    engine: Engine
    keys: Keys
    clock: Clock

    def check(self, who: AccountIdentity, grid: str, name: str, content: bytes) -> Job:
        """The dry run of a file; `grid` is where rows belong that name none. Raises WrongFile."""
        require(who, Action.IMPORT)
        self._refuse_foreign(who, grid)
        with reading(self.engine) as conn:
            remembered = Shapes(conn, who.town).all()
        sheet, header = find_header(read_table(content), remembered)
        report = self._planned(who, grid, Report(sheet.name, header, sheet.rows, ()))
        if not report.plans and not report.needs_columns:
            raise WrongFile("no_rows")
        job = Job(
            id=new_id(self.clock()),
            grid=grid,
            file_name=name.strip()[-FILE_NAME_MAX:] or "?",
            account_id=who.id,
            state=JobState.CHECKED,
            created_at=self.clock(),
            done_at=None,
            good=report.good,
            bad=report.bad,
        )
        self._keep(who.town, job, report, sha256(content).hexdigest())
        return job

    def remap(self, who: AccountIdentity, job_id: str, columns: Mapping[str, int]) -> Opened:
        """The dry run again, with the columns as a person says they are. Raises WrongFile.

        The next table with the same columns is understood in the same way.
        """
        require(who, Action.IMPORT)
        opened = self._waiting(who, job_id)
        check_columns(dict(columns))
        with writing(self.engine) as conn:
            by = who.id, self.clock()
            Shapes(conn, who.town).remember(opened.report.header.names, dict(columns), by)
        return self._with_columns(who, opened, dict(columns), remembered=True)

    def forget_columns(self, who: AccountIdentity, job_id: str) -> Opened:
        """The dry run again, with the columns as their names say; nothing is remembered of them."""
        require(who, Action.IMPORT)
        opened = self._waiting(who, job_id)
        names = opened.report.header.names
        with writing(self.engine) as conn:
            Shapes(conn, who.town).forget(names)
        return self._with_columns(who, opened, columns_of(names), remembered=False)

    def leave_out(self, who: AccountIdentity, job_id: str, rows: Collection[int]) -> Opened:
        """The dry run again without these rows, and with all others. Raises WrongFile."""
        require(who, Action.IMPORT)
        opened = self._waiting(who, job_id)
        report = msgspec.structs.replace(opened.report, left_out=frozenset(rows), plans=())
        return self._replan(who, opened.job, report)

    def commit(self, who: AccountIdentity, job_id: str) -> Job:
        """Write every good row, in one transaction. Raises RegisterMoved, EditsRefused."""
        require(who, Action.IMPORT)
        opened = self._waiting(who, job_id)
        fresh = self._planned(who, opened.job.grid, opened.report)
        if [plan.effect for plan in fresh.plans] != [p.effect for p in opened.report.plans]:
            self._replan(who, opened.job, opened.report)
            raise RegisterMoved
        edits = [edit for plan in fresh.plans for edit in plan.edits]
        if edits:
            self.register.commit(who, edits, save=job_id)
        # A stop between these two leaves the job open; its next commit finds nothing to write.
        return self._done(who, opened.job)

    def drop(self, who: AccountIdentity, job_id: str) -> None:
        """Give an import up; nothing of it was written."""
        require(who, Action.IMPORT)
        self._waiting(who, job_id)
        self._set(who.town, job_id, state=JobState.DROPPED.value, report=None)

    def opened(self, who: AccountIdentity, job_id: str) -> Opened:
        """An import with its table. Raises NotFound for another account's."""
        require(who, Action.IMPORT)
        with reading(self.engine) as conn:
            row = conn.execute(
                select(ImportRow).where(
                    col(ImportRow.town_id) == who.town,
                    col(ImportRow.id) == job_id,
                    col(ImportRow.account_id) == who.id,
                )
            ).one_or_none()
        if row is None or row.report is None:
            raise NotFound
        content = self._seal.open(row.report, "import_job", who.town, job_id)
        return Opened(_job(row), msgspec.msgpack.decode(content, type=Report))

    def jobs(self, who: AccountIdentity, limit: int = 50) -> list[Job]:
        """The newest imports into the grids of `who`, by whomever."""
        require(who, Action.IMPORT)
        with reading(self.engine) as conn:
            rows = conn.execute(
                select(ImportRow)
                .where(
                    col(ImportRow.town_id) == who.town,
                    col(ImportRow.grid).in_(who.grids),
                    col(ImportRow.state) != JobState.DROPPED.value,
                )
                .order_by(col(ImportRow.created_at).desc())
                .limit(limit)
            ).all()
        return [_job(row) for row in rows]

    @property
    def _seal(self) -> Seal:
        return Seal(self.keys)

    def _refuse_foreign(self, who: AccountIdentity, grid: str) -> None:
        if grid not in self._grids(who):
            raise NotFound

    def _grids(self, who: AccountIdentity) -> dict[str, Area]:
        now = self.clock()
        with reading(self.engine) as conn:
            below = areas_below(conn, who.town, who.area_id)
        return {a.id: a for a in below if a.level is Level.GRID and a.stands(now)}

    def _planned(self, who: AccountIdentity, grid: str, report: Report) -> Report:
        if report.needs_columns:
            return msgspec.structs.replace(report, plans=())
        now = town_time(self.clock())
        every = understand(report.rows, report.header, now.date())
        lines = [line for line in every if line.number not in report.left_out]
        grids = self._grids(who)
        with reading(self.engine) as conn:
            standing = load_standing(conn, who.town, frozenset(grids))
        matcher = Matcher(standing, grids, grid, lambda: new_id(self.clock()))
        matched = match_rows(lines, matcher)
        targets = [
            target.id
            for found in matched
            if isinstance(found, Matched)
            for target in found.targets.values()
        ]
        forms = self.register.forms(who.town)
        known = Known(
            records=self.register.records(who.town, targets),
            rules={kind: self.register.rules(who.town, kind) for kind in forms},
            forms=forms,
            moment=Moment(now),
        )
        plans = [*plan_rows(lines, matched, known), *_left(every, report.left_out)]
        plans.sort(key=lambda plan: plan.number)
        return msgspec.structs.replace(report, plans=tuple(plans))

    def _with_columns(
        self, who: AccountIdentity, opened: Opened, columns: dict[str, int], *, remembered: bool
    ) -> Opened:
        header = msgspec.structs.replace(
            opened.report.header, columns=columns, remembered=remembered
        )
        report = msgspec.structs.replace(opened.report, header=header, plans=())
        return self._replan(who, opened.job, report)

    def _replan(self, who: AccountIdentity, job: Job, report: Report) -> Opened:
        report = self._planned(who, job.grid, report)
        self._set(
            who.town,
            job.id,
            good=report.good,
            bad=report.bad,
            report=self._sealed(who.town, job.id, report),
        )
        return Opened(msgspec.structs.replace(job, good=report.good, bad=report.bad), report)

    def _waiting(self, who: AccountIdentity, job_id: str) -> Opened:
        opened = self.opened(who, job_id)
        if opened.job.state is not JobState.CHECKED:
            raise WrongFile("already_done")
        return opened

    def _keep(self, town: str, job: Job, report: Report, digest: str) -> None:
        with writing(self.engine) as conn:
            conn.execute(
                insert(ImportRow).values(
                    town_id=town,
                    sha256=digest,
                    report=self._sealed(town, job.id, report),
                    **msgspec.structs.asdict(job),
                )
            )

    def _done(self, who: AccountIdentity, job: Job) -> Job:
        done_at = self.clock()
        with acting(self.engine, self.keys, who, self.clock) as act:
            act.conn.execute(
                update(ImportRow)
                .where(col(ImportRow.town_id) == who.town, col(ImportRow.id) == job.id)
                .values(state=JobState.DONE.value, done_at=done_at)
            )
            act.note(Deed.IMPORTED, job.id)
        return msgspec.structs.replace(job, state=JobState.DONE, done_at=done_at)

    def _set(self, town: str, job_id: str, **values: object) -> None:
        with writing(self.engine) as conn:
            conn.execute(
                update(ImportRow)
                .where(col(ImportRow.town_id) == town, col(ImportRow.id) == job_id)
                .values(**values)
            )

    def _sealed(self, town: str, job_id: str, report: Report) -> bytes:
        content = msgspec.msgpack.encode(report)
        return self._seal.close(content, "import_job", town, job_id)


def _left(lines: Sequence[Line], left_out: Collection[int]) -> Iterator[RowPlan]:
    """The rows that a person does not want."""
    for line in lines:
        if line.number in left_out:
            yield RowPlan(
                number=line.number, state=RowState.LEFT, name=line.name, door=line.door,
                remarks=(remark("left_out"),),
            )  # fmt: skip


def _job(row: Found[ImportRow]) -> Job:
    return msgspec.convert(row, Job, from_attributes=True)
