"""Writing something down: a case, a step, a report or an entry, with what follows from it."""

from collections.abc import Mapping

from mobile.store.values import Draft, Edit
from mobile.views.state.sheet import Sheet
from mobile.views.state.tab import TabState
from mobile.views.state.watched import Watched
from shared.changes import Answer, ChangeKind
from shared.work.rules import DEFAULT_RULES
from shared.work.values import MATERNAL, Action, Level

MUST_REPORT = ("hazard", "inflow", "rental", "facility", MATERNAL)
"""The five kinds that must be reported; the last is a service that somebody asks for."""
WITH_TIME: dict[str, str] = {
    "case": "discovered_at",
    "protection": "discovered_at",
    "patrol": "at",
    "facility_check": "at",
}
"""Of each kind, the question that is answered with the time at which its form was opened."""
SOLVED_KINDS = frozenset({"case"})


def begin(tab: TabState, kind: str, answers: dict[str, Answer] | None = None) -> Draft:
    """Opens the form of something new."""
    now = tab.now()
    first = dict(answers or {})
    if kind in WITH_TIME:
        first[WITH_TIME[kind]] = now.isoformat(timespec="seconds")
    if kind == "diary":
        first["day"] = now.date().isoformat()
    return tab.remember(tab.store.begin(kind, answers=first))


def must_report(tab: TabState, sort: str, about: Mapping[str, Answer]) -> Draft:
    """Opens the form of something that must be reported; about: such as the household."""
    said = {"case_kind": sort, "must_report": sort, "urgency": "urgent", **about}
    return begin(tab, "case", said)


def takes_maternal(tab: TabState) -> bool:
    """Whether one of the worker's grids takes requests for maternal services."""
    work = tab.store.known.work
    areas = tab.store.areas()
    return any(work.rules(area.id).maternal for area in areas) or (
        not areas and DEFAULT_RULES.maternal
    )


class ReportState(Watched):
    """A form of grid work that is being filled in."""

    def __init__(self, tab: TabState, sheet: Sheet) -> None:
        super().__init__()
        self.tab, self.sheet = tab, sheet
        self.solved = False
        """A case that was solved while the worker was there."""
        self.how = ""

    @property
    def can_be_solved(self) -> bool:
        """Whether it may be closed with the same save."""
        return self.sheet.draft.new and self.sheet.draft.kind in SOLVED_KINDS

    def toggle(self) -> None:
        """It was solved on the spot, or it was not."""
        self.solved = not self.solved
        self.changed()

    def say_how(self, how: str) -> None:
        """How it was solved."""
        self.how = how

    def save(self) -> bool:
        """Saves it with what follows; False, and what is missing is marked, when it cannot be."""
        return self.sheet.save(more=self._following())

    def _following(self) -> list[Edit]:
        draft = self.sheet.draft
        if draft.kind == "facility_check":
            return self._checked(draft)
        if not (self.solved and self.can_be_solved):
            return []
        units: dict[str, Answer] = {
            "case": draft.record,
            "action": Action.CLOSE.value,
            "level": Level.GRID.code,
            "turn": "0",
            "on_spot": "yes",
        }
        if self.how.strip():
            units["text"] = self.how.strip()
        return [
            Edit(
                kind=ChangeKind.CREATE,
                record=self.tab.house.clock.new_id(),
                record_kind="case_step",
                units=units,
                grid=draft.grid,
            )
        ]

    def _checked(self, draft: Draft) -> list[Edit]:
        """A check is noted on the facility; damage becomes a case of its own."""
        facility = str(draft.answers.get("facility") or "")
        state = draft.answers.get("state")
        noted = Edit(
            kind=ChangeKind.SET,
            record=facility,
            record_kind="facility",
            units={"state": state, "checked_on": self.tab.now().date().isoformat()},
        )
        if state != "damaged":
            return [noted]
        named = self.tab.store.known.work.one(facility)
        units: dict[str, Answer] = {
            "case_kind": "facility",
            "must_report": "facility",
            "urgency": "normal",
            "text": str(draft.answers.get("text") or ""),
            "facility": facility,
            "place": named.text("place") if named else "",
            "discovered_at": str(draft.answers.get("at") or ""),
        }
        case = Edit(
            kind=ChangeKind.CREATE,
            record=self.tab.house.clock.new_id(),
            record_kind="case",
            units={unit: value for unit, value in units.items() if value},
            grid=draft.grid,
        )
        return [noted, case]
