"""What each number of the office is, asked of the views of `journal`: one query for each.

They are written from the field's rules, not from the server's counting.
"""

import sqlite3
from collections.abc import Mapping
from statistics import median
from types import MappingProxyType

from rehearsal.journal import DAY, one
from server.assessment.formula import Part
from server.meetings.agenda import Point


def count(table: str, where: str = "1") -> str:
    """How many rows of a view."""
    return f"SELECT count(*) FROM {table}, period WHERE {where}"  # noqa: S608 - our own words


def _reports(states: str) -> str:
    return count("cell", f"state IN ({states})")


def _sorts(table: str, *sorts: str) -> str:
    return count(table, f"sort IN ({', '.join(repr(sort) for sort in sorts)})")


def _calls(which: str = "1") -> str:
    return count("call", f"began >= since AND began < until AND {which}")


def _entries(kind: str, which: str = "1") -> str:
    return count("made", f"kind = '{kind}' AND at >= since AND at < until AND {which}")


IN_TIME = _reports("'done', 'nil'")
MISSING = _reports("'missing'")
CONTRADICTED = count("cell", "contradicted")
SUMMARY: Mapping[str, str] = MappingProxyType(
    {
        "communities": "SELECT count(*) FROM area c, period p WHERE c.level = 'community' "
                       "AND p.area IN (c.id, c.parent_id)",
        "grids": "SELECT count(*) FROM here",
        "workers": "SELECT count(DISTINCT worker_id) FROM assignment "
                   "JOIN here ON here.grid = area_id",
        "visits": _calls(),
        "visits_done": _calls("outcome = 'done'"),
        "visits_partly": _calls("outcome = 'partly_done'"),
        "visits_nobody": _calls("outcome = 'nobody_home'"),
        "visits_refused": _calls("outcome = 'refused'"),
        "visits_other": _calls("outcome NOT IN ('done', 'partly_done', 'nobody_home', 'refused')"),
        "visits_by_phone": _calls("mode = 'phone'"),
        "notices": _calls("notices != ''"),
        "households_visited": "SELECT count(DISTINCT household) FROM call, period "
                              "WHERE began >= since AND began < until",
        "households_new": _entries("household", "id NOT IN (SELECT id FROM joined)"),
        "cards_given": _calls("notices LIKE '%service_card%'"),
        "cards_printed": "SELECT coalesce(sum(count - spoiled), 0) FROM card_batch JOIN here "
                         "USING (grid), period WHERE printed_at >= since AND printed_at < until",
        "disputes_found": _sorts("new", "dispute"),
        "disputes_settled": _sorts("settled", "dispute"),
        "sessions": count("session"),
        **{f"sessions_{level}": count("session", f"level = '{level}'")
           for level in ("grid", "community", "town")},
        **{f"session_{outcome}": count("session", f"outcome = '{outcome}'")
           for outcome in ("agreed", "partial", "failed", "withdrawn")},
        "disputes_relapsed": "SELECT count(DISTINCT about) FROM step "
                             "WHERE action = 'return_visit' AND result = 'not_ok'",
        "livelihood_found": _sorts("new", "livelihood"),
        "livelihood_settled": _sorts("settled", "livelihood"),
        "requests_found": _sorts("new", "service_request", "maternal"),
        "requests_settled": _sorts("settled", "service_request", "maternal"),
        "hazards_found": _sorts("new", "hazard", "public_order"),
        "hazards_settled": _sorts("settled", "hazard", "public_order"),
        "cases_found": count("new"),
        "cases_settled": count("settled"),
        "cases_in_time": count("settled", "in_time"),
        "cases_on_spot": count("settled", "on_spot"),
        "cases_open": count("left_over"),
        "cases_overdue": count("overdue"),
        **{f"kind_{sort}": _sorts("new", sort)
           for sort in ("facility", "environment", "rental", "inflow", "other")},
        **{f"must_{must}": count("new", f"must = '{must}'")
           for must in ("hazard", "maternal", "inflow", "rental", "facility")},
        "settled_grid": count("settled", "level = 1"),
        "settled_community": count("settled", "level = 2"),
        "settled_town": count("settled", "level = 3"),
        "diaries": _entries("diary"),
        "patrols": _entries("patrol"),
        "facility_checks": _entries("facility_check"),
        "feedback": _entries("feedback"),
        "nil_expected": count("cell", "state != 'open'"),
        "nil_in_time": IN_TIME,
        "nil_late": _reports("'late'"),
        "nil_missing": MISSING,
        "nil_excused": _reports("'excused'"),
        "nil_contradicted": CONTRADICTED,
    }
)  # fmt: skip
"""The figures of the summary, and of the board's lines, by their keys; of doors, see `doors`."""
BOARD = (
    "visits", "cases_found", "cases_settled", "cases_open", "cases_overdue", "nil_expected",
    "nil_in_time", "nil_late", "nil_missing", "nil_excused", "nil_contradicted",
)  # fmt: skip
POINTS: Mapping[Point, str] = MappingProxyType(
    {
        Point.OVERDUE: "SELECT id FROM overdue",
        Point.OPEN: "SELECT id FROM left_over WHERE id NOT IN (SELECT id FROM overdue)",
        Point.NEW: "SELECT id FROM new",
        Point.REFUSALS: "SELECT id FROM call, period WHERE began >= since AND began < until "
                        "AND outcome = 'refused'",
    }
)  # fmt: skip
"""The things that a point of the weekly sheet names."""
NUMBERS: Mapping[Point, str] = MappingProxyType(
    {
        Point.NIL_MISSING: MISSING,
        Point.CONTRADICTED: CONTRADICTED,
        Point.CONFLICTS: """
            SELECT count(*) FROM (SELECT record_id FROM journal JOIN here USING (grid)
                WHERE record_kind = 'household' AND outcome = 'conflict' GROUP BY record_id
                EXCEPT SELECT record_id FROM journal JOIN device ON device.id = device_id
                WHERE device.kind = 'console')
        """,
        Point.HELD: "SELECT 0",
    }
)
"""How many things the other points name. Nobody's report is held back: no phone was lost."""
_OWN = (
    "CASE WHEN EXISTS (SELECT 1 FROM step s WHERE s.about = stood.id AND s.action = 'escalate') "
    "THEN first_due ELSE deadline END"
)
_DUE = f"{_OWN} >= since AND {_OWN} < until"
_VERIFIED = (
    "stands = 'settled' AND ended <= deadline AND EXISTS (SELECT 1 FROM step s "
    "WHERE s.about = stood.id AND s.action = 'verify' AND s.result = 'ok' AND s.at >= ended)"
)
_HANDED = (
    "EXISTS (SELECT 1 FROM step s WHERE s.about = stood.id AND s.action = 'escalate' "
    "AND s.at <= first_due)"
)
_PLANNED = "next >= first AND next <= last"
_FOLLOWED = (
    "EXISTS (SELECT 1 FROM call later WHERE later.household = call.household "
    "AND later.began > call.began AND later.began < until)"
)
MONTH: Mapping[Part, tuple[str, str]] = MappingProxyType(
    {
        Part.CASES: (
            count("stood", f"sort != 'dispute' AND {_DUE} AND {_VERIFIED}"),
            count("stood", f"sort != 'dispute' AND {_DUE}"),
        ),
        Part.MEDIATION: (
            count("stood", f"sort = 'dispute' AND {_DUE} AND ({_VERIFIED} OR {_HANDED})"),
            count("stood", f"sort = 'dispute' AND {_DUE}"),
        ),
        Part.VISITS: (count("call", f"{_PLANNED} AND {_FOLLOWED}"), count("call", _PLANNED)),
        Part.REPORTS: (IN_TIME, _reports("'done', 'nil', 'late', 'missing'")),
    }
)
"""What was done of what was due, of each part of the formula but quality: see `collection`."""


def days_by_level(sql: sqlite3.Connection) -> dict[int, float]:
    """The median of the days that cases took, for each level that settled any."""
    taken: dict[int, list[float]] = {}
    for level, ms in sql.execute("SELECT level, ended - discovered FROM settled"):
        taken.setdefault(int(level), []).append(ms / DAY)
    return {level: median(some) for level, some in taken.items()}


def month(sql: sqlite3.Connection) -> dict[Part, tuple[int, int]]:
    """Of each part of `MONTH`, what was done of what was due."""
    return {part: (int(one(sql, done)), int(one(sql, due))) for part, (done, due) in MONTH.items()}
