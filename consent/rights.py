"""The two permissions behind every grant, and the authority of whoever gave it: values for `decide`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

PERFORMER, RECORDING_OWNER = "performer", "recording-owner"
"""The performer's consent to the use of the voice; the permission of whoever owns the recordings."""

CAPACITIES = ("label", "agent", "guardian", "estate")
"""In which capacity somebody acts for somebody else."""


@dataclass(frozen=True)
class Right:
    """One permission: `kind` is PERFORMER or RECORDING_OWNER, `state` active, withdrawn or damaged.

    It holds for `actions`, from `not_before` (inclusive) until `not_after` (exclusive), where they are given.
    """

    id: str
    kind: str
    person: str
    actions: tuple[str, ...]
    state: str = "active"
    not_before: datetime | None = None
    not_after: datetime | None = None


@dataclass(frozen=True)
class Mandate:
    """The authority under which `agent` speaks for `principal`, in one of `CAPACITIES`; same states and
    period as a right's."""

    id: str
    agent: str
    principal: str
    capacity: str
    state: str = "active"
    not_before: datetime | None = None
    not_after: datetime | None = None
