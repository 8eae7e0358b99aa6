"""Triggers that keep rows of the audit trail from being changed or deleted."""

from sqlalchemy import Connection, text

_SQLITE = (
    (
        "CREATE TRIGGER audit_not_changed BEFORE UPDATE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'audit rows stay as they are'); END"
    ),
    (
        "CREATE TRIGGER audit_not_deleted BEFORE DELETE ON audit "
        "BEGIN SELECT RAISE(ABORT, 'audit rows stay as they are'); END"
    ),
)
_POSTGRESQL = (
    (
        "CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''audit rows stay as they are''; END'"
    ),
    (
        "CREATE TRIGGER audit_not_changed BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_stays()"
    ),
)


def guard_audit(conn: Connection) -> None:
    """Makes the triggers."""
    for statement in _SQLITE if conn.dialect.name == "sqlite" else _POSTGRESQL:
        conn.execute(text(statement))
