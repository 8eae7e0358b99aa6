"""A line that loses, doubles, delays, cuts and dies, as its seed says."""

from collections import deque
from dataclasses import dataclass, field
from random import Random

import httpx

from tests.mobile.field import BadLine, Fault

LATE_MAX = 3


class Crash(BaseException):
    """The phone's battery is empty, now."""


@dataclass
class SeededLine(BadLine):
    """Decides for each request by chance."""

    chance: Random = field(default_factory=Random)
    trouble: float = 0.0
    """How often something goes wrong."""
    late: deque[httpx.Request] = field(default_factory=deque)
    """Requests whose sender gave up, still on their way."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.chance.random() >= self.trouble:
            return super().handle_request(request)
        if self.late and self.chance.random() < 0.5:
            self._ask(self.late.popleft())
        what = self.chance.choice([*Fault, "late", "crash before", "crash after"])
        if what == "late" and len(self.late) < LATE_MAX:
            request.read()
            self.late.append(request)
            raise httpx.ReadTimeout("gave up waiting", request=request)
        if what == "crash before":
            raise Crash
        if what == "crash after":
            self._ask(request)
            raise Crash
        self.plan.append(what if isinstance(what, Fault) else Fault.NONE)
        return super().handle_request(request)

    def calm(self) -> None:
        """From now on the line is good; what was late arrives."""
        self.trouble = 0.0
        while self.late:
            self._ask(self.late.popleft())
