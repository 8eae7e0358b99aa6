"""Writing many rows at once, each as a tuple in the order of the named columns.

SQLAlchemy makes and checks a dict for each row; on the way of every change that costs more than
the database does. Statements are made here from the tables, and hold no value.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias, TypeVar

import psycopg
from sqlalchemy import (
    BinaryExpression,
    BindParameter,
    Boolean,
    ColumnElement,
    Connection,
    SQLColumnExpression,
    Table,
    Text,
    any_,
    bindparam,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import coercions, roles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.operators import in_op, not_in_op
from sqlalchemy.sql.visitors import InternalTraversal
from sqlmodel import SQLModel

IN_MAX = 5000
"""How many values one statement may name."""

Value: TypeAlias = str | int | float | bool | bytes | None
Row: TypeAlias = tuple[Value, ...]
T = TypeVar("T")


def table_of(model: type[SQLModel]) -> Table:
    """The table that a model describes."""
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel sets it on tables
    return table


def insert_rows(
    conn: Connection, model: type[SQLModel], columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Insert rows that are not there yet."""
    if not rows:
        return
    table = table_of(model)
    if conn.dialect.name == "postgresql":
        _copy(conn, table, columns, rows)
    else:
        conn.exec_driver_sql(_insert(table.name, tuple(columns)), list(rows))


def update_rows(
    conn: Connection, model: type[SQLModel], columns: Sequence[str], rows: Sequence[Row]
) -> None:
    """Set the columns after the first two in the rows that the first two name, all of one town."""
    if not rows:
        return
    table = table_of(model)
    if conn.dialect.name == "postgresql":
        lists = tuple(list(column) for column in zip(*rows, strict=True))
        conn.exec_driver_sql(_update_joined(table, tuple(columns)), (*lists, rows[0][0]))
    else:
        turned = [(*row[2:], row[0], row[1]) for row in rows]
        conn.exec_driver_sql(_update(table.name, tuple(columns)), turned)


def among(
    conn: Connection,
    column: SQLColumnExpression[str] | SQLColumnExpression[str | None],
    values: Collection[str],
) -> ColumnElement[bool]:
    """Whether the column is one of the values, however many: they are one parameter."""
    if conn.dialect.name == "postgresql":
        return column == any_(literal(list(values), postgresql.ARRAY(Text)))
    left = coercions.expect(roles.ExpressionElementRole, column)
    right = _Listed(bindparam(None, json.dumps(list(values)), type_=Text, unique=True))
    return BinaryExpression(left, right, in_op, negate=not_in_op, type_=_BOOLEAN)


def one_of(
    dialect: str, column: SQLColumnExpression[str] | SQLColumnExpression[str | None], name: str
) -> ColumnElement[bool]:
    """The same for a statement that is made once: `listed` values come as the parameter `name`."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=postgresql.ARRAY(Text)))
    each = func.json_each(bindparam(name, type_=Text)).table_valued("value")
    return column.in_(select(each.c.value))


def listed(conn: Connection, values: Collection[str]) -> str | list[str]:
    """Values as the one parameter that `one_of` takes."""
    return list(values) if conn.dialect.name == "postgresql" else json.dumps(list(values))


def chunks(values: Iterable[T], size: int = IN_MAX) -> Iterator[list[T]]:
    """The values in lists that one statement may name."""
    everything = list(values)
    for start in range(0, len(everything), size):
        yield everything[start : start + size]


class _Listed(ColumnElement[str]):
    """The values of a JSON list. Made of SQLAlchemy's own parts it takes ten times as long.

    That is felt: it is made for every question that names several ids.
    """

    inherit_cache = True
    type = Text()
    _traverse_internals = [("values", InternalTraversal.dp_clauseelement)]  # noqa: RUF012 - read so

    def __init__(self, values: BindParameter[str]) -> None:
        self.values = values


@compiles(_Listed, "sqlite")
def _of_json(listed: _Listed, compiler: SQLCompiler, **how: object) -> str:
    values = compiler.process(listed.values, **how)
    return f"(SELECT value FROM json_each({values}))"  # noqa: S608 - a parameter


_BOOLEAN = Boolean()


def _copy(conn: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    driver = conn.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    statement = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN WITH (FORMAT BINARY)"
    with driver.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        copy.set_types([_type_name(table, column) for column in columns])
        for row in rows:
            copy.write_row(row)


@lru_cache(maxsize=64)
def _insert(table: str, columns: tuple[str, ...]) -> str:
    marks = ", ".join("?" for _ in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - only names


@lru_cache(maxsize=64)
def _update(table: str, columns: tuple[str, ...]) -> str:
    first, second, *others = columns
    sets = ", ".join(f"{column} = ?" for column in others)
    return f"UPDATE {table} SET {sets} WHERE {first} = ? AND {second} = ?"  # noqa: S608 - only names


@lru_cache(maxsize=64)
def _update_joined(table: Table, columns: tuple[str, ...]) -> str:
    first, second, *others = columns
    lists = ", ".join(_list_of(_type_name(table, column)) for column in columns)
    sets = ", ".join(f"{column} = new.{column}" for column in others)
    return (
        f"UPDATE {table.name} SET {sets} "  # noqa: S608 - only names
        f"FROM unnest({lists}) AS new ({', '.join(columns)}) "
        f"WHERE {table.name}.{first} = new.{first} AND {table.name}.{second} = new.{second} "
        f"AND {table.name}.{first} = %s"  # said outright, so that a spread database asks one shard
    )


def _list_of(declared: str) -> str:
    """The parameter that holds a column's values: numbers as text, where one list may mix them."""
    return f"{'%s' if declared in ('text', 'bytea') else '%t'}::{declared}[]"


def _type_name(table: Table, column: str) -> str:
    declared = str(table.c[column].type.compile(dialect=_POSTGRESQL)).split("(")[0].lower()
    return _ARRAY_TYPES.get(declared, declared)


_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]  # not typed there
_ARRAY_TYPES = {"varchar": "text", "float": "float8", "boolean": "bool", "integer": "int4"}
