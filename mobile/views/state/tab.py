"""One tab (or the one window) of the app: who has unlocked it, its language, what it says."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from mobile.device import Account
from mobile.errors import AppError, Locked
from mobile.settings import Theme
from mobile.store.store import Store
from mobile.store.values import Draft
from mobile.views.state.house import House
from mobile.views.state.watched import Watched
from mobile.views.words import Texts, nearest
from shared.forms.logic import FormState
from shared.forms.scope import Moment
from shared.wire import Words

WIDE = 840
"""From this width on, list and detail stand side by side, dp."""


class TabState(Watched):
    """Several tabs share a device, but each must be unlocked by itself."""

    def __init__(self, house: House, *, system_language: str = "", wide: bool = False) -> None:
        super().__init__()
        self.house = house
        self.system_language = system_language
        self.wide = wide
        self.height = 0.0
        self.notice = ""
        """Something to be said at the foot of the screen, once."""
        self.undo: Callable[[], None] | None = None
        """Takes back what the notice says. Blocks."""
        self.undo_name = ""
        """What that is called, if it is not simply "undo"."""
        self.said = 0
        """How often something was said."""
        self.wanted = ""
        """The account that the lock screen offers first; "" for the one used last."""
        self.last = ""
        """The account that was open in this tab last, also when it is locked now."""
        self.typing = False
        """Whether what is pressed on the keyboard goes into a field of a list."""
        self.searches = 0
        """How often the keyboard has asked for the search field."""
        self._entered = ""
        self._opened: dict[str, Draft] = {}

    def now(self) -> datetime:
        """The time on this device's clock, with its time zone: what forms note and she sees."""
        return _local(self.house.clock.now())

    def office_now(self) -> datetime:
        """The time by the office's clock as far as this device knows it: for all that is due."""
        return _local(self.store.shelf.now())

    def remember(self, draft: Draft) -> Draft:
        """Keeps a form that was opened but not yet touched, so that its screen finds it."""
        self._opened[draft.id] = draft
        return draft

    def recall(self, draft: str) -> Draft | None:
        """A form that was opened, as it was last kept."""
        kept = next((one for one in self.store.drafts() if one.id == draft), None)
        return kept or self._opened.get(draft)

    def label(self, record: str) -> str:
        """Any record in one line, also one that is only being registered; "" for an unknown one."""
        known = self.store.label(record)
        if known:
            return known
        draft = next((one for one in self.store.drafts() if one.record == record), None)
        form = self.store.form(draft.kind, draft.form) if draft else None
        if draft is None or form is None:
            return ""
        return FormState(form, draft.answers, Moment(self.now(), self.language)).instance_name()

    @property
    def language(self) -> str:
        """The language chosen for this device, or the system's."""
        return self.house.preferences.language or nearest(self.system_language)

    @property
    def texts(self) -> Texts:
        """The app's texts in that language."""
        return Texts(self.language)

    @property
    def dark(self) -> bool | None:
        """Whether it is to be dark; None leaves it to the system."""
        theme = self.house.preferences.theme
        return None if theme is Theme.SYSTEM else theme is Theme.DARK

    @property
    def account(self) -> Account | None:
        """The account that this tab may show."""
        account = self.house.device.account
        return account if account is not None and account.id == self._entered else None

    @property
    def store(self) -> Store:
        """The account's records. Raises Locked, also when only another tab was unlocked."""
        if self.account is None:
            raise Locked
        return self.house.device.store

    def entered(self, account: str) -> None:
        """The worker has opened the account in this tab."""
        self._entered, self.last, self.wanted = account, account, ""
        self.house.changed()

    def lock(self) -> None:
        """Locks the account, in every tab."""
        self._entered = ""
        self.notice, self.undo = "", None  # nobody else is to read it, or to undo what she did
        self._opened.clear()
        self.house.device.lock()
        self.house.changed()

    def switch(self, account: str) -> None:
        """Locks, and asks for the PIN of another worker of this device."""
        self.wanted = account
        self.lock()

    def log_out(self) -> None:
        """Removes the account from this device. Raises UnsentWork when that would lose work."""
        self.house.device.log_out()
        self._entered = ""
        self.house.changed()

    def lock_when_due(self) -> None:
        """Locks the account when nobody has touched the app for long enough."""
        if self.house.device.seconds_to_lock() == 0:
            self.lock()

    def close(self) -> None:
        """The tab was closed."""
        self._entered = ""
        self.house.closed()

    def touched(self) -> None:
        """The worker is here."""
        self.house.device.touch()

    def resized(self, width: float, height: float) -> None:
        """The window has another size."""
        wide = width >= WIDE
        if wide != self.wide or height != self.height:
            self.wide, self.height = wide, height
            self.changed()

    def say(self, words: str, undo: Callable[[], None] | None = None, name: str = "") -> None:
        """Says something at the foot of the screen, with a way to take it back if there is one."""
        self.notice, self.undo, self.undo_name, self.said = words, undo, name, self.said + 1
        self.changed()

    def discard(self, drafts: Iterable[Draft], back: Callable[[], None] | None = None) -> None:
        """Forgets forms that were begun; for a while they can be had back. Blocks.

        back: what must be done besides, when they come back.
        """
        store, ids = self.store, {draft.id for draft in drafts}
        kept = [draft for draft in store.drafts() if draft.id in ids]
        for draft in kept:
            store.drop_draft(draft.id)
        if kept:
            store.files.spare([draft.answers for draft in kept])
            self.say(self.texts("undo.dropped"), lambda: self._bring_back(kept, back))

    def _bring_back(self, drafts: Iterable[Draft], besides: Callable[[], None] | None) -> None:
        for draft in drafts:
            self.store.keep(draft)
        if besides is not None:
            besides()
        self.say(self.texts("undo.back"))

    def look_for(self) -> None:
        """The search field is wanted."""
        self.searches += 1
        self.changed()

    def heard(self, turn: int) -> None:
        """What was said in that turn has gone again; something else may have been said since."""
        if turn == self.said:
            self.notice, self.undo = "", None

    def hush(self, turn: int) -> None:
        """It was said for long enough."""
        if turn == self.said and self.notice:
            self.heard(turn)
            self.changed()

    def say_trouble(self, error: BaseException | None) -> None:
        """Says what went wrong, in words that the worker can act on."""
        if isinstance(error, Locked) and self.account is None:
            self.changed()
        elif isinstance(error, AppError):
            self.say(self.in_words(error.words))
        else:
            self.say(self.texts("trouble.body"))

    def in_words(self, words: Words) -> str:
        """Words of the device or the office in the worker's language."""
        return words.zh if self.language == "zh" else words.en


def _local(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone()
