"""Grants with a life: who gave them, what they cost so far; approvals, notices, receipts, schedules, keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import context, op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Count each grant's use in a row of its own, and renew the MACs of those whose old one fits."""
    with op.batch_alter_table("authorisations") as table:
        table.add_column(sa.Column("song", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("grants") as table:
        table.add_column(sa.Column("given_by", sa.String(), nullable=True))
        table.add_column(sa.Column("mandate_id", sa.String(), nullable=True))
        table.add_column(sa.Column("ends_at_ms", _WHOLE, nullable=True))
    op.create_table(
        "grant_use",
        sa.Column("grant_id", sa.String(), nullable=False),
        sa.Column("renders", _WHOLE, nullable=False),
        sa.Column("ms", _WHOLE, nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"]),
        sa.PrimaryKeyConstraint("grant_id"),
    )
    _carry_over(op.get_bind())
    with op.batch_alter_table("grants") as table:
        table.alter_column("given_by", existing_type=sa.String(), nullable=False)
        table.create_foreign_key("grants_given_by_fkey", "people", ["given_by"], ["id"])
        table.create_foreign_key("grants_mandate_id_fkey", "mandates", ["mandate_id"], ["id"])
        table.create_index("ix_grants_ends_at_ms", ["ends_at_ms"])
        table.create_index("ix_grants_given_by", ["given_by"])
        table.create_index("ix_grants_mandate_id", ["mandate_id"])
    op.create_table(
        "approvals",
        sa.Column("id", _WHOLE, autoincrement=True, nullable=False),
        sa.Column("binding", sa.String(), nullable=False),
        sa.Column("voice_id", sa.String(), nullable=False),
        sa.Column("grant_id", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("work_digest", sa.String(), nullable=False),
        sa.Column("needed", _WHOLE, nullable=False),
        sa.Column("named", sa.JSON(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at_ms", _WHOLE, nullable=False),
        sa.Column("expires_at_ms", _WHOLE, nullable=False),
        sa.Column("decided_at_ms", _WHOLE, nullable=True),
        sa.Column("mac", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"],
            ["grants.id"],
        ),
        sa.ForeignKeyConstraint(
            ["voice_id"],
            ["voices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("approvals_of_a_work", "approvals", ["voice_id", "work_digest"], unique=False)
    op.create_index("ix_approvals_binding", "approvals", ["binding"], unique=False)
    op.create_index("ix_approvals_state", "approvals", ["state"], unique=False)
    op.create_index("ix_approvals_user_id", "approvals", ["user_id"], unique=False)
    op.create_table(
        "approval_answers",
        sa.Column("approval_id", _WHOLE, nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("mandate_id", sa.String(), nullable=True),
        sa.Column("approves", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at_ms", _WHOLE, nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"],
            ["approvals.id"],
        ),
        sa.ForeignKeyConstraint(
            ["mandate_id"],
            ["mandates.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("approval_id", "person_id"),
    )
    op.create_table(
        "notices",
        sa.Column("id", _WHOLE, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("voice_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at_ms", _WHOLE, nullable=False),
        sa.Column("read_at_ms", _WHOLE, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["voice_id"],
            ["voices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notices_person_id", "notices", ["person_id"], unique=False)
    op.create_index("ix_notices_user_id", "notices", ["user_id"], unique=False)
    op.create_table(
        "receipts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("voice_id", sa.String(), nullable=False),
        sa.Column("grant_id", sa.String(), nullable=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("at_ms", _WHOLE, nullable=False),
        sa.Column("ledger_index", _WHOLE, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["grant_id"],
            ["grants.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["voice_id"],
            ["voices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_receipts_grant_id", "receipts", ["grant_id"], unique=False)
    op.create_index("ix_receipts_person_id", "receipts", ["person_id"], unique=False)
    op.create_index("ix_receipts_voice_id", "receipts", ["voice_id"], unique=False)
    op.create_table(
        "destructions",
        sa.Column("id", _WHOLE, autoincrement=True, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("voice_id", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("due_at_ms", _WHOLE, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("scheduled_at_ms", _WHOLE, nullable=False),
        sa.Column("done_at_ms", _WHOLE, nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["voice_id"],
            ["voices.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_destructions_due_at_ms", "destructions", ["due_at_ms"], unique=False)
    op.create_index("ix_destructions_person_id", "destructions", ["person_id"], unique=False)
    op.create_index("ix_destructions_voice_id", "destructions", ["voice_id"], unique=False)
    op.create_table(
        "sealings",
        sa.Column("authorisation_id", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("sealed_at_ms", _WHOLE, nullable=False),
        sa.Column("ledger_index", _WHOLE, nullable=False),
        sa.ForeignKeyConstraint(
            ["authorisation_id"],
            ["authorisations.id"],
        ),
        sa.PrimaryKeyConstraint("authorisation_id", "worker"),
    )
    op.create_table(
        "keys",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", _WHOLE, nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("made_at_ms", _WHOLE, nullable=False),
        sa.Column("retired_at_ms", _WHOLE, nullable=True),
        sa.Column("ledger_index", _WHOLE, nullable=True),
        sa.PrimaryKeyConstraint("kind", "version"),
    )


def _carry_over(connection: sa.Connection) -> None:
    owners = "UPDATE grants SET given_by = (SELECT owner_id FROM voices WHERE voices.id = grants.voice_id)"
    connection.execute(sa.text(owners))
    keys = context.config.attributes["keys"]
    table = sa.Table("grants", sa.MetaData(), autoload_with=connection)
    for row in connection.execute(sa.select(table)).mappings().all():
        covered = {
            "grant": row["id"],
            "voice": row["voice_id"],
            "kind": row["kind"],
            "terms": row["terms"],
            "state": row["state"],
            "made_at_ms": row["made_at_ms"],
            "ended_at_ms": row["ended_at_ms"],
        }
        if not keys.check_mac("grant", covered, f"1:{row['mac']}"):
            continue  # altered behind the registry: it stays damaged
        ends_at_ms = _ends_at_ms(row["terms"])
        covered |= {"ends_at_ms": ends_at_ms, "reason": row["reason"], "given_by": row["given_by"]}
        values = {"mac": keys.mac("grant", {**covered, "mandate": None}), "ends_at_ms": ends_at_ms}
        connection.execute(sa.update(table).where(table.c.id == row["id"]).values(**values))
    use = (
        "SELECT grants.id AS name, COUNT(releases.id) AS renders, COALESCE(SUM(duration_ms), 0) AS ms"
        " FROM grants LEFT JOIN releases ON releases.grant_id = grants.id GROUP BY grants.id"
    )
    for row in connection.execute(sa.text(use)).mappings().all():
        counted = {"grant": row["name"], "renders": int(row["renders"]), "ms": int(row["ms"])}
        counted["mac"] = keys.mac("grant-use", counted)
        connection.execute(sa.text("INSERT INTO grant_use VALUES (:grant, :renders, :ms, :mac)"), counted)


def _ends_at_ms(terms: Any) -> int | None:
    """The first instant at which a period of the terms has run out."""
    ends = [
        datetime.fromisoformat(entry["not_after"])
        for entry in terms["constraints"]
        if entry.get("type") == "period" and entry.get("not_after")
    ]
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return (min(ends) - epoch) // timedelta(milliseconds=1) if ends else None
