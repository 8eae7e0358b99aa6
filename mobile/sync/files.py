"""Sending files, after the data and part by part; and fetching one to look at."""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256

from mobile.errors import DamagedRow, DiskFull
from mobile.store.file_faults import FileAway, vanished
from mobile.store.file_rows import FileState, KeptFile
from mobile.store.files import Files
from mobile.store.store import Store
from mobile.sync.report import SyncState, SyncStep
from mobile.sync.tallying import Running
from mobile.sync.trouble import TooMuch, Trouble, nonsense
from mobile.sync.uploads import FileLine
from shared.files import FileRef

PART_BYTES = 256 * 1024
"""Small enough for a bad line; the server may want less."""
PART_MIN = 4 * 1024
TRIES_MAX = 5
"""Answers in a row that say another offset, too large a part, or that the upload is gone."""
FAILURES_MAX = 10
"""Files in a row at which the server fails, before it is taken to fail at all of them. Fewer, and
as many files that it cannot take would keep those behind them on the phone for ever."""
_WAITS = frozenset({SyncState.OFFLINE, SyncState.SERVER_BUSY, SyncState.SERVER_TROUBLE})
"""Trouble that concerns files only, once the data is through: they go on next time."""
_GONE = frozenset({"not_found", "upload_expired", "too_many_parts"})
_REFUSED = frozenset({413, 422})
_AT_THE_OFFICE = frozenset({FileState.SENT, FileState.FETCHED})


class FileSending:
    """The files of one sync. `line` gives the line, or raises when the sync is to stop."""

    def __init__(self, store: Store, line: Callable[[], FileLine], running: Running) -> None:
        self._files: Files = store.files
        limits = store.shelf.account.identity.limits.files
        self._part = max(PART_MIN, min(PART_BYTES, limits.part))
        self._line = line
        self._running = running

    def all(self) -> None:
        """Sends what waits. Raises Trouble only if the device may not go on at all."""
        waiting, failed = self._files.unsent(), 0
        for number, kept in enumerate(waiting):
            self._running.tell(SyncStep.FILES, number, len(waiting))
            try:
                self._send(kept)
            except Trouble as trouble:
                if trouble.state not in _WAITS:
                    raise
                failed += 1
                if trouble.state is not SyncState.SERVER_TROUBLE or failed == FAILURES_MAX:
                    break
            else:
                failed = 0
        self._running.files_left = len(self._files.unsent())

    def _send(self, kept: KeptFile) -> None:
        """One file; that it is damaged here, or refused there, is no trouble of the sync."""
        try:
            if not self._is_there(kept.ref):
                self._upload(kept)
        except DamagedRow as error:
            self._files.refused(kept.ref, error.words)
        except FileAway:
            self._files.refused(kept.ref, vanished().words)
        except Trouble as trouble:
            refused = trouble.status in _REFUSED and trouble.problem is not None
            if not refused or isinstance(trouble, TooMuch):
                raise
            self._files.refused(kept.ref, trouble.words)
        else:
            self._files.sent(kept.ref)
            self._running.files_sent += 1
            return
        self._running.files_refused += 1

    def _is_there(self, ref: FileRef) -> bool:
        """A colleague may have sent it, or the answer to the last part was lost."""
        try:
            return self._line().has(ref)
        except Trouble as trouble:
            if trouble.status == 404:
                return False
            raise

    def _upload(self, kept: KeptFile) -> None:
        upload, offset = kept.upload, -1
        for _ in range(TRIES_MAX):
            try:
                upload = upload or self._begin(kept.ref)
                offset = self._line().offset(upload) if offset < 0 else offset
                self._append_all(kept.ref, upload, offset)
            except Trouble as trouble:
                if isinstance(trouble, TooMuch) and self._part > PART_MIN:
                    self._part = max(PART_MIN, self._part // 4)
                elif not (_is_gone(trouble) or _is_elsewhere(trouble)):
                    raise
                upload, offset = "" if _is_gone(trouble) else upload, -1
            else:
                return
        raise nonsense()

    def _begin(self, ref: FileRef) -> str:
        upload = self._line().begin(ref)
        self._files.sending(ref, upload)
        return upload

    def _append_all(self, ref: FileRef, upload: str, offset: int) -> None:
        while offset < ref.size:
            part = self._files.part(ref, offset, self._part)
            now = self._line().append(upload, offset, part)
            if not offset < now <= ref.size:
                raise nonsense()
            offset = now


def fetch(files: Files, line: FileLine, ref: FileRef, record: str) -> bytes:
    """A file's content, from this device or from the office. Raises Trouble or DamagedRow.

    record: the record that names it; what is fetched stays here as long as that does.
    """
    state = files.state(ref)
    if state is not FileState.AWAY:
        try:
            return files.open(ref)
        except (DamagedRow, FileAway):
            if state not in _AT_THE_OFFICE:
                raise
    content = line.content(ref)
    if sha256(content).hexdigest() != ref.sha256:
        raise nonsense()
    with suppress(DiskFull):  # it is shown all the same
        files.keep_fetched(ref, content, record)
    return content


def _is_gone(trouble: Trouble) -> bool:
    """Whether the upload has to begin anew. The answer to HEAD has no body to say so."""
    if trouble.problem is None:
        return trouble.status in (404, 410)
    return trouble.problem.code in _GONE


def _is_elsewhere(trouble: Trouble) -> bool:
    return trouble.problem is not None and trouble.problem.code == "offset"
