"""Opt-outs: who reserved which voice, recording, melody, lyric or works."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make room for reservations."""
    op.create_table(
        "reservation_summary",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("standing", sa.JSON(), nullable=False),
        sa.Column("proof", _WHOLE, nullable=False),
        sa.Column("revision", _WHOLE, nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "reservations",
        sa.Column("number", _WHOLE, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("uses", sa.JSON(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("exceptions", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("evidence_sha256", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("index_sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at_ms", _WHOLE, nullable=False),
        sa.Column("ended_at_ms", _WHOLE, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_reservations_state", "reservations", ["state"], unique=False)
    op.create_table(
        "reservation_shingles",
        sa.Column("shingle", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("reservation", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("place", _WHOLE, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["reservation"],
            ["reservations.number"],
        ),
        sa.PrimaryKeyConstraint("shingle", "reservation", "place"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_reservation_shingles_reservation", "reservation_shingles", ["reservation"], unique=False
    )
