"""A form as it is filled in: every keystroke becomes an answer at once, and a sealed draft soon.

Answers are taken on the event loop, so that a field never loses a character; keeping
the draft is left to another thread, and the newest draft wins.
"""

import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import msgspec

from mobile.errors import AppError, Locked
from mobile.store.register_lists import phone_lists
from mobile.store.values import Answers, Draft, Duplicate, Edit
from mobile.views.state.answers import Reader
from mobile.views.state.contests import Contest, contests
from mobile.views.state.dates import parse, time_words
from mobile.views.state.tab import TabState
from mobile.views.state.watched import Watched
from shared.changes import Answer
from shared.files import FileRef
from shared.forms.logic import FormState, Page, QuestionState, draft_name
from shared.forms.model import Form, QuestionType
from shared.forms.scope import Moment
from shared.forms.values import Missing
from shared.records import is_missing

COMPARED_KINDS = frozenset({"household", "resident", "dwelling"})


class Sheet(Watched):
    """One form on the screen. It changes when other questions are to be asked."""

    def __init__(self, tab: TabState, draft: Draft, form: Form) -> None:
        super().__init__()
        self.tab = tab
        self.draft = draft
        self.form = form
        self.trouble: AppError | None = None
        """Why the draft could not be kept."""
        self.shows_owed = False
        """From the first try to save on, what is missing is marked."""
        self.duplicates: tuple[Duplicate, ...] = ()
        """Records that a new one looks like."""
        self.new_dwelling: Callable[[], Awaitable[None]] | None = None
        """Registers a dwelling on the way, where that can be done."""
        self.contests = self._contests()
        """The other answers of questions that wait for the office, by unit."""
        self._state = self._opened()
        self._slots: dict[str, Watched] = {}
        self._asked = self._names()
        self.saving = threading.Lock()
        """Held while it is saved: a second tap waits, and finds it `closed`."""
        self._lock = threading.Lock()
        self._unkept = False
        self._unsaid: dict[str, Answer] = {}
        """What stood in a field before "declined" or "not known" took its place."""
        self.closed = False
        """It was saved or discarded."""

    @property
    def layout(self) -> tuple[Page, ...]:
        """All that may be asked, in groups, each in its place."""
        return self._state.layout()

    def slot(self, name: str) -> Watched:
        """Changes when the question of that name must be drawn again."""
        return self._slots.setdefault(name, Watched())

    def question(self, name: str) -> QuestionState:
        """How a question stands."""
        return self._state.question(name)

    def find(self, key: str) -> QuestionState | None:
        """How a question stands; None when its instance is gone."""
        try:
            return self._state.question(key)
        except KeyError:
            return None

    def label(self) -> str:
        """The record in one line, as its form says."""
        return self._state.instance_name()

    def fault(self, name: str) -> str:
        """What to say under the question; nothing is owed before the first try to save."""
        question = self.question(name)
        words = question.message if self.shows_owed else question.fault
        return self.form.words(words, self.tab.language) if words else ""

    def owed(self) -> tuple[QuestionState, ...]:
        """The questions that keep it from being saved, in order."""
        return tuple(self.question(name) for name in self._state.faults() if self._counts(name))

    def words(self, question: QuestionState) -> str:
        """The question's answer as it is read, where it cannot be changed."""
        texts, now = self.tab.texts, self.tab.now()
        at = parse(str(question.value), now.tzinfo)
        if question.question.type is QuestionType.DATE_TIME and at is not None:
            return time_words(at, now, texts)
        reader = Reader(self.form, texts, self.tab.label)
        return reader.answer(question.question, question.value) or texts("answers.none")

    def text(self, name: str) -> str:
        """What stands in the question's field."""
        answer = self.question(name).answer
        return "" if answer is None or is_missing(answer) else str(answer)

    def missing(self, name: str) -> Missing | None:
        """The explicit non-answer that was given, if one was."""
        answer = self.question(name).answer
        if not is_missing(answer) or not isinstance(answer, dict):
            return None
        return Missing(str(answer["missing"]))

    def answer(self, name: str, raw: Answer) -> None:
        """Takes an answer. Call `keep` after it, off the event loop."""
        if self.question(name).answer == raw:
            return
        touched = self._state.answer(name, raw)
        self.draft = msgspec.structs.replace(self.draft, answers=self._state.answers, at=name)
        self._unkept = True
        for other in touched:
            self.slot(other).changed()
        asked = self._names()
        if asked != self._asked:
            self._asked = asked
            self.changed()

    def add(self, repeat: str) -> None:
        """Adds an instance to a repeat. Call `keep` after it, off the event loop."""
        added = self._state.add(repeat)
        if added:
            self._instances_changed(f"{added}/")

    def remove(self, instance: str) -> None:
        """Takes an instance away. Call `keep` after it, off the event loop."""
        self._state.remove(instance)
        self._instances_changed("")

    def put_back(self, answers: Answers) -> bool:
        """Gives answers again that were taken out; False when the form is closed. Blocks."""
        if self.closed:
            return False
        everything = {**self.draft.answers, **answers}
        self.draft = msgspec.structs.replace(self.draft, answers=everything)
        self._state = self._opened()
        self._instances_changed(self.draft.at)
        self.keep()
        return True

    def attach(self, key: str, content: bytes, name: str = "") -> None:
        """Keeps a file, and answers with it. Blocks. Raises AppError when it cannot be taken."""
        edge = self.question(key).question.parameters.get("max-pixels", "0")
        ref = self.tab.store.files.add(content, name, edge=int(edge) if edge.isdecimal() else 0)
        self.answer(key, ref.answer)
        self.keep()

    def attached(self, ref: FileRef) -> bytes | None:
        """The content of a file that is on this device. Blocks."""
        try:
            return self.tab.store.files.open(ref)
        except AppError:
            return None

    def toggle(self, name: str, code: str) -> None:
        """Takes a choice of several, or takes it back."""
        answer = self.question(name).answer
        chosen: Sequence[object] = answer if isinstance(answer, list | tuple) else ()
        kept = [str(one) for one in chosen if one != code]
        self.answer(name, sorted([*kept, code] if code not in chosen else kept) or None)

    def choose(self, name: str, code: str) -> None:
        """Takes the one choice, or takes it back."""
        self.answer(name, None if self.question(name).answer == code else code)

    def say_missing(self, name: str, why: Missing) -> None:
        """Answers "declined" or "not known", or takes that back: what stood there is back."""
        if self.missing(name) is why:
            self.answer(name, self._unsaid.pop(name, None))
            return
        if self.missing(name) is None:
            self._unsaid[name] = self.question(name).answer
        self.answer(name, {"missing": why.value})

    def keep(self) -> None:
        """Keeps the draft as it is now. Blocks; may be called from any thread."""
        with self._lock:
            if not self._unkept or self.closed:
                return
            self._unkept = False
            before, self.trouble = self.trouble, None
            try:
                self.tab.store.keep(self.draft)
            except AppError as error:
                self._unkept, self.trouble = True, error
        if before is not self.trouble:
            self.changed()

    def keep_now(self) -> None:
        """Keeps the draft even when nothing was typed yet: others will belong to it."""
        self._unkept = True
        self.keep()

    def save(self, more: Sequence[Edit] = ()) -> bool:
        """Saves this form, and what follows from it; False when something is missing (marked)."""
        with self.saving:
            if self.closed:
                return True
            self.keep()
            if self.owed():
                self.show_owed()
                return False
            self.tab.store.save_drafts(self.draft, more=more)
            self.close()
        return True

    def drop(self) -> None:
        """Forgets what was typed; for a while it can be had back."""
        self.close()
        self.tab.discard([self.draft])

    def keep_and_compare(self) -> None:
        """Keeps the draft, and looks for records that the new one may be. Blocks."""
        self.keep()
        if not self.draft.new or self.draft.kind not in COMPARED_KINDS or self.closed:
            return
        with suppress(Locked):
            found = self.tab.store.possible_duplicates(
                self.draft.kind, self.draft.answers, leave_out=self.draft.record
            )
            if found != self.duplicates:
                self.duplicates = found
                self.changed()

    def close(self) -> None:
        """It was saved or dropped: no late keystroke may bring the draft back."""
        with self._lock:
            self.closed = True

    def show_owed(self) -> None:
        """Marks what is missing."""
        self.shows_owed = True
        for slot in tuple(self._slots.values()):
            slot.changed()
        self.changed()

    def _instances_changed(self, at: str) -> None:
        self.draft = msgspec.structs.replace(self.draft, answers=self._state.answers, at=at)
        self._unkept = True
        self._asked = self._names()
        for slot in tuple(self._slots.values()):
            slot.changed()
        self.changed()

    def _opened(self) -> FormState:
        now, draft = self.tab.now(), self.draft
        about = draft.answers.get("household") or draft.opened.get("household") or ""
        household = draft.record if draft.kind == "household" else str(about)
        lists = phone_lists(self.tab.store, household, now.date().isoformat())
        moment = Moment(now, self.tab.language, draft.record, lists=lists)
        state = FormState(self.form, self.draft.opened, moment)
        for name in self.draft.opened.keys() | self.draft.answers.keys():
            if name in self.form.draft_names:
                state.answer(name, self.draft.answers.get(name))
        return state

    def _contests(self) -> dict[str, Contest]:
        record = None if self.draft.new else self.tab.store.record(self.draft.record)
        if record is None:
            return {}
        reader = Reader(self.form, self.tab.texts, self.tab.label)
        return contests(record, reader, self.tab)

    def _names(self) -> tuple[str, ...]:
        return tuple(state.key for state in self._state.visible())

    def _counts(self, key: str) -> bool:
        # What was wrong before she came does not keep her from saving what she found.
        name = draft_name(key)
        return self.draft.new or self.draft.answers.get(name) != self.draft.opened.get(name)


def open_sheet(tab: TabState, draft_id: str) -> Sheet | None:
    """The sheet of a draft; None when there is no such draft (any more)."""
    draft = tab.recall(draft_id)
    if draft is None:
        return None
    form = tab.store.form(draft.kind, draft.form) or tab.store.form(draft.kind)
    return Sheet(tab, draft, form) if form is not None else None
