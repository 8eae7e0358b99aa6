"""Carrying out what residents said at the door: the answers that a word stopped are emptied.

The register stops them with the word itself (server/register/consented.py). This comes right
after the push, and again until it is done: what two workers noted differently waits for a
decision, what is under a hold for the end of the hold.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import Connection

from server.db.engine import reading
from server.errors import ServerError
from server.office.act import Act
from server.office.audit import Deed
from server.office.errors import OfficeRefused
from server.office.people import operator
from server.register.aliases import merged_into
from server.register.stopped import stop, to_empty
from server.rights.emptying import empty_units, is_contested
from server.rights.holds import check_not_held
from server.services import Services
from shared.consent import SAYING

NOT_CONSENTED = "本人不同意保存 · Not consented to"


@dataclass(frozen=True)
class Stopping:
    """Empties stopped answers, in every town."""

    services: Services

    def go_on(self, town: str) -> int:
        """Empties what can be emptied now; of how many residents. Raises DatabaseBusy."""
        with reading(self.services.engine) as conn:
            waiting = to_empty(conn, town)
        return sum(self._empty(town, record) for record in sorted(waiting))

    def begin(self, town: str) -> None:
        """The same for whoever must not fail by it: what is left is done by the next `go_on`."""
        try:
            self.go_on(town)
        except ServerError as error:
            structlog.get_logger().warning("not_emptied", code=error.code)

    def _empty(self, town: str, record: str) -> bool:
        writer = self.services.register.deeds.writer
        try:
            return writer.in_one(lambda conn: self._emptied(conn, town, record))
        except OfficeRefused:
            return False  # under a hold

    def _emptied(self, conn: Connection, town: str, record: str) -> bool:
        act = Act(conn, operator(conn, town), self.services.keys, self.services.clock())
        everything = merged_into(conn, town, [record])
        # Locked first: two servers may begin at once, and what one has done is left to none.
        found = self.services.register.deeds.writer.locked(conn, act.who, everything).get(record)
        units = to_empty(conn, town).get(record, frozenset())
        if not units or found is None or is_contested(found, SAYING):
            return False
        only = dict.fromkeys(everything, units)
        check_not_held(conn, town, only, act.now)
        stop(conn, town, only, units)
        empty_units(self.services, act, only)
        act.note(Deed.ERASED, record, NOT_CONSENTED)
        return True
