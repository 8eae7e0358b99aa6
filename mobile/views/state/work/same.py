"""Which case is the same as another one: those that it could be, the likeliest first."""

from mobile.store.values import Edit
from mobile.store.work import Filed
from mobile.views.state.live import Live
from mobile.views.state.tab import TabState
from mobile.views.state.work.cases import step_answers
from shared.changes import ChangeKind
from shared.work.values import Action, Phase

SHOWN_MAX = 40
_NEVER = frozenset({Phase.MERGED, Phase.WITHDRAWN})
"""What is merged or withdrawn itself takes in no other case."""


class SameState(Live):
    """One case, and those that may be the same."""

    def __init__(self, tab: TabState, case: str) -> None:
        super().__init__(tab)
        self.id = case
        self.filed: Filed | None = None
        self.others: tuple[Filed, ...] = ()

    def shown(self) -> object:
        """The case and the others."""
        return self.filed, self.others

    def read(self) -> None:
        """Takes them from the store: of the same household, of the same kind, of the same days."""
        now = self.tab.store.shelf.now()
        known = {one.record.id: one for one in self.tab.store.known.work.cases(now)}
        mine = self.filed = known.pop(self.id, None)
        if mine is None:
            self.others = ()
            return
        others = [one for one in known.values() if one.standing.phase not in _NEVER]
        self.others = tuple(sorted(others, key=lambda one: _distance(mine, one))[:SHOWN_MAX])

    def join(self, other: str) -> None:
        """Says that this case is that one; what was noted of it stays with it. Blocks."""
        assert self.filed is not None, "a case that is not there is the same as none"
        units = step_answers(self.filed, Action.DUPLICATE) | {"same_as": other}
        step = Edit(
            kind=ChangeKind.CREATE,
            record=self.tab.house.clock.new_id(),
            record_kind="case_step",
            units=units,
            grid=self.filed.record.grid,
        )
        self.tab.store.save([step])


def _distance(mine: Filed, other: Filed) -> tuple[bool, bool, bool, int, str]:
    household = mine.record.text("household")
    case, its = mine.standing.case, other.standing.case
    return (
        other.record.grid != mine.record.grid,
        not household or other.record.text("household") != household,
        its.sort != case.sort,
        abs(its.discovered - case.discovered),
        other.record.id,
    )
