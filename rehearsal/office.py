"""The office of a rehearsal: its accounts, and what they do at the console's own functions."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property

from server.assessment.formula import WEIGHTS
from server.assessment.sheets import set_scheme
from server.db.engine import reading
from server.demo.hands import SetClock
from server.demo.seeding import TOWN_ID
from server.errors import NotFound
from server.office.accounts import accounts
from server.office.act import Act, acting
from server.office.areas import Area, Level, areas
from server.office.audit import Deed
from server.office.devices import devices, revoke
from server.office.enrolment_codes import give_code
from server.office.people import AccountIdentity, DeviceStatus, account_identity, operator
from server.office.roles import Role
from server.register.deeds import Merging
from server.review.questions import Asking, Questions
from server.service.cards import add_batch, spoil
from server.service.directory import Written, add_line
from server.services import Services
from server.work.board import Boards, excuse
from server.work.steps import Steps
from shared.changes import Answer
from shared.work.periods import Period
from shared.work.rules import Rhythm
from shared.work.values import Action

CARDS = 80
NUMBERS = (("civil_affairs", "15400000201"), ("labour", "15400000301"), ("pension", "15400000302"))
_REPLACED = "换发新手机"


@dataclass
class Office:
    """Everybody who has an account."""

    services: Services
    clock: SetClock

    @cached_property
    def tree(self) -> dict[str, Area]:
        """Every area by id."""
        with reading(self.services.engine) as conn:
            return {area.id: area for area in areas(conn, TOWN_ID)}

    @cached_property
    def operator(self) -> AccountIdentity:
        """Whoever runs the server."""
        with reading(self.services.engine) as conn:
            return operator(conn, TOWN_ID)

    @cached_property
    def _accounts(self) -> list[AccountIdentity]:
        with reading(self.services.engine) as conn:
            ids = [account.id for account in accounts(conn, self.operator)]
            found = [account_identity(conn, TOWN_ID, each) for each in ids]
        return [each for each in found if each is not None]

    @cached_property
    def town(self) -> AccountIdentity:
        """The town's command centre."""
        return next(each for each in self._accounts if each.role is Role.TOWN_ADMIN)

    @cached_property
    def department(self) -> AccountIdentity:
        """The department that cases are handed to."""
        return next(each for each in self._accounts if each.role is Role.DEPARTMENT)

    @cached_property
    def communities(self) -> list[AccountIdentity]:
        """The admins of communities and villages, in the order of their codes."""
        found = [each for each in self._accounts if each.role is Role.COMMUNITY_ADMIN]
        return sorted(found, key=lambda each: self.tree[each.area_id].code)

    @cached_property
    def grids(self) -> list[Area]:
        """Every grid, in the order of the codes."""
        found = [area for area in self.tree.values() if area.level is Level.GRID]
        return sorted(found, key=lambda area: area.code)

    def above(self, grid: str) -> AccountIdentity:
        """The community of a grid."""
        return next(each for each in self.communities if grid in each.grids)

    def act(self, who: AccountIdentity) -> AbstractContextManager[Act]:
        """One act of somebody."""
        return acting(self.services.engine, self.services.keys, who, self.clock)

    def new_phones(self, workers: list[str]) -> list[str]:
        """Ends the old phones of these workers; a code for each one's new phone."""
        with reading(self.services.engine) as conn:
            old = [
                device.id
                for device in devices(conn, self.operator)
                if device.status is DeviceStatus.ACTIVE and device.worker_id in workers
            ]
        with self.act(self.operator) as act:
            for device in old:
                revoke(act, device, _REPLACED)
            return [give_code(act, worker).code for worker in workers]

    def prepare_service(self) -> None:
        """Numbers in the directory, cards in the drawers, and the formula of the assessment."""
        with self.act(self.town) as act:
            for subject, number in NUMBERS:
                add_line(act, Written(self.town.area_id, subject, number))
            for place, grid in enumerate(self.grids):
                batch = add_batch(act, grid.id, CARDS)
                if place % 5 == 0:
                    spoil(act, batch.id, 2)
            set_scheme(act, dict(WEIGHTS), active=True)

    def set_rhythm(self, grid: Area, rhythm: Rhythm) -> None:
        """Says how often a grid reports."""
        who = self.above(grid.id)
        with reading(self.services.engine) as conn:
            said = {"rhythm": rhythm.value, "maternal": "no", "closes": "18:00"}
            boards = Boards(conn, who, self.clock())
            edit = boards.rules_edit(self.services.register, grid.id, said)
        self.services.register.deeds.edit(who, [edit], Deed.RULES_SET, grid.id)

    def excuse(self, grid: str, period: Period, reason: str) -> None:
        """Excuses a grid from a report."""
        edit = excuse(grid, period, reason, self.clock())
        deeds = self.services.register.deeds
        deeds.edit(self.above(grid), [edit], Deed.REPORT_EXCUSED, grid)

    def take(
        self, who: AccountIdentity, case: str, action: Action, said: Mapping[str, Answer]
    ) -> bool:
        """Takes a step, if the console offers it now."""
        steps = Steps(self.services.register, self.services.engine, self.clock)
        try:
            seen = steps.seen(who, case)
        except NotFound:
            return False  # it has not arrived
        if action not in steps.may_take(who, seen):
            return False
        steps.take(who, case, action, said, turn=seen.standing.turn)
        return True

    def ask(self, grid: str, about: str, worker: str) -> None:
        """Asks a worker about a household."""
        asking = Questions(self.services.register, self.services.engine, self.clock)
        asking.ask(
            self.above(grid), Asking(about=about, worker=worker, comment="电话打不通，请核实")
        )

    def merge(self, grid: str, merged: str, survivor: str) -> bool:
        """Makes two records of a grid one, if both have arrived."""
        register = self.services.register
        found = register.records(TOWN_ID, [merged, survivor])
        if len(found) < 2:
            return False
        merging = Merging(
            merged=merged,
            base=found[merged].version,
            survivor=survivor,
            survivor_base=found[survivor].version,
        )
        register.deeds.merge(self.above(grid), merging)
        return True

    def decide_conflicts(self) -> int:
        """Every second conflict is decided for the first of its values; how many were."""
        register = self.services.register
        waiting = register.open_conflicts(TOWN_ID, self.town.grids, limit=1000)
        decided = [one for one in waiting if not one.claim][::2]
        for one in decided:
            detail = register.conflict(TOWN_ID, one.id)
            if detail is not None:
                value = detail.values[0].value
                register.decide(self.town, one.id, value, detail.record.version)
        return len(decided)
