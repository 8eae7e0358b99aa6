"""Where a list's rows come from, and the statements that choose, order and find them."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    func,
    select,
    text,
    union_all,
)
from sqlalchemy.sql.expression import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from server.db.base import ServerTable
from server.db.bulk import among, chunks, table_of
from server.db.search_index import has_words
from server.office.people import AccountIdentity
from shared.search.keys import searcher
from shared.search.words import Alternatives, needed

LIKELY_MAX = 10_000
"""More rows that an index finds for a search are not fetched one by one."""
AT_ONCE = 500
"""So many rows are read before it is asked whether enough of them answer."""
STREAMED: Mapping[str, object] = MappingProxyType({"stream_results": True, "yield_per": AT_ONCE})
MANY_GRIDS = 20
"""A reader of more sees so much of a table that SQLite had better walk it in the list's order."""
Wanted = Select[*tuple[object, ...]]
Sorts = Sequence[tuple[str, str]]
Texts = Row[*tuple[object, ...]]


@dataclass(frozen=True)
class Lead:
    """One way by which words lead to rows: a table that has them, and how the rows hang on it."""

    words: ColumnElement[str]
    hangs: tuple[ColumnElement[bool], ...] = ()


@dataclass(frozen=True)
class Source:
    """Where a list's rows come from."""

    model: type[ServerTable]
    columns: Mapping[str, ColumnElement[object]]
    """Each column of the list, by the name of its field."""
    keys: tuple[ColumnElement[str], ...]
    """Search keys, made when the projections were written."""
    leads: tuple[Lead, ...] = ()
    """What an index of words is of; none: all rows are looked through."""
    texts: tuple[ColumnElement[str], ...] = ()
    """Other texts that a row is found by, as they are."""
    joined: tuple[tuple[type[ServerTable], ColumnElement[bool]], ...] = ()
    """Other tables, with how they hang on."""
    orders: Mapping[str, ColumnElement[object]] = field(default_factory=dict)
    """What a column is ordered by, where that is not what it shows."""
    linked: Mapping[str, ColumnElement[str]] = field(default_factory=dict)
    """The key of another table by whose order a column is ordered: rows without one come last."""

    def of_town(self, town: str, *, link: str = "") -> Wanted:
        """All rows of a town. link: a column; only rows that have what it is ordered by."""
        columns = (column.label(name) for name, column in self.columns.items())
        wanted = select(*columns).select_from(table_of(self.model))
        for table, on in self.joined:
            whole = table_of(table)
            wanted = wanted.join(whole, on) if link else wanted.outerjoin(whole, on)
        return wanted.where(table_of(self.model).c.town_id == town)

    def seen_by(self, conn: Connection, who: AccountIdentity, *, link: str = "") -> Wanted:
        """What the reader may see: the only way to rows that nobody has asked about yet."""
        columns = table_of(self.model).c
        grid: ColumnElement[str] = columns.grid
        if conn.dialect.name == "sqlite" and len(who.grids) > MANY_GRIDS:
            grid = UnaryExpression(grid, operator=custom_op("+"))  # no index is of this
        of_reader = self.of_town(who.town, link=link).where(among(conn, grid, who.grids))
        wanted = of_reader.where(columns.deleted.is_(False))
        return wanted.where(columns.alias_of.is_(None)) if "alias_of" in columns else wanted

    def ordered(self, wanted: Wanted, sorts: Sorts) -> Wanted:
        """In this order; equal ones by their ids."""
        for name, direction in sorts:
            column = self.orders.get(name, self.columns[name])
            wanted = wanted.order_by(column.desc() if direction == "desc" else column)
        return wanted.order_by(table_of(self.model).c.id)


@dataclass(frozen=True)
class Search:
    """A reader's rows that a condition leaves, over one connection."""

    conn: Connection
    source: Source
    who: AccountIdentity
    where: ColumnElement[bool] | None = None

    def page(self, sorts: Sorts, skip: int, limit: int) -> list[str]:
        """The ids of one page."""
        link = sorts[0][0] if sorts and sorts[0][0] in self.source.linked else ""
        found = self._ids(self.source.ordered(self._wanted(link), sorts), skip, limit)
        if not link or len(found) >= limit:
            return found
        if not found and skip:
            skip -= self.count(skip, link=link)
        else:
            skip = 0
        rest = self._wanted("").where(self.source.linked[link].is_(None))
        return found + self._ids(self.source.ordered(rest, ()), skip, limit - len(found))

    def count(self, most: int, *, link: str = "") -> int:
        """How many there are, up to so many."""
        some = self._wanted(link).with_only_columns(self._id).limit(most).subquery()
        return int(self.conn.execute(select(func.count()).select_from(some)).scalar_one())

    def found(self, q: str, sorts: Sorts, most: int) -> list[str]:
        """The ids of what answers to a query, up to so many."""
        asked, made = searcher(q), len(self.source.keys)
        with closing(self._lines(q, sorts)) as rows:
            answering = (str(row[0]) for row in rows if asked(_line(row[1:], made)))
            return list(islice(answering, most))

    def _lines(self, q: str, sorts: Sorts) -> Generator[Texts, None, None]:
        """The rows that may answer, in order: each with its id and what it is found by."""
        columns = (self._id, *self.source.keys, *self.source.texts)
        wanted = self._wanted("")
        if (likely := self._likely(q)) is None:
            every = self.source.ordered(wanted, sorts).with_only_columns(*columns)
            with self.conn.execute(every, execution_options=STREAMED) as rows:
                yield from rows
            return
        # First their order, then what they say: other tables are joined until enough is found.
        some = wanted.where(among(self.conn, self._id, likely))
        for ids in chunks(self._ids(self.source.ordered(some, sorts), 0, len(likely)), AT_ONCE):
            # These are the reader's: nothing has changed since, within one transaction.
            told = self.source.of_town(self.who.town).where(among(self.conn, self._id, ids))
            found = {row[0]: row for row in self.conn.execute(told.with_only_columns(*columns))}
            yield from (found[each] for each in ids)

    def _likely(self, q: str) -> list[str] | None:
        """The rows that an index says may answer. None for all: it has none, or too many may.

        Of so many, enough answer that they are met soon while the list is gone through.
        """
        groups = needed(q) if self.source.leads else ()
        if self.conn.dialect.name != "postgresql" or not groups:
            return None
        first, *others = (self._leading(alternatives) for alternatives in groups)
        found = first.subquery()
        wanted = select(found.c.id).limit(LIKELY_MAX + 1)
        for other in others:
            wanted = wanted.where(found.c.id.in_(other))
        # That few rows are asked for must not make it look for them without the index.
        self.conn.execute(text("SET LOCAL enable_seqscan = off"))
        likely = list(self.conn.execute(wanted).scalars())
        self.conn.execute(text("SET LOCAL enable_seqscan = on"))
        return likely if len(likely) <= LIKELY_MAX else None

    def _leading(self, alternatives: Alternatives) -> CompoundSelect[str]:
        """The ids of the rows that words lead to."""
        town = table_of(self.source.model).c.town_id == self.who.town
        return union_all(
            *(
                select(self._id.label("id"))
                .where(town, *lead.hangs, has_words(lead.words, alternatives))
                .correlate(None)
                for lead in self.source.leads
            )
        )

    @property
    def _id(self) -> ColumnElement[str]:
        return table_of(self.source.model).c.id

    def _wanted(self, link: str) -> Wanted:
        wanted = self.source.seen_by(self.conn, self.who, link=link)
        return wanted if self.where is None else wanted.where(self.where)

    def _ids(self, ordered: Wanted, skip: int, limit: int) -> list[str]:
        some = ordered.with_only_columns(self._id).offset(skip).limit(limit)
        return [str(row[0]) for row in self.conn.execute(some)]


def _line(texts: Sequence[object], keys: int) -> str:
    """A row as `shared.search` looks through it: its keys, and its other texts."""
    said = [str(text or "") for text in texts]
    return "\n".join(["", *said[:keys], *map(str.casefold, said[keys:]), ""])
