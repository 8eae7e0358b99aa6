"""A line that loses, doubles, delays, cuts and dies, as its seed says."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import httpx
from sqlalchemy import Connection, Engine, event

from tests.mobile.field import BadLine, Fault

LATE_MAX = 3
IS_OURS, JSON = "Content-Type", "application/json"


class Crash(BaseException):
    """The phone's battery is empty, now."""


class ServerDied(Exception):
    """The server lost its power before the commit."""


@dataclass
class SeededLine(BadLine):
    """Decides for each request by chance."""

    engine: Engine = field(kw_only=True)
    """The server's."""
    chance: Random = field(default_factory=Random)
    trouble: float = 0.0
    """How often something goes wrong."""
    after: Callable[[httpx.Request], None] | None = None
    """Called when a reply is on its way."""
    late: deque[httpx.Request] = field(default_factory=deque)
    """Requests whose sender gave up, still on their way."""
    happened: Counter[str] = field(default_factory=Counter)
    """What went wrong, and what the server said no to."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        reply = self._carried(request)
        if reply.status_code >= httpx.codes.BAD_REQUEST and reply.headers.get(IS_OURS) == JSON:
            reply.read()
            self.happened[f"answered {reply.status_code} {reply.json()['code']}"] += 1
        return reply

    def _carried(self, request: httpx.Request) -> httpx.Response:
        if self.chance.random() >= self.trouble:
            reply = super().handle_request(request)
            if self.after is not None:
                self.after(request)
            return reply
        if self.late and self.chance.random() < 0.5:
            self._ask(self.late.popleft())
        what = self.chance.choice([*Fault, "late", "crash before", "crash after", "server dies"])
        self.happened[f"line: {what}"] += 1
        if what == "late" and len(self.late) < LATE_MAX:
            request.read()
            self.late.append(request)
            raise httpx.ReadTimeout("gave up waiting", request=request)
        if what == "server dies":
            return self._while_the_server_dies(request)
        if what == "crash before":
            raise Crash
        if what == "crash after":
            self._ask(request)
            raise Crash
        self.plan.append(what if isinstance(what, Fault) else Fault.NONE)
        return super().handle_request(request)

    def _while_the_server_dies(self, request: httpx.Request) -> httpx.Response:
        """The server has written everything but the commit."""

        def dies(_: Connection) -> None:
            raise ServerDied

        event.listen(self.engine, "commit", dies)
        try:
            return self._ask(request)
        finally:
            event.remove(self.engine, "commit", dies)

    def calm(self) -> None:
        """From now on the line is good; what was late arrives."""
        self.trouble = 0.0
        while self.late:
            self._ask(self.late.popleft())
