"""What all tabs of this process share: the device, its running sync, and a person's choices."""

import threading

import msgspec

from mobile.clock import Clock
from mobile.device import Device
from mobile.settings import Preferences
from mobile.sync.report import SyncProgress, SyncReport, SyncState
from mobile.views.state.watched import Watched


class House(Watched):
    """The device as screens see it: whoever watches hears of every sync and every choice."""

    def __init__(self, device: Device, clock: Clock | None = None) -> None:
        super().__init__()
        self.device = device
        self.clock = clock or Clock()
        self.progress: SyncProgress | None = None
        self.report: SyncReport | None = None
        """Of the last sync since the app was started."""
        self.syncing = False
        self._one_at_a_time = threading.Lock()
        self._tabs = 0

    def opened(self) -> None:
        """One more tab shows the device."""
        self._tabs += 1

    def closed(self) -> None:
        """A tab was closed; the last one locks the device."""
        self._tabs -= 1
        if self._tabs == 0:
            self.device.lock()

    @property
    def preferences(self) -> Preferences:
        """What was chosen for this device."""
        return self.device.preferences

    def prefer(self, **choices: object) -> None:
        """Keeps a choice and shows it on every tab at once."""
        self.device.prefer(msgspec.structs.replace(self.preferences, **choices))
        self.changed()

    def sync(self, *, quietly: bool = False) -> SyncReport | None:
        """Sends and receives; None when a sync is already under way or nothing is unlocked.

        quietly: it started by itself, so having no network is nothing to speak of.
        """
        if self.device.account is None or not self._one_at_a_time.acquire(blocking=False):
            return None
        try:
            return self._sync(quietly)
        finally:
            self._one_at_a_time.release()

    def _sync(self, quietly: bool) -> SyncReport:
        self.syncing, self.progress = True, None
        self.changed()
        try:
            report = self.device.sync(self._progressed)
        finally:
            self.syncing, self.progress = False, None
            self.changed()
        if not (quietly and report.state in (SyncState.OFFLINE, SyncState.ALREADY_RUNNING)):
            self.report = report
            self.changed()
        return report

    def _progressed(self, progress: SyncProgress) -> None:
        self.progress = progress
        self.changed()
