"""The numbers of a week once more, by SQL over the journal alone: none of the server's counting.

The views are a second telling of the rules (docs/decisions/0200 and 0221, the field guide's
deadlines), made for a week in which nobody was moved or corrected, and no merge was taken back.
Times are ms.
"""

import sqlite3
from datetime import date, timedelta

from msgspec import Struct

HOUR, DAY, CHINA = 3_600_000, 86_400_000, 8 * 3_600_000
_DAYS = {
    "hazard": 3, "facility": 7, "environment": 7, "public_order": 3, "livelihood": 15,
    "service_request": 7, "rental": 7, "inflow": 7, "maternal": 7, "other": 15,
}  # fmt: skip
_SUBJECTS = {
    "hazard": "hazard", "public_order": "hazard", "dispute": "dispute", "facility": "facility",
    "environment": "facility", "livelihood": "livelihood", "service_request": "livelihood",
    "maternal": "livelihood", "inflow": "newcomer", "rental": "newcomer", "other": "other",
}  # fmt: skip


class Place(Struct, frozen=True):
    """An area, and the grids in it."""

    id: str
    name: str
    grids: frozenset[str]


def prepare(conn: sqlite3.Connection, *, days: tuple[date, date], place: Place, now: int) -> None:
    """Makes the views, narrowed to a place; `days`: the first and the last of a period."""
    first, last = days
    conn.executescript(f"""
        CREATE TEMP TABLE period AS SELECT '{first}' AS first, '{last}' AS last,
            {_midnight(first)} AS since, {_midnight(last + timedelta(days=1))} AS until,
            {now} AS now, '{place.id}' AS area;
        CREATE TEMP TABLE here (grid TEXT PRIMARY KEY);
        CREATE TEMP TABLE allowed (sort TEXT PRIMARY KEY, days INTEGER);
        CREATE TEMP TABLE subject (sort TEXT PRIMARY KEY, name TEXT);
    """)
    conn.executemany("INSERT INTO here VALUES (?)", [(grid,) for grid in place.grids])
    conn.executemany("INSERT INTO allowed VALUES (?, ?)", _DAYS.items())
    conn.executemany("INSERT INTO subject VALUES (?, ?)", _SUBJECTS.items())
    for script in (_MADE, _CASES, _DEADLINES, _REPORTS):
        conn.executescript(script)


def one(conn: sqlite3.Connection, query: str) -> float:
    """A number."""
    (value,) = conn.execute(query).fetchone()
    return 0 if value is None else value


def _midnight(day: date) -> int:
    return (day - date(1970, 1, 1)).days * DAY - CHINA


_MADE = """
CREATE TEMP TABLE made AS
SELECT record_id AS id, record_kind AS kind, journal.grid, worker_id AS author,
       device_id AS device, n, effective AS at, claimed, received,
       json_extract(CAST(body AS TEXT), '$.units') AS said
FROM main.journal JOIN here USING (grid) WHERE journal.kind = 'create';

CREATE TEMP TABLE joined AS
SELECT record_id AS id FROM main.journal
WHERE kind = 'set' AND record_kind = 'household' AND instr(CAST(body AS TEXT), '"@alias"');

CREATE TEMP TABLE call AS
SELECT id, said ->> 'household' AS household, said ->> 'outcome' AS outcome,
       said ->> 'mode' AS mode, coalesce(said ->> 'notices_given', '') AS notices,
       said ->> 'next_visit' AS next, said ->> 'dwelling' AS dwelling,
       said ->> 'corrects' AS corrects,
       strftime('%s', said ->> 'started') * 1000
           + CASE WHEN abs(at - claimed) > 300000 THEN at - claimed ELSE 0 END AS began
FROM made WHERE kind = 'visit';
"""
_CASES = """
CREATE TEMP TABLE found AS
SELECT id, grid, said ->> 'case_kind' AS sort, said ->> 'urgency' AS urgency,
       coalesce(said ->> 'must_report', '') AS must,
       strftime('%s', said ->> 'discovered_at') * 1000 + (at - claimed) AS discovered
FROM made WHERE kind = 'case';

CREATE TEMP TABLE step AS
SELECT id, said ->> 'case' AS about, said ->> 'action' AS action,
       CAST(coalesce(said ->> 'turn', '0') AS INTEGER) AS turn, said ->> 'level' AS level,
       said ->> 'outcome' AS outcome, said ->> 'result' AS result, said ->> 'until' AS until,
       said ->> 'on_spot' = 'yes' AS on_spot, author, at, device, n
FROM made WHERE kind = 'case_step';

CREATE TEMP TABLE decisive AS
SELECT *, action = 'close' OR (action = 'session' AND outcome = 'agreed') AS closes,
       action IN ('escalate', 'return', 'transfer') AS hands,
       action = 'reopen' OR action IN ('verify', 'return_visit') AS reopens
FROM step
WHERE action IN ('escalate', 'return', 'transfer', 'close', 'reopen', 'withdraw', 'duplicate')
   OR (action = 'session' AND outcome IN ('agreed', 'withdrawn'))
   OR (action IN ('verify', 'return_visit') AND result = 'not_ok');

CREATE TEMP TABLE final AS
SELECT d.* FROM decisive d WHERE NOT EXISTS (
    SELECT 1 FROM decisive e WHERE e.about = d.about
       AND (e.turn, e.at, e.device, e.n) > (d.turn, d.at, d.device, d.n));

CREATE TEMP TABLE torn AS
SELECT a.about FROM decisive a JOIN decisive b
    ON a.about = b.about AND a.turn = b.turn AND a.closes AND b.hands;
"""
_DEADLINES = """
CREATE TEMP TABLE running AS
SELECT f.id, f.sort, f.urgency, f.discovered, max(f.discovered, coalesce(
           (SELECT max(d.at) FROM decisive d WHERE d.about = f.id
             AND (d.reopens OR (f.sort = 'dispute' AND d.action = 'escalate'))), 0)) AS start,
       (SELECT max(s.until) FROM step s WHERE s.about = f.id AND s.action = 'extend') AS longer,
       (SELECT max(s.until) FROM step s WHERE s.about = f.id AND s.action = 'suspend') AS pause,
       (SELECT max(s.at) FROM step s WHERE s.about = f.id AND s.action = 'suspend') AS paused
FROM found f;

CREATE TEMP TABLE due AS
WITH RECURSIVE moment(id, which, at) AS (
    SELECT id, 'first', discovered FROM running UNION ALL SELECT id, 'now', start FROM running
), walk(id, which, day, left) AS (
    SELECT m.id, which, date(at / 1000 + 28800, 'unixepoch'), a.days
    FROM moment m JOIN found f USING (id) JOIN allowed a USING (sort)
    UNION ALL
    SELECT id, which, date(day, '+1 day'),
           left - (strftime('%w', date(day, '+1 day')) NOT IN ('0', '6'))
    FROM walk WHERE left > 0
)
SELECT m.id, m.which, CASE
    WHEN f.urgency = 'emergency' THEN m.at + 7200000
    WHEN f.sort = 'dispute' THEN (strftime('%s', date(m.at / 1000 + 28800, 'unixepoch'),
         '+30 days', '+18 hours') - 28800) * 1000
    ELSE (SELECT (strftime('%s', day, '+18 hours') - 28800) * 1000 FROM walk w
          WHERE w.id = m.id AND w.which = m.which AND w.left = 0) END AS at
FROM moment m JOIN found f USING (id);

CREATE TEMP TABLE late AS
SELECT r.id, first.at AS first_due, CASE
    WHEN r.longer IS NOT NULL THEN (strftime('%s', r.longer, '+18 hours') - 28800) * 1000
    WHEN r.pause IS NULL THEN now.at
    WHEN r.urgency = 'emergency' THEN now.at + moved.by
    ELSE (strftime('%s', date((now.at + moved.by) / 1000 + 28800, 'unixepoch'),
          CASE strftime('%w', (now.at + moved.by) / 1000 + 28800, 'unixepoch')
          WHEN '6' THEN '+2 days' WHEN '0' THEN '+1 day' ELSE '+0 days' END, '+18 hours')
          - 28800) * 1000 END AS deadline
FROM running r JOIN due first ON first.id = r.id AND first.which = 'first'
JOIN due now ON now.id = r.id AND now.which = 'now'
LEFT JOIN (SELECT id, (strftime('%s', pause, '+18 hours') - 28800) * 1000 - paused AS by
           FROM running) moved ON moved.id = r.id;

CREATE TEMP TABLE stood AS
SELECT f.*, l.first_due, l.deadline,
       CASE WHEN f.id IN (SELECT about FROM torn) THEN 'open' WHEN z.closes THEN 'settled'
            WHEN z.action IN ('withdraw', 'duplicate', 'session') THEN 'dropped'
            ELSE 'open' END AS stands,
       CASE WHEN z.closes THEN z.at END AS ended, coalesce(z.on_spot, 0) AS on_spot,
       1 + (SELECT total(CASE e.action WHEN 'escalate' THEN 1 WHEN 'return' THEN -1 ELSE 0 END)
            FROM decisive e WHERE e.about = f.id) AS level
FROM found f JOIN late l USING (id) LEFT JOIN final z ON z.about = f.id;

CREATE TEMP VIEW settled AS
SELECT stood.*, stood.ended <= deadline AS in_time FROM stood, period
WHERE stands = 'settled' AND ended >= since AND ended < until;

CREATE TEMP VIEW new AS
SELECT stood.* FROM stood, period WHERE discovered >= since AND discovered < until;

CREATE TEMP VIEW left_over AS
SELECT stood.* FROM stood, period WHERE discovered < until
   AND (stands = 'open' OR (stands = 'settled' AND ended >= until));

CREATE TEMP VIEW overdue AS
SELECT left_over.* FROM left_over, period WHERE stands = 'open' AND deadline < min(until, now);

CREATE TEMP VIEW session AS
SELECT about, level, outcome FROM step, period
WHERE action = 'session' AND at >= since AND at < period.until;
"""
_REPORTS = """
CREATE TEMP TABLE rhythm AS
SELECT grid, said ->> 'rhythm' AS rhythm FROM made WHERE kind = 'work_rules';

CREATE TEMP TABLE owed AS
WITH RECURSIVE day(day) AS (SELECT first FROM period UNION ALL
    SELECT date(day, '+1 day') FROM day, period WHERE day < last)
SELECT grid, day AS name, day AS first, day AS last FROM day, rhythm
WHERE rhythm = 'daily' AND strftime('%w', day) NOT IN ('0', '6')
  AND day >= (SELECT date(min(at) / 1000 + 28800, 'unixepoch') FROM made
              WHERE kind = 'work_rules')
UNION ALL
SELECT grid, strftime('%Y-W', day) || printf('%02d', (strftime('%j', day, '-3 days') - 1) / 7 + 1),
       date(day, '-6 days'), day FROM day, rhythm
WHERE rhythm = 'weekly' AND strftime('%w', day) = '0'
  AND day >= (SELECT date(min(at) / 1000 + 28800, 'unixepoch') FROM made
              WHERE kind = 'work_rules');

CREATE TEMP TABLE report AS
SELECT o.grid, o.name, m.id, m.at, m.received, m.said ->> 'excuse' AS excuse, m.said,
       (strftime('%s', o.last, '+18 hours') - 28800) * 1000 AS due
FROM owed o LEFT JOIN made m
    ON m.kind = 'nil_report' AND m.grid = o.grid AND m.said ->> 'period' = o.name;

CREATE TEMP TABLE subjects AS
SELECT r.grid, r.name, s.name AS subject,
       max(r.said ->> s.name = 'has') AS has, max(r.said ->> s.name = 'nil') AS nil
FROM report r, (SELECT DISTINCT name FROM subject) s WHERE r.excuse IS NULL GROUP BY 1, 2, 3;

CREATE TEMP TABLE cell AS
SELECT r.grid, r.name, o.first, o.last, CASE
    WHEN count(r.id) FILTER (WHERE r.excuse IS NULL) = 0
        THEN CASE WHEN count(r.excuse) THEN 'excused'
                  WHEN r.due < (SELECT now FROM period) THEN 'missing' ELSE 'open' END
    WHEN min(r.at) FILTER (WHERE r.excuse IS NULL) > r.due THEN 'late'
    WHEN (SELECT max(has) FROM subjects s WHERE s.grid = r.grid AND s.name = r.name) THEN 'done'
    ELSE 'nil' END AS state,
    min(r.at) FILTER (WHERE r.excuse IS NULL) <= r.due
        AND min(r.received) FILTER (WHERE r.excuse IS NULL) > r.due AS received_late,
    EXISTS (SELECT 1 FROM found f JOIN subject t USING (sort)
            JOIN subjects s ON s.grid = r.grid AND s.name = r.name AND s.subject = t.name
            WHERE f.grid = r.grid AND s.nil AND NOT s.has
              AND date(f.discovered / 1000 + 28800, 'unixepoch') BETWEEN o.first AND o.last)
        AS contradicted
FROM report r JOIN owed o USING (grid, name) GROUP BY r.grid, r.name;
"""
