"""Conditions on how much and how long: a period, a number of songs, seconds in all, seconds a song."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

from consent.condition import Circumstances, Constraint, Failure, require
from consent.request import Request


@dataclass(frozen=True)
class Period(Constraint):
    """From when (inclusive) and until when (exclusive) the grant holds."""

    type: ClassVar[str] = "period"
    not_before: datetime | None = None
    not_after: datetime | None = None

    def __post_init__(self) -> None:
        require(self.not_before or self.not_after, "a period condition says not_before, not_after or both")
        if _knows_zone(self.not_before) and _knows_zone(self.not_after):
            require(self.not_before < self.not_after, "the period ends before it begins")  # type: ignore[operator]

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if self.not_before is not None and circumstances.now < self.not_before:
            return Failure("not-yet-valid", f"The grant begins at {_spoken(self.not_before)}.")
        if self.not_after is not None and circumstances.now >= self.not_after:
            return Failure("expired", f"The grant ended at {_spoken(self.not_after)}.")
        return None

    def describe(self) -> str:
        start = f" from {_spoken(self.not_before)}" if self.not_before else ""
        end = f" until {_spoken(self.not_after)}" if self.not_after else ""
        return f"Valid{start}{end}."


@dataclass(frozen=True)
class Renders(Constraint):
    """How many songs may be released under the grant, in all."""

    type: ClassVar[str] = "renders"
    at_most: int

    def __post_init__(self) -> None:
        require(self.at_most >= 0, "at_most is not negative")

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if circumstances.renders_used < self.at_most:
            return None
        return Failure("renders", f"All {self.at_most} songs that the grant allows have been released.")

    def describe(self) -> str:
        return f"At most {self.at_most} songs."


@dataclass(frozen=True)
class Seconds(Constraint):
    """How many seconds may be released under the grant, in all."""

    type: ClassVar[str] = "seconds"
    at_most: float

    def __post_init__(self) -> None:
        require(self.at_most >= 0, "at_most is not negative")

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        """Whether the song fits into the seconds that are left."""
        left = _decimal(self.at_most) - _decimal(circumstances.seconds_used)
        if _decimal(request.seconds) <= left:
            return None
        return Failure(
            "seconds",
            f"The grant has {_length(max(left, Decimal(0)))} s left; this song takes "
            f"{_length(request.seconds)} s.",
        )

    def describe(self) -> str:
        return f"At most {self.at_most:g} s of song in all."


@dataclass(frozen=True)
class SongSeconds(Constraint):
    """How long one song may be."""

    type: ClassVar[str] = "song-seconds"
    at_most: float

    def __post_init__(self) -> None:
        require(self.at_most >= 0, "at_most is not negative")

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.seconds <= self.at_most:
            return None
        return Failure(
            "song-seconds",
            f"A song may last {self.at_most:g} s; this one takes {_length(request.seconds)} s.",
        )

    def describe(self) -> str:
        return f"At most {self.at_most:g} s a song."


def _knows_zone(instant: datetime | None) -> bool:
    return instant is not None and instant.tzinfo is not None


def _decimal(seconds: float) -> Decimal:
    """Seconds as they are written: 0.1 s and 0.2 s are 0.3 s, which binary fractions deny."""
    return Decimal(repr(float(seconds)))


def _length(seconds: float | Decimal) -> str:
    """Seconds to the millisecond, where they are not whole tenths: 60.0, 59.5, 59.999."""
    exact = f"{seconds:.3f}"
    return exact.removesuffix("00") if exact.endswith("00") else exact.rstrip("0")


def _spoken(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
