"""What songs are known by: signed manifests, fingerprints, and the recipes to render them again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make room for credentials, fingerprints and recipes; older renders have none."""
    op.create_table(
        "credentials",
        sa.Column("manifest", sa.String(), nullable=False),
        sa.Column("render_id", sa.String(), nullable=False),
        sa.Column("release_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["render_id"], ["renders.render_id"]),
        sa.ForeignKeyConstraint(["release_id"], ["releases.id"]),
        sa.PrimaryKeyConstraint("manifest"),
    )
    for column in ("render_id", "release_id", "sha256"):
        op.create_index(f"ix_credentials_{column}", "credentials", [column], unique=False)
    op.create_table(
        "fingerprints",
        sa.Column("render_id", sa.String(), nullable=False),
        sa.Column("contour", sa.LargeBinary(), nullable=False),
        sa.Column("chromaprint", sa.LargeBinary(), nullable=False),
        sa.Column("made_at_ms", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["render_id"], ["renders.render_id"]),
        sa.PrimaryKeyConstraint("render_id"),
    )
    op.create_table(
        "recipes",
        sa.Column("render_id", sa.String(), nullable=False),
        sa.Column("key_version", _WHOLE, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at_ms", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(["render_id"], ["renders.render_id"]),
        sa.PrimaryKeyConstraint("render_id"),
    )
