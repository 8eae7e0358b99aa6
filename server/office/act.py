"""One act at the office: what it changes and its audit rows commit together, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from server.clock import Clock, now_ms
from server.db.engine import writing
from server.keys import Keys
from server.office.audit import Deed, Entry, record
from server.office.errors import NotAllowed
from server.office.people import AccountIdentity
from server.office.roles import Action, may


@dataclass(frozen=True)
class Act:
    """An open transaction, who acts in it and when."""

    conn: Connection
    who: AccountIdentity
    keys: Keys
    now: int

    def require(self, action: Action) -> None:
        """Raises NotAllowed unless the actor's role may do this."""
        require(self.who, action)

    def note(self, deed: Deed, object: str, reason: str = "") -> None:
        """Writes what is being done into the audit trail."""
        entry = Entry(self.now, self.who.id, deed, object, reason)
        record(self.conn, self.keys.audit, self.who.town, entry)


@contextmanager
def acting(
    engine: Engine, keys: Keys, who: AccountIdentity, clock: Clock = now_ms
) -> Iterator[Act]:
    """An act of `who`, committed at the end of the block."""
    with writing(engine) as conn:
        yield Act(conn, who, keys, clock())


def require(who: AccountIdentity, action: Action) -> None:
    """Raises NotAllowed unless the role may do this."""
    if not may(who.role, action):
        raise NotAllowed
