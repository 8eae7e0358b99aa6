"""How complete households and their people are, by SQL over the journal: the items told again.

The printed table's items are written down here from the field's rules, not read from a form; the
check compares them with the forms that the town has published. An answer that is shown is the
newest of those that no other write had seen: in the week no two people say at once that somebody
died or moved, or add to a set, for which there are other rules.
"""

import sqlite3
from typing import NamedTuple

from server.keys import Keys
from server.register.sealing import Seal


class Item(NamedTuple):
    """One item: of which record, which answer, and for whom it applies."""

    kind: str
    name: str
    mandatory: bool = False
    may_decline: bool = True
    from_age: int | None = None
    """Whoever is younger is not asked."""
    sensitive: bool = False
    """Whoever does not consent to it is not asked."""
    let: bool = False
    """Only of a home that is rented or borrowed."""


ITEMS = (
    Item("household", "dwelling", mandatory=True, may_decline=False),
    Item("household", "tenure", mandatory=True),
    Item("household", "household_kind", mandatory=True),
    Item("household", "people_count", mandatory=True),
    Item("household", "phone", mandatory=True),
    Item("household", "registered_address"),
    Item("household", "living_since"),
    Item("household", "landlord_name", let=True),
    Item("household", "landlord_phone", let=True),
    Item("household", "lease_until", let=True),
    Item("household", "emergency_contact"),
    Item("household", "needs"),
    Item("resident", "name", mandatory=True),
    Item("resident", "relation", mandatory=True),
    Item("resident", "sex", mandatory=True),
    Item("resident", "birth_date", mandatory=True),
    Item("resident", "pension", mandatory=True, from_age=16),
    Item("resident", "medical", mandatory=True),
    Item("resident", "registration_type"),
    Item("resident", "education", from_age=6),
    Item("resident", "employment", from_age=16),
    Item("resident", "marital", from_age=18),
    Item("resident", "veteran", from_age=18),
    Item("resident", "party_member", from_age=18, sensitive=True),
    Item("resident", "retirement", from_age=45),
    Item("resident", "id_number", sensitive=True),
    Item("resident", "disability", sensitive=True),
    Item("resident", "assistance", sensitive=True),
    Item("resident", "care", sensitive=True),
    Item("resident", "emergency_contact"),
)
"""Ethnicity and maternal service are off: an item that is off is none."""


def measure(conn: sqlite3.Connection, keys: Keys, day: str) -> None:
    """Makes `answer`, the answers that stand, and `measured`, a row for each record with items.

    day: the ISO date on which people are as old as they are. keys: open the sealed answers.
    """
    seal = Seal(keys)

    def opened(secret: bytes, town: str, record: str, seq: int) -> str:
        return seal.open(secret, "journal", town, record, seq).decode()

    conn.create_function("opened", 4, opened, deterministic=True)
    conn.executescript("""
        CREATE TEMP TABLE item (kind, name, mandatory, may_decline, from_age, sensitive, let);
        CREATE TEMP TABLE asked (kind, unit, PRIMARY KEY (kind, unit));
    """)
    conn.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?)", ITEMS)
    conn.executemany("INSERT INTO asked VALUES (?, ?)", [*_HANGS, *(each[:2] for each in ITEMS)])
    conn.execute("CREATE TEMP TABLE today AS SELECT ? AS day", (day,))
    conn.executescript(_ANSWERS)
    conn.executescript(_MEASURED)


def published(conn: sqlite3.Connection) -> frozenset[tuple[str, str, bool, bool, bool]]:
    """The items of the forms in force: kind, name, mandatory, may be declined, has a rule."""
    rows = conn.execute(_PUBLISHED)
    return frozenset((kind, name, *map(bool, how)) for kind, name, *how in rows)


def stated() -> frozenset[tuple[str, str, bool, bool, bool]]:
    """The same of `ITEMS`."""
    return frozenset(
        (each.kind, each.name, each.mandatory, each.may_decline,
         each.from_age is not None or each.sensitive or each.let)
        for each in ITEMS
    )  # fmt: skip


_HANGS = (
    ("dwelling", "status"), ("dwelling", "use"), ("resident", "household"),
    ("resident", "status"), ("resident", "consent"), ("resident", "consent_except"),
    ("household", "@alias"), ("resident", "@alias"),
)  # fmt: skip
"""What else is read: where a record hangs, how it stands, and what was consented to."""
_PUBLISHED = """
WITH node AS MATERIALIZED (
    SELECT f.kind, fullkey, value FROM form f, json_tree(CAST(content AS TEXT))
    WHERE f.current AND f.kind IN ('household', 'resident') AND type = 'object'
)
SELECT kind, q.value ->> 'name', coalesce(q.value ->> 'mandatory', 0),
       coalesce(q.value ->> 'allow_declined', 0), EXISTS (
           SELECT 1 FROM node g WHERE g.kind = q.kind AND g.value ->> 'relevant' <> ''
              AND (g.fullkey = q.fullkey OR q.fullkey LIKE g.fullkey || '.%'))
FROM node q WHERE q.value ->> 'item' <> '' AND coalesce(q.value ->> 'on', 1)
"""
_ANSWERS = """
CREATE TEMP TABLE written AS
WITH part AS (
    SELECT *, CAST(body AS TEXT) AS said FROM main.journal
    WHERE record_kind IN ('dwelling', 'household', 'resident')
    UNION ALL
    SELECT *, opened(secret, town_id, record_id, seq) FROM main.journal
    WHERE record_kind IN ('dwelling', 'household', 'resident') AND secret IS NOT NULL
)
SELECT record_id AS record, unit, u.type, u.value, seq, device_id AS device, n, base, effective
FROM part, json_each(said, '$.units') u
JOIN asked ON asked.kind = record_kind AND unit = u.key;

CREATE INDEX written_by_unit ON written (record, unit);

CREATE TEMP TABLE answer (record, unit, value, declined, PRIMARY KEY (record, unit))
    WITHOUT ROWID;

INSERT INTO answer
SELECT record, unit, value,
       CASE type WHEN 'object' THEN value ->> 'missing' IS 'declined' ELSE 0 END FROM (
    SELECT *, row_number() OVER (
        PARTITION BY record, unit ORDER BY effective DESC, device DESC, n DESC) AS place
    FROM written w WHERE NOT EXISTS (
        SELECT 1 FROM written v WHERE v.record = w.record AND v.unit = w.unit
           AND (v.base >= w.seq OR (v.device = w.device AND v.n > w.n))))
WHERE place = 1 AND type <> 'null';
"""
_MEASURED = """
CREATE TEMP TABLE thing AS
SELECT record_id AS id, record_kind AS kind, grid FROM main.journal
WHERE kind = 'create' AND record_kind IN ('household', 'resident');

CREATE TEMP TABLE known AS
SELECT t.id, t.kind,
       (SELECT (julianday(day) - julianday(a.value)) / 365.25 FROM today, answer a
        WHERE a.record = t.id AND a.unit = 'birth_date') AS age,
       coalesce((SELECT value IN ('declined', 'withdrawn') FROM answer a
                 WHERE a.record = t.id AND a.unit = 'consent'), 0) AS refuses,
       coalesce((SELECT value FROM answer a
                 WHERE a.record = t.id AND a.unit = 'consent_except'), '[]') AS except_for,
       coalesce((SELECT value IN ('rented', 'borrowed', 'public_rental') FROM answer a
                 WHERE a.record = t.id AND a.unit = 'tenure'), 0) AS let
FROM thing t;

CREATE TEMP TABLE measured (id PRIMARY KEY, applicable, answered, declined, wanted, given, withheld)
    WITHOUT ROWID;

INSERT INTO measured
SELECT k.id, count(*), count(a.record), total(a.declined),
       total(i.mandatory AND a.record IS NULL),
       total(i.mandatory AND i.may_decline AND NOT a.declined),
       total(i.mandatory AND a.declined)
FROM known k JOIN item i USING (kind) LEFT JOIN answer a ON a.record = k.id AND a.unit = i.name
WHERE (i.from_age IS NULL OR k.age IS NULL OR k.age >= i.from_age)
  AND NOT (i.sensitive AND (k.refuses OR i.name IN (SELECT value FROM json_each(k.except_for))))
  AND (k.let OR NOT i.let)
GROUP BY k.id;
"""
