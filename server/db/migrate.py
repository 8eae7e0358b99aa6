"""Bringing a database to the shape that this version of the program expects.

The steps ship with the package, in `migrations/versions`; nobody needs an alembic.ini.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from server.db.engine import reading, writing
from server.db.errors import DatabaseOld, DatabaseTooNew

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x4D16_5A7E
"""PostgreSQL's advisory lock: of two who migrate at once, one waits and finds it done."""


def migrate(engine: Engine) -> None:
    """Bring the database to the newest shape, in one transaction. Raises DatabaseTooNew."""
    with writing(engine) as conn:
        if engine.dialect.name == "postgresql":
            conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        _refuse_newer(conn)
        config = _config()
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


def check_version(engine: Engine) -> None:
    """Raise DatabaseTooNew or DatabaseOld unless the program and the database fit."""
    with reading(engine) as conn:
        _refuse_newer(conn)
        heads = ScriptDirectory.from_config(_config()).get_heads()
        if set(_revisions(conn)) != set(heads):
            raise DatabaseOld


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _revisions(conn: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(conn).get_current_heads()


def _refuse_newer(conn: Connection) -> None:
    script = ScriptDirectory.from_config(_config())
    try:
        for revision in _revisions(conn):
            script.get_revision(revision)
    except CommandError as error:
        raise DatabaseTooNew from error
