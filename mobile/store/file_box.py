"""Files under seal on the disk: in chunks, so that a part can be read without the whole.

    <account>/files/<opaque id>  =  sealed FileRef chunk | sealed chunk 0 | sealed chunk 1 ...

Each chunk is bound to its file, its place and whether it is the last, so that a file that was cut,
mixed or changed does not open. The first one says what the file is, so that the files are whole
without the database.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from mobile.errors import DamagedRow
from mobile.files import write_whole
from mobile.store.file_faults import FileAway
from mobile.vault.sealing import NONCE_BYTES, PAD, Keys
from shared.files import FileRef

CHUNK_BYTES = 64 * 1024
_SEALED_CHUNK = NONCE_BYTES + CHUNK_BYTES + PAD + 16
"""A full chunk with its length, padding and tag."""
_HEAD_BYTES = 4
_TABLE = "file"


class FileBox:
    """The folder of one account's files."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self.folder = folder
        self._seal = keys.seal(_TABLE)

    def put(self, name: str, ref: FileRef, content: bytes) -> None:
        """Writes a file, whole or not at all. Raises DiskFull."""
        head = self._seal.close(f"{name}|head", 0, msgspec.json.encode(ref))
        parts = [len(head).to_bytes(_HEAD_BYTES, "big"), head]
        starts = range(0, len(content), CHUNK_BYTES)
        for number, start in enumerate(starts):
            row = _row(name, last=number == len(starts) - 1)
            parts.append(self._seal.close(row, number, content[start : start + CHUNK_BYTES]))
        write_whole(self.folder / name, b"".join(parts))

    def ref(self, name: str) -> FileRef:
        """What a file is. Raises FileAway or DamagedRow."""
        try:
            with (self.folder / name).open("rb") as file:
                length = int.from_bytes(file.read(_HEAD_BYTES), "big")
                head = file.read(min(length, CHUNK_BYTES))
        except OSError as error:
            raise FileAway from error
        return msgspec.json.decode(self._seal.open(f"{name}|head", 0, head), type=FileRef)

    def read(self, name: str, size: int, start: int = 0, length: int | None = None) -> bytes:
        """A part of a file's content; without a length, all that follows.

        Raises FileAway or DamagedRow.
        """
        end = size if length is None else min(size, start + length)
        if start >= end:
            return b""
        first = start // CHUNK_BYTES
        content = b"".join(self._chunks(name, size, range(first, -(-end // CHUNK_BYTES))))
        skipped = first * CHUNK_BYTES
        return content[start - skipped : end - skipped]

    def drop(self, name: str) -> None:
        """Forgets a file; it need not be there."""
        (self.folder / name).unlink(missing_ok=True)

    def names(self) -> set[str]:
        """The files that lie here. What a kill left half written is removed."""
        if not self.folder.is_dir():
            return set()
        for half in self.folder.glob(".*"):
            half.unlink(missing_ok=True)
        return {file.name for file in self.folder.iterdir()}

    def _chunks(self, name: str, size: int, numbers: range) -> Iterator[bytes]:
        last = -(-size // CHUNK_BYTES) - 1
        try:
            with (self.folder / name).open("rb") as file:
                head = int.from_bytes(file.read(_HEAD_BYTES), "big")
                file.seek(_HEAD_BYTES + head + numbers.start * _SEALED_CHUNK)
                for number in numbers:
                    sealed = file.read(_SEALED_CHUNK)
                    yield self._seal.open(_row(name, last=number == last), number, sealed)
                if numbers.stop > last and file.read(1):
                    raise DamagedRow(_TABLE, name)
        except OSError as error:
            raise FileAway from error


def _row(name: str, *, last: bool) -> str:
    return f"{name}|{'last' if last else 'more'}"
