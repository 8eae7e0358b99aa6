"""How alembic runs a step: on the connection that `server.db.migrate` opened."""

from alembic import context

from server.db.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
