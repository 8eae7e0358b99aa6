"""Cases on the phone: those to be done, one with its steps, and the step that is taken next."""

from msgspec import Struct

from mobile.store.values import Draft
from mobile.store.work import Filed
from mobile.views.state.light import only_reports
from mobile.views.state.live import Live
from mobile.views.state.tab import TabState
from shared.codes import code_table
from shared.work.guards import possible
from shared.work.receipts import receipt_number
from shared.work.rules import DAY_MS
from shared.work.standing import Standing
from shared.work.values import DISPUTE, Action, Actor, Level, Phase, Step

SOON_MS = 2 * DAY_MS
"""What is due within so long stands on "today", and what is urgent."""
ENDED_SHOWN = 20
HOUSEHOLD_ENDED_SHOWN = 5
"""Ended cases on a household's page."""


class Cases(Struct, frozen=True):
    """The cases of the worker's grids."""

    mine: tuple[Filed, ...]
    """The grid has them: the urgent ones first, then those that are due first."""
    above: tuple[Filed, ...]
    """Somebody else has them."""
    visits: tuple[Filed, ...]
    """Return visits are due, now or later."""
    ended: tuple[Filed, ...]

    def due(self, now: int) -> tuple[Filed, ...]:
        """What "today" reminds of."""
        soon = [one for one in (*self.mine, *self.visits) if _is_soon(one.standing, now)]
        return tuple(sorted(soon, key=_by_urgency))


def cases_of(tab: TabState) -> Cases:
    """The cases of the worker's grids as they stand now."""
    filed = tab.store.known.work.cases(tab.store.shelf.now())
    still = [one for one in filed if one.standing.is_open or one.standing.phase is Phase.DONE]
    mine = [one for one in still if _is_the_grids(one.standing)]
    return Cases(
        mine=tuple(sorted(mine, key=_by_urgency)),
        above=tuple(sorted((one for one in still if one not in mine), key=_by_urgency)),
        visits=tuple(
            sorted((f for f in filed if f.standing.phase is Phase.VISITING), key=_by_urgency)
        ),
        ended=tuple(one for one in filed if one.standing.has_ended)[:ENDED_SHOWN],
    )


LISTS = ("duties", "self_checks")
"""What a place may write down for its workers; it comes empty."""


class CasesState(Live):
    """The list of cases, and what the place expects of its workers."""

    cases: Cases | None = None
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def shown(self) -> object:
        """The lists."""
        return self.cases, self.lists

    def read(self) -> None:
        """Takes them from the store."""
        self.cases = cases_of(self.tab)
        work, areas = self.tab.store.known.work, self.tab.store.areas()
        found = [
            (unit, dict.fromkeys(line for area in areas for line in work.listed(area.id, unit)))
            for unit in LISTS
        ]
        self.lists = tuple((unit, tuple(lines)) for unit, lines in found if lines)


class HouseholdCasesState(Live):
    """The cases of one household: what is being done, then what was done last."""

    def __init__(self, tab: TabState, household: str) -> None:
        super().__init__(tab)
        self.household = household
        self.cases: tuple[Filed, ...] = ()

    def shown(self) -> object:
        """The cases."""
        return self.cases

    def read(self) -> None:
        """Takes them from the store."""
        filed = self.tab.store.known.work.cases(self.tab.store.shelf.now())
        here = [one for one in filed if one.record.text("household") == self.household]
        ended = [one for one in here if one.standing.has_ended]
        going = [one for one in here if not one.standing.has_ended]
        self.cases = (*going, *ended[:HOUSEHOLD_ENDED_SHOWN])


class CaseState(Live):
    """One case."""

    filed: Filed | None = None
    offers: tuple[Action, ...] = ()

    def __init__(self, tab: TabState, case: str) -> None:
        super().__init__(tab)
        self.id = case

    def shown(self) -> object:
        """The case, and what may be done with it."""
        return self.filed, self.offers

    def read(self) -> None:
        """Takes it from the store."""
        self.filed = self.tab.store.known.work.case(self.id, self.tab.store.shelf.now())
        if self.filed is not None and not only_reports(self.tab):
            me = self.tab.store.shelf.account.identity.worker
            self.offers = possible(Actor(me, Level.GRID), self.filed.standing)

    def begin(self, action: Action) -> Draft:
        """Opens the form of a step that follows what this device knows of the case."""
        assert self.filed is not None, "a step of a case that is not there"
        answers = step_answers(self.filed, action)
        return self.tab.remember(self.tab.store.begin("case_step", answers=answers))


def step_answers(filed: Filed, action: Action) -> dict[str, object]:
    """What a step of this worker says of itself: what its author has seen of the case."""
    standing = filed.standing
    answers: dict[str, object] = {
        "case": filed.record.id,
        "action": action.value,
        "level": Level.GRID.code,
        "turn": str(standing.turn),
    }
    return answers | ({"after": standing.after} if standing.after else {})


def receipt(filed: Filed) -> str:
    """The number that a resident is told."""
    return receipt_number(filed.standing.case, filed.rules.zone)


def code_name(tab: TabState, table: str, code: str) -> str:
    """What a code of the product's tables is called, in the worker's language."""
    found = next((one for one in code_table(table).codes if one.code == code), None)
    return code if found is None else (found.zh if tab.language == "zh" else found.en)


def choice_name(tab: TabState, kind: str, question: str, code: str) -> str:
    """What the form of a kind calls a code."""
    form = tab.store.form(kind)
    asked = form.question(question) if form is not None else None
    choice = form.choice(asked, code) if form is not None and asked is not None else None
    if form is None or choice is None:
        return code
    return form.words(choice.label, tab.language)


def level_name(tab: TabState, filed: Filed, level: Level) -> str:
    """What a level is called: in a dispute, by the name that the place has for it."""
    if filed.standing.case.sort == DISPUTE:
        named = filed.rules.level_names.get(level.code)
        return named or code_name(tab, "mediation_level", level.code)
    return code_name(tab, "work_level", level.code)


def holder_name(tab: TabState, filed: Filed, at: Standing | Step) -> str:
    """Who has a case, or took a step."""
    level = level_name(tab, filed, at.level)
    post = choice_name(tab, "case_step", "to", at.post) if at.post else ""
    return f"{level} · {post}" if post else level


def _is_the_grids(standing: Standing) -> bool:
    return standing.level is Level.GRID and not standing.post


def _is_soon(standing: Standing, now: int) -> bool:
    due = standing.next_date
    return standing.is_urgent or (due is not None and due <= now + SOON_MS)


def _by_urgency(filed: Filed) -> tuple[bool, bool, int, str]:
    return *filed.standing.place, filed.record.id
