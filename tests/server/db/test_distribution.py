"""The database can be spread by town: every key begins with it, and `db distribution` says how."""

import pytest
from sqlalchemy import Column, Index, MetaData, String, Table, UniqueConstraint, inspect, text

from server.cli import main
from server.db.distribution import REFERENCE_TABLES, distribution, obstacles
from server.db.engine import open_engine
from server.db.migrate import migrate
from server.db.tables import METADATA

CITUS = """
CREATE SCHEMA citus;
CREATE TABLE citus.spread (name regclass PRIMARY KEY, type oid, collation_of oid);
CREATE FUNCTION create_distributed_table(
    name regclass, distribution_column text, colocate_with text DEFAULT 'default'
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE by_column pg_attribute;
BEGIN
  SELECT * INTO STRICT by_column FROM pg_attribute
    WHERE attrelid = name AND attname = distribution_column AND attnotnull;
  IF EXISTS (SELECT FROM pg_index WHERE indrelid = name AND indisunique
             AND NOT by_column.attnum = ANY (indkey::int2[])) THEN
    RAISE EXCEPTION '% has a unique index without its distribution column', name;
  END IF;
  IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = name AND NOT tgisinternal)
     AND current_setting('citus.enable_unsafe_triggers') <> 'on' THEN
    RAISE EXCEPTION '% has a trigger', name;
  END IF;
  IF colocate_with <> 'default' THEN
    PERFORM FROM citus.spread WHERE spread.name = colocate_with::regclass
      AND spread.type = by_column.atttypid AND collation_of = by_column.attcollation;
    IF NOT FOUND THEN RAISE EXCEPTION '% cannot lie beside %', name, colocate_with; END IF;
  END IF;
  INSERT INTO citus.spread VALUES (name, by_column.atttypid, by_column.attcollation);
END $$;
CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE sql
  AS 'INSERT INTO citus.spread VALUES (name, 0, 0)';
"""
"""What Citus asks of a table before it spreads it, as its documentation says."""


def test_every_key_and_index_begins_with_the_town() -> None:
    assert obstacles(METADATA) == []


@pytest.mark.parametrize(
    "columns",
    [
        [Column("id", String, primary_key=True), Column("town_id", String, primary_key=True)],
        [Column("town_id", String), Column("id", String, primary_key=True)],
        [
            Column("town_id", String, primary_key=True),
            Column("id", String, primary_key=True),
            Column("grid", String),
            Index("by_grid", "grid"),
        ],
        [
            Column("town_id", String, primary_key=True),
            Column("code", String),
            UniqueConstraint("code", name="one_code"),
        ],
    ],
)
def test_a_key_that_does_not_is_found(columns: list[Column[str] | Index]) -> None:
    metadata = MetaData()
    Table("stray", metadata, *columns)

    assert [fault.split(":")[0] for fault in obstacles(metadata)] == ["stray"]


def test_every_table_is_spread_beside_the_town() -> None:
    calls = distribution(METADATA)

    assert calls[1] == "SELECT create_distributed_table('town', 'town_id');"
    spread = {call.split("'")[1] for call in calls if "create_distributed_table" in call}
    assert spread == set(METADATA.tables)
    assert all("colocate_with => 'town'" in call for call in calls[2:-1])
    assert calls[-1] == "SELECT create_reference_table('alembic_version');"


def test_a_database_takes_the_calls_and_no_table_is_left_on_one_machine(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    migrate(engine)

    with engine.connect() as conn:
        conn.execute(text(CITUS))
        for call in distribution(METADATA):
            conn.exec_driver_sql(call)
        spread = set(conn.exec_driver_sql("SELECT name::text FROM citus.spread").scalars())
        there = set(inspect(conn).get_table_names())

    assert spread == there
    assert spread == {*METADATA.tables, *REFERENCE_TABLES}


def test_the_command_prints_the_calls(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["db", "distribution"])

    assert ended.value.code == 0
    assert capfd.readouterr().out.splitlines() == distribution(METADATA)
