"""What a condition of a grant is: it looks at a request in its circumstances, and says why it refuses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, ClassVar

from consent.inquiry import ContentFinding
from consent.request import Request


@dataclass(frozen=True)
class Failure:
    """Why a condition does not hold: a stable code, and a sentence for a person."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Circumstances:
    """What a condition may need beside the request.

    `now` is the instant; `renders_used` and `seconds_used` say how much of the grant is used up; `content` is
    what was found in the lyrics, None where nobody looked; `approved_by` names who approved this very work.
    """

    now: datetime
    renders_used: int = 0
    seconds_used: float = 0.0
    content: tuple[ContentFinding, ...] | None = None
    approved_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Constraint(ABC):
    """A condition of a grant. Subclasses are frozen dataclasses with a `type` and simple fields.

    `quote` holds the owner's own words for it, where there are any.
    """

    type: ClassVar[str] = ""
    quote: str = ""

    @abstractmethod
    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        """Say why the request does not meet this condition, or None if it does."""

    @abstractmethod
    def describe(self) -> str:
        """Say the condition in one line, for a card beside the voice."""

    def to_json(self) -> dict[str, Any]:
        """The condition as JSON values; fields at their default are left out."""
        entry: dict[str, Any] = {"type": self.type}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                entry[field.name] = _plain(value)
        if self.quote:
            entry["quote"] = entry.pop("quote")  # the words come last, where a person looks for them
        return entry


def require(holds: object, sentence: str) -> None:
    """Raise ValueError with a sentence unless something holds."""
    if not holds:
        raise ValueError(sentence)


def either(words: Iterable[str], joint: str = "or") -> str:
    """Words as a person lists them: a, b or c."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed) or "nothing"
    return f"{', '.join(listed[:-1])} {joint} {listed[-1]}"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
