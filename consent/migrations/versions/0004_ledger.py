"""A ledger that proves any of its entries in a few reads, and heads that witnesses cosign."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Keep with every entry the subtrees that it completes; the frontiers beside the heads go."""
    connection = op.get_bind()
    for table in ("ledger", "checkpoints"):
        for trigger in ("no_update", "no_delete", "no_change", "no_truncate", "at_end"):
            on = f" ON {table}" if connection.dialect.name == "postgresql" else ""
            op.execute(f"DROP TRIGGER IF EXISTS {table}_{trigger}{on}")
    with op.batch_alter_table("checkpoints") as heads:
        heads.drop_column("frontier")
    with op.batch_alter_table("ledger") as entries:
        entries.add_column(sa.Column("subtrees", sa.LargeBinary(), nullable=True))
    _keep_subtrees(connection)
    with op.batch_alter_table("ledger") as entries:
        entries.alter_column("subtrees", existing_type=sa.LargeBinary(), nullable=False)
    op.create_table(
        "cosignatures",
        sa.Column("size", _WHOLE, autoincrement=False, nullable=False),
        sa.Column("witness", sa.String(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("ledger_index", _WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("size", "witness"),
    )


def _keep_subtrees(connection: sa.Connection) -> None:
    frontier: list[bytes] = []
    rows = connection.execute(sa.text("SELECT position, leaf_hash FROM ledger ORDER BY position")).all()
    for position, leaf_hash in rows:
        closed, node, size = [], bytes(leaf_hash), position
        while size & 1:
            node = hashlib.sha256(b"\x01" + frontier.pop() + node).digest()
            closed.append(node)
            size >>= 1
        frontier.append(node)
        values = {"subtrees": b"".join(closed), "position": position}
        connection.execute(
            sa.text("UPDATE ledger SET subtrees = :subtrees WHERE position = :position"), values
        )
