"""A visit: its own form, and what is changed of the household on the way. One save for all."""

import msgspec

from mobile.errors import NotReady
from mobile.store.cards import ResidentCard
from mobile.store.values import Draft, Edit
from mobile.views.state.answers import Reader
from mobile.views.state.dates import parse
from mobile.views.state.drafts import household_of
from mobile.views.state.live import Live
from mobile.views.state.sheet import Sheet
from mobile.views.state.tab import TabState
from mobile.views.state.visiting import follows, speaks_against
from shared.visiting.rules import Against
from shared.visiting.visits import DOOR, MET, Past

OTHER = "other"
"""A reason that must be written down."""


class VisitState(Live):
    """What belongs to one visit."""

    def __init__(self, tab: TabState, sheet: Sheet) -> None:
        super().__init__(tab)
        self.sheet = sheet
        self.household = household_of(sheet.draft)
        self.edits: tuple[Draft, ...] = ()
        """Forms changed during the visit, to be saved with it."""
        self.members: tuple[ResidentCard, ...] = ()
        """The people of the household whose form was not opened during the visit."""

    def shown(self) -> object:
        """The forms changed during the visit, and whose are not."""
        return self.edits, self.members

    def read(self) -> None:
        """Finds the forms that were changed during the visit."""
        drafts = self.tab.store.drafts()
        self.edits = tuple(one for one in drafts if one.group == self.sheet.draft.id)
        opened = {one.record for one in self.edits}
        members = self.tab.store.members(self.household)
        self.members = tuple(one for one in members if one.id not in opened)

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

    def against(self) -> tuple[Against, ...]:
        """What speaks against this visit, made now in this way."""
        card = self.tab.store.household(self.household)
        if card is None or self.corrects:
            return ()
        return speaks_against(self.tab, card, str(self.sheet.draft.answers.get("mode") or DOOR))

    @property
    def corrects(self) -> str:
        """The visit that this one stands for; "" for an ordinary one."""
        return str(self.sheet.draft.answers.get("corrects") or "")

    def confirm_unchanged(self) -> None:
        """Everything was gone through, and nothing had changed."""
        self.sheet.answer("outcome", "done")
        self.sheet.answer("confirmed_unchanged", "yes")
        self.sheet.keep()

    def give_reason(self, reason: str) -> None:
        """Why the visit is made although a rule speaks against it."""
        self.sheet.choose("reason", reason)
        self.sheet.keep()
        self.changed()

    def reason_owed(self) -> str:
        """What is still to be said of why; "" when nothing is."""
        answers = self.sheet.draft.answers
        if not self.against():
            return ""
        if not answers.get("reason"):
            return self.tab.texts("against.reason_owed")
        needs_note = answers.get("reason") == OTHER and not answers.get("note")
        return self.tab.texts("against.reason_note_owed") if needs_note else ""

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
            if owed := self.reason_owed():
                self.tab.say(owed)
                return False
            try:
                more = self._following()
                self.tab.store.save_drafts(self._ended(), *self._edits_seen(), more=more)
            except NotReady as error:
                self.tab.say(self.tab.in_words(error.words))
                return False
            self.sheet.close()
        return True

    def drop(self) -> None:
        """Forgets the visit, and what was changed during it."""
        self.read()
        self.sheet.close()
        self.tab.discard((self.sheet.draft, *self.edits))

    def _following(self) -> list[Edit]:
        """What follows from how the visit ended, once what followed from a wrong one is gone."""
        card, known = self.tab.store.household(self.household), self.tab.store.known
        draft = self.sheet.draft
        at = parse(str(draft.answers.get("started", "")), self.tab.now().tzinfo)
        if card is None:
            return []
        undone = known.undoing.following(self.corrects, self.household) if self.corrects else []
        said = draft.answers
        visit = Past(
            at=at or self.tab.now(),
            mode=str(said.get("mode") or DOOR),
            outcome=str(said.get("outcome") or ""),
        )
        return [*undone, *follows(self.tab, card, visit, draft.record)]

    def _ended(self) -> Draft:
        if self.corrects:
            return self.sheet.draft
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
