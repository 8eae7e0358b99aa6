"""A step of a household's life that is half told: kept like a form, found again after a kill."""

import msgspec
from msgspec import Struct

from mobile.store.values import Draft
from mobile.views.state.drafts import LIFE, LIFE_AT
from mobile.views.state.tab import TabState


class Half(Struct, frozen=True):
    """What was told so far."""

    people: tuple[str, ...]
    other: str
    """The other household; "" for none."""
    dwelling: str
    choice: str
    typed: dict[str, str]


class HalfStep:
    """Where the step of one household is kept."""

    def __init__(self, tab: TabState, household: str, step: str) -> None:
        self._tab = tab
        self._household = household
        self._group = f"{household}{LIFE_AT}{step}"

    def kept(self) -> Half | None:
        """What was told before; None for nothing."""
        for draft in self._tab.store.drafts():
            if draft.group == self._group:
                said = {**draft.answers, "typed": draft.typed}
                return msgspec.convert(said, Half)
        return None

    def keep(self, half: Half) -> None:
        """Keeps what was told. Blocks."""
        store, clock = self._tab.store, self._tab.house.clock
        known = next((one for one in store.drafts() if one.group == self._group), None)
        draft = known or Draft(
            id=clock.new_id(),
            kind=LIFE,
            record=clock.new_id(),  # of nothing: the step changes records when it is saved
            new=True,
            grid="",
            base=0,
            form="",
            opened={},
            answers={},
            group=self._group,
            started=clock.now(),
        )
        told = {
            "household": self._household,
            "people": list(half.people),
            "other": half.other,
            "dwelling": half.dwelling,
            "choice": half.choice,
        }
        store.keep(msgspec.structs.replace(draft, answers=told, typed=half.typed))

    def drafts(self) -> list[str]:
        """The drafts that saving the step finishes."""
        return [one.id for one in self._tab.store.drafts() if one.group == self._group]

    def drop(self) -> None:
        """Forgets what was told; for a while it can be had back."""
        store = self._tab.store
        self._tab.discard(one for one in store.drafts() if one.group == self._group)
