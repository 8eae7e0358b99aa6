"""The database can be spread by town: every key begins with it, and `db distribution` says how."""

import pytest
from sqlalchemy import Column, Index, MetaData, String, Table, UniqueConstraint

from server.cli import main
from server.db.distribution import distribution, obstacles
from server.db.tables import METADATA


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


def test_the_command_prints_the_calls(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["db", "distribution"])

    assert ended.value.code == 0
    assert capfd.readouterr().out.splitlines() == distribution(METADATA)
