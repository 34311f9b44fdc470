"""Instants: UTC everywhere, whole milliseconds, so that what is signed reads back the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now_utc() -> datetime:
    """The present instant in UTC, cut to whole milliseconds."""
    return from_ms(to_ms(datetime.now(UTC)))


def to_ms(instant: datetime) -> int:
    """Milliseconds from 1970-01-01T00:00Z to an instant that knows its time zone."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def from_ms(milliseconds: int) -> datetime:
    """The UTC instant that lies so many milliseconds after 1970-01-01T00:00Z."""
    return _EPOCH + timedelta(milliseconds=milliseconds)
