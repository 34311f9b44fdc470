"""The database's own guard: it refuses any change to the ledger but an append at its end."""

from __future__ import annotations

from sqlalchemy import Connection

_PLACES = {"ledger": ("position", 0), "checkpoints": ("size", 1)}
_GUARDED = (*_PLACES, "cosignatures")
_REFUSAL = "the ledger is append-only"


def guard_ledger(connection: Connection) -> None:
    """Make the triggers over ledger, heads and cosignatures, in the transaction that makes the tables."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_POSTGRESQL_FUNCTIONS)
    for table in _GUARDED:
        for statement in _NO_CHANGE[connection.dialect.name]:
            connection.exec_driver_sql(statement.format(table=table))
    for table, (place, first) in _PLACES.items():
        statement = _AT_END[connection.dialect.name]
        connection.exec_driver_sql(statement.format(table=table, place=place, first=first))


_NO_CHANGE = {
    "sqlite": tuple(
        f"CREATE TRIGGER {{table}}_no_{event.lower()} BEFORE {event} ON {{table}} "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for event in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION consent_append_only()",
        "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION consent_append_only()",
    ),
}
_AT_END = {
    "sqlite": "CREATE TRIGGER {table}_at_end BEFORE INSERT ON {table} "
    "WHEN NEW.{place} != (SELECT COALESCE(MAX({place}) + 1, {first}) FROM {table}) "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    "postgresql": "CREATE TRIGGER {table}_at_end BEFORE INSERT ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION consent_at_end_of_{table}()",
}
_POSTGRESQL_FUNCTIONS = (
    "CREATE OR REPLACE FUNCTION consent_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$; "
) + "".join(
    f"CREATE OR REPLACE FUNCTION consent_at_end_of_{table}() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN IF NEW.{place} != (SELECT COALESCE(MAX({place}) + 1, {first}) FROM {table}) "
    f"THEN RAISE EXCEPTION '{_REFUSAL}'; END IF; RETURN NEW; END $$; "
    for table, (place, first) in _PLACES.items()
)
