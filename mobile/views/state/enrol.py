"""Making this device a worker's: the office's code, a PIN or passphrase, the key's words."""

import threading
from enum import Enum, auto

from mobile.device import Account, EnrolmentText
from mobile.errors import AppError
from mobile.views.state.new_secret import NewSecret
from mobile.views.state.tab import TabState

QR_START = "doorstep:"


class EnrolStep(Enum):
    """Where the enrolment is."""

    CODE = auto()
    SECRET = auto()
    WORKING = auto()
    DONE = auto()


class EnrolState(NewSecret):
    """Enrolling: nothing is left behind on the device until the last step."""

    def __init__(self, tab: TabState) -> None:
        super().__init__(tab, tab.house.device.protection)
        self.step = EnrolStep.CODE
        self.code = ""
        self.server = tab.house.preferences.server
        self.account: Account | None = None
        self._enrolment: EnrolmentText | None = None
        self._one_at_a_time = threading.Lock()

    @property
    def is_whole(self) -> bool:
        """Whether what was pasted is the text of a QR code, which names the server too."""
        return self.code.strip().lower().startswith(QR_START)

    def type_code(self, text: str) -> None:
        """The code, or the whole text of the QR code."""
        self.code, self.message = text, ""
        self.changed()

    def type_server(self, text: str) -> None:
        """The server's address."""
        self.server, self.message = text, ""
        self.changed()

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
        if not self.repeating:
            self.step = EnrolStep.CODE
        self.start_over()
        self.changed()

    def finish(self) -> None:
        """The words were compared with the office: the app is open."""
        if self.account is not None:
            self.tab.entered(self.account.id)

    def _next(self) -> None:
        if self.step is EnrolStep.CODE:
            self._enrolment = self.tab.house.device.parse_enrolment(self.code, self.server)
            self.step = EnrolStep.SECRET
        elif self.step is EnrolStep.SECRET and self.chosen():
            self._enrol()

    def _enrol(self) -> None:
        assert self._enrolment is not None, "the code comes first"
        self.step = EnrolStep.WORKING
        self.changed()
        self.account = self.tab.house.device.enrol(self._enrolment, self.secret)
        self.start_over()
        self.tab.house.prefer(server=self._enrolment.server)
        self.step = EnrolStep.DONE

    def _start_again(self, error: AppError) -> None:
        self.start_over()
        self.step = EnrolStep.CODE
        self.message = self.tab.in_words(error.words)
