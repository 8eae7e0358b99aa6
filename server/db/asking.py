"""Asking the database several things at once: one way there and back instead of one for each."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Generic, TypeAlias, TypeVar

import psycopg
from msgspec import Struct
from sqlalchemy import Connection, Select
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Rows: TypeAlias = list[tuple[object, ...]]


class Question(Struct, Generic[T_co], frozen=True):
    """A statement that is made once, what is asked this time, and what its rows say."""

    statement: Select[*tuple[object, ...]]
    values: Mapping[str, object]
    read: Callable[[Rows], T_co]


class Answers:
    """What the database said to several questions."""

    def __init__(self, asked: Sequence[Question[object]], rows: Sequence[Rows]) -> None:
        self._rows = {id(question): found for question, found in zip(asked, rows, strict=True)}

    def of(self, question: Question[T]) -> T:
        """The answer to one of them."""
        return question.read(self._rows[id(question)])


def ask(conn: Connection, question: Question[T]) -> T:
    """The answer to one question."""
    return question.read(_rows(conn, question))


def together(conn: Connection, *asked: Question[object]) -> Answers:
    """The answers to several.

    PostgreSQL gets the statements in one go. SQLite, which is not at the other end of a line, is
    asked one by one.
    """
    if conn.dialect.name != "postgresql":
        return Answers(asked, [_rows(conn, one) for one in asked])
    driver = conn.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with driver.pipeline():
        cursors = [
            driver.execute(compiled.string.encode(), compiled.construct_params({**one.values}))
            for one in asked
            for compiled in (_compiled(one.statement),)
        ]
        return Answers(asked, [cursor.fetchall() for cursor in cursors])


def _rows(conn: Connection, question: Question[T]) -> Rows:
    return [tuple(row) for row in conn.execute(question.statement, question.values)]


@cache
def _compiled(statement: Select[*tuple[object, ...]]) -> SQLCompiler:
    compiled = statement.compile(dialect=_DIALECT)
    assert isinstance(compiled, SQLCompiler)
    return compiled


_DIALECT: Dialect = psycopg_dialect()  # type: ignore[no-untyped-call]  # not typed there
