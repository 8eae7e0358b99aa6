"""The audit trail is looked up, and a cut end is noticed by a head that was kept elsewhere."""

from pathlib import Path

import pytest

from server.db.engine import reading, writing
from server.housekeeping import HEADS_FILE, keep_head
from server.office.audit import Deed, check
from server.office.errors import NotAllowed
from server.office.roles import Role
from server.office.trail import Sought, head_line, missing_heads, read_heads, search
from tests.server.a_town import ATown

DAY = 24 * 3600 * 1000


@pytest.fixture
def told(town: ATown) -> ATown:
    for number in range(5):
        town.clock.at += 1000
        with town.act() as act:
            act.note(Deed.EXPORTED, f"AB2D-EF{number}H household.csv", f"report: 第{number}季度")
    return town


def found(town: ATown, **sought: object) -> list[str]:
    with reading(town.services.engine) as conn:
        rows = search(conn, town.who, Sought(**sought))  # type: ignore[arg-type]  # as it is asked
    return [row.object.split()[0] for row in rows if row.action == "exported"]


def test_rows_are_found_by_mark_reason_deed_actor_and_time(told: ATown) -> None:
    now = told.clock.at

    assert found(told, find="EF3H") == ["AB2D-EF3H"]
    assert found(told, find="第1季度") == ["AB2D-EF1H"]
    assert found(told, find="%") == []
    assert len(found(told, deed="exported", actor=told.who.id)) == 5
    assert found(told, deed="merged") == []
    assert found(told, since=now, until=now + 1) == ["AB2D-EF4H"]
    with reading(told.services.engine) as conn:
        newest = search(conn, told.who, Sought(), 2)
        older = search(conn, told.who, Sought(before=newest[-1].seq), 1)
    assert older[0].seq == newest[-1].seq - 1


def test_only_who_may_see_the_trail_sees_it(town: ATown) -> None:
    leader = town.account("leader", Role.GRID_LEADER, "g1")

    with reading(town.services.engine) as conn, pytest.raises(NotAllowed):
        search(conn, leader, Sought())


@pytest.fixture
def unguarded(told: ATown) -> ATown:
    """Somebody has the database file, and takes the guards off."""
    with writing(told.services.engine) as conn:
        for guard in ("audit_not_changed", "audit_not_deleted"):
            conn.exec_driver_sql(f"DROP TRIGGER {guard}")
    return told


def missing(town: ATown, file: Path) -> list[int]:
    with reading(town.services.engine) as conn:
        heads = read_heads(file.read_text().splitlines())
        return [each.seq for each in missing_heads(conn, town.who.town, heads)]


def test_a_cut_end_is_seen_only_by_a_head_that_was_kept(unguarded: ATown, tmp_path: Path) -> None:
    keep_head(unguarded.services, unguarded.who.town)
    file = tmp_path / HEADS_FILE
    assert missing(unguarded, file) == []
    with writing(unguarded.services.engine) as conn:
        last = conn.exec_driver_sql("SELECT max(seq) FROM audit").scalar_one()
        conn.exec_driver_sql(f"DELETE FROM audit WHERE seq > {last - 2}")

    with reading(unguarded.services.engine) as conn:
        chain = check(conn, unguarded.services.keys.audit, unguarded.who.town)

    assert chain.broken_at is None  # what is left is in order
    assert missing(unguarded, file) == [last]


def test_a_trail_that_was_written_anew_is_not_the_one_that_was_kept(
    unguarded: ATown, tmp_path: Path
) -> None:
    keep_head(unguarded.services, unguarded.who.town)
    with writing(unguarded.services.engine) as conn:
        conn.exec_driver_sql("UPDATE audit SET mac = 'x' WHERE seq = (SELECT max(seq) FROM audit)")

    assert len(missing(unguarded, tmp_path / HEADS_FILE)) == 1


def test_a_head_is_written_once_a_day_where_the_operator_wants_it(
    told: ATown, tmp_path: Path
) -> None:
    first = [keep_head(told.services, told.who.town) for _ in range(2)]
    told.clock.at += DAY
    second = keep_head(told.services, told.who.town)

    lines = (tmp_path / HEADS_FILE).read_text().splitlines()
    assert (first, second, len(lines)) == ([True, False], True, 2)
    with reading(told.services.engine) as conn:
        assert lines[1] == head_line(conn, told.who.town, told.clock.at)
    assert [each.town for each in read_heads([*lines, "", "nonsense", "a b c"])] == ["east", "east"]
