"""A town with its forms, and imports into it."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server.db.engine import reading
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow
from server.forms.builtin import builtin_forms
from server.imports.jobs import Imports
from server.imports.plan import RowPlan
from server.imports.reports import Job
from server.office.people import AccountIdentity
from server.office.roles import Role
from shared.changes import Answer
from shared.merge import shown
from tests.server.a_town import ATown, make_town


@dataclass
class Office:
    """Somebody who imports."""

    town: ATown
    imports: Imports
    who: AccountIdentity

    @property
    def grid(self) -> str:
        return self.town.areas["g1"]

    def check(self, content: bytes, *, who: AccountIdentity | None = None) -> Job:
        return self.imports.check(who or self.who, self.grid, "住户表.xlsx", content)

    def plans(self, job: Job) -> dict[int, RowPlan]:
        opened = self.imports.opened(self.who, job.id)
        return {plan.number: plan for plan in opened.report.plans}

    def states(self, job: Job) -> dict[int, str]:
        return {number: plan.state.value for number, plan in self.plans(job).items()}

    def imported(self, content: bytes) -> Job:
        return self.imports.commit(self.who, self.check(content).id)

    def counts(self) -> tuple[int, int, int]:
        """Dwellings, households and residents of the register."""
        with reading(self.town.services.engine) as conn:
            return tuple(  # type: ignore[return-value]  # three tables give three numbers
                conn.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (DwellingRow, HouseholdRow, ResidentRow)
            )

    def answers(self, record_id: str) -> dict[str, Answer]:
        record = self.town.services.register.record(self.town.who.town, record_id)
        assert record is not None
        return shown(record, self.town.services.register.rules(self.town.who.town, record.kind))

    def made(self, plan: RowPlan, kind: str) -> str:
        return next(edit.record for edit in plan.edits if edit.record_kind == kind)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    town = make_town(tmp_path)
    services = town.services
    for form in builtin_forms().values():
        services.register.publish_form(town.who.town, form)
    imports = Imports(services.register, services.engine, services.keys, services.clock)
    return Office(town, imports, town.account("chief", Role.COMMUNITY_ADMIN, "c1"))
