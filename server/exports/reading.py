"""Reading records to write them out: a page at a time, within an area, at one moment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, Select, func, select
from sqlmodel import col

from server.db.bulk import among, chunks, table_of
from server.db.office_tables import AccountRow, WorkerRow
from server.db.projections import DwellingRow, HouseholdRow
from server.db.register_tables import RecordRow
from server.exports.columns import Told
from server.office.areas import areas
from server.register.projections import PROJECTIONS
from server.register.standing import waiting
from shared.changes import Answer
from shared.codec import Stored, unpack
from shared.merge import Rules, shown
from shared.records import Record

PAGE = 500
"""Records that are in memory at once."""


class Extent(Struct, frozen=True):
    """What of a town may be read."""

    town: str
    grids: frozenset[str]


class RecordReader(Struct, frozen=True, dict=True):
    """Reads the records of one kind, over one connection."""

    conn: Connection
    extent: Extent
    kind: str
    rules: Rules

    def count(self) -> int:
        """How many there are: merged and deleted ones are not."""
        projection = PROJECTIONS.get(self.kind)
        if projection is None:
            return sum(len(page) for page in self.pages())
        columns = table_of(projection.model).c
        alive = [columns.town_id == self.extent.town, columns.deleted.is_(False)]
        if "alias_of" in columns:
            alive.append(columns.alias_of.is_(None))
        inside = columns.grid.in_(self.extent.grids)
        return self.conn.execute(select(func.count()).where(inside, *alive)).scalar_one()

    def pages(self, after: str = "") -> Iterator[list[Told]]:
        """All of them in the order of their ids, those after an id."""
        wanted = _wanted().where(*self._within()).order_by(col(RecordRow.id)).limit(PAGE)
        while rows := self.conn.execute(wanted.where(col(RecordRow.id) > after)).all():
            yield self._told([_record(row) for row in rows])
            after = rows[-1].id

    def chosen(self, ids: Sequence[str]) -> Iterator[list[Told]]:
        """Those of the records that may be read, in the order that is asked for."""
        for some in chunks(ids, PAGE):
            here = among(self.conn, col(RecordRow.id), some)
            rows = self.conn.execute(_wanted().where(*self._within(), here)).all()
            found = {told.id: told for told in self._told([_record(row) for row in rows])}
            yield [found[each] for each in some if each in found]

    def _within(self) -> tuple[ColumnElement[bool], ...]:
        return (
            col(RecordRow.town_id) == self.extent.town,
            col(RecordRow.kind) == self.kind,
            col(RecordRow.deleted).is_(False),
            col(RecordRow.grid).in_(self.extent.grids),
        )

    def _told(self, records: Sequence[Record]) -> list[Told]:
        alive = [record for record in records if record.alias_of is None]
        answers = {record.id: shown(record, self.rules) for record in alive}
        around = self._around(answers)
        return [self._one(record, answers[record.id], around) for record in alive]

    def _one(self, record: Record, answers: dict[str, Answer], around: "_Around") -> Told:
        grid, code, community = self._grids.get(record.grid, ("", "", ""))
        dwelling = around.dwelling_of(record.id, self.kind, answers) or ""
        writes = [write for _, write in record.writes()]
        return Told(
            id=record.id,
            answers=answers,
            community=community,
            grid=grid,
            grid_code=code,
            door=around.doors.get(dwelling, ""),
            place=around.places.get(dwelling),
            conflicts=len(waiting(record, self.rules)),
            version=record.version,
            updated_at=max(write.effective for write in writes),
            recorded_by=self._people.get(min(writes, key=lambda w: w.seq).worker, ""),
        )

    def _around(self, answers: Mapping[str, Mapping[str, Answer]]) -> "_Around":
        """The homes that these records refer to; one that is elsewhere is not told of."""
        homes = self._homes(
            str(each["household"]) for each in answers.values() if each.get("household")
        )
        around = _Around(homes, {}, {})
        wanted = {
            around.dwelling_of(record, self.kind, each) for record, each in answers.items()
        } - {None}
        rows = self.conn.execute(
            select(DwellingRow).where(
                col(DwellingRow.town_id) == self.extent.town,
                among(self.conn, col(DwellingRow.id), [each for each in wanted if each]),
            )
        )
        for row in rows:
            if row.grid in self.extent.grids:
                around.doors[row.id] = row.plate or row.code
                if row.lat is not None and row.lon is not None:
                    around.places[row.id] = (row.lon, row.lat)
        return around

    def _homes(self, households: Iterable[str]) -> dict[str, str]:
        rows = self.conn.execute(
            select(col(HouseholdRow.id), col(HouseholdRow.dwelling_id)).where(
                col(HouseholdRow.town_id) == self.extent.town,
                among(self.conn, col(HouseholdRow.id), set(households)),
            )
        )
        return {row.id: row.dwelling_id for row in rows if row.dwelling_id}

    @cached_property
    def _grids(self) -> dict[str, tuple[str, str, str]]:
        """Name, code and community of each grid."""
        everything = {area.id: area for area in areas(self.conn, self.extent.town)}
        return {
            area.id: (area.name, area.code, everything[area.parent_id].name)
            for area in everything.values()
            if area.parent_id in everything and area.id in self.extent.grids
        }

    @cached_property
    def _people(self) -> dict[str, str]:
        """The names of those who record: workers, and accounts of the console."""
        town = self.extent.town
        workers = select(col(WorkerRow.id), col(WorkerRow.name)).where(
            col(WorkerRow.town_id) == town
        )
        accounts = select(col(AccountRow.id), col(AccountRow.name)).where(
            col(AccountRow.town_id) == town
        )
        rows = (*self.conn.execute(workers), *self.conn.execute(accounts))
        return {row.id: row.name for row in rows}


class _Around(Struct, frozen=True):
    """What is known of the homes that records refer to."""

    homes: dict[str, str]
    """The dwelling of a household."""
    doors: dict[str, str]
    places: dict[str, tuple[float, float]]

    def dwelling_of(self, id: str, kind: str, answers: Mapping[str, Answer]) -> str | None:
        """The dwelling where a record is at home; its own id when it is one."""
        if kind == "dwelling":
            return id
        named = answers.get("dwelling") or self.homes.get(str(answers.get("household")))
        return named if isinstance(named, str) else None


def _wanted() -> Select[str, str, int, str, bytes]:
    return select(
        col(RecordRow.id),
        col(RecordRow.kind),
        col(RecordRow.version),
        col(RecordRow.form),
        col(RecordRow.body),
    )


def _record(row: Row[str, str, int, str, bytes]) -> Record:
    """A record without what is sealed of it."""
    return unpack(Stored(row.id, row.kind, row.version, row.form, row.body))
