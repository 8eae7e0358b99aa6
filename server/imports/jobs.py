"""An import between its dry run and its commit: kept sealed, since the rows are people.

A job belongs to the account that began it. Committing plans the rows anew against the register
of that moment: what a person has not seen in the dry run is never written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, insert, select, update
from sqlalchemy import Row as Found
from sqlmodel import col

from server.clock import Clock, new_id, town_time
from server.db.engine import reading, writing
from server.db.office_tables import ImportRow
from server.errors import NotFound
from server.imports.headers import Header, check_columns, find_header
from server.imports.lines import understand
from server.imports.match import Matched, Matcher
from server.imports.plan import Register as Known
from server.imports.plan import RowPlan, RowState, match_rows, plan_rows
from server.imports.standing import load_standing
from server.imports.tables import Row, read_table
from server.imports.words import WrongFile
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


class JobState(StrEnum):
    """How far an import has come."""

    CHECKED = "checked"
    DONE = "done"
    UNDONE = "undone"
    """Taken back, as far as nobody had changed it since."""
    DROPPED = "dropped"


class Report(Struct, frozen=True):
    """The table as it was read, and what each of its rows would do."""

    sheet: str
    header: Header
    rows: tuple[Row, ...]
    """As they are in the file, the header and what stands above it too."""
    plans: tuple[RowPlan, ...]


class Job(Struct, frozen=True):
    """One import."""

    id: str
    grid: str
    file_name: str
    account_id: str
    state: JobState
    created_at: int
    done_at: int | None
    good: int
    bad: int


class Opened(Struct, frozen=True):
    """An import with its table."""

    job: Job
    report: Report

    def count(self, state: RowState) -> int:
        """How many rows have that state."""
        return sum(1 for plan in self.report.plans if plan.state is state)

    def by_state(self, state: RowState | None) -> list[RowPlan]:
        """The rows of that state, or all of them."""
        return [plan for plan in self.report.plans if state is None or plan.state is state]


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
        sheet, header = find_header(read_table(content))
        report = self._planned(who, grid, Report(sheet.name, header, sheet.rows, ()))
        if not report.plans:
            raise WrongFile("no_rows")
        job = Job(
            id=new_id(self.clock()),
            grid=grid,
            file_name=name.strip()[-FILE_NAME_MAX:] or "?",
            account_id=who.id,
            state=JobState.CHECKED,
            created_at=self.clock(),
            done_at=None,
            good=_good(report),
            bad=_bad(report),
        )
        self._keep(who.town, job, report, sha256(content).hexdigest())
        return job

    def remap(self, who: AccountIdentity, job_id: str, columns: Mapping[str, int]) -> Opened:
        """The dry run again, with the columns as a person says they are. Raises WrongFile."""
        require(who, Action.IMPORT)
        opened = self._waiting(who, job_id)
        check_columns(dict(columns))
        header = msgspec.structs.replace(opened.report.header, columns=dict(columns))
        report = msgspec.structs.replace(opened.report, header=header, plans=())
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
        now = town_time(self.clock())
        lines = understand(report.rows, report.header, now.date())
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
        return msgspec.structs.replace(report, plans=tuple(plan_rows(lines, matched, known)))

    def _replan(self, who: AccountIdentity, job: Job, report: Report) -> Opened:
        report = self._planned(who, job.grid, report)
        self._set(
            who.town,
            job.id,
            good=_good(report),
            bad=_bad(report),
            report=self._sealed(who.town, job.id, report),
        )
        return Opened(msgspec.structs.replace(job, good=_good(report), bad=_bad(report)), report)

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


def _good(report: Report) -> int:
    return sum(1 for plan in report.plans if plan.state is not RowState.BAD)


def _bad(report: Report) -> int:
    return len(report.plans) - _good(report)


def _job(row: Found[ImportRow]) -> Job:
    return msgspec.convert(row, Job, from_attributes=True)
