"""The client of a headless session: it encodes each message, answers calls, and shows nothing."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgpack  # type: ignore[import-untyped]  # it has no types
from flet.controls.base_control import BaseControl
from flet.messaging.connection import Connection
from flet.messaging.protocol import Message, MessageAction, configure_encode_object_for_msgpack
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

encode = configure_encode_object_for_msgpack(BaseControl)  # type: ignore[no-untyped-call]  # Flet's


class Client(Connection):
    """What a browser would be: it takes patches, and answers what it is asked."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Flet's
        self.loop = asyncio.get_running_loop()
        self.executor = ThreadPoolExecutor(4)
        self.page_url = "http://127.0.0.1:1"
        self.pubsubhub = PubSubHub(self.loop, self.executor)
        self.bytes_sent = 0
        self.invoked: list[tuple[str, object]] = []
        self.crashes: list[object] = []
        self.answers: dict[str, Callable[[str, dict[str, str]], object]] = {}
        """What the client answers to methods of that name; to all others nothing."""
        self.session: Session | None = None
        self._routing: asyncio.Future[None] | None = None

    def send_message(self, message: Message) -> None:
        """Encodes the message as for the wire, and answers a call."""
        self.bytes_sent += len(msgpack.packb([message.action, message.body], default=encode))
        if message.action is MessageAction.SESSION_CRASHED:
            self.crashes.append(message.body)
        if message.action is MessageAction.INVOKE_METHOD:
            self.invoked.append((message.body.name, message.body.args))
            self.loop.call_soon(self._answer, message)

    def _answer(self, message: Message) -> None:
        assert self.session is not None
        call = message.body
        if call.name == "push_route":
            self._routing = asyncio.ensure_future(self.route(str(call.args["route"])))
        answer = self.answers.get(call.name)
        result = answer(call.name, call.args) if answer else None
        self.session.handle_invoke_method_results(call.control_id, call.call_id, result, None)

    async def route(self, route: str) -> None:
        """The address has changed."""
        assert self.session is not None
        page = self.session.page
        self.session.apply_page_patch({"route": route})
        await self.session.dispatch_event(page._i, "route_change", {"route": route})

    def dispose(self) -> None:
        """The client is gone."""
        self.executor.shutdown(wait=False)
