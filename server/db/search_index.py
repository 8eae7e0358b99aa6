"""PostgreSQL's index for the search of the console's lists. SQLite looks through all rows instead.

It is of the words that `shared.search.words` makes, kept in the column `words`. Its first column is
no town, as in every other index: such an index has no other column, and who asks names the town.
"""

from sqlalchemy import ColumnElement, Connection, bindparam, func, text
from sqlalchemy.dialects.postgresql import TSQUERY

from shared.search.words import Alternatives, Word

TABLES = ("dwelling", "household", "resident")
_WORDS = """
CREATE FUNCTION search_words(words text) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT array_to_tsvector(array_remove(string_to_array(words, ' '), '')) $$
"""


def index_search(conn: Connection) -> None:
    """Makes the index, where the database has one."""
    if conn.dialect.name != "postgresql":
        return
    conn.exec_driver_sql(_WORDS)
    for table in TABLES:
        made = f"CREATE INDEX {index_of(table)} ON {table} USING gin (search_words(words))"
        conn.execute(text(made))


def index_of(table: str) -> str:
    """What the index of a table is called."""
    return f"{table}_by_words"


def has_words(words: ColumnElement[str], wanted: Alternatives) -> ColumnElement[bool]:
    """Whether a row has the words of one of the alternatives; only on PostgreSQL."""
    query = " | ".join(f"({' & '.join(map(_written, every))})" for every in wanted)
    return func.search_words(words).op("@@")(bindparam(None, query, type_=TSQUERY))


def _written(word: Word) -> str:
    """As a `tsquery` has it. Words have no blank; a quote or backslash is said twice."""
    said = word.text.replace("\\", "\\\\").replace("'", "''")
    return f"'{said}'{':*' if word.begins else ''}"
