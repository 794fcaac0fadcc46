"""Runs migrations on a connection that `storage.schema` hands over; there is no other way in."""

from __future__ import annotations

from alembic import context

from storage.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_server_default=True,
    # SQLite can undo changes of the schema as well as any other: a migration that was cut off
    # has not happened.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
