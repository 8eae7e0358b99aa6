"""geodiff, which merges SQLite files in field surveys, judges our merge of two sides.

Both start from the same rows; two phones edit them offline. What geodiff merges by itself must be
what our merge shows, and what it calls a conflict must be what waits for a person here, with the
same two values. It knows nothing of policies, so every question is one for review.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pygeodiff import GeoDiff

from shared import merge as merging
from shared.changes import Answer, Change, ChangeKind
from shared.merge import Rules, merge, shown
from shared.records import Record, Write

QUESTIONS = ("head_name", "phone", "people_count", "access_note")
VALUES: tuple[Answer, ...] = ("李芳", "王强", 3, None)
RULES = Rules()
REVIEWED_FROM = 1
"""The number of the write that created a row: both phones had seen it."""

Rows: TypeAlias = dict[int, dict[str, Answer]]
Conflicts: TypeAlias = dict[tuple[int, str], frozenset[str]]
"""By row and question: both values."""

_answers = st.fixed_dictionaries({name: st.sampled_from(VALUES) for name in QUESTIONS})
_edits = st.dictionaries(st.sampled_from(QUESTIONS), st.sampled_from(VALUES), max_size=3)
_histories = st.lists(st.tuples(_answers, _edits, _edits), min_size=1, max_size=3)
BOUNDED = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(_histories)
@BOUNDED
def test_two_sides_merge_as_geodiff_merges_them(
    history: list[tuple[dict[str, Answer], dict[str, Answer], dict[str, Answer]]],
) -> None:
    before: Rows = {place: row for place, (row, _, _) in enumerate(history)}
    theirs = {place: _changed(row, edits) for place, (row, edits, _) in enumerate(history)}
    mine = {place: _changed(row, edits) for place, (row, _, edits) in enumerate(history)}

    values, contested = _merged_by_geodiff(before, theirs, mine)

    assert _merged_here(before, theirs, mine) == (_settled(values, contested), contested)


def test_the_judge_would_notice_a_merge_that_takes_the_later_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before: Rows = {0: dict.fromkeys(QUESTIONS, "李芳")}
    theirs, mine = ({0: before[0] | {"phone": value}} for value in ("王强", 3))
    contested = _merged_by_geodiff(before, theirs, mine)[1]
    assert _merged_here(before, theirs, mine)[1] == contested

    monkeypatch.setattr(merging, "knows", lambda *_: True)

    assert _merged_here(before, theirs, mine)[1] != contested


def _changed(row: Mapping[str, Answer], edits: Mapping[str, Answer]) -> dict[str, Answer]:
    return {**row, **edits}


def _settled(values: Rows, contested: Conflicts) -> Rows:
    """The values that nobody need decide."""
    return {
        place: {name: value for name, value in row.items() if (place, name) not in contested}
        for place, row in values.items()
    }


# ---- here -------------------------------------------------------------------------------------


def _merged_here(before: Rows, theirs: Rows, mine: Rows) -> tuple[Rows, Conflicts]:
    values: Rows = {}
    contested: Conflicts = {}
    for place, row in before.items():
        record = _taken(None, ChangeKind.CREATE, row, ("office", 1))
        for seq, (device, side) in enumerate((("theirs", theirs), ("mine", mine)), 2):
            edits = {name: value for name, value in side[place].items() if value != row[name]}
            if edits:
                record = _taken(record, ChangeKind.SET, edits, (device, seq))
        waiting = merging.conflicts(record, RULES)
        for unit in waiting:
            candidates = record.units[unit]
            contested[place, unit] = frozenset(_text(each.value) for each in candidates)
        answers = shown(record, RULES)
        values[place] = {name: answers[name] for name in QUESTIONS if name not in waiting}
    return values, contested


def _taken(
    record: Record | None, kind: ChangeKind, units: Mapping[str, Answer], made: tuple[str, int]
) -> Record:
    device, seq = made
    base = 0 if record is None else REVIEWED_FROM
    change = Change(
        n=1,
        save=device,
        kind=kind,
        record="r",
        record_kind="household",
        grid="g",
        worker=device,
        at=seq,
        base=base,
        units=dict(units),
    )
    return merge(record, change, Write(seq, device, 1, base, device, seq, seq), RULES).record


# ---- geodiff ----------------------------------------------------------------------------------


def _merged_by_geodiff(before: Rows, theirs: Rows, mine: Rows) -> tuple[Rows, Conflicts]:
    with TemporaryDirectory() as folder:
        base, their, local, found = (Path(folder) / name for name in ("b", "t", "m", "conflicts"))
        for file, rows in ((base, before), (their, theirs), (local, mine)):
            _write(file, rows)
        geodiff = GeoDiff()
        geodiff.rebase(str(base), str(their), str(local), str(found))
        return _read(local), _conflicts(found)


def _write(file: Path, rows: Rows) -> None:
    columns = ", ".join(f"{name} TEXT" for name in QUESTIONS)
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.execute(f"CREATE TABLE household (id INTEGER PRIMARY KEY, {columns})")
        for place, row in rows.items():
            values = [_text(row[name]) for name in QUESTIONS]
            marks = ", ".join("?" * (len(QUESTIONS) + 1))
            conn.execute(f"INSERT INTO household VALUES ({marks})", [place + 1, *values])


def _read(file: Path) -> Rows:
    with closing(sqlite3.connect(file)) as conn:
        rows = conn.execute(f"SELECT id, {', '.join(QUESTIONS)} FROM household").fetchall()
    return {
        place - 1: dict(zip(QUESTIONS, map(_answer, values), strict=True))
        for place, *values in rows
    }


def _text(value: Answer) -> str:
    """An answer in a cell: never the word null, which geodiff tells as no text at all."""
    return f"={json.dumps(value)}"


def _answer(text: str) -> Answer:
    answer: Answer = json.loads(text.removeprefix("="))
    return answer


def _conflicts(file: Path) -> Conflicts:
    if not file.exists():
        return {}
    told = json.loads(file.read_text())["geodiff"]
    return {
        (int(row["fid"]) - 1, QUESTIONS[change["column"] - 1]): frozenset(
            (change["old"], change["new"])
        )
        for row in told
        for change in row["changes"]
    }
