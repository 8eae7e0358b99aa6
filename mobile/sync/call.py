"""One call at the office: what each request of a sync needs, whatever it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

import httpx

from mobile.clock import Clock
from mobile.store import contact
from mobile.store.shelf import Shelf
from mobile.store.store import Store
from mobile.sync.about import about_this_device
from mobile.sync.line import Line
from mobile.sync.pace import Pace
from mobile.sync.tallying import Running
from mobile.sync.trouble import stopped
from shared.clock import Reading
from shared.wire import Report


@dataclass(frozen=True, kw_only=True)
class Call:
    """The line, the clocks, and what this device says of itself."""

    store: Store
    http: httpx.Client
    running: Running
    clock: Clock
    free_bytes: Callable[[], int]
    stop: Event
    pace: Pace

    @property
    def shelf(self) -> Shelf:
        """What the store keeps."""
        return self.store.shelf

    def line(self) -> Line:
        """The line, under the id that this device has now. Raises Trouble once it was locked."""
        if self.stop.is_set():
            raise stopped()
        return Line(self.http, self.shelf.account.identity)

    def learn(self, asked: Reading, server_now: int) -> None:
        """The server's time lies between asking and answer: half way is the best guess."""
        waited = self.clock.reading().mono - asked.mono
        self.running.heard = True
        self.running.offset = server_now - (asked.wall + waited // 2)
        contact.learn_offset(self.shelf, asked.boot, self.running.offset)

    def about(self) -> Report:
        """What this device says of itself."""
        return about_this_device(self.shelf, self.free_bytes)
