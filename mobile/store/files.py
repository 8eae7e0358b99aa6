"""The files of an account on this device: attached here, waiting to be sent, or fetched to look at.

An answer holds a file's address (`shared.files`); the content lies beside the database, under seal.
A saved change that names a file is what makes it leave the device (mobile/sync/files.py).
"""

import shutil
from collections.abc import Iterator
from hashlib import sha256
from threading import RLock

import msgspec

from mobile.errors import DamagedRow, DiskFull
from mobile.store.file_box import FileBox
from mobile.store.file_faults import FileAway
from mobile.store.file_rows import FileRows, FileState, KeptFile
from mobile.store.leaving import fit_to_leave
from mobile.store.shelf import Shelf
from mobile.store.values import OutboxState
from mobile.vault.sealing import Keys
from shared.changes import Answer
from shared.files import FileRef, clean_name, files_named
from shared.wire import Words

FREE_BYTES_MIN = 30 * 1024 * 1024
"""Room that a new file must leave: the records themselves need some."""
GRACE_MS = 24 * 60 * 60 * 1000
"""A file that nothing names is kept so long: its answer may be about to be typed."""


class Files:
    """The files of one account. Safe to call from several threads; never uses the network."""

    def __init__(self, shelf: Shelf, keys: Keys, box: FileBox) -> None:
        self._shelf = shelf
        self._box = box
        self._rows = FileRows(shelf.database, keys)
        self._lock = RLock()
        self._spared: set[str] = set()
        self._bring_in_line()

    # ---- for views ----------------------------------------------------------------------------

    def add(self, content: bytes, name: str = "", *, edge: int = 0) -> FileRef:
        """Takes a file into the device and answers its address: `ref.answer` is the answer.

        What it is shows in its content, never in its name. An image is turned upright, made
        smaller than `edge` pixels (a form's own limit; the server's holds in any case) and kept
        without Exif, place or comments. The same content twice is one file; one that was refused
        is sent anew. It takes some tenths of a second: call it off the loop. Raises FileNotTaken
        (words for the worker) or DiskFull; then nothing is kept.
        """
        content, kind = fit_to_leave(content, self._shelf.account.identity.limits.files, edge)
        ref = FileRef(sha256(content).hexdigest(), len(content), kind, clean_name(name))
        with self._lock:
            known = self._rows.get(ref)
            if known is None:
                self._put(ref, FileState.HERE, content)
            elif known.state is FileState.REFUSED:
                self._put_again(known, content, FileState.HERE)
        return ref

    def open(self, ref: FileRef) -> bytes:
        """The content. Raises FileAway when it is not on this device, DamagedRow when it broke."""
        return self.part(ref, 0, ref.size)

    def state(self, ref: FileRef) -> FileState:
        """Where the content is."""
        kept = self._rows.get(ref)
        return FileState.AWAY if kept is None else kept.state

    def reason(self, ref: FileRef) -> Words | None:
        """Why the office did not take it."""
        kept = self._rows.get(ref)
        return None if kept is None else kept.reason

    def drop_unreferenced(self) -> int:
        """Forgets files that no draft and no kept change names any more; how many.

        One that was taken in during the last day stays: its answer may not be kept yet. A fetched
        file goes with its record.
        """
        with self._lock:
            now = self._shelf.clock.now()
            own = [kept for kept in self._rows.all() if kept.state is not FileState.FETCHED]
            settled = [kept for kept in own if abs(now - kept.at) > GRACE_MS]
            named = self._named() if settled else set()
            gone = [kept for kept in settled if kept.ref.sha256 not in named]
            gone += self._fetched_of_no_record()
            for kept in gone:
                self._rows.drop(kept)
                self._box.drop(kept.id)
            return len(gone)

    def spare(self, answers: Answer) -> None:
        """What these name stays though nothing names it: they were taken out and may come back."""
        self._spared = _hashes(answers)

    # ---- for the sync -------------------------------------------------------------------------

    def unsent(self) -> tuple[KeptFile, ...]:
        """Files that saved changes name and the office does not have, the oldest first."""
        here = [kept for kept in self._rows.all() if kept.state is FileState.HERE]
        named = self._named_by_changes() if here else set()
        return tuple(kept for kept in here if kept.ref.sha256 in named)

    def part(self, ref: FileRef, start: int, length: int) -> bytes:
        """A part of the content. Raises FileAway or DamagedRow."""
        kept = self._rows.get(ref)
        if kept is None:
            raise FileAway
        return self._box.read(kept.id, kept.ref.size, start, length)

    def sending(self, ref: FileRef, upload: str) -> None:
        """The server takes it there; "" when it has to be asked anew."""
        self._note(ref, upload=upload)

    def sent(self, ref: FileRef) -> None:
        """The office has it."""
        self._note(ref, state=FileState.SENT, upload="", reason=None)

    def refused(self, ref: FileRef, reason: Words) -> None:
        """The office did not take it, and would not a second time."""
        self._note(ref, state=FileState.REFUSED, upload="", reason=reason)

    def offer_again(self) -> None:
        """The office was restored from a backup: it may lack what it once had."""
        for kept in self._rows.all():
            if kept.state is FileState.SENT:
                self._note(kept.ref, state=FileState.HERE, upload="")

    def keep_fetched(self, ref: FileRef, content: bytes, record: str) -> None:
        """Keeps what came from the office, for as long as its record is here. Raises DiskFull."""
        with self._lock:
            known = self._rows.get(ref)
            if known is None:
                self._put(ref, FileState.FETCHED, content, record)
            else:
                self._put_again(known, content, known.state)

    # ---- keeping ------------------------------------------------------------------------------

    def _put(self, ref: FileRef, state: FileState, content: bytes, record: str = "") -> None:
        clock = self._shelf.clock
        kept = KeptFile(id=clock.new_id(), state=state, ref=ref, at=clock.now(), record=record)
        self._write(kept, content)

    def _put_again(self, known: KeptFile, content: bytes, state: FileState) -> None:
        """Replaces what may have been harmed."""
        fresh = msgspec.structs.replace(known, state=state, upload="", reason=None)
        self._write(fresh, content)

    def _write(self, kept: KeptFile, content: bytes) -> None:
        self._box.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if shutil.disk_usage(self._box.folder).free < FREE_BYTES_MIN + len(content):
            raise DiskFull
        self._box.put(kept.id, kept.ref, content)
        self._rows.put(kept)

    def _note(self, ref: FileRef, **values: object) -> None:
        with self._lock:
            kept = self._rows.get(ref)
            if kept is not None:
                self._rows.put(msgspec.structs.replace(kept, **values))

    def _bring_in_line(self) -> None:
        """Rows and files again as one, after a kill between the two, or a broken database."""
        here = self._box.names()
        for kept in self._rows.all():
            # What the office lacks is not forgotten in silence: the next sync says so.
            if kept.id not in here and kept.state in _ELSEWHERE:
                self._rows.drop(kept)
        for name in here - {kept.id for kept in self._rows.all()}:
            self._adopt(name)

    def _adopt(self, name: str) -> None:
        try:
            ref = self._box.ref(name)
        except (DamagedRow, FileAway, msgspec.DecodeError):
            return  # nobody can open it; it goes with the account
        if self._rows.get(ref) is not None:
            self._box.drop(name)
            return
        at = self._shelf.clock.now()
        self._rows.put(KeptFile(id=name, state=FileState.HERE, ref=ref, at=at))

    # ---- who names them -----------------------------------------------------------------------

    def _named(self) -> set[str]:
        drafts = self._shelf.drafts.values()
        return self._named_by_changes().union(
            self._spared,
            *(_hashes([draft.before, draft.opened, draft.answers]) for draft in drafts),
        )

    def _named_by_changes(self) -> set[str]:
        return set().union(*(_hashes(units) for units in self._units_of_changes()))

    def _units_of_changes(self) -> Iterator[Answer]:
        with self._shelf.database.reading() as conn:
            for state in OutboxState:
                for entry in self._shelf.outbox.entries(conn, state):
                    yield entry.change.units

    def _fetched_of_no_record(self) -> list[KeptFile]:
        fetched = [kept for kept in self._rows.all() if kept.state is FileState.FETCHED]
        with self._shelf.database.reading() as conn:
            standing = self._shelf.shadow.standing
            return [kept for kept in fetched if standing(conn, kept.record) is None]


def _hashes(value: Answer) -> set[str]:
    return {ref.sha256 for ref in files_named(value)}


_ELSEWHERE = frozenset({FileState.SENT, FileState.FETCHED})
"""The office has it, so that it can be fetched again."""
