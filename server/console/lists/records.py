"""A list of the register on starlette-admin: always within the reader's area, never written here.

A search asks the same question as the phone's (`shared.search`), so both find the same people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Row, Select, func, select
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette_admin.contrib.sqla.filters import SqlaFilterRegistry, build_filter_clause
from starlette_admin.filters import FilterGroup, FilterRegistry
from starlette_admin.types import ListParams, RequestAction
from starlette_admin.views import BaseModelView
from typing_extensions import override

from server.console.desk import Desk, account_of, allowed, in_thread
from server.console.labels import sight_of
from server.console.lists.keys import keys_of
from server.console.record_page import RecordPage, record_page
from server.db.base import ServerTable
from server.db.bulk import chunks, table_of
from server.db.engine import reading
from server.office.errors import NotAllowed
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.office.saved_lists import own_lists
from shared.search import matches

PAGE_SIZE = 25
PAGE_SIZES = (10, 25, 50, 100)
Found = Row[*tuple[object, ...]]


@dataclass(frozen=True)
class Source:
    """Where a list's rows come from."""

    model: type[ServerTable]
    columns: Mapping[str, ColumnElement[object]]
    """Each column of the list, by the name of its field."""
    keys: tuple[ColumnElement[str], ...]
    """Search keys, made when the projection was written."""
    doors: tuple[ColumnElement[str], ...]
    """Texts that a door is read from."""
    joined: tuple[tuple[type[ServerTable], ColumnElement[bool]], ...] = ()
    """Other tables, with how they hang on."""
    orders: Mapping[str, ColumnElement[object]] = field(default_factory=dict)
    """What a column is ordered by, where that is not what it shows."""


class RecordList(BaseModelView):
    """One kind of record as a list. Creating, editing and deleting here is off for everybody."""

    pk_attr = "id"
    row_actions = ()
    actions = ()
    exporters = ()
    importers = ()
    page_size = PAGE_SIZE
    page_size_options = PAGE_SIZES
    list_template = "lists/list.html"
    source: Source
    kind: str
    first_columns: Sequence[str] = ()
    """Those that are shown until the reader chooses; empty for all."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        # starlette-admin overrules a field's own word unless the view names them.
        self.searchable_fields = [column.name for column in self.fields if column.searchable]
        self.sortable_fields = [column.name for column in self.fields if column.orderable]
        super().__init__()

    @property
    def model(self) -> type[ServerTable]:
        """What starlette-admin's filters take columns from."""
        return self.source.model

    def counted(
        self,
        figure: str,  # noqa: ARG002 - lists that are counted say it
        town: str,  # noqa: ARG002
        now: int,  # noqa: ARG002
    ) -> ColumnElement[bool] | None:
        """Whether a record is behind that figure; None for one that this list does not know."""
        return None

    @override
    def is_accessible(self, request: Request) -> bool:
        """Who may see records may see lists of them."""
        return allowed(request, Action.SEE_RECORDS)

    @override
    def can_create(self, request: Request) -> bool:
        """Records are made through the register."""
        return False

    @override
    def can_edit(self, request: Request) -> bool:
        """Records are changed through the register."""
        return False

    @override
    def can_delete(self, request: Request) -> bool:
        """Records are deleted through the register."""
        return False

    @override
    def can_import(self, request: Request) -> bool:
        """Tables are imported through their own pages."""
        return False

    @override
    def can_export(self, request: Request) -> bool:
        """Lists are exported through their own route, which writes it down."""
        return False

    @override
    def get_filter_registry(self) -> FilterRegistry:
        """starlette-admin's filters for SQLAlchemy."""
        return SqlaFilterRegistry()

    @override
    async def find_all(
        self,
        request: Request,
        skip: int = 0,
        limit: int = 100,
        q: str | None = None,
        sorts: Sequence[tuple[str, str]] | None = None,
        filters: FilterGroup | None = None,
    ) -> Sequence[Found]:
        """One page of what the reader may see."""
        who = account_of(request)
        request.state.saved = await in_thread(
            lambda: own_lists(self.desk.engine, who, str(self.key))
        )
        wanted = self._ordered(self._filtered(request, who, filters), sorts or ())
        if not q:
            # First which, then what: the joins are made for one page's rows, not for all.
            narrow = wanted.with_only_columns(table_of(self.model).c.id)
            page = narrow.offset(skip).limit(limit if limit > 0 else None)
            return await in_thread(lambda: self._of(who, self._ids(page)))
        found = await in_thread(lambda: self._found(wanted, q))
        request.state.found = len(found)
        some = found[skip : skip + limit] if limit > 0 else found[skip:]
        return await in_thread(lambda: self._of(who, some))

    @override
    async def count(
        self, request: Request, q: str | None = None, filters: FilterGroup | None = None
    ) -> int:
        """How many there are."""
        if q and (found := getattr(request.state, "found", None)) is not None:
            return int(found)  # the page before has been looking for the same
        wanted = self._filtered(request, account_of(request), filters)
        if q:
            return len(await in_thread(lambda: self._found(wanted, q)))
        return await in_thread(lambda: self._count(wanted))

    @override
    async def find_by_pks(self, request: Request, pks: list[str]) -> Sequence[Found]:
        """Those of these records that the reader may see."""
        who = account_of(request)
        wanted = self._statement(who).where(table_of(self.model).c.id.in_(pks))
        return await in_thread(lambda: self._rows(wanted))

    @override
    async def find_by_pk(self, request: Request, pk: str) -> RecordPage | None:
        """What the record's own page shows; None for one outside the reader's area."""
        who, sight, wanted = account_of(request), sight_of(request), str(pk)
        return await in_thread(
            lambda: record_page(self.desk, who, wanted, kind=self.kind, sight=sight)
        )

    @override
    async def create(self, request: Request, data: dict[str, object]) -> None:
        """Off: a record is made through the register."""
        raise NotAllowed

    @override
    async def edit(self, request: Request, pk: str, data: dict[str, object]) -> None:
        """Off: a record is changed through the register."""
        raise NotAllowed

    @override
    async def delete(self, request: Request, pks: list[str]) -> None:
        """Off: a record is deleted through the register."""
        raise NotAllowed

    @override
    async def serialize(
        self,
        obj: object,
        request: Request,
        include_relationships: bool = True,
        include_select2: bool = False,
    ) -> dict[str, object]:
        """A row as the list draws it; a record's own page draws its object itself."""
        if request.state.action is RequestAction.DETAIL:
            return {"id": request.query_params.get("pk")}
        row: dict[str, object] = await super().serialize(
            obj, request, include_relationships, include_select2
        )
        return row

    @override
    def _parse_list_params(
        self, request: Request, query_params: QueryParams | None = None
    ) -> ListParams:
        asked = super()._parse_list_params(request, query_params)
        if asked.visible_cols is None and "cols" not in request.query_params:
            asked.visible_cols = list(self.first_columns) or None
        return asked

    def _statement(self, who: AccountIdentity) -> Select[*tuple[object, ...]]:
        """What the reader may see: the only way to rows that nobody has asked about yet."""
        columns = table_of(self.model).c
        wanted = self._unscoped(who).where(columns.grid.in_(who.grids), columns.deleted.is_(False))
        return wanted.where(columns.alias_of.is_(None)) if "alias_of" in columns else wanted

    def _unscoped(self, who: AccountIdentity) -> Select[*tuple[object, ...]]:
        columns = (column.label(name) for name, column in self.source.columns.items())
        wanted = select(*columns).select_from(table_of(self.model))
        for table, on in self.source.joined:
            wanted = wanted.outerjoin(table_of(table), on)
        return wanted.where(table_of(self.model).c.town_id == who.town)

    def _filtered(
        self, request: Request, who: AccountIdentity, filters: FilterGroup | None
    ) -> Select[*tuple[object, ...]]:
        wanted = self._statement(who)
        if filters is None or filters.is_empty():
            return wanted
        fields = {field.name: field for field in self.get_fields_list(request)}
        clause = build_filter_clause(filters, fields, self.get_filter_registry(), self, request)
        return wanted if clause is None else wanted.where(clause)

    def _ordered(
        self, wanted: Select[*tuple[object, ...]], sorts: Sequence[tuple[str, str]]
    ) -> Select[*tuple[object, ...]]:
        for name, direction in sorts:
            column = self.source.orders.get(name, self.source.columns[name])
            wanted = wanted.order_by(column.desc() if direction == "desc" else column)
        return wanted.order_by(table_of(self.model).c.id)

    def _of(self, who: AccountIdentity, ids: Sequence[str]) -> Sequence[Found]:
        """The rows with these ids, in their order; the ids came out of `_statement`."""
        rows: dict[str, Found] = {}
        with reading(self.desk.engine) as conn:
            for some in chunks(ids):
                # With the grids in it again, a database may look through them all.
                chosen = self._unscoped(who).where(table_of(self.model).c.id.in_(some))
                rows |= {row.id: row for row in conn.execute(chosen)}
        return [rows[found] for found in ids if found in rows]

    def _count(self, wanted: Select[*tuple[object, ...]]) -> int:
        narrow = wanted.with_only_columns(table_of(self.model).c.id).order_by(None)
        with reading(self.desk.engine) as conn:
            return int(
                conn.execute(select(func.count()).select_from(narrow.subquery())).scalar_one()
            )

    def _ids(self, narrow: Select[*tuple[object, ...]]) -> list[str]:
        with reading(self.desk.engine) as conn:
            return [str(row[0]) for row in conn.execute(narrow)]

    def _rows(self, wanted: Select[*tuple[object, ...]]) -> Sequence[Found]:
        with reading(self.desk.engine) as conn:
            return conn.execute(wanted).all()

    def _found(self, wanted: Select[*tuple[object, ...]], q: str) -> list[str]:
        """The ids of what answers to the query, in the order that is wanted."""
        by_door = any(character.isdigit() for character in q)
        # Latin letters are a name's pinyin: no door has them, and the join is spared.
        texts = () if q.isascii() and not by_door else self.source.doors
        keys = self.source.keys or self.source.doors
        narrow = wanted.with_only_columns(table_of(self.model).c.id, *keys, *texts)
        made = 1 + len(keys)
        with reading(self.desk.engine) as conn:
            return [
                str(row[0])
                for row in conn.execute(narrow)
                if matches(q, keys_of(row[1:made], row[made:], by_door=by_door))
            ]
