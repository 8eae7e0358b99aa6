"""A backup brings everything back, says nothing without the keys, and is tried beforehand."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from server.backups import PART_BYTES, BackupBroken, open_file, seal_file
from server.db.engine import open_engine
from server.keys import Keys
from tests.server.cli.conftest import Run

NAME = "王芳"


def test_a_drill_tries_a_restore_and_finds_what_a_copy_lacks(peopled: Run, home: Path) -> None:
    well = peopled("drill", "--json")
    with sqlite3.connect(home / "doorstep.db") as conn:
        conn.execute("DROP TRIGGER audit_not_changed")
        conn.execute("UPDATE audit SET reason = 'x' WHERE seq = 2")
    broken = peopled("drill")

    assert well.code == 0, well
    assert json.loads(well.out)["differs"] == []
    assert json.loads(well.out)["audit_rows"] > 5
    assert broken.code == 1
    assert "audit:2" in broken.out


@pytest.mark.postgres
def test_a_restored_postgresql_is_held_against_the_register(
    run: Run, home: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORSTEP_DATABASE_URL", postgres_url)
    told = run(
        "add-admin", "chen", "--name", "陈敏", "--password", "gate-lamp-rice-4",
        "--town-name", "东镇", "--town-code", "329901100000",
    )  # fmt: skip
    assert told.code == 0, told
    url = make_url(postgres_url)
    copied = f"{url.database}_copy"
    admin = open_engine(postgres_url)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        conn.execute(text(f"{others} AND pid <> pg_backend_pid()"), {"name": url.database})
    admin.dispose()
    other = open_engine(url.set(database="postgres").render_as_string(hide_password=False))
    with other.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text(f'CREATE DATABASE "{copied}" TEMPLATE "{url.database}"'))
    restored = url.set(database=copied).render_as_string(hide_password=False)

    well = run("drill", "--restored", restored, "--json")
    there = open_engine(restored)
    with there.begin() as conn:
        conn.execute(text("DELETE FROM form WHERE kind = 'visit'"))
    there.dispose()
    lacking = run("drill", "--restored", restored)

    assert (well.code, json.loads(well.out)["differs"]) == (0, []), well
    assert lacking.code == 1
    assert "form: " in lacking.out
    with other.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text(f'DROP DATABASE "{copied}" WITH (FORCE)'))
    other.dispose()


def test_a_sealed_backup_says_nothing_and_is_restored_on_an_empty_machine(
    peopled: Run, home: Path, tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    target = home / "away.sealed"
    peopled("backup", "--to", str(home / "plain.db"))
    assert NAME.encode() in (home / "plain.db").read_bytes()
    peopled("backup", "--sealed", "--to", str(target))
    before = peopled("audit", "head").out
    assert NAME.encode() not in target.read_bytes()
    assert sorted(file.name for file in home.glob("away*")) == ["away.sealed"]

    empty = tmp_path_factory.mktemp("empty")
    monkeypatch.setenv("DOORSTEP_HOME", str(empty))
    stranger = peopled("restore", str(target))
    shutil.copy(home / "keys.json", empty / "keys.json")
    restored = peopled("restore", str(target))

    assert stranger.code == 1
    assert "does not open" in stranger.err
    assert restored.code == 0, restored
    assert peopled("verify").code == 0
    (home / "heads").write_text(before)
    assert peopled("audit", "verify", "--heads", str(home / "heads")).code == 0


@pytest.mark.parametrize("size", [0, 1, PART_BYTES, 2 * PART_BYTES + 7])
def test_a_sealed_file_opens_whole_or_not_at_all(tmp_path: Path, size: int) -> None:
    keys, plain, sealed = Keys.new(), tmp_path / "plain", tmp_path / "sealed"
    plain.write_bytes(bytes(n % 251 for n in range(size)))
    seal_file(keys, plain, sealed)

    open_file(keys, sealed, tmp_path / "again")

    assert (tmp_path / "again").read_bytes() == plain.read_bytes()
    whole = sealed.read_bytes()
    head = len(whole) - size - 16 * (max(0, size - 1) // PART_BYTES + 1)
    for wrong in (whole[:-1], whole[: head + PART_BYTES + 16], whole[:-1] + b"x", whole[:head]):
        if wrong == whole:
            continue
        sealed.write_bytes(wrong)
        with pytest.raises(BackupBroken):
            open_file(keys, sealed, tmp_path / "wrong")
