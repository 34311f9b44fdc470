"""What the tests of people, grants' lives and approvals share: somebody to act, and a clock to turn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from consent.clock import now_utc
from consent.registry import Refused, Registry
from consent.song import Song

SONG = Song("Twinkle twinkle", ((60.0, 0.5), (67.0, 0.5)), ("t", "w"), "The star")
EVERY_ACT = ("grant", "approve", "suspend", "withdraw")
PAST, FUTURE = datetime(2020, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


def owner_of(registry: Registry) -> str:
    """The id of Ada Singer, who owns and performs the voice; she signs in as "ada"."""
    return registry.people.set_handle(registry.voice("ada").owner.id, "ada").id


def turn_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let the registry's clock go ahead of the real one."""
    monkeypatch.setattr("consent.store.now_utc", lambda: now_utc() + by)


def codes(attempt: Callable[[], Any]) -> set[str]:
    """The codes with which an attempt is refused."""
    with pytest.raises(Refused) as refused:
        attempt()
    return {reason.code for reason in refused.value.reasons}
