"""How the tables are spread over a Citus cluster: by town, so that a request meets one shard."""

from collections.abc import Iterator

from sqlalchemy import MetaData, Table

TOWN = "town_id"
FIRST = "town"
"""The table that all others lie beside."""
REFERENCE_TABLES = ("alembic_version",)
"""Small, and the same on every machine: the version of the database's shape."""


def distribution(metadata: MetaData) -> list[str]:
    """The calls that spread an empty database, in the order in which they are to be made."""
    names = sorted(metadata.tables, key=lambda name: (name != FIRST, name))
    return [
        # The audit trail is guarded by a trigger that never leaves the row's own shard.
        "SET citus.enable_unsafe_triggers TO on;",
        *(_distributed(name) for name in names),
        *(f"SELECT create_reference_table('{name}');" for name in REFERENCE_TABLES),
    ]


def obstacles(metadata: MetaData) -> list[str]:
    """What stands against spreading the tables by town: keys that do not begin with it."""
    return [fault for table in metadata.tables.values() for fault in _faults(table)]


def _distributed(name: str) -> str:
    beside = "" if name == FIRST else f", colocate_with => '{FIRST}'"
    return f"SELECT create_distributed_table('{name}', '{TOWN}'{beside});"


def _faults(table: Table) -> Iterator[str]:
    keys = [("primary key", list(table.primary_key.columns))]
    keys += [(str(index.name), list(index.columns)) for index in table.indexes]
    keys += [
        (str(constraint.name), list(constraint.columns))
        for constraint in table.constraints
        if constraint is not table.primary_key and hasattr(constraint, "columns")
    ]
    for name, columns in keys:
        if not columns or columns[0].name != TOWN:
            yield f"{table.name}: {name}"
