"""The database's own guard: it refuses any change to the ledger but an append at its end."""

from __future__ import annotations

from sqlalchemy import Connection

_PLACES = {"ledger": ("position", 0), "checkpoints": ("size", 1)}
_GUARDED = (*_PLACES, "cosignatures")
_REFUSAL = "the ledger is append-only"


def guard_ledger(connection: Connection) -> None:
    """Make the triggers over ledger, heads and cosignatures anew, in the transaction that makes or changes
    the tables."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_POSTGRESQL_FUNCTIONS)
    for table in _GUARDED:
        for name, statement in _NO_CHANGE[connection.dialect.name].items():
            _make(connection, table, name, statement)
    for table, (place, first) in _PLACES.items():
        _make(connection, table, "at_end", _AT_END[connection.dialect.name], place=place, first=first)


def _make(connection: Connection, table: str, name: str, statement: str, **more: object) -> None:
    """Make a trigger in the place of one of its name."""
    where = f" ON {table}" if connection.dialect.name == "postgresql" else ""
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_{name}{where}")
    connection.exec_driver_sql(f"CREATE TRIGGER {table}_{name} {statement.format(table=table, **more)}")


_NO_CHANGE = {
    "sqlite": {
        f"no_{event.lower()}": f"BEFORE {event} ON {{table}} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for event in ("UPDATE", "DELETE")
    },
    "postgresql": {
        "no_change": "BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION consent_append_only()",
        "no_truncate": "BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION consent_append_only()",
    },
}
_AT_END = {
    "sqlite": "BEFORE INSERT ON {table} "
    "WHEN NEW.{place} != (SELECT COALESCE(MAX({place}) + 1, {first}) FROM {table}) "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    "postgresql": "BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION consent_at_end_of_{table}()",
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
