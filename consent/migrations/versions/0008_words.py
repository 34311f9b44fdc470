"""What the lyrics of a song are recognised by, sealed beside its recipe; older recipes have none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for the words of recipes."""
    op.add_column("recipes", sa.Column("words", sa.LargeBinary(), nullable=True))
