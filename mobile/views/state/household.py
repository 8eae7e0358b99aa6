"""One household: what to know before knocking, who lives here, what is contested, the visits."""

from datetime import datetime, timedelta

from msgspec import Struct

from mobile.store.cards import HouseholdCard, ResidentCard, VisitCard
from mobile.store.values import Draft, Provenance, RecordView
from mobile.views.state.answers import Reader
from mobile.views.state.dates import at_ms, time_words
from mobile.views.state.live import Live
from mobile.views.state.tab import TabState
from shared.forms.logic import FormState
from shared.forms.model import Form
from shared.forms.scope import Moment
from shared.forms.units import answers_of
from shared.policies import PrivacyClass

CLOCK_OFF = timedelta(minutes=2)
"""From here on a device's time and the corrected time are both shown."""


class Fact(Struct, frozen=True):
    """One answer as it is shown."""

    name: str
    value: str


class Facts(Struct, frozen=True):
    """Answers that belong together."""

    heading: str
    facts: tuple[Fact, ...]


class Claim(Struct, frozen=True):
    """One of the values between which the office must decide."""

    value: str
    who: str
    device_time: str
    corrected_time: str
    """"" where it is the same."""
    in_visit: bool
    pending: bool
    shown: bool


class Contest(Struct, frozen=True):
    """One question with more than one answer."""

    name: str
    claims: tuple[Claim, ...]


class HouseholdState(Live):
    """A household's page."""

    def __init__(self, tab: TabState, id: str) -> None:
        super().__init__(tab)
        self.id = id
        self.card: HouseholdCard | None = None
        self.record: RecordView | None = None
        self.members: tuple[ResidentCard, ...] = ()
        self.visits: tuple[VisitCard, ...] = ()
        self.facts: tuple[Facts, ...] = ()
        self.contests: tuple[Contest, ...] = ()
        self.draft: Draft | None = None
        """A visit of it that was begun."""

    def read(self) -> None:
        """Takes the household from the store; having looked at it, its badge goes out."""
        store = self.tab.store
        self.card = store.household(self.id)
        self.record = store.record(self.id)
        self.members = store.members(self.id)
        self.visits = store.visits(self.id)
        form = store.form("household")
        if self.record is not None and form is not None:
            reader = Reader(form, self.tab.texts, store.label)
            self.facts = self._facts(form, reader, self.record)
            self.contests = contests(self.record, reader, self.tab)
        self.draft = next((d for d in store.drafts() if self._is_visit(d)), None)
        if self.card is not None and self.card.changed_by_others:
            store.mark_seen(self.id)

    def begin(self, kind: str, record: str | None = None) -> Draft:
        """Opens a form for this household: of a record, or of a new member."""
        first = {} if record else {"household": self.id}
        return self.tab.remember(self.tab.store.begin(kind, record, answers=first))

    def begin_visit(self) -> Draft:
        """Opens a visit, or the one that was begun."""
        if self.draft is not None:
            return self.draft
        dwelling = self.record.answers.get("dwelling") if self.record else None
        draft = self.tab.store.begin(
            "visit",
            answers={
                "household": self.id,
                "started": self.tab.now().isoformat(timespec="seconds"),
                **({"dwelling": dwelling} if dwelling else {}),
            },
        )
        return self.tab.remember(draft)

    def _is_visit(self, draft: Draft) -> bool:
        return draft.kind == "visit" and draft.answers.get("household") == self.id

    def _facts(self, form: Form, reader: Reader, record: RecordView) -> tuple[Facts, ...]:
        moment = Moment(self.tab.now(), self.tab.language)
        state = FormState(form, answers_of(form, record.answers), moment)
        groups = []
        for page in state.pages():
            facts = tuple(
                Fact(question.label, words)
                for question in page.questions
                if question.question.privacy is not PrivacyClass.SENSITIVE
                and (words := reader.answer(question.question, question.value))
            )
            if facts:
                groups.append(Facts(page.label, facts))
        return tuple(groups)


def contests(record: RecordView, reader: Reader, tab: TabState) -> tuple[Contest, ...]:
    """The record's contested units, with every value that still stands."""
    return tuple(
        Contest(
            reader.name(unit),
            tuple(_claim(value, reader.unit(unit, value.value), tab) for value in view.values),
        )
        for unit, view in record.units.items()
        if unit in record.contested
    )


def _claim(value: Provenance, words: str, tab: TabState) -> Claim:
    texts, now = tab.texts, tab.now()
    claimed = at_ms(value.claimed, now.tzinfo)
    effective = at_ms(value.effective, now.tzinfo)
    return Claim(
        value=words or texts("answers.none"),
        who=texts("household.me") if value.mine else value.worker_name or texts("answers.somebody"),
        device_time=time_words(claimed, now, texts),
        corrected_time=_corrected(claimed, effective, tab),
        in_visit=value.visit is not None,
        pending=value.pending,
        shown=value.shown,
    )


def _corrected(claimed: datetime, effective: datetime, tab: TabState) -> str:
    if abs(effective - claimed) < CLOCK_OFF:
        return ""
    return time_words(effective, tab.now(), tab.texts)
