"""A household's timeline in words: what happened, who did it, when, and what it changed."""

from msgspec import Struct

from mobile.store.cards import VisitCard
from mobile.store.timeline import Event, Touch
from mobile.store.values import Edit
from mobile.views.state.answers import Reader
from mobile.views.state.cards import choice_words
from mobile.views.state.dates import at_ms, time_words
from mobile.views.state.live import Live
from mobile.views.state.tab import TabState
from mobile.views.state.taking_back import undo_of
from shared.changes import DELETED, ChangeKind
from shared.coverage import LIVING_HERE
from shared.files import FileRef, file_ref
from shared.forms.model import unit_classes
from shared.policies import Policy, PrivacyClass

BETWEEN = " · "
PAGE = 30
SILENT_UNITS = frozenset({"last_seen"})
"""Set by the app itself with each visit."""


class Said(Struct, frozen=True, kw_only=True):
    """One answer of an event, in words."""

    record: str
    unit: str
    name: str
    value: str
    before: str
    """"" where it replaced nothing, or nobody here knows what."""
    note: str
    """What has become of it; "" while it stands."""
    touch: Touch
    sealed: bool
    """Too private for a list: only the form shows it."""
    restorable: bool
    file: FileRef | None = None
    """The photo or other file that the answer names."""


class Told(Struct, frozen=True, kw_only=True):
    """One event, in words."""

    key: str
    heading: str
    who: str
    visit: str
    by_other: bool
    own_visit: bool
    """A visit of this worker's, which she may correct or take back."""
    said: tuple[Said, ...]
    note: str
    """What was written down at a visit."""
    files: tuple[FileRef, ...] = ()
    """What was attached to a visit."""
    save: str = ""
    """The own step in the household's life that can still be taken back."""


class StoryState(Live):
    """The timeline of one household."""

    def __init__(self, tab: TabState, household: str) -> None:
        super().__init__(tab)
        self.household = household
        self.told: tuple[Told, ...] = ()
        self.limit = PAGE

    def shown(self) -> object:
        """Everything that is told."""
        return self.told

    def read(self) -> None:
        """Takes the timeline from the store."""
        self.told = story(self.tab, self.household)

    def more(self) -> None:
        """Shows older events."""
        self.limit += PAGE
        self.changed()


class AnswerState(Live):
    """Where one answer came from, and what stood there before."""

    def __init__(self, tab: TabState, household: str, record: str, unit: str) -> None:
        super().__init__(tab)
        self.household, self.record, self.unit = household, record, unit
        self.told: tuple[Told, ...] = ()

    def shown(self) -> object:
        """Every value that is known."""
        return self.told

    def read(self) -> None:
        """Takes from the timeline what touched the answer."""
        wanted = (self.record, self.unit)
        self.told = tuple(
            told
            for told in story(self.tab, self.household, whole=True)
            if any((said.record, said.unit) == wanted for said in told.said)
        )

    def said(self, told: Told) -> Said:
        """What that event said of this answer."""
        return next(one for one in told.said if (one.record, one.unit) == (self.record, self.unit))

    def restore(self, said: Said, *, before: bool) -> None:
        """Gives an earlier answer again: an ordinary edit, by this worker, now; and says so."""
        touch = said.touch
        value = touch.before if before else touch.value
        edit = Edit(
            kind=ChangeKind.SET,
            record=touch.record,
            record_kind=touch.kind,
            units={touch.unit: value},
        )
        saved = self.tab.store.save([edit])
        self.tab.say(self.tab.texts("story.restored"), undo_of(self.tab, saved))


def story(tab: TabState, household: str, *, whole: bool = False) -> tuple[Told, ...]:
    """What happened to a household, the newest first.

    whole: also the answers with which its records were registered.
    """
    teller = _Teller(tab, household, whole=whole)
    events = tab.store.known.timeline.events(household)
    told = (teller.told(event) for event in events)
    return tuple(one for one in told if one.said or one.heading)


class _Teller:
    """Puts the events of one household into words."""

    def __init__(self, tab: TabState, household: str, *, whole: bool) -> None:
        self._tab, self._texts = tab, tab.texts
        card = tab.store.household(household)
        self._household = card.id if card else household
        self._whole = whole
        self._visits = {visit.id: visit for visit in tab.store.visits(household, limit=PAGE * 10)}
        self._readers: dict[str, Reader] = {}
        self._private: dict[str, frozenset[str]] = {}
        self._sets: dict[str, frozenset[str]] = {}

    def told(self, event: Event) -> Told:
        """An event in words."""
        touches = [
            touch
            for touch in event.touches
            if (self._whole or touch.record not in event.created) and touch.unit not in SILENT_UNITS
        ]
        visit = self._visits.get(event.visit)
        return Told(
            key=event.key,
            heading=self._heading(event),
            who=self._who(event),
            visit=event.visit,
            by_other=not event.mine,
            own_visit=event.mine and visit is not None,
            said=tuple(self._said(touch) for touch in touches),
            note=visit.note if visit else "",
            files=self._attached(visit),
            save=event.save if self._can_go_back(event) else "",
        )

    def _can_go_back(self, event: Event) -> bool:
        """Whether it is an own step (which has its note), and something of it still stands."""
        undoing = self._tab.store.known.undoing
        return bool(event.note and not event.visit and undoing.of_save(event.save))

    def _attached(self, visit: VisitCard | None) -> tuple[FileRef, ...]:
        """The files of a visit; none that is too private for a list."""
        form = self._tab.store.form("visit")
        if visit is None or not visit.files or form is None:
            return ()
        classes = unit_classes(form)
        private = PrivacyClass.SENSITIVE
        return tuple(ref for unit, ref in visit.files if classes.get(unit, private) is not private)

    def _who(self, event: Event) -> str:
        texts, now = self._texts, self._tab.now()
        who = texts("household.me") if event.mine else event.worker_name
        when = time_words(at_ms(event.at, now.tzinfo), now, texts) if event.at else ""
        pending = texts("flags.unsent.name") if event.pending else ""
        parts = (who or texts("answers.somebody"), when, pending)
        return BETWEEN.join(part for part in parts if part)

    def _heading(self, event: Event) -> str:
        parts = [event.note, *self._visited(event), *self._registered(event)]
        later = (touch for touch in event.touches if touch.record not in event.created)
        parts += [self._of_person(touch) for touch in later]
        words = self._texts("between").join(dict.fromkeys(part for part in parts if part))
        if words:
            return words
        told = any(touch.unit not in SILENT_UNITS for touch in event.touches)
        return self._texts("story.changed") if told else ""

    def _visited(self, event: Event) -> list[str]:
        visit = self._visits.get(event.visit)
        if visit is None:
            return []
        form = self._tab.store.form("visit")
        parts = [choice_words(form, "outcome", visit.outcome, self._texts)]
        if visit.mode not in ("", "door"):
            parts.append(choice_words(form, "mode", visit.mode, self._texts))
        if visit.unchanged:
            parts.append(self._texts("story.unchanged"))
        if visit.corrects:
            parts.append(self._texts("story.corrects"))
        return [self._texts("story.visit", outcome=BETWEEN.join(parts))]

    def _registered(self, event: Event) -> list[str]:
        found = []
        for record in event.created:
            if record == self._household:
                found.append(self._texts("story.registered"))
            elif record in {touch.record for touch in event.touches if touch.kind == "resident"}:
                found.append(self._texts("story.joined", name=self._label(record)))
            elif self._tab.store.dwelling(record) is not None:
                found.append(self._texts("story.home"))
        return found

    def _of_person(self, touch: Touch) -> str:
        if touch.kind != "resident":
            return ""
        name = self._label(touch.record)
        if touch.unit == "status" and isinstance(touch.value, str):
            key = "back" if touch.value in LIVING_HERE else touch.value
            return self._texts(f"story.{key}", name=name) if key in _ENDS else ""
        if touch.unit == "household":
            return self._texts("story.joined", name=name)
        return ""

    def _said(self, touch: Touch) -> Said:
        reader, sealed = self._reader(touch.kind), self._is_private(touch)
        name = reader.name(touch.unit) if reader else touch.unit
        if touch.record != self._household:
            name = f"{self._label(touch.record)} {name}".strip()
        value = reader.unit(touch.unit, touch.value) if reader else ""
        before = reader.unit(touch.unit, touch.before) if reader and touch.knows_before else ""
        return Said(
            record=touch.record,
            unit=touch.unit,
            name=name,
            value=self._texts("story.sealed") if sealed else value or self._texts("answers.none"),
            before="" if sealed else before,
            note=self._note(touch),
            touch=touch,
            sealed=sealed,
            file=None if sealed else file_ref(touch.value),
            restorable=not sealed and not touch.unit.startswith("@") and not self._is_set(touch),
        )

    def _note(self, touch: Touch) -> str:
        if touch.contested:
            return self._texts("story.contested")
        if touch.decided:
            return self._texts("story.decided_so" if touch.stands else "story.decided_other")
        return "" if touch.stands else self._texts("story.replaced")

    def _label(self, record: str) -> str:
        return self._tab.label(record)

    def _reader(self, kind: str) -> Reader | None:
        form = self._tab.store.form(kind)
        if form is None:
            return None
        if kind not in self._readers:
            self._readers[kind] = Reader(form, self._texts, self._tab.label)
            classes = unit_classes(form).items()
            secret = PrivacyClass.SENSITIVE
            self._private[kind] = frozenset(unit for unit, of in classes if of is secret)
            union = (unit for unit, m in form.units.items() if m[0].policy is Policy.UNION)
            self._sets[kind] = frozenset(union)
        return self._readers[kind]

    def _is_private(self, touch: Touch) -> bool:
        return touch.unit in self._private.get(touch.kind, frozenset())

    def _is_set(self, touch: Touch) -> bool:
        return touch.unit in self._sets.get(touch.kind, frozenset()) or touch.unit == DELETED


_ENDS = frozenset({"moved", "died", "back"})
"""What a person's status says of the household."""
