"""Registering a household: its form, its residents, perhaps its dwelling. One save for all."""

from functools import partial

import msgspec

from mobile.errors import NotReady
from mobile.store.values import Draft, Duplicate
from mobile.views.state.live import Live
from mobile.views.state.sheet import Sheet, open_sheet
from mobile.views.state.tab import TabState


class RegisterState(Live):
    """A household that is being registered."""

    def __init__(self, tab: TabState, sheet: Sheet) -> None:
        super().__init__(tab)
        self.sheet = sheet
        self.members: tuple[Draft, ...] = ()
        self.dwellings: tuple[Draft, ...] = ()
        self.asks = False
        """Whether she is being asked about households that look alike."""

    @property
    def group(self) -> str:
        """Names what is saved together."""
        return self.sheet.draft.id

    @property
    def duplicates(self) -> tuple[Duplicate, ...]:
        """Households that this one looks like."""
        return self.sheet.duplicates

    def shown(self) -> object:
        """The residents and the dwelling."""
        return self.members, self.dwellings

    def read(self) -> None:
        """Finds the residents and the dwelling that belong to it."""
        drafts = [one for one in self.tab.store.drafts() if one.group == self.group]
        by_age = sorted(drafts, key=lambda one: (one.started, one.id))
        self.members = tuple(one for one in by_age if one.kind == "resident")
        self.dwellings = tuple(one for one in by_age if one.kind == "dwelling")

    def begin_member(self) -> Draft:
        """Opens the form of one more resident; the first is most often the head."""
        self.sheet.keep_now()
        first: dict[str, object] = {"household": self.sheet.draft.record}
        head = self.sheet.draft.answers.get("head_name")
        if not self.members and isinstance(head, str):
            first |= {"name": head, "relation": "0"}
        return self._begin("resident", first)

    def begin_dwelling(self) -> Draft:
        """Opens the form of a new dwelling and makes it the household's."""
        draft = self._begin("dwelling", {})
        self.sheet.answer("dwelling", draft.record)
        self.sheet.keep_now()
        return draft

    def owed(self, draft: Draft) -> int:
        """How many answers a resident's or the dwelling's form still owes."""
        sheet = open_sheet(self.tab, draft.id)
        return len(sheet.owed()) if sheet else 0

    def label(self, draft: Draft) -> str:
        """A resident or dwelling in one line; "" before it has a name."""
        return self.tab.label(draft.record)

    def drop_part(self, draft: Draft) -> None:
        """Forgets a resident or the dwelling; for a while it can be had back."""
        lives_there = self.sheet.draft.answers.get("dwelling") == draft.record
        back = partial(self._live_in, draft.record) if lives_there else None
        self.tab.discard([draft], back)
        if lives_there:
            self._live_in(None)
        self.load()

    def drop(self) -> None:
        """Forgets the household and all that belongs to it."""
        self.read()
        self.sheet.close()
        self.tab.discard((self.sheet.draft, *self.members, *self.dwellings))

    def ready(self) -> bool:
        """Whether it may be saved; else what is missing is said."""
        self.sheet.keep_and_compare()
        self.read()
        if self.sheet.owed():
            self.sheet.show_owed()
            return False
        unready = [one for one in (*self.dwellings, *self.members) if self.owed(one)]
        if unready:
            name = self.label(unready[0]) or self.tab.texts(f"kinds.{unready[0].kind}")
            self.tab.say(self.tab.texts("register.part_owes", name=name))
        return not unready

    def ask(self, asks: bool) -> None:
        """Shows, or hides, the question about households that look alike."""
        self.asks = asks
        self.changed()

    def save(self) -> bool:
        """Saves the household, its residents and its dwelling as one."""
        with self.sheet.saving:
            if self.sheet.closed:
                return True
            grid = self._grid()
            drafts = [
                msgspec.structs.replace(one, grid=grid)
                for one in (*self.dwellings, self.sheet.draft, *self.members)
            ]
            try:
                self.tab.store.save_drafts(*drafts)
            except NotReady as error:
                self.tab.say(self.tab.in_words(error.words))
                return False
            self.sheet.close()
        return True

    def _live_in(self, dwelling: str | None) -> None:
        self.sheet.answer("dwelling", dwelling)
        self.sheet.keep()

    def _begin(self, kind: str, first: dict[str, object]) -> Draft:
        return self.tab.remember(self.tab.store.begin(kind, answers=first, group=self.group))

    def _grid(self) -> str:
        """The grid of the dwelling that was picked: the household lies there."""
        dwelling = self.tab.store.record(str(self.sheet.draft.answers.get("dwelling", "")))
        return dwelling.grid if dwelling is not None else self.sheet.draft.grid
