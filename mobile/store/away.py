"""How long a device has been without the office; after too long it must ask before it opens."""

from msgspec import Struct

from mobile.clock import passed
from mobile.store.kept import Name
from mobile.store.shelf import Shelf
from shared.clock import Reading

WARN_DAYS = 4
"""So many days before the end the worker is told."""
DAY_MS = 24 * 60 * 60 * 1000


class Away(Struct, frozen=True):
    """Time without the office, as of the last look at the clocks."""

    ms: int = 0
    looked: Reading = Reading(0, "", 0)


def days_away(shelf: Shelf) -> int:
    """Whole days since the office was last heard of. A clock that was set back counts as zero.

    Whoever takes the note away gains nothing: without it the days are over.
    """
    with shelf.database.reading() as conn:
        away = shelf.kept.sound(conn, Name.AWAY, Away)
        synced = shelf.kept.sound(conn, Name.FIRST_SYNC, int)
    if away is None:
        return 0 if synced is None else limit(shelf)
    return _at(away, shelf.clock.reading()).ms // DAY_MS


def days_left(shelf: Shelf) -> int | None:
    """How many days are left, once there are only few; None before."""
    left = limit(shelf) - days_away(shelf)
    return max(0, left) if left <= WARN_DAYS else None


def limit(shelf: Shelf) -> int:
    """After so many days the office must be asked."""
    return shelf.account.identity.limits.offline_days


def look(shelf: Shelf) -> None:
    """Writes down how long it has been: a clock that is set back later changes nothing of it."""
    with shelf.database.reading() as conn:
        away = shelf.kept.sound(conn, Name.AWAY, Away)
    if away is not None:
        _keep(shelf, _at(away, shelf.clock.reading()))


def heard(shelf: Shelf) -> None:
    """The office has answered just now."""
    _keep(shelf, Away(0, shelf.clock.reading()))


def _at(away: Away, now: Reading) -> Away:
    return Away(away.ms + passed(away.looked, now), now)


def _keep(shelf: Shelf, away: Away) -> None:
    with shelf.database.alone(), shelf.database.writing() as conn:
        shelf.kept.put(conn, Name.AWAY, away)
