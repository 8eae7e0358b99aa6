"""A list of the register on starlette-admin: always within the reader's area, never written here.

A search asks the same question as the phone's (`shared.search`), so both find the same people.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Row
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette_admin.contrib.sqla.filters import SqlaFilterRegistry, build_filter_clause
from starlette_admin.filters import FilterGroup, FilterRegistry
from starlette_admin.types import ListParams, RequestAction
from starlette_admin.views import BaseModelView
from typing_extensions import override

from server.console.desk import Desk, account_of, allowed, in_thread
from server.console.labels import sight_of
from server.console.lists.source import Search, Source
from server.console.record_page import RecordPage, record_page
from server.db.base import ServerTable
from server.db.bulk import chunks, table_of
from server.db.engine import reading
from server.office.errors import NotAllowed
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.office.saved_lists import own_lists

PAGE_SIZE = 25
PAGE_SIZES = (10, 25, 50, 100)
COUNTED_MAX = 5_000
"""Of more rows a list says that there are more: nobody pages so far, filters are quicker."""
FOUND_MAX = 200
"""The same of what a search finds."""
Found = Row[*tuple[object, ...]]


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
        where = self._where(request, filters)

        def found() -> Sequence[Found]:
            with reading(self.desk.engine) as conn:
                search = Search(conn, self.source, who, where)
                if q:
                    most = max(FOUND_MAX, skip + limit) + 1
                    request.state.found = len(every := search.found(q, sorts or (), most))
                    return self._of(conn, who, every[skip : skip + limit])
                # First which, then what: the joins are made for one page's rows, not for all.
                return self._of(conn, who, search.page(sorts or (), skip, limit))

        return await in_thread(found)

    @override
    async def count(
        self, request: Request, q: str | None = None, filters: FilterGroup | None = None
    ) -> int:
        """How many there are, as far as anybody pages."""
        most = FOUND_MAX if q else COUNTED_MAX
        known = getattr(request.state, "found", None) if q else None
        who, where = account_of(request), self._where(request, filters)

        def counted() -> int:
            with reading(self.desk.engine) as conn:
                search = Search(conn, self.source, who, where)
                return len(search.found(q, (), most + 1)) if q else search.count(most + 1)

        number = int(known) if known is not None else await in_thread(counted)
        request.state.more_than = most if number > most else 0
        return min(number, most)

    @override
    async def find_by_pks(self, request: Request, pks: list[str]) -> Sequence[Found]:
        """Those of these records that the reader may see."""
        who = account_of(request)

        def found() -> Sequence[Found]:
            with reading(self.desk.engine) as conn:
                wanted = self.source.seen_by(conn, who)
                return conn.execute(wanted.where(table_of(self.model).c.id.in_(pks))).all()

        return await in_thread(found)

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

    def _where(self, request: Request, filters: FilterGroup | None) -> ColumnElement[bool] | None:
        if filters is None or filters.is_empty():
            return None
        fields = {field.name: field for field in self.get_fields_list(request)}
        clause: ColumnElement[bool] | None = build_filter_clause(
            filters, fields, self.get_filter_registry(), self, request
        )
        return clause

    def _of(self, conn: Connection, who: AccountIdentity, ids: Sequence[str]) -> Sequence[Found]:
        """The rows with these ids, in their order; the ids came out of `Source.seen_by`."""
        rows: dict[str, Found] = {}
        for some in chunks(ids):
            # With the grids in it again, a database may look through them all.
            chosen = self.source.of_town(who.town).where(table_of(self.model).c.id.in_(some))
            rows |= {row.id: row for row in conn.execute(chosen)}
        return [rows[found] for found in ids if found in rows]
