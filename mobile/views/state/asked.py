"""A question of the office: the answer that it is about, and what she says to it. One save."""

import msgspec

from mobile.errors import RecordGone
from mobile.store.asked import Asked, asked
from mobile.views.state.drafts import asked_group
from mobile.views.state.live import Live
from mobile.views.state.sheet import Sheet, open_sheet
from mobile.views.state.tab import TabState

ANSWER = "answer"


def but_for(sheet: Sheet, unit: str) -> frozenset[str]:
    """All questions of a form but those of one unit."""
    asked_here = {one.name for one in sheet.form.units.get(unit, ())}
    return frozenset((sheet.form.by_name.keys() | sheet.form.repeats) - asked_here - {unit})


class AskedState(Live):
    """One question with the two forms that answer it."""

    def __init__(self, tab: TabState, question: str) -> None:
        super().__init__(tab)
        self.question = question
        self.asked: Asked | None = None
        self.sheet: Sheet | None = None
        """The question's own form, for what she says."""
        self.item: Sheet | None = None
        """The form of the record that is asked about; None when another work holds it."""
        self._open()

    def shown(self) -> object:
        """The question."""
        return self.asked

    def read(self) -> None:
        """Finds the question; None once it is answered or closed."""
        found = asked(self.tab.store.shelf)
        self.asked = next((one for one in found if one.id == self.question), None)

    def say(self, words: str) -> None:
        """Answers with one tap. Call `keep` of the sheet after it, off the event loop."""
        if self.sheet is not None:
            self.sheet.answer(ANSWER, words)

    def save(self) -> bool:
        """Saves what she says, and what she put right; False when something is missing."""
        sheet, item = self.sheet, self.item
        if sheet is None:
            return False
        with sheet.saving:
            if sheet.closed:
                return True
            changed = item is not None and item.draft.answers != item.draft.opened
            if changed and not sheet.text(ANSWER):
                self.say(self.tab.texts("asked.corrected"))
            sheets = [sheet, *([item] if item is not None and changed else [])]
            if any(one.owed() for one in sheets):
                for one in sheets:
                    one.show_owed()
                return False
            self.tab.store.save_drafts(*(one.draft for one in sheets))
            self.close()
        return True

    def drop(self) -> None:
        """Forgets what was typed here; for a while it can be had back."""
        sheets = list(filter(None, (self.sheet, self.item)))
        for one in sheets:
            one.close()
        self.tab.discard(one.draft for one in sheets)

    def close(self) -> None:
        """It was saved: no late keystroke may bring a draft back."""
        for one in filter(None, (self.sheet, self.item)):
            one.close()
            self.tab.store.drop_draft(one.draft.id)

    def _open(self) -> None:
        self.read()
        try:
            self.sheet = self._sheet("question", self.question)
            if self.asked is not None and self._has_item(self.asked):
                self.item = self._sheet(self.asked.kind, self.asked.record)
        except RecordGone:
            return  # the screen says that it is not here any more

    def _has_item(self, about: Asked) -> bool:
        form = self.tab.store.form(about.kind)
        return form is not None and about.unit in form.units | form.repeats

    def _sheet(self, kind: str, record: str) -> Sheet | None:
        """A form of this question; one that she has begun elsewhere is left alone."""
        draft = self.tab.store.begin(kind, record)
        group = asked_group(self.asked.household, self.question) if self.asked else ""
        if draft.group != group and (draft.group or draft.touched_anything):
            return None
        draft = msgspec.structs.replace(draft, group=group)
        return open_sheet(self.tab, self.tab.remember(draft).id)
