"""The conditions that a grant may hold: typed, frozen, each able to say in one sentence why it refused.

A new condition is a class here and a row in `terms.CONSTRAINTS`. After warehouse's macaroon caveats.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from consent.condition import Circumstances, Constraint, Failure, require
from consent.request import ACTIONS, PURPOSES, Request

ACTION_WORDS = {
    "sing": "let the voice sing",
    "train": "train a model from the voice",
    "share-voice": "pass the voice itself on",
    "sell-voice": "sell the voice itself",
}


@dataclass(frozen=True)
class Licensee(Constraint):
    """Who may use the grant: `anyone`, or the users named."""

    type: ClassVar[str] = "licensee"
    users: tuple[str, ...] = ()
    anyone: bool = False

    def __post_init__(self) -> None:
        require(self.anyone != bool(self.users), "a licensee condition says either users or anyone = true")

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if self.anyone or request.user in self.users:
            return None
        return Failure("licensee", f"The grant was not made to {request.user!r}.")

    def describe(self) -> str:
        return "Anyone may use it." if self.anyone else f"For {', '.join(self.users)} only."


@dataclass(frozen=True)
class Purpose(Constraint):
    """What the song may be for: `anything`, or the purposes listed (`request.PURPOSES`)."""

    type: ClassVar[str] = "purpose"
    allowed: tuple[str, ...] = ()
    anything: bool = False

    def __post_init__(self) -> None:
        require(
            self.anything != bool(self.allowed), "a purpose condition says either allowed or anything = true"
        )
        strange = [purpose for purpose in self.allowed if purpose not in PURPOSES]
        require(not strange, f"unknown purposes {strange}; known are {', '.join(PURPOSES)}")

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if self.anything or request.purpose in self.allowed:
            return None
        return Failure(
            "purpose", f"The owner allows {either(self.allowed)} use; this song is for {request.purpose} use."
        )

    def describe(self) -> str:
        return "For any purpose." if self.anything else f"For {either(self.allowed)} use."


@dataclass(frozen=True)
class Language(Constraint):
    """In which languages the voice may sing (primary BCP 47 subtags; `cmn` counts as `zh`)."""

    type: ClassVar[str] = "language"
    allowed: tuple[str, ...]

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if _primary(request.language) in {_primary(tag) for tag in self.allowed}:
            return None
        return Failure(
            "language", f"The voice may sing in {either(self.allowed)}, not in {request.language!r}."
        )

    def describe(self) -> str:
        return f"May sing in {either(self.allowed)}."


@dataclass(frozen=True)
class Period(Constraint):
    """From when (inclusive) and until when (exclusive) the grant holds."""

    type: ClassVar[str] = "period"
    not_before: datetime | None = None
    not_after: datetime | None = None

    def __post_init__(self) -> None:
        require(self.not_before or self.not_after, "a period condition says not_before, not_after or both")

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
        left_s = self.at_most - circumstances.seconds_used
        if request.seconds <= left_s:
            return None
        return Failure(
            "seconds",
            f"The grant has {max(left_s, 0.0):.1f} s left; this song takes {request.seconds:.1f} s.",
        )

    def describe(self) -> str:
        return f"At most {self.at_most:g} s of song in all."


@dataclass(frozen=True)
class SongSeconds(Constraint):
    """How long one song may be."""

    type: ClassVar[str] = "song-seconds"
    at_most: float

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.seconds <= self.at_most:
            return None
        return Failure(
            "song-seconds", f"A song may last {self.at_most:g} s; this one takes {request.seconds:.1f} s."
        )

    def describe(self) -> str:
        return f"At most {self.at_most:g} s a song."


@dataclass(frozen=True)
class Territory(Constraint):
    """In which countries the song may be used (ISO 3166 codes)."""

    type: ClassVar[str] = "territory"
    allowed: tuple[str, ...]

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.territory is None:
            return Failure(
                "territory", f"The grant is for {either(self.allowed)}; the request names no country."
            )
        if request.territory.upper() in {code.upper() for code in self.allowed}:
            return None
        return Failure("territory", f"The grant is for {either(self.allowed)}, not for {request.territory}.")

    def describe(self) -> str:
        return f"For use in {either(self.allowed)}."


@dataclass(frozen=True)
class Project(Constraint):
    """For which named projects the voice may sing."""

    type: ClassVar[str] = "project"
    allowed: tuple[str, ...]

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.project is not None and request.project in self.allowed:
            return None
        asked = "no project" if request.project is None else f"the project {request.project!r}"
        return Failure("project", f"The grant is for {either(self.allowed)}; the request names {asked}.")

    def describe(self) -> str:
        return f"For the project {either(self.allowed)}."


@dataclass(frozen=True)
class Name(Constraint):
    """The voice must be presented under its own name."""

    type: ClassVar[str] = "name"
    text: str

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.presented_as == self.text:
            return None
        return Failure("name", f"The voice must be named {self.text!r}, not {request.presented_as!r}.")

    def describe(self) -> str:
        return f"The name “{self.text}” stays unchanged."


@dataclass(frozen=True)
class Attribution(Constraint):
    """What must be credited, and linked, when one of `actions` is done."""

    type: ClassVar[str] = "attribution"
    credit: str
    link: str = ""
    actions: tuple[str, ...] = ACTIONS

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.action not in self.actions:
            return None
        said = request.credit or ""
        missing = [text for text in (self.credit, self.link) if text not in said]
        if not missing:
            return None
        return Failure("attribution", f"The credit line must name {' and '.join(missing)}.")

    def describe(self) -> str:
        link = f" and link to {self.link}" if self.link else ""
        return f"To {either(ACTION_WORDS[action] for action in self.actions)}: credit “{self.credit}”{link}."


@dataclass(frozen=True)
class Forbidden(Constraint):
    """What the owner forbids in so many words: `actions`, with the words in `quote`."""

    type: ClassVar[str] = "forbidden"
    actions: tuple[str, ...]
    quote: str = ""

    def __post_init__(self) -> None:
        strange = [action for action in self.actions if action not in ACTIONS]
        require(not strange, f"unknown actions {strange}; known are {', '.join(ACTIONS)}")

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        if request.action not in self.actions:
            return None
        words = f" (“{self.quote}”)" if self.quote else ""
        return Failure("forbidden", f"The owner forbids to {ACTION_WORDS[request.action]}{words}.")

    def describe(self) -> str:
        return f"Forbidden: to {either(ACTION_WORDS[action] for action in self.actions)}."


def _primary(tag: str) -> str:
    subtag = tag.replace("_", "-").split("-")[0].lower()
    return "zh" if subtag == "cmn" else subtag


def _spoken(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def either(words: Iterable[str], joint: str = "or") -> str:
    """Words as a person lists them: a, b or c."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed) or "nothing"
    return f"{', '.join(listed[:-1])} {joint} {listed[-1]}"
