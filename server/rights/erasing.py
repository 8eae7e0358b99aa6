"""Erasing a resident: the register, what hangs on it, files, imports; with a certificate."""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, select, text, update
from sqlmodel import col

from server.clock import new_id
from server.db.engine import reading, writing
from server.db.office_tables import DeviceRow, ImportRow
from server.db.rights_tables import ErasedRow, RetentionRunRow
from server.office.act import Act, require
from server.office.audit import Deed
from server.office.devices import PHONE
from server.office.errors import refused
from server.office.people import AccountIdentity, DeviceStatus
from server.office.roles import Action
from server.register.edits import Edit
from server.register.erasing import Erased, Eraser, Erasure
from server.register.ledger import Overtaken
from server.register.rebuild import Rebuilder
from server.register.sealing import Seal
from server.register.stopped import stop
from server.register.store import RecordStore
from server.rights.certificate import Certificate, Found, hashed_words, scan
from server.rights.holds import check_not_held
from server.rights.person import People, Person
from server.rights.worked import GridWork, Worked, is_case, is_protected, is_settled_between
from server.services import Services
from server.work.reading import Sought, WorkBook
from shared.changes import NOTE, ChangeKind
from shared.records import Record
from shared.work.values import OPEN

ON_REQUEST = "应本人要求删除了部分内容 · Partly erased on request"
SWEPT_TABLES = ("record", "journal", "quarantine", "resident", "household", "visit", "question",
                "import_job", "conflict", "likeness_mark", "lookalike", "file_part")  # fmt: skip


class DeviceLeft(Struct, frozen=True):
    """A phone that may still have answers of an erased record."""

    id: str
    last_contact: int | None


class _Reach(Struct, frozen=True):
    """A person, and everything in which they may be named."""

    person: Person
    work: tuple[Worked, ...]
    named: frozenset[str]
    """What stands around them, and speaks of them or may."""
    beside: frozenset[str]

    @property
    def records(self) -> frozenset[str]:
        """The person's own."""
        return frozenset(record.id for record in self.person.records)

    @property
    def everything(self) -> frozenset[str]:
        """All records of which something goes."""
        return self.records | self.beside


@dataclass(frozen=True)
class Erasing:
    """Erases residents of every town."""

    services: Services

    def look(self, who: AccountIdentity, resident: str) -> Person:
        """What would go. Raises NotFound or NotAllowed."""
        require(who, Action.ERASE)
        with reading(self.services.engine) as conn:
            return People(conn, who.town, self._seal).person(who, resident)

    def erase(self, who: AccountIdentity, resident: str, why: str) -> Certificate:
        """Erases for good. why: the id of the request, for the audit trail."""
        require(who, Action.ERASE)
        writer = self.services.register.deeds.writer

        return writer.in_one(lambda conn: self._erase(conn, who, resident, why))

    def _erase(
        self, conn: Connection, who: AccountIdentity, resident: str, why: str
    ) -> Certificate:
        town, now = who.town, self.services.clock()
        writer = self.services.register.deeds.writer
        first = self._reach(conn, who, resident)
        writer.locked(conn, who, first.everything)
        reach = self._reach(conn, who, resident)  # as it is now that nobody can write there
        if reach.everything != first.everything:
            raise Overtaken
        person, work, named = reach.person, reach.work, reach.named
        records = reach.records
        if not records:
            raise refused("nothing", "没有可删除的内容。", "There is nothing to erase.")
        check_not_held(conn, town, records | _ids(work), now)
        _check_settled(WorkBook(conn, who, now), work)
        around = RecordStore(conn, town, self._seal).records(sorted(reach.beside))
        edits = [_gone(each) for each in person.records if not each.deleted]
        edits += [touched(each) for each in around.values() if not each.deleted]
        writer.commit_within(conn, who, edits, None)
        only = {each.record.id: each.goes for each in work if each.goes}
        erasure = Erasure(records, reach.beside, person.words, only)
        done = Eraser(self._rebuilder(conn, town, now)).erase(erasure, who)
        for each in work:
            if each.own:  # what a phone still sends of it is refused
                stop(conn, town, [each.record.id], each.goes)
        imports = empty_imports(conn, self._seal, town, person.words)
        Act(conn, who, self.services.keys, now).note(Deed.ERASED, resident, why)
        return _certificate((town, now, named), person, done, imports)

    def _reach(self, conn: Connection, who: AccountIdentity, resident: str) -> "_Reach":
        people = People(conn, who.town, self._seal)
        person = people.person(who, resident)
        work = GridWork(conn, who.town, self._seal).of(person)
        open_work = _ids([each for each in work if not is_protected(each)])
        named = open_work.union(person.around, people.questions(open_work))
        beside = named.union(_ids(work), people.questions(_ids(work)))
        return _Reach(person, tuple(work), named, beside)

    def check(self, certificate: Certificate) -> list[Found]:
        """Where the words of a certificate still stand: nowhere, if it is true."""
        with reading(self.services.engine) as conn:
            return list(scan(conn, self._seal, certificate))

    def left_on(self, town: str, record: str) -> list[DeviceLeft]:
        """Phones of the record's grid in use that have not pulled the erasure yet."""
        with reading(self.services.engine) as conn:
            gone = conn.execute(
                select(col(ErasedRow.seq), col(ErasedRow.at)).where(
                    col(ErasedRow.town_id) == town, col(ErasedRow.record_id) == record
                )
            ).one_or_none()
            if gone is None:
                return []
            rows = conn.execute(
                select(col(DeviceRow.id), col(DeviceRow.last_contact)).where(
                    col(DeviceRow.town_id) == town,
                    col(DeviceRow.kind) == PHONE,
                    col(DeviceRow.status) == DeviceStatus.ACTIVE.value,
                    col(DeviceRow.created_at) <= gone.at,
                    col(DeviceRow.last_contact).is_not(None),
                    col(DeviceRow.passed).is_(None) | (col(DeviceRow.passed) < gone.seq),
                )
            )
            return [DeviceLeft(row.id, row.last_contact) for row in rows]

    @property
    def _seal(self) -> Seal:
        return Seal(self.services.keys)

    def _rebuilder(self, conn: Connection, town: str, now: int) -> Rebuilder:
        writer = self.services.register.deeds.writer
        keys = self.services.keys
        return Rebuilder(conn, town, self._seal, keys.id_hash, writer.shelf, now)


def empty_imports(conn: Connection, seal: Seal, town: str, words: Collection[str]) -> int:
    """Empties imported tables with one of the words; nobody needs those of a finished import."""
    rows = conn.execute(
        select(col(ImportRow.id), col(ImportRow.report)).where(
            col(ImportRow.town_id) == town, col(ImportRow.report).is_not(None)
        )
    ).all()
    count = 0
    for row in rows:
        said = seal.open(row.report, "import_job", town, row.id)
        if any(word.encode() in said for word in words):
            mine = (col(ImportRow.town_id) == town, col(ImportRow.id) == row.id)
            conn.execute(update(ImportRow).where(*mine).values(report=None))
            count += 1
    return count


def touched(record: Record, why: str = ON_REQUEST) -> Edit:
    """A note, so that phones take the record anew: its version is another one then."""
    return Edit(
        kind=ChangeKind.NOTE, record=record.id, record_kind=record.kind, grid=record.grid,
        base=record.version, units={NOTE: why},
    )  # fmt: skip


def overwrite_space(engine: Engine, town: str, now: int) -> int:
    """Overwrites the space that erased answers had in the database; how many records that ends.

    It rewrites the database once for however many, so it is done at night.
    """
    with reading(engine) as conn:
        waiting = conn.execute(
            select(col(ErasedRow.record_id)).where(
                col(ErasedRow.town_id) == town, col(ErasedRow.overwritten_at).is_(None)
            )
        ).all()
        emptied = conn.execute(select(col(RetentionRunRow.id)).where(*_emptied(town))).first()
    if not waiting and emptied is None:
        return 0
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        if engine.dialect.name == "sqlite":
            conn.execute(text("COMMIT"))
            conn.execute(text("VACUUM"))
            conn.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        else:
            conn.execute(text(f"VACUUM (FULL) {', '.join(SWEPT_TABLES)}"))
    with writing(engine) as conn:
        conn.execute(
            update(ErasedRow)
            .where(
                col(ErasedRow.town_id) == town,
                col(ErasedRow.record_id).in_([row.record_id for row in waiting]),
            )
            .values(overwritten_at=now)
        )
        done = update(RetentionRunRow).where(*_emptied(town)).values(overwritten_at=now)
        conn.execute(done)
    return len(waiting)


def _emptied(town: str) -> tuple[ColumnElement[bool], ...]:
    """The nights that emptied answers of records that stay, and whose space is still to do."""
    return (
        col(RetentionRunRow.town_id) == town,
        col(RetentionRunRow.unit) != "",
        col(RetentionRunRow.records) > 0,
        col(RetentionRunRow.overwritten_at).is_(None),
    )


def _gone(record: Record) -> Edit:
    return Edit(
        kind=ChangeKind.DELETE, record=record.id, record_kind=record.kind, grid=record.grid,
        base=record.version,
    )  # fmt: skip


def _ids(work: Collection[Worked]) -> frozenset[str]:
    return frozenset(each.record.id for each in work)


def _check_settled(book: WorkBook, work: Collection[Worked]) -> None:
    """Raises OfficeRefused while a matter between people is open; it does not say which."""
    between = [each.record.id for each in work if is_case(each) and is_settled_between(each)]
    if any(seen.standing.phase in OPEN for seen in book.cases(Sought(ids=between))):
        raise refused(
            "not_settled",
            "还有依法办理中的事项与此人有关，办结后再删除。",
            "A matter that concerns this person is still being handled. Erase when it is settled.",
        )


def _certificate(
    what: tuple[str, int, frozenset[str]], person: Person, done: Erased, imports: int
) -> Certificate:
    town, now, named = what
    salt, words, lengths = hashed_words(person.words)
    return Certificate(
        id=new_id(now), town=town, record=person.id, erased_at=now, seq=done.seq,
        records=done.records, changes=done.changes, refused=done.refused, files=done.files,
        imports=imports, own=tuple(r.id for r in person.records),
        within=(*(r.id for r in person.records), *sorted(named)),
        salt=salt, words=words, lengths=lengths,
    )  # fmt: skip


def read_certificate(content: bytes) -> Certificate:
    """A certificate as it was handed out. Raises OfficeRefused."""
    try:
        return msgspec.json.decode(content, type=Certificate)
    except msgspec.DecodeError as error:
        raise refused(
            "no_certificate", "这不是删除证明文件。", "This is no certificate of an erasure."
        ) from error
