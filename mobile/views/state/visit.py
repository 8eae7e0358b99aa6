"""A visit: its own form, and what is changed of the household on the way. One save for all."""

import msgspec

from mobile.errors import NotReady
from mobile.store.values import Draft
from mobile.views.state.answers import Reader
from mobile.views.state.drafts import household_of
from mobile.views.state.live import Live
from mobile.views.state.sheet import Sheet
from mobile.views.state.tab import TabState

MET = frozenset({"done", "partly_done"})
"""Outcomes of a visit at which somebody was met."""


class VisitState(Live):
    """What belongs to one visit."""

    def __init__(self, tab: TabState, sheet: Sheet) -> None:
        super().__init__(tab)
        self.sheet = sheet
        self.household = household_of(sheet.draft)
        self.edits: tuple[Draft, ...] = ()
        """Forms changed during the visit, to be saved with it."""

    def shown(self) -> object:
        """The forms changed during the visit."""
        return self.edits

    def read(self) -> None:
        """Finds the forms that were changed during the visit."""
        drafts = self.tab.store.drafts()
        self.edits = tuple(one for one in drafts if one.group == self.sheet.draft.id)

    def changed_words(self, draft: Draft) -> str:
        """The questions that were answered otherwise, by their labels."""
        form = self.tab.store.form(draft.kind, draft.form)
        if form is None:
            return ""
        reader = Reader(form, self.tab.texts, self.tab.label)
        names = [
            name
            for name in form.by_name
            if draft.answers.get(name) != draft.opened.get(name) and form.by_name[name].asked
        ]
        return self.tab.texts("between").join(reader.name(form.by_name[n].unit) for n in names)

    def begin_edit(self, kind: str, record: str | None) -> Draft:
        """Opens a form that will be saved together with the visit."""
        self.sheet.keep_now()
        first = {"household": self.household} if record is None else {}
        draft = self.tab.store.begin(kind, record, answers=first)
        together = {"group": self.sheet.draft.id, "visit": self.sheet.draft.record}
        return self.tab.remember(msgspec.structs.replace(draft, **together))

    def save(self) -> bool:
        """Saves the visit and all that was changed during it; False when something is missing."""
        with self.sheet.saving:
            if self.sheet.closed:
                return True
            self.sheet.keep()
            self.read()
            if self.sheet.owed():
                self.sheet.show_owed()
                return False
            try:
                self.tab.store.save_drafts(self._ended(), *self._edits_seen())
            except NotReady as error:
                self.tab.say(self.tab.in_words(error.words))
                return False
            self.sheet.close()
        return True

    def drop(self) -> None:
        """Forgets the visit, and what was changed during it."""
        self.read()
        self.sheet.close()
        for draft in (self.sheet.draft, *self.edits):
            self.tab.store.drop_draft(draft.id)

    def _ended(self) -> Draft:
        at = self.tab.now().isoformat(timespec="seconds")
        return self.sheet.draft.answered("ended", at, at=self.sheet.draft.at)

    def _edits_seen(self) -> list[Draft]:
        """The forms changed, with the day on which the household was last met."""
        if self.sheet.draft.answers.get("outcome") not in MET:
            return list(self.edits)
        others = [one for one in self.edits if one.record != self.household]
        own = next((one for one in self.edits if one.record == self.household), None)
        own = own or self.tab.store.begin("household", self.household)
        own = msgspec.structs.replace(own, visit=self.sheet.draft.record)
        return [*others, own.answered("last_seen", self.tab.now().date().isoformat())]
