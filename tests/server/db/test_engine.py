"""The database: opened, migrated, and its troubles said in words."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import ColumnElement, Engine, bindparam, exists, select, text
from sqlmodel import col

from server.db.asking import Question, Rows, ask, together
from server.db.bulk import among, table_of
from server.db.engine import open_engine, reading, writing
from server.db.errors import (
    DatabaseAway,
    DatabaseBroken,
    DatabaseBusy,
    DatabaseError,
    DatabaseFull,
    DatabaseOld,
    DatabaseTooNew,
    DatabaseUnknown,
    ValueNotTaken,
)
from server.db.migrate import check_version, migrate
from server.db.office_tables import TownRow
from server.db.search_index import TABLES, index_of
from server.db.tables import METADATA

ADD_TOWN = text("INSERT INTO town VALUES ('t', '镇', 0, 'admins')")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'new folder' / 'doorstep.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    opened = open_engine(url)
    yield opened
    opened.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "doorstep.db"


def test_a_list_of_values_is_one_parameter_however_many_there_are(engine: Engine) -> None:
    migrate(engine)
    with writing(engine) as conn:
        for name in ("a", "b", "c' OR 1=1"):
            conn.execute(text("INSERT INTO town VALUES (:t, '镇', 0, 'admins')"), {"t": name})

        def ids(where: ColumnElement[bool]) -> list[str]:
            return sorted(conn.execute(select(col(TownRow.town_id)).where(where)).scalars())

        other = table_of(TownRow).alias()
        many = [*"ab", *map(str, range(40_000))]
        assert ids(among(conn, col(TownRow.town_id), many)) == ["a", "b"]
        assert ids(~among(conn, col(TownRow.town_id), many)) == ["c' OR 1=1"]
        assert ids(among(conn, col(TownRow.town_id), [])) == []
        assert ids(exists().where(among(conn, other.c.town_id, ["a"]))) == ["a", "b", "c' OR 1=1"]


def test_the_migrations_make_the_tables_that_the_program_expects(engine: Engine) -> None:
    migrate(engine)

    with engine.connect() as conn:
        opts = {"compare_type": True, "include_object": _is_every_databases}
        context = MigrationContext.configure(conn, opts=opts)
        assert compare_metadata(context, METADATA) == []
    check_version(engine)


def _is_every_databases(_: object, name: str | None, *__: object) -> bool:
    """All but the index of the search, which only PostgreSQL has."""
    return name not in {index_of(table) for table in TABLES}


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    with writing(engine) as conn:
        conn.execute(ADD_TOWN)

    migrate(engine)

    with reading(engine) as conn:
        assert conn.execute(text("SELECT name FROM town")).scalar() == "镇"


def test_a_database_of_a_newer_program_is_left_alone(engine: Engine) -> None:
    migrate(engine)
    with writing(engine) as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))

    for act in (migrate, check_version):
        with pytest.raises(DatabaseTooNew):
            act(engine)


def test_an_unmigrated_database_is_told_apart(engine: Engine) -> None:
    with pytest.raises(DatabaseOld):
        check_version(engine)


def test_what_fails_half_way_was_never_there(engine: Engine) -> None:
    migrate(engine)

    def fail() -> None:
        with writing(engine) as conn:
            conn.execute(ADD_TOWN)
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    with reading(engine) as conn:
        assert conn.execute(text("SELECT count(*) FROM town")).scalar() == 0


def test_a_reader_sees_one_moment(engine: Engine) -> None:
    migrate(engine)
    count = text("SELECT count(*) FROM town")

    with reading(engine) as reader:
        before = reader.execute(count).scalar()
        with writing(engine) as writer:
            writer.execute(ADD_TOWN)
        assert reader.execute(count).scalar() == before == 0

    with reading(engine) as reader:
        assert reader.execute(count).scalar() == 1


def test_a_reader_changes_nothing(engine: Engine) -> None:
    migrate(engine)

    with writing(engine) as conn:
        conn.execute(ADD_TOWN)

    with suppress(DatabaseError), reading(engine) as conn:
        conn.execute(text("DELETE FROM town"))

    with reading(engine) as conn:
        assert conn.execute(text("SELECT count(*) FROM town")).scalar() == 1


def test_a_file_that_is_no_database_is_said_to_be_broken(file: Path) -> None:
    file.write_bytes(b"this is no database " * 1000)

    with pytest.raises(DatabaseBroken) as broken:
        migrate(open_engine(f"sqlite:///{file}"))

    assert "备份" in broken.value.words.zh
    assert file.read_bytes().startswith(b"this is no database")


def test_a_folder_where_nothing_can_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, not a folder")

    with pytest.raises(DatabaseAway):
        migrate(open_engine(f"sqlite:///{tmp_path / 'home' / 'doorstep.db'}"))


def test_a_full_disk_is_said_and_nothing_was_saved(file: Path) -> None:
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)

    def fill() -> None:
        with writing(engine) as conn:
            pages = conn.execute(text("PRAGMA page_count")).scalar_one()
            conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            name = "镇" * 1_000_000
            conn.execute(text("INSERT INTO town VALUES ('t', :name, 0, 'admins')"), {"name": name})

    with pytest.raises(DatabaseFull):
        fill()

    with reading(engine) as conn:
        assert conn.execute(text("SELECT count(*) FROM town")).scalar() == 0


def test_a_database_that_others_hold_is_said_to_be_busy(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.db.engine.BUSY_TIMEOUT_MS", 50)
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseBusy), writing(engine):
        pass
    other.close()


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/name"])
def test_an_address_of_no_known_database_is_said(url: str) -> None:
    with pytest.raises(DatabaseUnknown):
        open_engine(url)


def test_a_server_that_is_not_there_is_said() -> None:
    with pytest.raises(DatabaseAway):
        migrate(open_engine("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2"))


def test_every_trouble_is_one_sentence_or_two_in_both_languages() -> None:
    for trouble in (DatabaseUnknown, DatabaseTooNew, DatabaseOld, DatabaseBusy, DatabaseFull):
        words = trouble().words
        assert re.search(r"[一-鿿]", words.zh)
        assert words.zh.endswith("。")
        assert words.en.isascii()


def _named(rows: Rows) -> list[str]:
    return [str(name) for (name,) in rows]


def test_questions_asked_together_are_answered_as_each_alone(engine: Engine) -> None:
    migrate(engine)
    with writing(engine) as conn:
        conn.execute(ADD_TOWN)
    of_town = select(col(TownRow.name)).where(col(TownRow.town_id) == bindparam("town"))
    here, nowhere = (Question(of_town, {"town": town}, _named) for town in ("t", "u"))

    with reading(engine) as conn:
        told = together(conn, here, nowhere)

        assert (told.of(here), told.of(nowhere)) == (["镇"], [])
        assert (ask(conn, here), ask(conn, nowhere)) == (["镇"], [])


@pytest.mark.postgres
def test_what_the_driver_is_asked_itself_fails_in_words(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    migrate(engine)
    of_town = select(col(TownRow.name)).where(col(TownRow.town_id) == bindparam("town"))

    with pytest.raises(ValueNotTaken), reading(engine) as conn:
        together(conn, Question(of_town, {"town": "t\0"}, _named))
    with reading(engine) as conn:
        assert together(conn, one := Question(of_town, {"town": "t"}, _named)).of(one) == []
    engine.dispose()


@pytest.mark.postgres
def test_a_connection_that_broke_while_it_rested_is_not_used(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.db.engine.RESTED_SECONDS", 0.0)
    engine, other = open_engine(postgres_url), open_engine(postgres_url)
    with reading(engine) as conn:
        known = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with writing(other) as conn:
        conn.execute(text("SELECT pg_terminate_backend(:known, 5000)"), {"known": known})

    with reading(engine) as conn:
        assert conn.execute(text("SELECT pg_backend_pid()")).scalar_one() != known
    engine.dispose()
    other.dispose()
