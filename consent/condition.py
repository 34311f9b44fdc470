"""What a condition of a grant is: it looks at a request in its circumstances, and says why it refuses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar

from consent.request import Request


@dataclass(frozen=True)
class Failure:
    """Why a condition does not hold: a stable code, and a sentence for a person."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Circumstances:
    """What a condition may need beside the request: the instant, and how much of the grant is used up."""

    now: datetime
    renders_used: int = 0
    seconds_used: float = 0.0


class Constraint(ABC):
    """A condition of a grant. Subclasses are frozen dataclasses with a `type` and simple fields."""

    type: ClassVar[str] = ""

    @abstractmethod
    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        """Say why the request does not meet this condition, or None if it does."""

    @abstractmethod
    def describe(self) -> str:
        """Say the condition in one line, for a card beside the voice."""

    def to_json(self) -> dict[str, Any]:
        """The condition as JSON values; fields at their default are left out."""
        entry: dict[str, Any] = {"type": self.type}
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if value == field.default:
                continue
            entry[field.name] = _plain(value)
        return entry


def require(holds: object, sentence: str) -> None:
    """Raise ValueError with a sentence unless something holds."""
    if not holds:
        raise ValueError(sentence)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
