"""Alembic's entry: runs the revisions on the connection it is given, in that connection's transaction."""

from __future__ import annotations

from alembic import context

from consent.records import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()
