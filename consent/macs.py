"""Which rows bear a MAC, and over what: what a change of the MAC key has to write anew.

A room that gives rows a MAC says so beside the function that lists what is covered:

    @covers("grant", GrantRow)
    def covered(row: GrantRow) -> dict[str, Any]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from consent.records import AuthorisationRow, Base

Covered = Callable[[Any], Mapping[str, Any]]
_Function = TypeVar("_Function", bound=Covered)

_COVERED: dict[type[Base], tuple[str, Covered]] = {}


def covers(purpose: str, table: type[Base]) -> Callable[[_Function], _Function]:
    """Mark a function as the one that says what the MAC of a table's rows covers, under this purpose."""

    def mark(covered: _Function) -> _Function:
        _COVERED[table] = (purpose, covered)
        return covered

    return mark


def covered_tables() -> Iterator[tuple[type[Any], str, Covered]]:
    """Every table whose rows bear a MAC (in their column `mac`), its purpose, and what is covered.

    All but authorisations: their MAC is over a value that whoever sings holds, and they last an hour. Raises
    LookupError for a table of which no room that is imported says what is covered.
    """
    for mapper in Base.registry.mappers:
        table = mapper.class_
        if "mac" in mapper.columns and table is not AuthorisationRow:
            purpose, covered = _COVERED[table]
            yield table, purpose, covered
