"""The sync of one account: one at a time, resumable, and it never raises for network trouble."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import httpx
import msgspec

from mobile.clock import Clock
from mobile.errors import AppError, AwayTooLong, DiskFull, Locked
from mobile.store import away, contact, parcels
from mobile.store.asked import asked
from mobile.store.entries import Tally
from mobile.store.grids import GridState
from mobile.store.receipts import last_receipt
from mobile.store.store import Store
from mobile.store.values import OutboxState
from mobile.sync.call import Call
from mobile.sync.files import FileSending, fetch
from mobile.sync.lock import one_at_a_time
from mobile.sync.pace import Pace
from mobile.sync.report import SyncProgress, SyncReport, SyncState, SyncStatus
from mobile.sync.rounds import Rounds
from mobile.sync.tallying import Running
from mobile.sync.trouble import Trouble, stopped
from mobile.sync.uploads import FileLine
from mobile.sync.words import Standing, report_words, status_lines
from shared.clock import WARN_MS
from shared.files import FileRef
from shared.wire import Words

HOUR_MS = 60 * 60 * 1000
_STATES: dict[type[AppError], SyncState] = {
    DiskFull: SyncState.DISK_FULL,
    Locked: SyncState.STOPPED,
}


class SyncClient:
    """Syncs a store with its server. `folder` is the account's; `free_bytes` tells its room."""

    def __init__(
        self,
        store: Store,
        http: httpx.Client,
        *,
        clock: Clock,
        folder: Path,
        free_bytes: Callable[[], int],
    ) -> None:
        self._store = store
        self._http = http
        self._clock = clock
        self._lock_file = folder / "sync.lock"
        self._free_bytes = free_bytes
        self._stop = Event()
        self._running = False
        self._pace = Pace()

    def run(self, on_progress: Callable[[SyncProgress], None] | None = None) -> SyncReport:
        """Sends and receives. Whatever happens on the way, the report says it."""
        running = Running(self._clock.now(), on_progress)
        try:
            return self._alone(running)
        except AppError as error:  # not even the lock could be had
            return self._failed(running, error)

    def _alone(self, running: Running) -> SyncReport:
        with one_at_a_time(self._lock_file) as ours:
            if not ours:
                words = Words("正在同步，请稍候。", "A sync is already running.")
                return self._report(running, SyncState.ALREADY_RUNNING, words)
            self._running = True
            try:
                report = self._run(running)
                self._note(report, heard=running.heard)
                return report
            finally:
                self._running = False

    def ask_after_long(self) -> SyncState | None:
        """Syncs if the device was without the office for too long; how that ended.

        Raises AwayTooLong when the office could not be asked.
        """
        shelf = self._store.shelf
        if away.days_away(shelf) < away.limit(shelf):
            away.look(shelf)
            return None
        state = self.run().state
        days = away.days_away(shelf)
        if state is not SyncState.LOST and days >= away.limit(shelf):
            raise AwayTooLong(days)
        return state

    def stop(self) -> None:
        """Lets a running sync end at its next step."""
        self._stop.set()

    def file(self, ref: FileRef, record: str) -> bytes:
        """A file that a record names, from this device or from the office. Raises AppError."""
        return fetch(self._store.files, self._file_line(), ref, record)

    def status(self) -> SyncStatus:
        """Where the account stands."""
        tally, oldest = contact.tally(self._store.shelf)
        at, content = contact.last_sync(self._store.shelf)
        last = None if content is None else _read_report(content)
        grids = contact.held_grids(self._store.shelf)
        whole = all(grid.state is GridState.WHOLE for grid in grids)
        complete = whole and contact.first_sync(self._store.shelf) is not None
        return SyncStatus(
            unsent=tally.unsent,
            oldest_unsent=oldest.change.at if oldest else None,
            refused=tally.refused,
            held=tally.held,
            running=self._running,
            parcels=parcels.count(self._store.shelf.database),
            last_sync=at,
            last_report=last,
            first_sync_complete=complete,
            first_sync_done=sum(grid.done for grid in grids),
            first_sync_total=sum(grid.total for grid in grids),
            lines=status_lines(self._standing(tally, at, last, complete), self._clock.now()),
        )

    def _standing(
        self, tally: Tally, at: int | None, last: SyncReport | None, complete: bool
    ) -> Standing:
        shelf = self._store.shelf
        trouble = self._store.trouble() if tally.refused else ()
        reasons = (one.reason for one in trouble if one.state is not OutboxState.HELD)
        return Standing(
            tally=tally,
            received=last_receipt(shelf),
            asked=len(asked(shelf)),
            why=next(filter(None, reasons), None),
            last_sync=at,
            last=last,
            first_done=complete,
            days_left=away.days_left(shelf),
        )

    def _run(self, running: Running) -> SyncReport:
        try:
            Rounds(self._call(running)).all()
            FileSending(self._store, self._file_line, running).all()
            self._store.files.drop_unreferenced()
        except Trouble as trouble:
            report = self._report(running, trouble.state, trouble.words)
            return msgspec.structs.replace(report, retry_after=trouble.retry_after)
        except AppError as error:
            return self._failed(running, error)
        report = self._report(running, SyncState.DONE, Words("", ""))
        return msgspec.structs.replace(report, words=report_words(report))

    def _failed(self, running: Running, error: AppError) -> SyncReport:
        return self._report(running, _STATES.get(type(error), SyncState.DAMAGED), error.words)

    def _call(self, running: Running) -> Call:
        return Call(
            store=self._store,
            http=self._http,
            running=running,
            clock=self._clock,
            free_bytes=self._free_bytes,
            stop=self._stop,
            pace=self._pace,
        )

    def _file_line(self) -> FileLine:
        if self._stop.is_set():
            raise stopped()
        return FileLine(self._http, self._store.shelf.account.identity)

    def _report(self, running: Running, state: SyncState, words: Words) -> SyncReport:
        off = abs(running.offset)
        return SyncReport(
            state=state,
            words=words,
            started=running.started,
            ended=self._clock.now(),
            sent=len(running.results),
            received=running.received,
            conflicts=running.count("conflict"),
            refused=running.count("rejected"),
            held=running.count("held"),
            left=self._left(),
            carried=running.carried,
            not_carried=running.not_carried,
            files_sent=running.files_sent,
            files_refused=running.files_refused,
            files_left=running.files_left,
            too_new=running.too_new,
            clock_off_hours=off // HOUR_MS if off > WARN_MS else 0,
        )

    def _left(self) -> int:
        try:
            return contact.tally(self._store.shelf)[0].unsent
        except AppError:
            return 0  # the file cannot be read: the report says why

    def _note(self, report: SyncReport, *, heard: bool) -> None:
        at = report.ended if report.state is SyncState.DONE else None
        try:
            (away.heard if heard else away.look)(self._store.shelf)
            contact.note_sync(self._store.shelf, msgspec.json.encode(report), at)
        except AppError:
            return  # a full disk or a locked account: the report itself still says all


def _read_report(content: bytes) -> SyncReport | None:
    try:
        return msgspec.json.decode(content, type=SyncReport)
    except msgspec.DecodeError:
        return None
