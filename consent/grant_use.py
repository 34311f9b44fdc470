"""How much of a grant has been used: a row of its own under a MAC, so that nobody winds a quota back."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import bindparam, insert, update

from consent.decide import Grant
from consent.macs import covers
from consent.records import GrantUseRow, table_of
from consent.store import Store, Unit

_USE = table_of(GrantUseRow)
_ADD = insert(_USE)
COUNT_USE = (
    update(_USE)
    .where(_USE.c.grant_id == bindparam("grant"))
    .values(renders=bindparam("songs"), ms=bindparam("milliseconds"), mac=bindparam("seal"))
)


class Counted(Protocol):
    """What a row says of a grant's use, however it was read."""

    @property
    def grant_id(self) -> str: ...
    @property
    def renders(self) -> int: ...
    @property
    def ms(self) -> int: ...


@covers("grant-use", GrantUseRow)
def covered(row: Counted) -> dict[str, Any]:
    """What the MAC of a grant's counters covers."""
    return _covered(row.grant_id, row.renders, row.ms)


def is_intact(store: Store, row: Counted, mac: str) -> bool:
    """Whether the counters are what the registry wrote."""
    return store.keys.check_mac("grant-use", covered(row), mac)


def add_use(store: Store, unit: Unit, grant: str) -> None:
    """Begin to count the use of a grant that was just written."""
    mac = store.keys.mac("grant-use", _covered(grant, 0, 0))
    unit.session.connection().execute(_ADD, {"grant_id": grant, "renders": 0, "ms": 0, "mac": mac})


def count_use(store: Store, unit: Unit, grant: Grant, duration_ms: int, songs: int = 1) -> None:
    """Count released songs against a grant, as it was read in this very transaction."""
    unit.session.connection().execute(COUNT_USE, counting(store, grant, duration_ms, songs))


def counting(store: Store, grant: Grant, duration_ms: int, songs: int = 1) -> dict[str, Any]:
    """The parameters of COUNT_USE that count released songs against a grant."""
    renders, ms = grant.renders_used + songs, round(grant.seconds_used * 1000) + duration_ms
    mac = store.keys.mac("grant-use", _covered(grant.id, renders, ms))
    return {"grant": grant.id, "songs": renders, "milliseconds": ms, "seal": mac}


def _covered(grant: str, renders: int, ms: int) -> dict[str, Any]:
    return {"grant": grant, "renders": renders, "ms": ms}
