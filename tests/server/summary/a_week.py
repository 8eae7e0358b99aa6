"""A week of one worker in one grid, of which a summary is asked."""

from datetime import timedelta

from server.clock import town_time
from server.forms.builtin import work_forms
from shared.changes import Answer
from tests.server.a_town import MINUTE
from tests.server.console.world import Desk, FieldPhone

HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Week:
    """What one worker did in a week of one grid, and how to ask for its summary."""

    def __init__(self, desk: Desk) -> None:
        for form in work_forms().values():
            desk.register.publish_form(desk.town.who.town, form)
        self.desk = desk
        self.phone: FieldPhone = desk.phone("W1", "g1")
        self.grid = desk.town.areas["g1"]
        self.household = desk.household(self.phone)
        self.n = 0

    @property
    def days(self) -> str:
        last = town_time(self.desk.now).date()
        return f"first={last - timedelta(days=6)}&last={last}"

    def visit(self, outcome: str, ago: int = HOUR, **units: Answer) -> str:
        started = town_time(self.desk.now - ago).isoformat(timespec="seconds")
        said = {"household": self.household, "started": started, "outcome": outcome, "mode": "door"}
        return self.phone.create("visit", self.grid, said | units, self.desk.now - ago)

    def case(self, kind: str, ago: int = HOUR, **units: Answer) -> str:
        found = town_time(self.desk.now - ago).isoformat(timespec="seconds")
        said = {"case_kind": kind, "text": "路灯不亮", "discovered_at": found}
        return self.phone.create("case", self.grid, said | units, self.desk.now - ago)

    def step(
        self, case: str, action: str, turn: int = 0, ago: int = MINUTE, **units: Answer
    ) -> str:
        said = {
            "case": case,
            "action": action,
            "level": "grid",
            "turn": str(turn),
            "text": "已处理",
        }
        return self.phone.create("case_step", self.grid, said | units, self.desk.now - ago)

    def page(self, where: str = "") -> str:
        return f"/console/summary{where}?area={self.grid}&{self.days}"
