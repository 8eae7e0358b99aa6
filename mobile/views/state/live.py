"""State that is read from the store, and read anew after every save and every sync."""

from mobile.errors import AppError, Locked
from mobile.views.state.tab import TabState
from mobile.views.state.watched import Watched


class Live(Watched):
    """Override `read`: it takes from `self.tab.store` what the screen shows, which `shown` is."""

    def __init__(self, tab: TabState) -> None:
        super().__init__()
        self.tab = tab
        self.error: AppError | None = None
        """Why it could not be read; drawing it raises this."""
        self.failures = 0
        """How often that was shown."""

    def read(self) -> None:
        """Takes from the store what is shown. May run on any thread."""
        raise NotImplementedError

    def shown(self) -> object:
        """What was read, to be compared: what is the same is not drawn again."""
        raise NotImplementedError

    def load(self) -> None:
        """Reads it, and has it drawn again when it is not what it was."""
        before = (self.shown(), self.error)
        try:
            self.read()
            self.error = None
        except Locked:
            return  # the lock screen is about to be drawn instead
        except AppError as error:
            self.error = error
        if (self.shown(), self.error) != before:
            self.changed()
