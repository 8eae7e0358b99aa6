"""The register as an OData v4 feed: read-only, for a purpose, counted and written down."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Request, Response

from server.api.admin.asking import Asking, Door
from server.api.context import SyncApi
from server.api.problems import retry_after, status_of
from server.errors import ServerError
from server.exports.columns import Cell
from server.exports.files import plain
from server.exports.odata.feed import Answer, Feed
from server.exports.odata.metadata import metadata
from server.exports.odata.query import Query, read_query, token_of
from server.exports.odata.refusals import FeedSpent
from server.exports.orders import ROWS_ALONE
from server.office.act import acting
from server.office.audit import Deed
from server.office.roles import Action
from server.office.tokens import TokenRefused, count_read

BASE = "/odata/v4"
A_DAY_MAX = 500_000
"""Records that an agreed feed may read in 24 hours: a whole town, several times."""
_JSON = "application/json;odata.metadata=minimal;IEEE754Compatible=false"
_HEADERS = {"OData-Version": "4.0", "Cache-Control": "no-store"}


def add_odata(router: APIRouter, api: SyncApi) -> None:
    """Puts the feed into the router; it describes itself, so no other description has it."""
    routes = ODataRoutes(Door(api))
    for path, handler in (
        ("/", routes.service),
        ("/$metadata", routes.metadata),
        ("/{name}", routes.entities),
        ("/{name}/$count", routes.count),
    ):
        router.add_api_route(
            BASE + path, handler, methods=["GET"], response_class=Response, include_in_schema=False
        )
    router.add_api_route(BASE, routes.service, methods=["GET"], include_in_schema=False)


class ODataRoutes:
    """The handlers."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def service(self, request: Request) -> Response:
        """What there is."""

        def work(_: Asking, feed: Feed) -> Response:
            value = [{"name": n, "kind": "EntitySet", "url": n} for n in feed.sets]
            return _json({"@odata.context": f"{self._root(request)}/$metadata", "value": value})

        return await self._answered(request, work)

    async def metadata(self, request: Request) -> Response:
        """What it is like."""

        def work(_: Asking, feed: Feed) -> Response:
            content = metadata([entity for entity, _ in feed.sets.values()])
            return Response(content, headers=_HEADERS, media_type="application/xml")

        return await self._answered(request, work)

    async def entities(self, request: Request, name: str) -> Response:
        """Rows of an entity set, or one row by its key: `household`, `household('id')`."""
        name, _, key = name.partition("(")
        if key:
            return await self._answered(request, lambda a, f: self._one(request, (a, f), name, key))
        return await self._answered(request, lambda a, f: self._page(request, (a, f), name))

    async def count(self, request: Request, name: str) -> Response:
        """How many rows there are."""

        def work(asking: Asking, feed: Feed) -> Response:
            query = read_query(request.query_params, feed.columns(name))
            self._note(asking, f"{name}/$count", 0)
            return Response(str(feed.count(name, query)), headers=_HEADERS, media_type="text/plain")

        return await self._answered(request, work)

    def _page(self, request: Request, asked: tuple[Asking, Feed], name: str) -> Response:
        asking, feed = asked
        prefer = request.headers.get("prefer", "")
        query = read_query(request.query_params, feed.columns(name), prefer)
        found = feed.ask(name, query)
        self._note(asking, name, len(found.rows))
        told: dict[str, object] = {"@odata.context": f"{self._root(request)}/$metadata#{name}"}
        if found.count is not None:
            told["@odata.count"] = found.count
        told["value"] = [_row(row, query.select) for row in found.rows]
        if found.more and found.rows:
            told["@odata.nextLink"] = self._next(request, name, query, found)
        return _json(told)

    def _one(self, request: Request, asked: tuple[Asking, Feed], name: str, key: str) -> Response:
        asking, feed = asked
        query = read_query(request.query_params, feed.columns(name))
        row = feed.one(name, key.removesuffix(")").removeprefix("id=").strip("'"))
        self._note(asking, name, 1)
        context = {"@odata.context": f"{self._root(request)}/$metadata#{name}/$entity"}
        return _json(context | _row(row, query.select))

    def _next(self, request: Request, name: str, query: Query, found: Answer) -> str:
        options = {k: v for k, v in request.query_params.items() if k not in ("$skip", "$count")}
        options["$skiptoken"] = token_of(query.given + len(found.rows), str(found.rows[-1]["id"]))
        return f"{self._root(request)}/{name}?{urlencode(options)}"

    def _note(self, asking: Asking, what: str, rows: int) -> None:
        """Counts and writes down what is about to be told. Raises FeedSpent."""
        services, bearer = self._door.api.services, asking.bearer
        most = A_DAY_MAX if bearer.reading.agreed_by else ROWS_ALONE
        with acting(services.engine, services.keys, asking.who, services.clock) as act:
            if count_read(act, bearer.token, rows) > most:
                raise FeedSpent(most)
            act.note(Deed.FEED_READ, f"{bearer.token} {what} {rows}", bearer.name)

    async def _answered(
        self, request: Request, work: Callable[[Asking, Feed], Response]
    ) -> Response:
        services = self._door.api.services
        try:
            return await self._door.respond(
                request,
                Action.READ_FEED,
                lambda asking: work(
                    asking, Feed(services, asking.who, asking.bearer.reading.kinds)
                ),
            )
        except ServerError as error:
            return _refused(error)

    def _root(self, request: Request) -> str:
        settings = self._door.api.services.settings
        return (settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")) + BASE


def _row(row: Mapping[str, Cell], select: tuple[str, ...]) -> dict[str, object]:
    names = select or tuple(row)
    return {name: plain(row[name]) for name in names}


def _json(content: Mapping[str, object]) -> Response:
    return Response(msgspec.json.encode(content), headers=_HEADERS, media_type=_JSON)


def _refused(error: ServerError) -> Response:
    """An error as the standard has it."""
    status = 429 if isinstance(error, FeedSpent) else status_of(error)
    headers = dict(_HEADERS)
    if isinstance(error, TokenRefused):
        headers["WWW-Authenticate"] = 'Basic realm="Doorstep OData", charset="UTF-8"'
    if (wait := retry_after(error)) is not None:
        headers["Retry-After"] = str(wait)
    said = {"code": error.code, "message": f"{error.words.zh} {error.words.en}"}
    content = msgspec.json.encode({"error": said})
    return Response(content, status, headers, media_type="application/json")
