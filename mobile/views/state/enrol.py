"""Making this device a worker's: the office's code, a PIN or passphrase, the key's words."""

import threading
from enum import Enum, auto

from mobile.device import Account, EnrolmentText, Protection
from mobile.errors import AppError
from mobile.views.state.tab import TabState
from mobile.views.state.unlock import PIN_DIGITS_MAX, PIN_DIGITS_MIN
from mobile.views.state.watched import Watched

QR_START = "doorstep:"


class EnrolStep(Enum):
    """Where the enrolment is."""

    CODE = auto()
    SECRET = auto()
    AGAIN = auto()
    WORKING = auto()
    DONE = auto()


class EnrolState(Watched):
    """Enrolling: nothing is left behind on the device until the last step."""

    def __init__(self, tab: TabState) -> None:
        super().__init__()
        self.tab = tab
        self.step = EnrolStep.CODE
        self.code = ""
        self.server = tab.house.preferences.server
        self.secret = ""
        self.again = ""
        self.message = ""
        self.account: Account | None = None
        self._enrolment: EnrolmentText | None = None
        self._one_at_a_time = threading.Lock()

    @property
    def asks_pin(self) -> bool:
        """Whether this device has a key store, so that a PIN is enough."""
        return self.tab.house.device.protection is Protection.PIN

    @property
    def is_whole(self) -> bool:
        """Whether what was pasted is the text of a QR code, which names the server too."""
        return self.code.strip().lower().startswith(QR_START)

    @property
    def typed(self) -> str:
        """What is being typed in this step."""
        return self.again if self.step is EnrolStep.AGAIN else self.secret

    @property
    def enough(self) -> bool:
        """Whether the step has what it needs to go on."""
        return len(self.typed) >= PIN_DIGITS_MIN

    def type_code(self, text: str) -> None:
        """The code, or the whole text of the QR code."""
        self.code, self.message = text, ""
        self.changed()

    def type_server(self, text: str) -> None:
        """The server's address."""
        self.server, self.message = text, ""
        self.changed()

    def type(self, text: str) -> None:
        """The PIN or passphrase, the first or the second time."""
        if self.step is EnrolStep.AGAIN:
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

    def next(self) -> None:
        """Goes on from this step; the last one blocks (keys, network)."""
        with self._one_at_a_time:  # a second tap must not spend the code a second time
            try:
                self._next()
            except AppError as error:
                self._start_again(error)
        self.changed()

    def back(self) -> None:
        """Goes back one step."""
        self.secret = self.again = self.message = ""
        self.step = EnrolStep.SECRET if self.step is EnrolStep.AGAIN else EnrolStep.CODE
        self.changed()

    def finish(self) -> None:
        """The words were compared with the office: the app is open."""
        if self.account is not None:
            self.tab.entered(self.account.id)

    def _next(self) -> None:
        if self.step in (EnrolStep.SECRET, EnrolStep.AGAIN) and not self.enough:
            return
        if self.step is EnrolStep.CODE:
            self._enrolment = self.tab.house.device.parse_enrolment(self.code, self.server)
            self.step = EnrolStep.SECRET
        elif self.step is EnrolStep.SECRET:
            weak = self.tab.house.device.check_secret(self.secret)
            if weak is None:
                self.step = EnrolStep.AGAIN
            else:
                self.secret, self.message = "", self.tab.in_words(weak)
        elif self.step is EnrolStep.AGAIN and self.again != self.secret:
            self.step, self.secret, self.again = EnrolStep.SECRET, "", ""
            self.message = self.tab.texts("enrol.not_same")
        elif self.step is EnrolStep.AGAIN:
            self._enrol()

    def _enrol(self) -> None:
        assert self._enrolment is not None, "the code comes first"
        self.step = EnrolStep.WORKING
        self.changed()
        self.account = self.tab.house.device.enrol(self._enrolment, self.secret)
        self.secret = self.again = ""
        self.tab.house.prefer(server=self._enrolment.server)
        self.step = EnrolStep.DONE

    def _start_again(self, error: AppError) -> None:
        self.secret = self.again = ""
        self.step = EnrolStep.CODE
        self.message = self.tab.in_words(error.words)
