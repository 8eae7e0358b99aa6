"""The feed of one token: its entity sets, and the rows that answer a question."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice

from msgspec import Struct, structs
from sqlalchemy import Connection

from server.clock import town_time
from server.db.engine import reading
from server.errors import NotFound
from server.exports.columns import Cell, Column, Field, Style, fields_of
from server.exports.making import kinds_of
from server.exports.odata.metadata import EntitySet, plain_name
from server.exports.odata.query import Query, read_query
from server.exports.odata.refusals import QueryRefused
from server.exports.orders import LISTED_MAX
from server.exports.reading import Extent, RecordReader
from server.office.people import AccountIdentity
from server.office.sight import sight_of_account
from server.services import Services

SORTED_MAX = 50_000
"""Rows that are held at once to be sorted."""


class Answer(Struct, frozen=True):
    """Rows that answer a question, in the order that was asked for."""

    rows: list[dict[str, Cell]]
    more: bool
    """There are others after the last."""
    count: int | None = None
    """How many there are in all, where that was asked."""


@dataclass(frozen=True)
class Feed:
    """What one account's token may read."""

    services: Services
    who: AccountIdentity
    kinds: tuple[str, ...]
    """Those that the token names; empty for all that have a form."""

    @cached_property
    def sets(self) -> dict[str, tuple[EntitySet, tuple[Field, ...]]]:
        """Every entity set by name, with how its cells are taken."""
        today = town_time(self.services.clock()).date()
        style = Style(sight_of_account(self.who), today)
        found = {}
        for kind, form in kinds_of(self.services, self.who.town).items():
            if self.kinds and kind not in self.kinds:
                continue
            fields = tuple(_renamed(field) for field in fields_of(form, style))
            columns = tuple(field.column for field in fields)
            title = form.words(form.title, "zh") or kind
            found[plain_name(kind)] = (EntitySet(plain_name(kind), title, columns), fields)
        return found

    def columns(self, name: str) -> frozenset[str]:
        """The names of an entity set's columns. Raises NotFound."""
        return frozenset(column.name for column in self._set(name)[0].columns)

    def ask(self, name: str, query: Query) -> Answer:
        """One page of rows. Raises NotFound or QueryRefused."""
        with reading(self.services.engine) as conn:
            count = self._count(conn, name, query) if query.count else None
            found = (
                self._sorted(conn, name, query) if query.order else self._rows(conn, name, query)
            )
            if not query.after:
                found = islice(found, query.skip, None)
            room = query.page
            if query.top is not None:
                room = min(room, max(0, query.top - query.given))
            rows = list(islice(found, room))
            is_last = query.top is not None and query.given + len(rows) >= query.top
            return Answer(rows, not is_last and next(found, None) is not None, count)

    def one(self, name: str, record: str) -> dict[str, Cell]:
        """One row. Raises NotFound, also for a record outside the account's area."""
        with reading(self.services.engine) as conn:
            fields = self._set(name)[1]
            for page in self._reader(conn, name).chosen([record]):
                for told in page:
                    return {field.column.name: field.take(told) for field in fields}
        raise NotFound

    def ids(self, kind: str, keep: str) -> list[str]:
        """The records of a kind that a filter keeps, judged on what the account sees of them.

        Raises NotFound or QueryRefused.
        """
        name = plain_name(kind)
        query = read_query({"$filter": keep}, self.columns(name))
        with reading(self.services.engine) as conn:
            found = [
                str(row["id"]) for row in islice(self._rows(conn, name, query), LISTED_MAX + 1)
            ]
        if len(found) > LISTED_MAX:
            raise QueryRefused("$filter", f"> {LISTED_MAX}")
        return found

    def count(self, name: str, query: Query) -> int:
        """How many rows there are that the filter keeps. Raises NotFound."""
        with reading(self.services.engine) as conn:
            return self._count(conn, name, query)

    def _count(self, conn: Connection, name: str, query: Query) -> int:
        if query.keep is None:
            return self._reader(conn, name).count()
        return sum(1 for _ in self._rows(conn, name, structs.replace(query, after="")))

    def _rows(self, conn: Connection, name: str, query: Query) -> Iterator[dict[str, Cell]]:
        """Those that the filter keeps, in the order of their ids."""
        fields = self._set(name)[1]
        for page in self._reader(conn, name).pages(query.after):
            for told in page:
                row = {field.column.name: field.take(told) for field in fields}
                if query.keep is None or query.keep(row):
                    yield row

    def _sorted(self, conn: Connection, name: str, query: Query) -> Iterator[dict[str, Cell]]:
        everything = structs.replace(query, after="")
        rows = list(islice(self._rows(conn, name, everything), SORTED_MAX + 1))
        if len(rows) > SORTED_MAX:
            raise QueryRefused("$orderby", f"> {SORTED_MAX}")
        for order in reversed(query.order):
            # Nothing comes before something, as the standard has it.
            rows.sort(key=partial(_key, order.name), reverse=order.down)
        start = next((n for n, row in enumerate(rows, 1) if row["id"] == query.after), 0)
        return iter(rows[start:])

    def _reader(self, conn: Connection, name: str) -> RecordReader:
        kind = next(k for k in kinds_of(self.services, self.who.town) if plain_name(k) == name)
        rules = self.services.register.rules(self.who.town, kind)
        return RecordReader(conn, Extent(self.who.town, self.who.grids), kind, rules)

    def _set(self, name: str) -> tuple[EntitySet, tuple[Field, ...]]:
        if name not in self.sets:
            raise NotFound
        return self.sets[name]


def _renamed(field: Field) -> Field:
    column: Column = field.column
    return structs.replace(field, column=structs.replace(column, name=plain_name(column.name)))


def _key(name: str, row: dict[str, Cell]) -> tuple[bool, Cell]:
    return row[name] is not None, row[name]
