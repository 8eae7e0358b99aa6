"""A person's own copy: everything that is kept of them, in one file, for people and programs."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files

import msgspec
from jinja2 import Environment
from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from server.clock import town_time
from server.db.engine import reading
from server.db.office_tables import AuditRow
from server.errors import NotFound
from server.files.shelf import FileShelf
from server.office.act import acting
from server.office.audit import Deed
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.history import Historian
from server.register.names import names_of
from server.register.sealing import Seal
from server.rights.consents import HOW_WORDS, PURPOSE_WORDS, WORD_WORDS
from server.rights.notices import NOTICES, PRIVACY, editions
from server.rights.person import People, Person
from server.rights.requests import WISH_WORDS, about_record
from server.rights.telling import SOMEBODY, Telling
from server.rights.told import Sought, Source, ToldList
from server.rights.worked import GridWork, Share, Worked, answers_in
from server.services import Services
from shared.changes import RESERVED, Answer
from shared.codes import code_table
from shared.consent import How, Purpose
from shared.files import FileRef, files_named
from shared.forms.model import Form
from shared.merge import shown
from shared.records import Record

JSON_NAME = "data.json"
PAGE_NAME = "data.html"
TOLD_MAX = 10_000
LEFT_OUT = (
    "涉及他人或依法保护的内容不在此副本中。 · What concerns others or is protected is left out."
)
"""Stands in every copy, whether anything was left out or not."""

Tells = Callable[[str, Answer], bool]
"""Whether an answer of a unit is told."""


class Step(Struct, frozen=True):
    """Who wrote what, when."""

    at: str
    by: str
    kind: str
    written: dict[str, Answer]


class RecordCopy(Struct, frozen=True):
    """One record with everything that was ever written in it."""

    id: str
    kind: str
    title: str
    answers: dict[str, Answer]
    labels: dict[str, str]
    history: list[Step]


class Looked(Struct, frozen=True):
    """Somebody of the office saw, exported or changed something of it."""

    at: str
    what: str
    by: str
    reason: str


class AskedFor(Struct, frozen=True):
    """A request of the person."""

    at: str
    wish: str
    state: str
    outcome: str


class ToldCopy(Struct, frozen=True):
    """A notice that was handed out, or a word about consent."""

    at: str
    what: list[str]
    said: str
    how: str
    paper: str
    notice_version: int
    by: str


class PersonCopy(Struct, frozen=True):
    """The file."""

    town: str
    person: str
    made_at: str
    records: list[RecordCopy]
    requests: list[AskedFor]
    told: list[ToldCopy]
    """Notices and consents, the newest first."""
    looked_at: list[Looked]
    files: list[str]
    work: list[RecordCopy]
    """Grid work: what the person asked for, and what was done about their household."""
    left_out: str = LEFT_OUT


@dataclass(frozen=True)
class Copying:
    """Makes copies, and writes down that they were given."""

    services: Services

    def give(self, who: AccountIdentity, resident: str, why: str) -> bytes:
        """A ZIP with JSON, a page to read and the photos. Raises NotFound or NotAllowed."""
        services = self.services
        with acting(services.engine, services.keys, who, services.clock) as act:
            act.require(Action.HANDLE_RIGHTS)
            People(act.conn, who.town, Seal(services.keys)).person(who, resident)
            act.note(Deed.COPY_GIVEN, resident, why)
        with reading(services.engine) as conn:
            person = People(conn, who.town, Seal(services.keys)).person(who, resident)
            work = _Work(person, GridWork(conn, who.town, Seal(services.keys)))
            copy = self._copy(conn, who, work)
            return _packed(copy, dict(self._files(conn, who.town, work)))

    def _copy(self, conn: Connection, who: AccountIdentity, work: "_Work") -> PersonCopy:
        town, person = who.town, work.person
        asked = about_record(conn, Seal(self.services.keys), town, person.id)
        return PersonCopy(
            town=town,
            person=person.id,
            made_at=_time(self.services.clock()),
            records=[self._record(conn, town, each) for each in person.records],
            requests=[
                AskedFor(_time(r.asked_at), WISH_WORDS[r.wish].zh, r.state, r.outcome)
                for r in asked
            ],
            told=list(_told(conn, who, person)),
            looked_at=list(_looked_at(conn, town, person)),
            files=[ref.file_name for ref in work.refs],
            work=[self._record(conn, town, each.record, work.tells(each)) for each in work.told],
        )

    def _record(
        self, conn: Connection, town: str, record: Record, tells: Tells | None = None
    ) -> RecordCopy:
        """tells: chooses among the answers of grid work, whose authors are not named."""
        register = self.services.register
        historian = Historian(conn, town, Seal(self.services.keys))
        form = register.forms(town).get(record.kind)
        answers = shown(record, register.rules(town, record.kind))
        plain = {
            unit: value
            for unit, value in answers.items()
            if unit not in RESERVED and (tells is None or tells(unit, value))
        }
        steps = [
            Step(
                _time(entry.effective),
                SOMEBODY if tells else entry.who_name,
                entry.kind.value,
                {
                    each.unit: each.written
                    for each in entry.units
                    if tells is None or tells(each.unit, each.written)
                },
            )
            for entry in historian.timeline(record.id, with_children=False)
        ]
        title = form.words(form.title, "zh") if form else record.kind
        return RecordCopy(record.id, record.kind, title, plain, _labels(form), steps)

    def _files(self, conn: Connection, town: str, work: "_Work") -> Iterator[tuple[str, bytes]]:
        shelf = FileShelf(conn, town, Seal(self.services.keys))
        for ref in work.refs:
            try:
                content = shelf.content(shelf.seen(ref.sha256, work.grids))
            except NotFound:
                continue  # still on a phone
            yield f"files/{ref.sha256[:8]}-{ref.file_name}", content


class _Work:
    """The person, and what of the grid work about them is told."""

    def __init__(self, person: Person, book: GridWork) -> None:
        self.person = person
        self.told = [each for each in book.of(person) if each.share is not Share.NOTHING]
        self._telling = Telling(person, book.others(person))
        records = (*person.records, *(each.record for each in self.told))
        self.grids = {record.grid for record in records}
        values = [value for record in person.records for _, value in answers_in(record)]
        for each in self.told:
            tells = self.tells(each)
            values += [value for unit, value in answers_in(each.record) if tells(unit, value)]
        found = {ref.sha256: ref for value in values for ref in files_named(value)}
        self.refs: list[FileRef] = [found[each] for each in sorted(found)]

    def tells(self, each: Worked) -> Tells:
        """Which of its answers are told."""
        return lambda unit, value: self._telling.may_tell(each, unit, value)


def _told(conn: Connection, who: AccountIdentity, person: Person) -> Iterator[ToldCopy]:
    """What the person and the household were given, and what the person said."""
    sought = Sought(records={each.id for each in person.records} | set(person.households))
    known = editions(conn, who.town)
    for line in ToldList(conn, who.town, who.grids).some(sought, 0, TOLD_MAX):
        if line.source is Source.CASE:
            continue  # it names the household: it may be somebody else's
        consent = line.source is Source.CONSENT
        given = known.at(PRIVACY, line.at) if PRIVACY in line.what else None
        yield ToldCopy(
            at=_time(line.at),
            what=[_what(code, consent=consent) for code in line.what],
            said=WORD_WORDS[line.word].zh if consent else "",
            how=HOW_WORDS[How(line.how)].zh if line.how else "",
            paper=line.paper,
            notice_version=given.version if given else line.version,
            by=line.by_name,
        )


def _what(code: str, *, consent: bool) -> str:
    if consent:
        return PURPOSE_WORDS[Purpose(code)].zh
    found = code_table(NOTICES).get(code)
    return found.zh if found else code


def _looked_at(conn: Connection, town: str, person: Person) -> Iterator[Looked]:
    """Rows of the audit trail that name one of the person's records."""
    ids = [record.id for record in person.records]
    rows = [
        row
        for each in ids
        for row in conn.execute(
            select(AuditRow).where(
                col(AuditRow.town_id) == town, col(AuditRow.object).contains(each)
            )
        )
    ]
    names = names_of(conn, town, {row.actor for row in rows})
    for row in sorted(rows, key=lambda row: row.seq):
        yield Looked(_time(row.at), row.action, names.get(row.actor, row.actor), row.reason)


def _labels(form: Form | None) -> dict[str, str]:
    if form is None:
        return {}
    return {unit: form.words(asked[0].label, "zh") or unit for unit, asked in form.units.items()}


def _packed(copy: PersonCopy, photos: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(JSON_NAME, msgspec.json.format(msgspec.json.encode(copy)))
        archive.writestr(PAGE_NAME, _page(copy))
        for name, each in photos.items():
            archive.writestr(name, each)
    return content.getvalue()


def _page(copy: PersonCopy) -> str:
    """One page without anything from elsewhere, to read and to print."""
    template = files("server.rights").joinpath("templates/copy.html").read_text(encoding="utf-8")
    return Environment(autoescape=True).from_string(template).render(copy=copy, said=_said)


def _said(value: Answer) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _time(ms: int) -> str:
    return f"{town_time(ms):%Y-%m-%d %H:%M}"
