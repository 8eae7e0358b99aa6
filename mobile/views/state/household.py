"""One household: what to know before knocking, who lives here, what is contested, the visits."""

from msgspec import Struct

from mobile.store.asked import Asked, asked
from mobile.store.cards import HouseholdCard, ResidentCard
from mobile.store.values import Draft, RecordView, SentChange
from mobile.views.state.answers import Reader
from mobile.views.state.contests import Contest, contests
from mobile.views.state.gaps import GapView, gap_view
from mobile.views.state.live import Live
from mobile.views.state.story import Told, story
from mobile.views.state.tab import TabState
from mobile.views.state.taking_back import take_back, undo_of
from mobile.views.state.visiting import speaks_against
from shared.forms.logic import FormState
from shared.forms.model import Form
from shared.forms.scope import Moment
from shared.forms.units import answers_of
from shared.policies import PrivacyClass
from shared.visiting.rules import Against
from shared.visiting.visits import DOOR


class Fact(Struct, frozen=True):
    """One answer as it is shown."""

    unit: str
    name: str
    value: str


class Facts(Struct, frozen=True):
    """Answers that belong together."""

    heading: str
    facts: tuple[Fact, ...]


class HouseholdState(Live):
    """A household's page."""

    def __init__(self, tab: TabState, id: str) -> None:
        super().__init__(tab)
        self.id = id
        self.card: HouseholdCard | None = None
        self.record: RecordView | None = None
        self.members: tuple[ResidentCard, ...] = ()
        self.told: tuple[Told, ...] = ()
        """Its timeline."""
        self.news: Told | None = None
        """What others did last, if that was after she last looked; kept until she leaves."""
        self.against: tuple[Against, ...] = ()
        """What speaks against a visit at the door now."""
        self.gaps: GapView | None = None
        self.facts: tuple[Facts, ...] = ()
        self.contests: tuple[Contest, ...] = ()
        self.draft: Draft | None = None
        """A visit of it that was begun."""
        self.trouble: tuple[SentChange, ...] = ()
        """What the office did not take of it."""
        self.asked: tuple[Asked, ...] = ()
        """What the office asks about it."""

    def shown(self) -> object:
        """Everything but what is only read to begin something."""
        begun = self.draft is not None
        known = (self.told, self.news, self.against, self.gaps, self.trouble, self.asked)
        return self.card, self.record, self.members, self.facts, begun, known

    def read(self) -> None:
        """Takes the household from the store; having looked at it, its badge goes out."""
        store = self.tab.store
        self.card = store.household(self.id)
        self.record = store.record(self.id)
        self.members = store.members(self.id)
        self.told = story(self.tab, self.id)
        if self.card is not None:
            self.against = speaks_against(self.tab, self.card, DOOR)
            self.gaps = gap_view(self.tab, self.id)
        self.trouble = tuple(one for one in store.trouble() if one.household == self.id)
        self.asked = tuple(one for one in asked(store.shelf) if one.household == self.id)
        form = store.form("household")
        if self.record is not None and form is not None:
            reader = Reader(form, self.tab.texts, store.label)
            self.facts = self._facts(form, reader, self.record)
            self.contests = tuple(contests(self.record, reader, self.tab).values())
        self.draft = next((d for d in store.drafts() if self._is_visit(d)), None)
        if self.card is not None and self.card.changed_by_others:
            self.news = next((told for told in self.told if told.by_other), self.news)
            store.mark_seen(self.id)

    def begin(self, kind: str, record: str | None = None) -> Draft:
        """Opens a form for this household: of a record, or of a new member."""
        first = {} if record else {"household": self.id}
        return self.tab.remember(self.tab.store.begin(kind, record, answers=first))

    @property
    def is_due(self) -> bool:
        """Whether somebody should look in by now."""
        today = self.tab.office_now().date().isoformat()
        return self.card is not None and "" < self.card.due <= today

    def begin_visit(self, mode: str = DOOR) -> Draft:
        """Opens a visit, or the one that was begun."""
        if self.draft is not None:
            return self.draft
        dwelling = self.record.answers.get("dwelling") if self.record else None
        draft = self.tab.store.begin(
            "visit",
            answers={
                "household": self.id,
                "started": self.tab.now().isoformat(timespec="seconds"),
                "mode": mode,
                **({"dwelling": dwelling} if dwelling else {}),
            },
        )
        return self.tab.remember(draft)

    def begin_correction(self, visit: str) -> Draft:
        """Opens an own visit again, to be saved in the place of the one that was."""
        known = self.tab.store.record(visit)
        answers = {} if known is None else dict(known.answers)
        first = {**answers, "household": self.id, "corrects": visit}
        return self.tab.remember(self.tab.store.begin("visit", answers=first))

    def withdraw(self, visit: str) -> None:
        """Takes an own visit back, with what was changed during it."""
        edits = self.tab.store.known.undoing.whole(visit, self.id)
        saved = self.tab.store.save(edits)
        self.tab.say(self.tab.texts("visit.withdrawn"), undo_of(self.tab, saved))

    def take_back(self, save: str) -> None:
        """Takes an own step in the household's life back."""
        take_back(self.tab, save)

    def _is_visit(self, draft: Draft) -> bool:
        return draft.kind == "visit" and draft.answers.get("household") == self.id

    def _facts(self, form: Form, reader: Reader, record: RecordView) -> tuple[Facts, ...]:
        moment = Moment(self.tab.now(), self.tab.language)
        state = FormState(form, answers_of(form, record.answers), moment)
        groups = []
        for page in state.pages():
            facts = tuple(
                Fact(question.question.unit, question.label, words)
                for question in page.questions
                if question.question.privacy is not PrivacyClass.SENSITIVE
                and (words := reader.answer(question.question, question.value))
            )
            if facts:
                groups.append(Facts(page.label, facts))
        return tuple(groups)
