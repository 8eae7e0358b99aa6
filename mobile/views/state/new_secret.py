"""Choosing a PIN or passphrase: typed once, checked, and typed again."""

from mobile.device import Protection
from mobile.vault.vault import weakness
from mobile.views.state.tab import TabState
from mobile.views.state.unlock import PIN_DIGITS_MAX, PIN_DIGITS_MIN
from mobile.views.state.watched import Watched


class NewSecret(Watched):
    """What has been typed so far. Those who need a secret go on from `chosen`."""

    def __init__(self, tab: TabState, protection: Protection) -> None:
        super().__init__()
        self.tab = tab
        self.protection = protection
        self.secret = ""
        self.again = ""
        self.repeating = False
        """Whether it is typed the second time."""
        self.message = ""

    @property
    def asks_pin(self) -> bool:
        """Whether there is a key store, so that a PIN is enough."""
        return self.protection is Protection.PIN

    @property
    def typed(self) -> str:
        """What is being typed now."""
        return self.again if self.repeating else self.secret

    @property
    def enough(self) -> bool:
        """Whether there is enough to go on."""
        return len(self.typed) >= PIN_DIGITS_MIN

    def type(self, text: str) -> None:
        """The PIN or passphrase, the first or the second time."""
        if self.repeating:
            self.again = text
        else:
            self.secret = text
        self.message = ""
        self.changed()

    def press(self, digit: str) -> None:
        """One key of the number pad."""
        if len(self.typed) < PIN_DIGITS_MAX:
            self.type(self.typed + digit)

    def erase(self) -> None:
        """The last digit again."""
        self.type(self.typed[:-1])

    def chosen(self) -> bool:
        """Goes on from what was typed; whether it was typed twice alike."""
        if not self.enough:
            return False
        if not self.repeating:
            weak = weakness(self.protection, self.secret)
            if weak is None:
                self.repeating = True
            else:
                self.secret, self.message = "", self.tab.in_words(weak)
            return False
        if self.again != self.secret:
            self.start_over()
            self.message = self.tab.texts("enrol.not_same")
            return False
        return True

    def start_over(self) -> None:
        """Nothing has been typed."""
        self.secret = self.again = self.message = ""
        self.repeating = False
