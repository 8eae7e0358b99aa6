"""How the doors of a town stand, by SQL over the journal alone: the collection rate told again.

From the field's definition (docs/decisions/0180): who is listed, collected, met, refused, fresh.
Figures are sums over doors; a door is where its dwelling was registered. What was merged counts
with the record that stands; no dwelling was merged, and nobody moved to another grid.
"""

import sqlite3
from collections import Counter
from collections.abc import Collection, Mapping
from types import MappingProxyType

from msgspec import Struct

from rehearsal.items import measure, published
from rehearsal.journal import Place
from server.keys import Keys

_FRESH = "listed AND verified >= (SELECT strftime('%s', day, '-{} days') - 28800 FROM today) * 1000"
FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "dwellings": "1",
        "listed": "listed",
        "collected": "listed AND collected",
        "not_collected": "listed AND NOT collected",
        "contacted": "listed AND last_met IS NOT NULL",
        "refused": "listed AND last_met IS 'refused'",
        "unreached": "listed AND visits > 0 AND last_met IS NULL",
        "untried": "listed AND visits = 0",
        "unknown": "listed AND status IN ('', 'unknown')",
        "unregistered": "listed AND homes = 0",
        **{f"fresh_{days}": _FRESH.format(days) for days in (90, 180, 365)},
        "stale": f"listed AND coalesce(NOT ({_FRESH.format(365)}), 1)",
        "incomplete": "listed AND wanted > 0",
        "vacant": "place = 'vacant'",
        "gone": "place = 'gone'",
        "business": "place = 'business'",
    }
)
"""Which doors count for which figure."""
ITEMS = ("applicable", "answered", "declined")
"""What is summed up of every household at listed doors."""
ON_SHEET = "fresh_on_sheet"
"""The listed doors that a sheet, which is counted when the week ends, finds fresh."""
PEOPLE = ("people", "people_known")
"""Who lives in the grid, and of how many of them nothing mandatory is missing."""


class Doors(Struct, frozen=True):
    """Everything that is told of the doors of a town."""

    day: str
    """The day on which the office has counted them, as an ISO date."""
    by_grid: Mapping[str, Counter[str]]
    """`FIGURES`, `ITEMS`, `ON_SHEET` and `PEOPLE` of each grid."""
    behind: Mapping[str, frozenset[str]]
    """The dwellings behind each figure."""
    merged: tuple[tuple[str, int], ...]
    """The households that were joined with another: the grid, and when, ms."""
    published: frozenset[tuple[str, str, bool, bool, bool]]
    """The items of the town's own forms."""

    def of(self, place: Place) -> Counter[str]:
        """The numbers of an area: those of its grids together."""
        found = Counter[str]()
        for grid in place.grids:
            found.update(self.by_grid.get(grid, {}))
        return found


def told(conn: sqlite3.Connection, keys: Keys) -> Doors:
    """The doors of the whole town. conn: prepared by `journal` for all of its grids."""
    (day,) = conn.execute("SELECT max(day) FROM main.coverage_grid").fetchone()
    measure(conn, keys, str(day))
    for script in (_VISITS, _HOMES, _DOORS):
        conn.executescript(script)
    behind = {
        figure: frozenset(
            door
            for (door,) in conn.execute(f"SELECT id FROM door WHERE {condition}")  # noqa: S608 - our own words
        )
        for figure, condition in FIGURES.items()
    }
    merged = tuple((grid, at) for grid, at in conn.execute(_MERGED))
    return Doors(str(day), _by_grid(conn), behind, merged, published(conn))


def _by_grid(conn: sqlite3.Connection) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for query, names in (
        (_SUMS, (*FIGURES, *ITEMS, ON_SHEET)),
        (_PEOPLE, PEOPLE),
    ):
        for grid, *numbers in conn.execute(query):
            sums = dict(zip(names, map(int, numbers), strict=True))
            found.setdefault(grid, Counter()).update(sums)
    return found


def _sums(conditions: Collection[str]) -> str:
    return ", ".join(f"total({condition})" for condition in conditions)


_SUMS = f"""
SELECT grid, {_sums(FIGURES.values())}, {_sums([f"listed * {item}" for item in ITEMS])},
       total(listed AND verified >= (SELECT now FROM period) - 180 * 86400000)
FROM door GROUP BY grid
"""  # noqa: S608 - our own words
_PEOPLE = """
SELECT grid, count(*), total(wanted = 0) FROM living JOIN measured USING (id) GROUP BY grid
"""
_MERGED = """
SELECT grid, max(effective) FROM main.journal JOIN merged ON merged.id = record_id
WHERE record_kind = 'household' GROUP BY record_id
"""
_VISITS = """
CREATE TEMP TABLE merged (id PRIMARY KEY, stands) WITHOUT ROWID;
INSERT INTO merged
WITH RECURSIVE way(id, at) AS (
    SELECT record, value FROM answer WHERE unit = '@alias'
    UNION SELECT w.id, a.value FROM way w JOIN answer a ON a.record = w.at AND a.unit = '@alias'
)
SELECT id, at FROM way WHERE at NOT IN (SELECT record FROM answer WHERE unit = '@alias');

CREATE TEMP TABLE came AS
WITH to_home AS (
    SELECT c.*, coalesce(m.stands, c.household) AS home
    FROM call c LEFT JOIN merged m ON m.id = c.household
)
SELECT c.id, home AS household, coalesce(h.value, c.dwelling) AS door, c.outcome, c.began
FROM to_home c LEFT JOIN answer h ON h.record = home AND h.unit = 'dwelling'
WHERE c.id NOT IN (SELECT corrects FROM call WHERE corrects IS NOT NULL);

CREATE TEMP VIEW met AS
SELECT * FROM came WHERE outcome IN ('done', 'partly_done', 'refused', 'postponed');

CREATE TEMP TABLE last_at_door (door PRIMARY KEY, outcome) WITHOUT ROWID;
INSERT INTO last_at_door SELECT door, outcome FROM (
    SELECT *, row_number() OVER (PARTITION BY door ORDER BY began DESC, id DESC) AS place FROM met)
WHERE place = 1;

CREATE TEMP TABLE last_of_home (household PRIMARY KEY, outcome) WITHOUT ROWID;
INSERT INTO last_of_home SELECT household, outcome FROM (
    SELECT *, row_number() OVER (PARTITION BY household ORDER BY began DESC, id DESC) AS place
    FROM met WHERE household IS NOT NULL)
WHERE place = 1;

CREATE TEMP TABLE visited (door PRIMARY KEY, visits, verified) WITHOUT ROWID;
INSERT INTO visited
SELECT door, count(*), max(began) FILTER (WHERE outcome = 'done') FROM came GROUP BY door;
"""
_HOMES = """
CREATE TEMP TABLE living AS
SELECT t.id, t.grid, coalesce(m.stands, h.value) AS household FROM thing t
LEFT JOIN answer h ON h.record = t.id AND h.unit = 'household'
LEFT JOIN answer s ON s.record = t.id AND s.unit = 'status'
LEFT JOIN merged m ON m.id = h.value
WHERE t.kind = 'resident' AND (s.value IS NULL OR s.value = 'living_here')
  AND t.id NOT IN (SELECT id FROM merged);

CREATE TEMP TABLE home AS
WITH one AS (
    SELECT t.id AS household, 0 AS person, m.*
    FROM thing t JOIN measured m USING (id)
    WHERE t.kind = 'household' AND t.id NOT IN (SELECT id FROM merged)
    UNION ALL
    SELECT l.household, 1, m.* FROM living l JOIN measured m USING (id)
)
SELECT household, a.value AS door, total(applicable) AS applicable, total(answered) AS answered,
       total(o.declined) AS declined, total(wanted) AS wanted,
       total(wanted) = 0 AND total(person) > 0
           AND NOT (total(withheld) > 0 AND total(given) = 0)
           AND max(coalesce(l.outcome, '')) <> 'refused' AS collected
FROM one o JOIN answer a ON a.record = household AND a.unit = 'dwelling'
LEFT JOIN last_of_home l USING (household)
GROUP BY household;
"""
_DOORS = """
CREATE TEMP TABLE counts AS
SELECT door, collected, wanted, count(*) OVER here AS homes,
       total(applicable) OVER here AS applicable, total(answered) OVER here AS answered,
       total(declined) OVER here AS declined, row_number() OVER (
           PARTITION BY door ORDER BY collected DESC, wanted, household) AS place
FROM home WINDOW here AS (PARTITION BY door);

CREATE TEMP TABLE door AS
WITH stands AS (
    SELECT j.record_id AS id, j.grid, coalesce(s.value, '') AS status, coalesce(u.value, '') AS used
    FROM main.journal j
    LEFT JOIN answer s ON s.record = j.record_id AND s.unit = 'status'
    LEFT JOIN answer u ON u.record = j.record_id AND u.unit = 'use'
    WHERE j.record_kind = 'dwelling' AND j.kind = 'create'
), placed AS (
    SELECT *, CASE WHEN status IN ('demolished', 'merged') THEN 'gone'
        WHEN used = 'business' THEN 'business' WHEN status = 'vacant' THEN 'vacant'
        ELSE 'listed' END AS place FROM stands
)
SELECT p.*, p.place = 'listed' AS listed, coalesce(v.visits, 0) AS visits, v.verified,
       l.outcome AS last_met, coalesce(c.homes, 0) AS homes, coalesce(c.collected, 0) AS collected,
       coalesce(c.applicable, 0) AS applicable, coalesce(c.answered, 0) AS answered,
       coalesce(c.declined, 0) AS declined, coalesce(c.wanted, 0) AS wanted
FROM placed p LEFT JOIN visited v ON v.door = p.id LEFT JOIN last_at_door l ON l.door = p.id
LEFT JOIN counts c ON c.door = p.id AND c.place = 1;
"""
