"""Who writes changes: a phone or an account's console, each with a counter and a hash chain."""

from msgspec import Struct
from sqlalchemy import Connection


class Author(Struct, frozen=True):
    """A device as the register sees it while it writes."""

    town: str
    device: str
    worker: str
    """The worker; for a console, the account."""
    name: str
    last_n: int
    digest: str


def console_author(conn: Connection, town: str, account_id: str) -> Author:
    """The console device of an account, made the first time; its row stays locked."""
    raise NotImplementedError
