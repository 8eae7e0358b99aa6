"""The certificate of an erasure: what was said to be gone, so that a scan can be held against it.

It has no answer in it, only salted hashes of the words that meant the person. The salt is in the
certificate and nowhere else: the server keeps nothing that could find the person again.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import SQLModel, col

from server.db.bulk import among, table_of
from server.db.office_tables import ImportRow
from server.db.projections import (
    DwellingRow,
    HouseholdRow,
    QuestionRow,
    ResidentRow,
    VisitRow,
)
from server.db.register_tables import JournalRow, QuarantineRow
from server.db.work_tables import WorkRow
from server.register.entries import Bookkeeper
from server.register.erasing import OTHERS_OWN, WHOLE_NAMES
from server.register.sealing import Seal
from server.register.store import RecordStore
from server.rights.worked import GridWork

SALT_BYTES = 16
TEXT_MAX = 4000
"""Characters of one answer that are looked through piece by piece."""
_PROJECTIONS: tuple[type[SQLModel], ...] = (
    DwellingRow, HouseholdRow, ResidentRow, VisitRow, QuestionRow, WorkRow,
)  # fmt: skip


class Certificate(Struct, frozen=True, kw_only=True):
    """Handed to the person, and kept outside the server."""

    id: str
    town: str
    record: str
    erased_at: int
    seq: int
    """Phones that have pulled this change have nothing of it."""
    records: int
    changes: int
    refused: int
    files: int
    imports: int
    own: tuple[str, ...]
    """The records that were emptied."""
    within: tuple[str, ...]
    """These, and those around them: in none of them the words may stand."""
    salt: str
    words: tuple[str, ...]
    """SHA-256 of salt and word, in the order of `lengths`."""
    lengths: tuple[int, ...]


class Found(Struct, frozen=True):
    """A place where an erased word still stands."""

    table: str
    key: str


def hashed_words(words: Iterable[str]) -> tuple[str, tuple[str, ...], tuple[int, ...]]:
    """A new salt, the hashes of the words, and how long each is."""
    salt, known = secrets.token_hex(SALT_BYTES), sorted(words)
    return salt, tuple(_hash(salt, word) for word in known), tuple(map(len, known))


def scan(conn: Connection, seal: Seal, certificate: Certificate) -> Iterator[Found]:
    """Every place of the named records, whatever table, where one of the words still stands."""
    told, town = _Words(certificate), certificate.town
    # Reports of harm are named in no certificate: whoever reads it could learn of them.
    harm = GridWork(conn, town, seal).harm(certificate.within)
    ids = [*certificate.within, *harm]
    for record in RecordStore(conn, town, seal).records(ids).values():
        units = {name: [c.value for c in each] for name, each in record.units.items()}
        if told.stands_in(units) or (record.id in certificate.own and record.units.get("name")):
            yield Found("record", record.id)
    book = Bookkeeper(town, seal)
    for line in book.lines(conn, among(conn, col(JournalRow.record_id), ids)):
        if told.stands_in(msgspec.to_builtins(book.told(line))):
            yield Found("journal", str(line.seq))
    yield from _projected(conn, told, town, ids)
    yield from _quarantined(conn, seal, told, (town, ids))
    yield from _imported(conn, seal, told, town)


class _Words:
    def __init__(self, certificate: Certificate) -> None:
        self._salt = certificate.salt
        self._words = frozenset(certificate.words)
        self._lengths = sorted(set(certificate.lengths))
        self.passed_over = OTHERS_OWN | {"search"}
        """Other people's own names, and the keys that are made of names and of pinyin."""

    def stands_in(self, value: object, unit: str = "") -> bool:
        """Whether one of the words stands anywhere in a value; see `has_word`."""
        if isinstance(value, str) and unit in WHOLE_NAMES:
            return _hash(self._salt, value.strip()) in self._words
        if isinstance(value, str):
            return any(_hash(self._salt, piece) in self._words for piece in self._pieces(value))
        if isinstance(value, Mapping):
            return any(
                self.stands_in(each, str(name))
                for name, each in value.items()
                if name not in self.passed_over
            )
        return isinstance(value, list | tuple) and any(self.stands_in(e, unit) for e in value)

    def _pieces(self, text: str) -> Iterator[str]:
        plain = text[:TEXT_MAX]
        for length in self._lengths:
            for start in range(len(plain) - length + 1):
                yield plain[start : start + length]


def _projected(conn: Connection, told: _Words, town: str, ids: list[str]) -> Iterator[Found]:
    for model in _PROJECTIONS:
        table = table_of(model)
        wanted = select(table).where(table.c.town_id == town, among(conn, table.c.id, ids))
        for row in conn.execute(wanted).mappings():
            if told.stands_in(dict(row)):
                yield Found(table.name, str(row["id"]))


def _quarantined(
    conn: Connection, seal: Seal, told: _Words, where: tuple[str, list[str]]
) -> Iterator[Found]:
    town, ids = where
    rows = conn.execute(
        select(QuarantineRow).where(
            col(QuarantineRow.town_id) == town,
            among(conn, col(QuarantineRow.record_id), ids),
        )
    )
    for row in rows:
        raw = seal.open(row.raw, "quarantine", town, row.device_id, row.n)
        said = (raw.decode(errors="replace"), row.words_zh, row.words_en)
        if told.stands_in(said):
            yield Found("quarantine", f"{row.device_id} {row.n}")


def _imported(conn: Connection, seal: Seal, told: _Words, town: str) -> Iterator[Found]:
    rows = conn.execute(
        select(col(ImportRow.id), col(ImportRow.report)).where(
            col(ImportRow.town_id) == town, col(ImportRow.report).is_not(None)
        )
    )
    for row in rows:
        report = msgspec.msgpack.decode(seal.open(row.report, "import_job", town, row.id))
        if told.stands_in(report.get("rows", ()) if isinstance(report, dict) else report):
            yield Found("import_job", row.id)


def _hash(salt: str, word: str) -> str:
    return sha256(f"{salt}{word}".encode()).hexdigest()
