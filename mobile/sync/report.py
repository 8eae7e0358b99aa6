"""What a sync tells: while it runs, and in plain numbers when it is over."""

from enum import StrEnum

from msgspec import Struct

from shared.wire import Words


class SyncState(StrEnum):
    """How a sync ended."""

    DONE = "done"
    OFFLINE = "offline"
    """No connection; everything is kept and will be sent later."""
    SERVER_TROUBLE = "server_trouble"
    """The server answered nonsense, an error, or too slowly."""
    SERVER_BUSY = "server_busy"
    """The server asked to come back later: see `SyncReport.retry_after`."""
    ALREADY_RUNNING = "already_running"
    UPDATE_NEEDED = "update_needed"
    """Work was sent; to receive, the app must be updated first."""
    REVOKED = "revoked"
    """The office has ended this device's access; unsent work is kept here."""
    LOST = "lost"
    """The office has marked this device as lost; its keys and files were destroyed."""
    DISK_FULL = "disk_full"
    STOPPED = "stopped"
    """The account was locked meanwhile."""
    DAMAGED = "damaged"
    """This device's own file could not be read or written."""


class SyncStep(StrEnum):
    """What a sync is doing."""

    SENDING = "sending"
    FIRST_SYNC = "first_sync"
    RECEIVING = "receiving"
    CHECKING = "checking"
    FILES = "files"
    """Photos and recordings, after the data."""


class SyncProgress(Struct, frozen=True):
    """How far a sync has come. `total` is 0 when it is not known."""

    step: SyncStep
    done: int
    total: int


class SyncReport(Struct, frozen=True, kw_only=True):
    """One sync in plain numbers."""

    state: SyncState
    words: Words
    """The whole of it in one sentence."""
    started: int
    """Wall clock, ms."""
    ended: int
    sent: int = 0
    """Changes that the office has received."""
    received: int = 0
    """Records that came."""
    conflicts: int = 0
    """Sent changes that met another's answer."""
    refused: int = 0
    held: int = 0
    left: int = 0
    """Changes that still wait to be sent."""
    files_sent: int = 0
    files_refused: int = 0
    files_left: int = 0
    """Files that still wait to be sent."""
    carried: int = 0
    """Colleagues' carry-over files that the office has received."""
    not_carried: Words = Words("", "")
    """Why one of them was not taken; empty when all were."""
    too_new: int = 0
    """Forms of the office that only a newer app can read."""
    retry_after: int = 0
    """Seconds, when the server named them."""
    clock_off_hours: int = 0
    """How wrong this device's clock is, when by more than a day."""


class SyncStatus(Struct, frozen=True, kw_only=True):
    """Where this account stands, for the status line."""

    unsent: int
    oldest_unsent: int | None
    """When the oldest unsent change was made, ms."""
    refused: int
    held: int
    running: bool
    parcels: int
    """Colleagues' carry-over files that wait to be brought."""
    last_sync: int | None
    """When a sync last went through to the end, ms."""
    last_report: SyncReport | None
    """Of the last sync in this run of the app, or before."""
    first_sync_complete: bool
    first_sync_done: int
    first_sync_total: int
    lines: tuple[Words, ...]
    """All of it, one sentence a line, what counts most first."""

    @property
    def words(self) -> Words:
        """The same in one text."""
        zh, en = zip(*((line.zh, line.en) for line in self.lines), strict=True)
        return Words("".join(zh), " ".join(en))
