"""The four things that should be clear of an area, each a measured share with what is behind it."""

import json
from datetime import date

from msgspec import Struct, structs
from sqlalchemy import Connection

from server.clock import DAY_MS, beginning_of
from server.coverage.figures import Asked, Figures
from server.coverage.living import Share
from server.coverage.sums import sums_by_grid
from server.office.people import AccountIdentity
from server.work.counting import still_open
from server.work.reading import Sought, WorkBook

CHECKED_DAYS = 90
"""A facility that was looked at within so many days counts as known."""
LOOKED_BACK_DAYS = 365
_TROUBLES = frozenset({"hazard", "dispute"})


class Panels(Struct, frozen=True):
    """The four panels."""

    homes: Share
    """Listed dwellings where a household is registered."""
    people: Share
    """People who live there of whom no mandatory item is missing."""
    facilities: Share
    """Facilities that were checked lately."""
    troubles: Share
    """Hazards and disputes of the last year that are settled."""


def panels(conn: Connection, who: AccountIdentity, asked: Asked, figures: Figures) -> Panels:
    """Of an area, as its reader may see it."""
    inside = structs.replace(who, grids=asked.grids)
    book = WorkBook(conn, inside, asked.now)
    listed = figures.count("listed")
    return Panels(
        homes=Share(listed - figures.count("unregistered"), listed),
        people=_people(conn, asked),
        facilities=_facilities(book, asked),
        troubles=_troubles(book, asked),
    )


def _people(conn: Connection, asked: Asked) -> Share:
    together = Share()
    for sums in sums_by_grid(conn, asked.town, asked.grids).values():
        together = together.plus(sums.people)
    return together


def _facilities(book: WorkBook, asked: Asked) -> Share:
    since = asked.now - CHECKED_DAYS * DAY_MS
    checks = book.rows("facility_check", asked.grids, since)
    seen = {json.loads(row.facts).get("facility") for row in checks}
    facilities = book.rows("facility", asked.grids, 0)
    known = sum(
        1 for row in facilities if row.id in seen or _checked(json.loads(row.facts)) >= since
    )
    return Share(known, len(facilities))


def _checked(facts: dict[str, object]) -> int:
    try:
        return beginning_of(date.fromisoformat(str(facts.get("checked_on") or "")))
    except ValueError:
        return 0


def _troubles(book: WorkBook, asked: Asked) -> Share:
    cases = book.cases(Sought(since=asked.now - LOOKED_BACK_DAYS * DAY_MS))
    mine = [one for one in cases if one.grid in asked.grids and one.case.sort in _TROUBLES]
    return Share(len(mine) - still_open(mine).number, len(mine))
