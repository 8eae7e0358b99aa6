"""`backup`, `restore`, `export`, `verify`, `rebuild`, `migrate`."""

import json
import sqlite3
from pathlib import Path

import pytest
from msgspec import structs

from server.clock import new_id
from server.db.engine import open_engine, reading, writing
from server.db.register_tables import CounterRow
from server.keys import Keys
from server.office.people import operator
from server.register.edits import Edit
from server.register.register import Register
from server.settings import Settings
from shared.changes import ChangeKind
from tests.server.cli.conftest import Run

TABLES = "town", "journal", "record", "audit", "account", "worker"


def _register(home: Path) -> Register:
    return Register(open_engine(Settings(home=home).database), Keys.load_or_create(home))


def _resident(home: Path, name: str, id_number: str) -> str:
    """A household with a resident, written as an account would."""
    register = _register(home)
    engine = open_engine(Settings(home=home).database)
    with reading(engine) as conn:
        town = conn.exec_driver_sql("SELECT town_id FROM town").scalar_one()
        who = operator(conn, town)
    [grid] = who.grids
    household, resident = new_id(), new_id()
    edits = [
        Edit(
            kind=ChangeKind.CREATE,
            record=record,
            record_kind=kind,
            grid=grid,
            units=dict(units),
        )
        for record, kind, units in (
            (household, "household", {"head_name": name}),
            (
                resident,
                "resident",
                {"household": household, "name": name, "id_number": id_number},
            ),
        )
    ]
    register.commit(who, edits)
    return resident


def _tables(database: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(database) as there:
        return {table: there.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}


def test_a_backup_of_a_database_in_use_is_whole(peopled: Run, home: Path) -> None:
    _resident(home, "王小芳", "")
    target = home / "safe" / "copy.db"
    engine = open_engine(Settings(home=home).database)
    with writing(engine) as conn:  # somebody is in the middle of something
        conn.exec_driver_sql("INSERT INTO town VALUES ('other', '别处', 0, 'admins')")
        told = peopled("backup", "--to", str(target), "--json")

    assert json.loads(told.out) == {"file": str(target), "bytes": target.stat().st_size}
    copied = _tables(target)
    assert len(copied["journal"]) == 2
    assert [row[0] for row in copied["town"]] == ["t329901100000"]
    assert target.stat().st_mode & 0o077 == 0
    assert "keys.json" in told.err


def test_a_restored_server_goes_on_under_a_new_epoch(peopled: Run, home: Path) -> None:
    _resident(home, "王小芳", "")
    backup = home / "copy.db"
    peopled("backup", "--to", str(backup))
    before = _tables(home / "doorstep.db")
    epoch = _epoch(home)
    _resident(home, "后来人", "")

    refused = peopled("restore", str(backup))
    told = peopled("restore", str(backup), "--replace")

    assert refused.code == 1
    assert told.code == 0
    after = _tables(home / "doorstep.db")
    assert {table: after[table] for table in TABLES if table != "audit"} == {
        table: before[table] for table in TABLES if table != "audit"
    }
    assert _epoch(home) != epoch
    assert len(list(home.glob("doorstep.db.before-*"))) == 1
    assert peopled("verify").code == 0


def test_a_backup_is_restored_on_an_empty_machine(
    peopled: Run, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    resident = _resident(home, "王小芳", "11010519491231002X")
    peopled("backup", "--to", str(home / "copy.db"))
    other = tmp_path / "other"
    other.mkdir()
    (other / "keys.json").write_bytes((home / "keys.json").read_bytes())
    monkeypatch.setenv("DOORSTEP_HOME", str(other))

    assert peopled("restore", str(home / "copy.db")).code == 0

    assert peopled("verify").code == 0
    record = _register(other).record("t329901100000", resident)
    assert record is not None
    assert record.units["id_number"][0].value == "11010519491231002X"


@pytest.mark.parametrize("content", [b"", b"not a database" * 99, None])
def test_what_is_no_backup_is_not_restored(peopled: Run, home: Path, content: bytes | None) -> None:
    before = _tables(home / "doorstep.db")
    file = home / "wrong.db"
    if content is None:
        sqlite3.connect(file).execute("CREATE TABLE other (x)").connection.close()
    else:
        file.write_bytes(content)

    told = peopled("restore", str(file), "--replace")

    assert told.code == 1
    assert "Traceback" not in told.err
    assert _tables(home / "doorstep.db") == before


def test_the_register_is_written_out_without_what_is_sensitive(peopled: Run, home: Path) -> None:
    resident = _resident(home, "王小芳", "11010519491231002X")

    told = peopled("export")

    lines = {line["id"]: line for line in map(json.loads, told.out.splitlines())}
    assert len(lines) == 2
    assert lines[resident]["answers"]["name"] == "王小芳"
    assert "11010519491231002X" not in told.out
    assert lines[resident]["kind"] == "resident"


def test_sensitive_answers_leave_only_with_a_reason_which_is_audited(
    peopled: Run, home: Path
) -> None:
    resident = _resident(home, "王小芳", "11010519491231002X")
    target = home / "out.jsonl"

    refused = peopled("export", "--sensitive")
    peopled("export", "--sensitive", "--reason", "年度核查", "--to", str(target))

    assert (refused.code, refused.out) == (1, "")
    lines = {line["id"]: line for line in map(json.loads, target.read_text().splitlines())}
    assert lines[resident]["answers"]["id_number"] == "11010519491231002X"
    assert target.stat().st_mode & 0o077 == 0
    row = _tables(home / "doorstep.db")["audit"][-1]
    assert {"exported", "register.jsonl+sensitive", "年度核查"} <= set(row)


def test_versions_and_open_candidates_are_written_out_by_area(peopled: Run, home: Path) -> None:
    _resident(home, "王小芳", "11010519491231002X")
    peopled("add-area", "329901100002", "河西社区")
    peopled("add-area", "329901100002001", "第一网格")
    household = next(
        line["id"]
        for line in map(json.loads, peopled("export").out.splitlines())
        if line["kind"] == "household"
    )
    _two_numbers(home, household)

    told = peopled("export", "--area", "329901100001")
    elsewhere = peopled("export", "--area", "329901100002")

    lines = {line["id"]: line for line in map(json.loads, told.out.splitlines())}
    assert elsewhere.out == ""
    assert lines[household]["version"] == 4
    assert lines[household]["contested"] == {"phone": ["13811111111", "13822222222"]}
    [first, second] = lines[household]["candidates"]["phone"]
    assert (first["value"], second["value"]) == ("13811111111", "13822222222")
    assert first["writes"][0].keys() >= {"seq", "device", "n", "base", "worker", "claimed"}
    row = _tables(home / "doorstep.db")["audit"][-1]
    assert any(str(cell).startswith("register.jsonl ") for cell in row)
    assert peopled("export", "--area", "9").code == 1


def _two_numbers(home: Path, household: str) -> None:
    """Two accounts write a telephone number, neither having seen the other's."""
    register = _register(home)
    engine = open_engine(Settings(home=home).database)
    with reading(engine) as conn:
        town = conn.exec_driver_sql("SELECT town_id FROM town").scalar_one()
        who = operator(conn, town)
    record = register.record(town, household)
    assert record is not None
    for account, number in (("one", "13811111111"), ("two", "13822222222")):
        edit = Edit(
            kind=ChangeKind.SET,
            record=household,
            record_kind="household",
            grid=record.grid,
            base=record.version,
            units={"phone": number},
        )
        register.commit(structs.replace(who, id=account), [edit])


def test_a_full_disk_is_told_in_one_sentence(peopled: Run, home: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("left out: this machine has no /dev/full")
    _resident(home, "王小芳", "")

    told = peopled("export", "--to", "/dev/full", language="zh")

    assert (told.code, told.err.strip()) == (1, "磁盘已满，未完成。请清理磁盘空间后重试。")


def test_a_check_finds_what_was_changed_behind_the_servers_back(peopled: Run, home: Path) -> None:
    resident = _resident(home, "王小芳", "")
    assert peopled("verify").code == 0

    with sqlite3.connect(home / "doorstep.db") as there:
        there.execute("UPDATE resident SET name = '别人' WHERE id = ?", [resident])
    told = peopled("verify", "--json")
    mended = peopled("rebuild")

    assert told.code == 1
    assert resident in str(json.loads(told.out)["rest_differs"])
    assert mended.code == 0
    assert peopled("verify").code == 0


def test_a_check_finds_a_cut_audit_trail_with_the_head_kept_elsewhere(
    peopled: Run, home: Path
) -> None:
    head = json.loads(peopled("verify", "--json").out)["audit_head"]
    with sqlite3.connect(home / "doorstep.db") as there:
        there.execute("DROP TRIGGER audit_not_deleted")
        there.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")

    assert peopled("verify").code == 0
    told = peopled("verify", "--audit-head", head, language="zh")

    assert told.code == 1
    assert "被改动或删除" in told.out


def test_housekeeping_says_what_it_forgot(peopled: Run, home: Path) -> None:
    _resident(home, "王小芳", "")

    told = peopled("housekeeping", "--json")

    assert told.code == 0
    assert json.loads(told.out) == {
        "upto": 0,
        "tombstones": 0,
        "exits": 0,
        "collected": {"files": 0, "bytes": 0, "uploads": 0},
        "expired": 0,
        "overwritten": 0,
    }
    assert peopled("verify").code == 0


def test_migrating_twice_changes_nothing(peopled: Run, home: Path) -> None:
    before = _tables(home / "doorstep.db")

    assert peopled("migrate").code == 0
    assert peopled("migrate").code == 0

    assert _tables(home / "doorstep.db") == before


def test_for_postgresql_its_own_tools_are_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", postgres_url)

    told = run("backup")

    assert told.code == 1
    assert "pg_dump" in told.err


def _epoch(home: Path) -> str:
    engine = open_engine(Settings(home=home).database)
    with reading(engine) as conn:
        return str(conn.execute(CounterRow.__table__.select()).one().epoch)  # type: ignore[attr-defined]  # SQLModel's
