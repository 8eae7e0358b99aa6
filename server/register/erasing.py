"""Taking answers out of the register for good, with all that it keeps of them.

The records stay as tombstones, the journal keeps its rows, numbers and chains: what is gone is what
people had answered. So phones, retries and checks go on as if nothing had happened. A record is
made anew from its journal afterwards, so that replaying the journal still gives the register.
"""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct, structs
from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import col

from server.db.bulk import among, update_rows
from server.db.file_tables import FileRow, FileUseRow
from server.db.register_tables import ConflictRow, JournalRow, QuarantineRow, RecordRow
from server.db.review_tables import LikenessMarkRow, LookalikeRow
from server.db.rights_tables import ErasedRow
from server.files.parts import Parts
from server.office.people import AccountIdentity
from server.register.claims import ClaimTable
from server.register.contested import ConflictTable
from server.register.entries import Bookkeeper, JournalLine, Told
from server.register.erased import emptied_change, erased_among
from server.register.file_uses import Uses
from server.register.projecting import Projector
from server.register.reasons import REASONS
from server.register.rebuild import Rebuilder
from server.register.replay import replayed
from server.register.stopped import without_units
from server.register.store import RECORD_COLUMNS, RecordStore
from shared.changes import NOTE, RESERVED, Answer, ChangeKind
from shared.codec import pack

WHOLE_NAMES = frozenset({"head_name", "landlord_name"})
OTHERS_OWN = frozenset({"name"})
"""What another person is called is theirs, whoever is erased."""
_KEPT = RESERVED - {NOTE}


class Erasure(Struct, frozen=True):
    """What is to go."""

    records: frozenset[str]
    """Of these everything that was answered."""
    beside: frozenset[str] = frozenset()
    """Of these only answers in which one of the words stands."""
    words: frozenset[str] = frozenset()
    only: Mapping[str, frozenset[str]] = {}
    """Of these records just these units, and everything of them that ever was."""

    @property
    def everywhere(self) -> list[str]:
        """All records of which something goes."""
        return sorted(self.records | self.beside | self.only.keys())


class Erased(Struct, frozen=True):
    """What went."""

    records: int
    changes: int
    """Rows of the journal that were emptied, or partly."""
    refused: int
    """Changes that had not been taken, emptied too."""
    files: int
    seq: int
    """The last change: a phone that has pulled it has nothing of the answers."""


class Eraser(Struct, frozen=True):
    """Works on one town, over one connection, after the records were marked by ordinary changes."""

    rebuilder: Rebuilder

    def erase(self, erasure: Erasure, who: AccountIdentity) -> Erased:
        """Empties everything that is kept of the answers. The caller's transaction commits it."""
        ids = erasure.everywhere
        changes = self._empty_journal(ids, erasure)
        self._make_again(ids)
        self._forget_candidates(ids)
        if erasure.only:
            rebuilder = self.rebuilder
            claims = ClaimTable(self._conn, self._town, rebuilder.id_key, rebuilder.now)
            claims.forget(erasure.only)
        refused = self._empty_quarantine(ids, erasure)
        files = self._drop_files(erasure.records, erasure.only)
        self._drop_likeness(ids)
        seq = self._note(erasure.records, who)
        return Erased(len(erasure.records), changes, refused, files, seq)

    @property
    def _conn(self) -> Connection:
        return self.rebuilder.conn

    @property
    def _town(self) -> str:
        return self.rebuilder.town

    def _empty_journal(self, ids: Sequence[str], erasure: Erasure) -> int:
        book = Bookkeeper(self._town, self.rebuilder.seal)
        current = self.rebuilder.shelf.current(self._conn, self._town)
        parts = []
        for line in list(book.lines(self._conn, among(self._conn, col(JournalRow.record_id), ids))):
            told = book.told(line)
            emptied = _emptied(told, line, erasure)
            if emptied == told:
                continue
            form = current.get(line.record_kind)
            secret_units = form.secret_units if form else frozenset()
            parts.append((self._town, line.seq, *book.parts(line, emptied, secret_units)))
        update_rows(self._conn, JournalRow, ("town_id", "seq", "body", "secret"), parts)
        return len(parts)

    def _make_again(self, ids: Sequence[str]) -> None:
        """The records, and what hangs on them, as the emptied journal has them."""
        rebuilder = self.rebuilder
        store = RecordStore(self._conn, self._town, rebuilder.seal)
        current = rebuilder.shelf.current(self._conn, self._town)
        records, _ = replayed(rebuilder, ids)
        rows = []
        for record in records.values():
            form = current.get(record.kind)
            packed = pack(record, form.secret_units if form else frozenset())
            rows.append(store.row_of(packed, record.grid, deleted=record.deleted))
        update_rows(self._conn, RecordRow, RECORD_COLUMNS, rows)
        due = rebuilder.due_of(ids)
        projector = Projector(self._conn, self._town, rebuilder.id_key)
        projector.write([structs.replace(each.projected, is_new=False) for each in due])
        table = ConflictTable(self._conn, self._town, rebuilder.seal, rebuilder.now)
        table.restate([(each.record, each.contested) for each in due])

    def _forget_candidates(self, ids: Sequence[str]) -> None:
        """What once stood against each other in them."""
        self._conn.execute(
            update(ConflictRow)
            .where(
                col(ConflictRow.town_id) == self._town,
                among(self._conn, col(ConflictRow.record_id), ids),
            )
            .values(stood=None)
        )

    def _empty_quarantine(self, ids: Sequence[str], erasure: Erasure) -> int:
        rows = self._conn.execute(
            select(QuarantineRow).where(
                col(QuarantineRow.town_id) == self._town,
                among(self._conn, col(QuarantineRow.record_id), ids),
            )
        ).all()
        seal, count = self.rebuilder.seal, 0
        for row in rows:
            bound = ("quarantine", self._town, row.device_id, row.n)
            raw = seal.open(row.raw, *bound)
            left = _left_of(raw, row.record_id, erasure)
            if left == raw:
                continue
            count += 1
            words = REASONS.get(row.code)
            self._conn.execute(
                update(QuarantineRow)
                .where(
                    col(QuarantineRow.town_id) == self._town,
                    col(QuarantineRow.device_id) == row.device_id,
                    col(QuarantineRow.n) == row.n,
                )
                .values(
                    raw=seal.close(left, *bound),
                    words_zh=words.zh if words else "",
                    words_en=words.en if words else "",
                )
            )
        return count

    def _drop_files(self, records: Collection[str], partly: Collection[str]) -> int:
        """The files that only these records named, and those that partly emptied ones did."""
        conn, uses = self._conn, (col(FileUseRow.town_id) == self._town)
        mine = among(conn, col(FileUseRow.record_id), {*records, *partly})
        named = set(conn.execute(select(col(FileUseRow.sha256)).where(uses, mine)).scalars())
        conn.execute(delete(FileUseRow).where(uses, mine))
        Uses(conn, self._town).rebuild(self.rebuilder.seal, set(partly))
        other = among(conn, col(FileUseRow.sha256), named)
        named -= set(conn.execute(select(col(FileUseRow.sha256)).where(uses, other)).scalars())
        gone = conn.execute(
            delete(FileRow)
            .where(col(FileRow.town_id) == self._town, among(conn, col(FileRow.sha256), named))
            .returning(col(FileRow.content_id))
        )
        contents = list(gone.scalars())
        Parts(conn, self._town, self.rebuilder.seal).drop(contents)
        return len(contents)

    def _drop_likeness(self, ids: Sequence[str]) -> None:
        """Keyed hashes of numbers and names; those of records that stay are made again."""
        marks, pairs = LikenessMarkRow, LookalikeRow
        self._conn.execute(
            delete(marks).where(
                col(marks.town_id) == self._town, among(self._conn, col(marks.record_id), ids)
            )
        )
        for column in (col(pairs.one_id), col(pairs.other_id)):
            one_of_them = among(self._conn, column, ids)
            self._conn.execute(delete(pairs).where(col(pairs.town_id) == self._town, one_of_them))

    def _note(self, records: Collection[str], who: AccountIdentity) -> int:
        """Remembers which records must stay empty."""
        rows = self._conn.execute(
            select(col(RecordRow.id), col(RecordRow.grid), col(RecordRow.version)).where(
                col(RecordRow.town_id) == self._town,
                among(self._conn, col(RecordRow.id), records),
            )
        ).all()
        known = set(erased_among(self._conn, self._town, records))
        for row in rows:
            if row.id not in known:
                self._conn.execute(
                    insert(ErasedRow).values(
                        town_id=self._town, record_id=row.id, grid=row.grid,
                        at=self.rebuilder.now, by=who.id, seq=row.version,
                    )
                )  # fmt: skip
        return max((row.version for row in rows), default=0)


def has_word(value: Answer, words: Collection[str], unit: str = "") -> bool:
    """Whether one of the words stands anywhere in an answer.

    Of a unit that is nothing but a name, the whole name counts: 张伟 is not meant by 张伟强.
    """
    if isinstance(value, str) and unit in WHOLE_NAMES:
        return value.strip() in words
    if isinstance(value, str):
        return any(word in value for word in words)
    if isinstance(value, Mapping):
        return any(has_word(each, words) for each in value.values())
    return isinstance(value, list | tuple) and any(has_word(each, words) for each in value)


def _left_of(raw: bytes, record: str, erasure: Erasure) -> bytes:
    """What is kept of a change that had not been taken."""
    if record in erasure.records or any(word.encode() in raw for word in erasure.words):
        return emptied_change(raw)
    only = erasure.only.get(record)
    return without_units(raw, only) if only else raw


def _emptied(told: Told, line: JournalLine, erasure: Erasure) -> Told:
    whole = line.record_id in erasure.records
    only = erasure.only.get(line.record_id, frozenset())
    of_set = line.kind in (ChangeKind.ADD, ChangeKind.REMOVE)

    def left(units: dict[str, Answer]) -> dict[str, Answer]:
        if whole:
            return {unit: value for unit, value in units.items() if unit in _KEPT}
        units = {unit: value for unit, value in units.items() if unit not in only}
        found = {
            unit
            for unit, value in units.items()
            if unit not in OTHERS_OWN and has_word(value, erasure.words, unit)
        }
        # An empty answer stays in its place, so that the one before it does not come back.
        blank = {unit: None for unit in found if unit != NOTE and not of_set}
        return {unit: value for unit, value in units.items() if unit not in found} | blank

    return structs.replace(
        told,
        units=left(told.units),
        before=left(told.before),
        after=left(told.after),
        old=left(told.old),
    )
