"""What a database is asked: for tests that a page asks no more of a larger register."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event


@contextmanager
def asked(engine: Engine) -> Iterator[list[tuple[str, int]]]:
    """The statements that go to the database inside, each with the number of its parameters."""
    statements: list[tuple[str, int]] = []

    def note(*call: object) -> None:
        _, _, statement, parameters = call[:4]
        many = parameters if isinstance(parameters, tuple | list | dict) else ()
        statements.append((str(statement), len(many)))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
