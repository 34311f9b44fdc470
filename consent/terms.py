"""What a grant allows: actions under conditions, read from JSON or from `voice.toml`.

Conditions are data (`{"type": "purpose", "allowed": [...]}`). One that is not understood, for its type or any
of its values, is kept as it stands and denies.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from consent.condition import Circumstances, Constraint, Failure, require
from consent.constraints import (
    ACTION_WORDS,
    Attribution,
    Forbidden,
    Language,
    Licensee,
    Name,
    Period,
    Project,
    Purpose,
    Renders,
    Seconds,
    SongSeconds,
    Territory,
    either,
)
from consent.errors import TermsError
from consent.request import ACTIONS, Request


class Unknown(Constraint):
    """A condition that this version does not understand: kept word for word, and a no to everything."""

    def __init__(self, entry: object, why: str) -> None:
        self.entry = entry
        self.why = why

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        return Failure(
            "unknown-condition", f"The grant holds a condition that is not understood ({self.why})."
        )

    def describe(self) -> str:
        return f"A condition that is not understood ({self.why}); so nothing is allowed."

    def to_json(self) -> dict[str, Any]:
        return self.entry  # type: ignore[return-value]


CONSTRAINTS: dict[str, type[Constraint]] = {
    kind.type: kind
    for kind in (
        Licensee,
        Purpose,
        Language,
        Period,
        Renders,
        Seconds,
        SongSeconds,
        Territory,
        Project,
        Name,
        Attribution,
        Forbidden,
    )
}
"""Every condition that this version understands, by its type."""


@dataclass(frozen=True)
class Terms:
    """What a grant says: the actions that it allows, under all of its conditions."""

    actions: tuple[str, ...]
    constraints: tuple[Constraint, ...]

    def check(self, request: Request, circumstances: Circumstances) -> list[Failure]:
        """Every reason why the request is not covered; an error in a condition is a reason, too."""
        failures = []
        if request.action not in self.actions:
            words = ACTION_WORDS.get(request.action, request.action)
            failures.append(Failure("action", f"The grant does not allow to {words}."))
        for constraint in self.constraints:
            try:
                failure = constraint.check(request, circumstances)
            except Exception as error:  # law 1: an error while deciding is a no
                failure = Failure(
                    "decision-error", f"The condition {constraint.type!r} could not be judged: {error}."
                )
            if failure is not None:
                failures.append(failure)
        return failures

    def ends_at(self) -> datetime | None:
        """The first instant at which a period of these terms has run out, if any does."""
        ends = [c.not_after for c in self.constraints if isinstance(c, Period) and c.not_after is not None]
        return min(ends, default=None)

    def describe(self) -> list[str]:
        """The terms line by line, for a card beside the voice."""
        allowed = either((ACTION_WORDS.get(action, action) for action in self.actions), "and")
        return [f"Allowed: to {allowed}.", *(constraint.describe() for constraint in self.constraints)]

    def to_json(self) -> dict[str, Any]:
        """The terms as JSON values."""
        return {"actions": list(self.actions), "constraints": [c.to_json() for c in self.constraints]}

    @classmethod
    def from_json(cls, data: object) -> Terms:
        """Read stored terms; what is not understood becomes an `Unknown`, which denies. Never raises."""
        if not isinstance(data, Mapping):
            return cls((), (Unknown(data, "terms that are not a table"),))
        actions = data.get("actions")
        entries = data.get("constraints")
        strange = sorted(set(data) - {"actions", "constraints"})
        if not _is_strings(actions) or not isinstance(entries, (list, tuple)) or strange:
            return cls((), (Unknown(dict(data), f"terms with a strange form {strange}"),))
        allowed = tuple(str(action) for action in actions or ())
        return cls(allowed, tuple(_constraint(entry) for entry in entries))

    @classmethod
    def parse(cls, data: object, place: str) -> Terms:
        """Read terms that a person wrote, strictly.

        Raises TermsError, naming `place`, for an unknown action or condition, or terms that do not say to
        whom (licensee) and for what (purpose).
        """
        terms = cls.from_json(data)
        for constraint in terms.constraints:
            if isinstance(constraint, Unknown):
                raise TermsError(
                    f"{place}: {constraint.why}.", f"Known conditions: {', '.join(CONSTRAINTS)}."
                )
        strange = [action for action in terms.actions if action not in ACTIONS]
        if strange or not terms.actions:
            raise TermsError(
                f"{place}: actions {list(terms.actions)} are not known.", f"Known: {', '.join(ACTIONS)}."
            )
        said = {constraint.type for constraint in terms.constraints}
        missing = {"licensee", "purpose"} - said
        if missing:
            raise TermsError(f"{place}: the terms do not say their {' and '.join(sorted(missing))}.")
        return terms


def _constraint(entry: object) -> Constraint:
    if not isinstance(entry, Mapping):
        return Unknown(entry, "a condition that is not a table")
    kind = CONSTRAINTS.get(str(entry.get("type")))
    if kind is None:
        return Unknown(dict(entry), f"type {entry.get('type')!r}")
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    values = {}
    for name, value in entry.items():
        if name == "type":
            continue
        if name not in known:
            return Unknown(dict(entry), f"{kind.type!r} with the strange field {name!r}")
        try:
            values[name] = _READERS[str(known[name].type)](value)
        except (TypeError, ValueError) as error:
            return Unknown(dict(entry), f"{kind.type!r} whose {name} is wrong: {error}")
    try:
        return kind(**values)
    except (TypeError, ValueError) as error:
        return Unknown(dict(entry), f"{kind.type!r} is incomplete or contradicts itself: {error}")


def _is_strings(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, str) and item for item in value)


def _strings(value: object) -> tuple[str, ...]:
    require(_is_strings(value) and value, "expected a list of texts")
    return tuple(value)  # type: ignore[arg-type]


def _text(value: object) -> str:
    require(isinstance(value, str) and value, "expected a text")
    return str(value)


def _flag(value: object) -> bool:
    require(isinstance(value, bool), "expected true or false")
    return bool(value)


def _whole(value: object) -> int:
    require(isinstance(value, int) and not isinstance(value, bool), "expected a whole number")
    return int(value)  # type: ignore[call-overload, no-any-return]


def _number(value: object) -> float:
    require(isinstance(value, (int, float)) and not isinstance(value, bool), "expected a number")
    require(math.isfinite(value), "expected a finite number")  # type: ignore[arg-type]
    return float(value)  # type: ignore[arg-type]


def _instant(value: object) -> datetime:
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(_text(value))
    require(instant.tzinfo is not None, "expected an instant with its time zone")
    return instant.astimezone(UTC)


_READERS: dict[str, Callable[[object], Any]] = {
    "tuple[str, ...]": _strings,
    "str": _text,
    "bool": _flag,
    "int": _whole,
    "float": _number,
    "datetime | None": _instant,
}
