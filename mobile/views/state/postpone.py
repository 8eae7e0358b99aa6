"""Putting a follow-up off: until when, and why. It is noted down like a visit."""

from datetime import timedelta

from mobile.store.values import Edit
from mobile.views.state.tab import TabState
from mobile.views.state.taking_back import undo_of
from mobile.views.state.watched import Watched
from shared.changes import ChangeKind

WAITS = (7, 14, 30)
"""Days that can be chosen with one tap."""


class PostponeState(Watched):
    """One postponement."""

    def __init__(self, tab: TabState, household: str) -> None:
        super().__init__()
        self.tab, self.household = tab, household
        self.days = WAITS[0]
        self.reason = ""
        self.saved = False

    def choose(self, days: int) -> None:
        """How long it waits."""
        self.days = days
        self.changed()

    def type(self, reason: str) -> None:
        """Why it waits."""
        self.reason = reason

    def save(self) -> bool:
        """Notes it down, and says so; False while there is no reason."""
        if self.saved:
            return True
        if not self.reason.strip():
            self.tab.say(self.tab.texts("postpone.owed"))
            return False
        card = self.tab.store.household(self.household)
        now = self.tab.now()
        at = now.isoformat(timespec="seconds")
        units: dict[str, object] = {
            "household": self.household,
            **({"dwelling": card.dwelling} if card and card.dwelling else {}),
            "started": at,
            "ended": at,
            "mode": "office",
            "outcome": "postponed",
            "note": self.reason.strip(),
            "next_visit": (now.date() + timedelta(days=self.days)).isoformat(),
        }
        self.saved = True
        visit = Edit(
            kind=ChangeKind.CREATE,
            record=self.tab.house.clock.new_id(),
            record_kind="visit",
            units=units,
            grid=card.grid if card else "",
        )
        saved = self.tab.store.save([visit])
        self.tab.say(self.tab.texts("life.saved"), undo_of(self.tab, saved))
        return True
