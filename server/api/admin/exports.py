"""Files of records by program: ordered for a purpose, agreed to by a second person, taken.

The same orders, bounds and marks as at the console; a list is a filter on what its reader sees.
"""

from dataclasses import dataclass

from fastapi import Request, Response
from starlette.responses import StreamingResponse

from server.api.admin.asking import Asking, Door, Name
from server.api.admin.export_messages import AskExport, ExportDecision, ExportList, ExportTold
from server.api.incoming import understood
from server.db.engine import reading
from server.exports.cover import Format, Purpose
from server.exports.making import Maker
from server.exports.orders import (
    Asked,
    Order,
    Wanted,
    checked_open,
    decide_order,
    order_of,
    orders,
    place_order,
)
from server.exports.taking import filtered, named, take_file
from server.office.act import acting
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.refusals import NotUnderstood


@dataclass(frozen=True)
class ExportRoutes:
    """The handlers."""

    door: Door

    async def exports(self, request: Request) -> Response:
        """Answers the newest orders: one's own, and those that one may decide."""

        def work(asking: Asking) -> ExportList:
            with reading(self.door.api.services.engine) as conn:
                found = orders(conn, asking.who)
            return ExportList([_order_told(asking.who, order) for order in found])

        return await self.door.open(request, Action.EXPORT, work)

    async def ask(self, request: Request) -> Response:
        """Orders a file; it may be taken at once, or waits for a second person."""

        def work(asking: Asking) -> ExportTold:
            said = understood(asking.incoming.json(), AskExport)
            who, wanted = asking.who, _wanted(said)
            services = self.door.api.services
            chosen = filtered(services, who, wanted)
            rows = sum(map(len, chosen.values())) if chosen else Maker(services, who).count(wanted)
            asked = Asked(wanted, Purpose(said.purpose), said.reason, rows)
            with acting(services.engine, services.keys, who, services.clock) as act:
                return _order_told(who, place_order(act, asked))

        return await self.door.open(request, Action.EXPORT, work)

    async def one(self, request: Request, export: Name) -> Response:
        """Answers how an order of one's own stands."""

        def work(asking: Asking) -> ExportTold:
            return _order_told(asking.who, self._own(asking.who, export))

        return await self.door.open(request, Action.EXPORT, work)

    async def decision(self, request: Request, export: Name) -> Response:
        """Agrees to a colleague's order, or does not."""

        def work(asking: Asking) -> ExportTold:
            said = understood(asking.incoming.json(), ExportDecision)
            services, who = self.door.api.services, asking.who
            with acting(services.engine, services.keys, who, services.clock) as act:
                return _order_told(who, decide_order(act, export, agree=said.agree))

        return await self.door.open(request, Action.EXPORT, work)

    async def file(self, request: Request, export: Name) -> Response:
        """Answers the file of an order of one's own that may be taken."""

        def work(asking: Asking) -> Response:
            services, who = self.door.api.services, asking.who
            order = checked_open(self._own(who, export), services.clock())
            parts = take_file(services, who, order, filtered(services, who, order.wanted))
            name, media = named(services, order)
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return StreamingResponse(parts, media_type=media, headers=headers)

        return await self.door.respond(request, Action.EXPORT, work)

    def _own(self, who: AccountIdentity, export: str) -> Order:
        with reading(self.door.api.services.engine) as conn:
            return order_of(conn, who, export)


def _wanted(said: AskExport) -> Wanted:
    if not said.kinds:
        raise NotUnderstood
    return Wanted(
        kinds=tuple(dict.fromkeys(said.kinds)), format=Format(said.format), labels=said.labels,
        language=said.language, clear=said.clear, columns=tuple(said.columns),
        filter=said.filter.strip(),
    )  # fmt: skip


def _order_told(who: AccountIdentity, order: Order) -> ExportTold:
    return ExportTold(
        id=order.id, mine=order.account_id == who.id, kinds=list(order.wanted.kinds),
        format=order.wanted.format.value, filter=order.wanted.filter,
        purpose=order.purpose.value, reason=order.reason, rows=order.rows,
        state=order.state.value, mark=order.mark, asked_at=order.created_at,
        expires_at=order.expires_at, taken_at=order.taken_at,
    )  # fmt: skip
