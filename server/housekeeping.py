"""What the server does for each town by itself, and `doorstep housekeeping` at once."""

from msgspec import Struct

from server.clock import town_time
from server.db.engine import reading, writing
from server.files.collecting import Collected
from server.files.opening import collector_of
from server.office.sessions import drop_ended, life_of
from server.office.trail import append_head, head_line
from server.register.forgetting import Forgotten
from server.register.sealing import Seal
from server.review.breaches import BreachFinder
from server.rights.erasing import overwrite_space
from server.rights.retention import Retention
from server.rights.stopping import Stopping
from server.services import Services, keeping

BREACH_STEPS = 10_000
"""So many times a few hundred changed records are held against the rules of visits at most."""
HEADS_FILE = "audit-heads.txt"
NIGHT = range(6)
"""Hours of the town in which the database may be rewritten: the server looks every six."""


class Kept(Struct, frozen=True):
    """What was done."""

    forgotten: Forgotten
    collected: Collected
    expired: int
    """Records whose time was over, and that are erased now."""
    overwritten: int
    """Erased records whose space in the database is overwritten now."""


def keep_house(services: Services, town: str, *, at_once: bool = False) -> Kept:
    """Forgets what is old, collects files, keeps the day's head; at night erases what is due.

    at_once: the same now, whatever hour it is.
    """
    now = services.clock()
    Stopping(services).go_on(town)
    BreachFinder(services.engine, Seal(services.keys)).go_on(town, BREACH_STEPS)
    with writing(services.engine) as conn:
        drop_ended(conn, town, life=life_of(services.settings), now=now)
    forgotten = services.register.forget(town, keeping(services.settings))
    collected = collector_of(services).collect(town)
    keep_head(services, town)
    if not at_once and town_time(now).hour not in NIGHT:
        return Kept(forgotten, collected, 0, 0)
    expired = sum(due.records for due in Retention(services).run(town))
    return Kept(forgotten, collected, expired, overwrite_space(services.engine, town, now))


def keep_head(services: Services, town: str) -> bool:
    """Writes the day's head of the audit trail where it is kept; whether it is a new day's."""
    settings = services.settings
    file = settings.audit_heads or settings.home / HEADS_FILE
    with reading(services.engine) as conn:
        line = head_line(conn, town, services.clock())
    return append_head(file, line)
