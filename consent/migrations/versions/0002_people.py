"""People in place of owners, who may speak for whom, the two permissions behind a voice, pseudonyms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Let every owner be somebody, and every voice bear a MAC."""
    op.rename_table("owners", "people")
    with op.batch_alter_table("people") as table:
        table.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="person"))
        table.add_column(sa.Column("handle", sa.String(), nullable=True))
        table.add_column(sa.Column("minor_until_ms", _WHOLE, nullable=True))
        table.add_column(sa.Column("deceased", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("state", sa.String(), nullable=False, server_default="active"))
        table.add_column(sa.Column("added_at_ms", _WHOLE, nullable=False, server_default="0"))
        table.add_column(sa.Column("mac", sa.String(), nullable=False, server_default=""))
        table.create_unique_constraint("people_handle_key", ["handle"])
    with op.batch_alter_table("voices") as table:
        table.add_column(sa.Column("revision", _WHOLE, nullable=False, server_default="0"))
        table.add_column(sa.Column("mac", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "mandates",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("voices", sa.JSON(), nullable=False),
        sa.Column("acts", sa.JSON(), nullable=False),
        sa.Column("not_before_ms", _WHOLE, nullable=False),
        sa.Column("not_after_ms", _WHOLE, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("made_at_ms", _WHOLE, nullable=False),
        sa.Column("ended_at_ms", _WHOLE, nullable=True),
        sa.Column("mac", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["principal_id"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_mandates_agent_id", "mandates", ["agent_id"], unique=False)
    op.create_index("ix_mandates_principal_id", "mandates", ["principal_id"], unique=False)
    op.create_table(
        "rights",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("voice_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("evidence_name", sa.String(), nullable=False),
        sa.Column("evidence_sha256", sa.String(), nullable=False),
        sa.Column("not_before_ms", _WHOLE, nullable=True),
        sa.Column("not_after_ms", _WHOLE, nullable=True),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("mandate_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at_ms", _WHOLE, nullable=False),
        sa.Column("ended_at_ms", _WHOLE, nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["given_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["mandate_id"],
            ["mandates.id"],
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
    op.create_index("ix_rights_person_id", "rights", ["person_id"], unique=False)
    op.create_index("ix_rights_voice_id", "rights", ["voice_id"], unique=False)
    op.create_table(
        "subjects",
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("added_at_ms", _WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("handle"),
    )
    connection = op.get_bind()
    _seal(connection)
    # Until now a pseudonym had no salt; those that the ledger holds stay what they are.
    users = "SELECT user_id FROM renders UNION SELECT user_id FROM jobs"
    for (user,) in connection.execute(sa.text(users)).all():
        row = {"handle": user, "salt": b"", "added_at_ms": 0}
        connection.execute(sa.text("INSERT INTO subjects VALUES (:handle, :salt, :added_at_ms)"), row)
    connection.execute(sa.text("DELETE FROM facts WHERE name = 'schema_version'"))
    fingerprint = {"keys": context.config.attributes["keys"].fingerprint()}
    connection.execute(sa.text("UPDATE facts SET value = :keys WHERE name = 'keys'"), fingerprint)
    connection.execute(sa.text("DELETE FROM seeds"))  # look at every folder again: permissions are told there


def _seal(connection: sa.Connection) -> None:
    keys = context.config.attributes["keys"]
    for row in connection.execute(sa.text("SELECT id, name, contact FROM people")).mappings().all():
        covered = {
            "person": row["id"],
            "kind": "person",
            "name": row["name"],
            "contact": row["contact"],
            "handle": None,
            "minor_until_ms": None,
            "deceased": False,
            "state": "active",
        }
        mac = {"id": row["id"], "mac": keys.mac("person", covered)}
        connection.execute(sa.text("UPDATE people SET mac = :mac WHERE id = :id"), mac)
    voices = "SELECT id, owner_id, state, withdrawn_at_ms FROM voices"
    for row in connection.execute(sa.text(voices)).mappings().all():
        covered = {
            "voice": row["id"],
            "owner": row["owner_id"],
            "state": row["state"],
            "withdrawn_at_ms": row["withdrawn_at_ms"],
        }
        mac = {"id": row["id"], "mac": keys.mac("voice", covered)}
        connection.execute(sa.text("UPDATE voices SET mac = :mac WHERE id = :id"), mac)
