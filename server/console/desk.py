"""What every page works with: the register, the office's database, the clock, and who asks."""

from collections.abc import Callable
from typing import TypeAlias, TypeVar

from anyio.to_thread import run_sync
from starlette.requests import Request

from server.office.act import require
from server.office.people import AccountIdentity
from server.office.roles import Action, may
from server.services import Services

Answered = TypeVar("Answered")


Desk: TypeAlias = Services
"""The console's way to everything below it: the register, the office's database, the clock."""


def account_of(request: Request) -> AccountIdentity:
    """Who is signed in. The session's middleware lets nobody else come this far."""
    who = getattr(request.state, "account", None)
    assert isinstance(who, AccountIdentity)
    return who


def allowed(request: Request, action: Action) -> bool:
    """Whether the one who asks may do this."""
    who = getattr(request.state, "account", None)
    return isinstance(who, AccountIdentity) and may(who.role, action)


def required(request: Request, action: Action) -> AccountIdentity:
    """Who is signed in, if they may do this. Raises NotAllowed."""
    who = account_of(request)
    require(who, action)
    return who


async def in_thread(work: Callable[[], Answered]) -> Answered:
    """Does what waits for the database beside the event loop."""
    return await run_sync(work)
