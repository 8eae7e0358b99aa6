"""Files of records: a list as it stands, or whole kinds; asked for, agreed to, taken."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from starlette.datastructures import FormData, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette_admin.routing import route
from starlette_admin.types import RequestAction

from server.console.desk import Desk, account_of, allowed, in_thread, required
from server.console.lists.records import RecordList
from server.console.pages.base import Pages
from server.console.words import language, pick, say
from server.db.engine import reading
from server.errors import ServerError
from server.exports.columns import Column
from server.exports.cover import PURPOSE_WORDS, Format, Purpose
from server.exports.making import Chosen, Maker, kinds_of
from server.exports.orders import (
    LISTED_MAX,
    ROWS_ALONE,
    Asked,
    Order,
    OrderState,
    Wanted,
    checked_open,
    decide_order,
    may_decide,
    order_of,
    orders,
    place_order,
)
from server.exports.taking import filtered, named, take_file
from server.office.act import acting
from server.office.errors import refused
from server.office.people import AccountIdentity, account_identity
from server.office.roles import Action

TEXT_MAX = 300


class Choices(Struct, frozen=True):
    """What a file is asked for with."""

    formats: tuple[Format, ...]
    purposes: Mapping[str, str]
    alone: int
    """So many records may leave without a second person."""
    may_clear: bool


class OrderLine(Struct, frozen=True):
    """One order as the page shows it."""

    order: Order
    who: str
    what: str
    decided_by: str
    mine: bool
    open: bool
    to_decide: bool


class Exports(Pages):
    """The pages of files."""

    path = "/exports"
    route_name = "exports"

    def __init__(self, desk: Desk, lists: Sequence[RecordList]) -> None:
        super().__init__(desk)
        self._lists = {str(each.key): each for each in lists}

    @route("")
    async def index(self, request: Request) -> Response:
        """One's own files, and those that wait for one's word."""
        who = required(request, Action.EXPORT)
        lines = await in_thread(lambda: self._lines(who))
        kinds = await in_thread(lambda: self._kinds(who))
        return self.draw(
            request,
            "exports.html",
            title=say("menu.exports"),
            lines=lines,
            now=self.desk.clock(),
            kinds=kinds,
            asked=_choices(request),
        )

    @route("/new", methods=["GET"], name="export_new")
    async def new(self, request: Request) -> Response:
        """What the file of a list is for."""
        who = required(request, Action.EXPORT)
        listed = self._listed(request.query_params.get("list", ""))
        ids = await _shown(request, listed, request.query_params)
        return self.draw(
            request,
            "export_new.html",
            title=say("export.of_list", name=say(f"menu.{listed.key}")),
            listed=listed.key,
            query=str(request.query_params),
            rows=len(ids),
            columns=await in_thread(lambda: self._columns(who, listed.kind)),
            shown=_visible(request),
            asked=_choices(request),
        )

    @route("/new", methods=["POST"], name="export_ask")
    async def ask(self, request: Request) -> Response:
        """The file at once, where that is allowed; else the order waits for a second person."""
        who = required(request, Action.EXPORT)
        form = await request.form()
        try:
            wanted = self._wanted(form)
            chosen = await self._chosen(request, wanted)
            order = await in_thread(lambda: self._place(who, wanted, chosen, form))
            if order.state is OrderState.ASKED:
                return self.onward(request, "/exports", "export.waits")
            return await self._file(who, order, chosen)
        except ServerError as error:
            return self.refused(request, "/exports", error)

    @route("/{id:uuid}/file", methods=["POST"], name="export_file")
    async def file(self, request: Request) -> Response:
        """The file of an order of one's own that may be taken."""
        who = required(request, Action.EXPORT)
        order = await in_thread(lambda: self._own(who, str(request.path_params["id"])))
        try:
            checked_open(order, self.desk.clock())
            chosen = await self._chosen(request, order.wanted)
            return await self._file(who, order, chosen)
        except ServerError as error:
            return self.refused(request, "/exports", error)

    @route("/{id:uuid}/decide", methods=["POST"], name="export_decide")
    async def decide(self, request: Request) -> Response:
        """A second person agrees, or does not."""
        required(request, Action.EXPORT)
        agree = (await request.form()).get("agree") == "1"
        order_id = str(request.path_params["id"])
        return await self.done(
            request,
            lambda act: decide_order(act, order_id, agree=agree),
            "/exports",
            "export.agreed" if agree else "export.declined",
        )

    def _listed(self, key: str) -> RecordList:
        listed = self._lists.get(key)
        if listed is None:
            raise HTTPException(404)
        return listed

    def _wanted(self, form: FormData) -> Wanted:
        listed = str(form.get("list") or "")
        kinds = [str(kind) for kind in form.getlist("kind")]
        if listed:
            kinds = [self._listed(listed).kind]
        if not kinds:
            raise refused("no_kinds", "请选择要导出的内容。", "Choose what the file is to hold.")
        written = str(form.get("format") or "")
        return Wanted(
            kinds=tuple(kinds),
            format=Format(written) if written in tuple(Format) else Format.XLSX,
            labels=form.get("words") != "codes",
            language=language(),
            clear=form.get("clear") == "1",
            listed=listed,
            query=str(form.get("query") or ""),
            columns=tuple(str(name) for name in form.getlist("column")),
        )

    def _columns(self, who: AccountIdentity, kind: str) -> tuple[Column, ...]:
        wanted = Wanted((kind,), Format.XLSX, language=language())
        return tuple(field.column for field in Maker(self.desk, who).fields(kind, wanted))

    async def _chosen(self, request: Request, wanted: Wanted) -> Chosen:
        if not wanted.listed:
            who = account_of(request)
            return await in_thread(lambda: filtered(self.desk, who, wanted))
        listed = self._listed(wanted.listed)
        return {listed.kind: await _shown(request, listed, QueryParams(wanted.query))}

    def _place(self, who: AccountIdentity, wanted: Wanted, chosen: Chosen, form: FormData) -> Order:
        rows = sum(map(len, chosen.values())) if chosen else Maker(self.desk, who).count(wanted)
        purpose = str(form.get("purpose") or "")
        known = Purpose(purpose) if purpose in tuple(Purpose) else Purpose.OTHER
        asked = Asked(wanted, known, str(form.get("reason") or "")[:TEXT_MAX], rows)
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            return place_order(act, asked)

    def _own(self, who: AccountIdentity, order_id: str) -> Order:
        with reading(self.desk.engine) as conn:
            return order_of(conn, who, order_id)

    async def _file(self, who: AccountIdentity, order: Order, chosen: Chosen) -> Response:
        parts = await in_thread(lambda: take_file(self.desk, who, order, chosen))
        name, media = named(self.desk, order)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(parts, media_type=media, headers=headers)

    def _lines(self, who: AccountIdentity) -> list[OrderLine]:
        now, titles = self.desk.clock(), self._kinds(who)
        with reading(self.desk.engine) as conn:
            found = orders(conn, who)
            everyone = {o.account_id for o in found} | {o.decided_by for o in found}
            people = {each: account_identity(conn, who.town, each) for each in everyone if each}
            deciding = {o.id for o in found if may_decide(conn, who, o)}
        names = {each: person.name for each, person in people.items() if person is not None}
        return [
            OrderLine(
                order=order,
                who=names.get(order.account_id, ""),
                what=say("app.comma").join(titles.get(k, k) for k in order.wanted.kinds),
                decided_by=names.get(order.decided_by, ""),
                mine=order.account_id == who.id,
                open=order.state is OrderState.OPEN and now < order.expires_at,
                to_decide=order.id in deciding and order.state is OrderState.ASKED,
            )
            for order in found
        ]

    def _kinds(self, who: AccountIdentity) -> Mapping[str, str]:
        forms = kinds_of(self.desk, who.town)
        return {kind: form.words(form.title, language()) or kind for kind, form in forms.items()}


async def _shown(request: Request, listed: RecordList, query: QueryParams) -> list[str]:
    """The ids of what a list shows, all pages of it. Raises OfficeRefused."""
    request.state.action = RequestAction.LIST
    asked = listed._parse_list_params(request, query)  # noqa: SLF001 - the list's own reading of its address
    rows = await listed.find_all(
        request, 0, LISTED_MAX + 1, q=asked.q, sorts=asked.sorts, filters=asked.filters
    )
    if len(rows) > LISTED_MAX:
        raise refused(
            "export_long",
            f"列表超过 {LISTED_MAX} 条，请缩小范围，或导出整个登记册。",
            f"The list has more than {LISTED_MAX} records. Narrow it, or take the whole register.",
        )
    return [str(row.id) for row in rows]


def _visible(request: Request) -> frozenset[str]:
    """The columns that the list shows; none where it shows what it always does."""
    if "cols" not in request.query_params:
        return frozenset()
    return frozenset(request.query_params["cols"].split(","))


def _choices(request: Request) -> Choices:
    purposes = {each.value: pick(words) for each, words in PURPOSE_WORDS.items()}
    return Choices(tuple(Format), purposes, ROWS_ALONE, allowed(request, Action.REVEAL))
