"""Recordings with both answers, the joint bases that were trained from them, and lists of every file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forget the single answers: the folders of voices are read again, and give both."""
    # What recordings allow is published beside the voices, and read from there again at the next seeding.
    op.drop_table("recording_sources")
    op.create_table(
        "recording_sources",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("voice_id", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("performer", sa.String(), nullable=False),
        sa.Column("performer_training", sa.String(), nullable=False),
        sa.Column("performer_quote", sa.String(), nullable=False),
        sa.Column("performer_terms", sa.String(), nullable=False),
        sa.Column("performer_terms_sha256", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("owner_training", sa.String(), nullable=False),
        sa.Column("owner_quote", sa.String(), nullable=False),
        sa.Column("owner_terms", sa.String(), nullable=False),
        sa.Column("owner_terms_sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("withdrawn_at_ms", _WHOLE, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["voice_id"],
            ["voices.id"],
        ),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "bases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("made_at_ms", _WHOLE, nullable=False),
        sa.Column("documented", sa.Boolean(), nullable=False),
        sa.Column("contributors", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("marked_at_ms", _WHOLE, nullable=True),
        sa.Column("due_at_ms", _WHOLE, nullable=True),
        sa.Column("because_of", sa.JSON(), nullable=False),
        sa.Column("replaced_by", sa.String(), nullable=True),
        sa.Column("ledger_index", _WHOLE, nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["replaced_by"],
            ["bases.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "recording_lists",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("recordings", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("added_at_ms", _WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    with op.batch_alter_table("voice_versions") as table:
        table.add_column(sa.Column("base_id", sa.String(), nullable=True))
        table.add_column(sa.Column("recordings", sa.JSON(), nullable=False, server_default="[]"))
        table.create_foreign_key("voice_versions_base_id_fkey", "bases", ["base_id"], ["id"])
    _say_generation(op.get_bind())


def _say_generation(connection: sa.Connection) -> None:
    """Say before each wrapped key that it was wrapped by the first generation of its voice's key."""
    versions = sa.Table("voice_versions", sa.MetaData(), autoload_with=connection)
    wrapped = sa.select(versions).where(versions.c.wrapped_key.is_not(None))
    for row in connection.execute(wrapped).all():
        this = (versions.c.voice_id == row.voice_id) & (versions.c.version == row.version)
        key = (1).to_bytes(4, "big") + bytes(row.wrapped_key)
        connection.execute(sa.update(versions).where(this).values(wrapped_key=key))
