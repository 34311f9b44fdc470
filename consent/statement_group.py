"""Several writing statements that travel to the database together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from typing import cast as seen_as

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.sql import ClauseElement

_PARAMETER = re.compile(r"%\((\w+)\)s")
_DIALECT = PGDialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]


class StatementGroup:
    """Statements that write different rows and answer nothing.

    PostgreSQL gets them as one (a WITH of writing statements, each seeing the tables as they were before
    it): a round trip, and what is around it, for all of them. SQLite, which is not far away, gets one after
    the other. Parameters are plain strings, whole numbers and bytes.
    """

    def __init__(self, *statements: Executable) -> None:
        self._statements = statements

    def execute(self, connection: Connection, *parameters: Mapping[str, Any]) -> None:
        """Execute all of them, each with its own parameters."""
        if connection.dialect.name != "postgresql":
            for statement, values in zip(self._statements, parameters, strict=True):
                connection.execute(statement, values)
            return
        sql, named = self._as_one
        connection.exec_driver_sql(sql, named | _named(parameters))

    @cached_property
    def _as_one(self) -> tuple[str, dict[str, Any]]:
        """One statement for PostgreSQL, and the values that its parts themselves hold."""
        compiled = [seen_as(ClauseElement, part).compile(dialect=_DIALECT) for part in self._statements]
        parts = [
            _PARAMETER.sub(rf"%(w{position}_\1)s", str(statement))
            for position, statement in enumerate(compiled)
        ]
        before = ", ".join(f"w{position} AS ({part})" for position, part in enumerate(parts[:-1]))
        return f"WITH {before} {parts[-1]}", _named([statement.params for statement in compiled])


def _named(parameters: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        f"w{position}_{name}": value
        for position, values in enumerate(parameters)
        for name, value in values.items()
    }
