"""What all tabs of this process share: the device, its running sync, and a person's choices."""

import threading
from contextlib import suppress

import msgspec

from mobile.clock import Clock
from mobile.device import Device
from mobile.errors import Locked
from mobile.settings import Preferences
from mobile.sync.report import SyncProgress, SyncReport, SyncState
from mobile.sync.rest import Rest
from mobile.views.state.watched import Watched


class House(Watched):
    """The device as screens see it: it changes with who has unlocked it, and with each choice."""

    def __init__(self, device: Device, clock: Clock | None = None) -> None:
        super().__init__()
        self.device = device
        self.clock = clock or Clock()
        self.line = Line(device, Rest(self.clock))
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

    def sync(self, *, quietly: bool = False) -> None:
        """Sends and receives, unless a sync is under way; `quietly`: it started by itself."""
        report = self.line.sync(quietly=quietly)
        if report is not None and report.state is SyncState.LOST:
            self.changed()


class Line(Watched):
    """The line to the office: it changes with every step of a sync."""

    def __init__(self, device: Device, rest: Rest) -> None:
        super().__init__()
        self.device = device
        self.rest = rest
        self.syncing = False
        self.progress: SyncProgress | None = None
        self.report: SyncReport | None = None
        """Of the last sync since the app was started."""
        self._one_at_a_time = threading.Lock()

    def sync(self, *, quietly: bool) -> SyncReport | None:
        """Sends and receives; None when a sync is already under way or nothing is unlocked.

        Nor does it start by itself before the server wants to be asked again.
        """
        if quietly and self.rest.lasts:
            return None
        if self.device.account is None or not self._one_at_a_time.acquire(blocking=False):
            return None
        try:
            return self._sync(quietly)
        finally:
            self._one_at_a_time.release()

    def _sync(self, quietly: bool) -> SyncReport | None:
        report = None
        self.syncing, self.progress = True, None
        self.changed()
        try:
            with suppress(Locked):  # she locked it meanwhile; the next sync goes on from there
                report = self.device.sync(self._progressed)
                self.rest.told(report)
        finally:
            self.syncing, self.progress = False, None
            # That there is no network is nothing to speak of when nobody asked.
            if report is not None and not (quietly and report.state is SyncState.OFFLINE):
                self.report = report
            self.changed()
        return report

    def _progressed(self, progress: SyncProgress) -> None:
        self.progress = progress
        self.changed()
