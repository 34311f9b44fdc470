"""What a grant allows: actions under conditions, read from JSON or from `voice.toml`.

Conditions are data (`{"type": "purpose", "allowed": [...]}`). One that is not understood, for its type or any
of its values, is kept as it stands and denies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from consent.canonical import canonical
from consent.condition import Circumstances, Constraint, Failure, either
from consent.constraints import ACTION_WORDS, CONSTRAINTS, Period
from consent.contradictions import contradiction
from consent.errors import TermsError
from consent.request import ACTIONS, Request
from consent.term_values import are_texts, kind_of, mistyped

__all__ = ["CONSTRAINTS", "Terms", "Unknown"]

MOST_CONDITIONS = 200
"""How many conditions terms may hold."""


@dataclass(frozen=True)
class Unknown(Constraint):
    """A condition that this version does not understand: kept word for word, and a no to everything."""

    entry: object
    why: str = field(default="", compare=False)

    def check(self, request: Request, circumstances: Circumstances) -> Failure | None:
        return Failure(
            "unknown-condition", f"The grant holds a condition that is not understood ({self.why})."
        )

    def describe(self) -> str:
        return f"A condition that is not understood ({self.why}); so nothing is allowed."

    def to_json(self) -> dict[str, Any]:
        return self.entry  # type: ignore[return-value]


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
            failure = _judge(constraint, request, circumstances)
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
        return [f"Allowed: to {allowed}.", *map(in_words, self.constraints)]

    def to_json(self) -> dict[str, Any]:
        """The terms as JSON values."""
        return {"actions": list(self.actions), "constraints": [c.to_json() for c in self.constraints]}

    @cached_property
    def sha256(self) -> str:
        """Hex SHA-256 of the terms' canonical JSON (RFC 8785): what the ledger says of them."""
        return hashlib.sha256(canonical(self.to_json())).hexdigest()

    @classmethod
    def from_json(cls, data: object) -> Terms:
        """Read stored terms; what is not understood becomes an `Unknown`, which denies. Never raises."""
        if not isinstance(data, Mapping):
            return cls((), (Unknown(data, "terms that are not a table"),))
        actions = data.get("actions")
        entries = data.get("constraints")
        strange = sorted(map(str, set(data) - {"actions", "constraints"}))
        if not are_texts(actions) or not isinstance(entries, (list, tuple)) or strange:
            return cls((), (Unknown(dict(data), f"terms with a strange form {strange}"),))
        if len(entries) > MOST_CONDITIONS:
            return cls((), (Unknown(dict(data), f"terms of more than {MOST_CONDITIONS} conditions"),))
        allowed = tuple(str(action) for action in actions or ())
        return cls(allowed, tuple(read_condition(entry) for entry in entries))

    @classmethod
    def parse(cls, data: object, place: str) -> Terms:
        """Read terms that a person wrote, strictly.

        Raises TermsError, naming `place`, for an unknown action or condition, terms that do not say to whom
        (licensee) and for what (purpose), and terms that contradict themselves.
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
            raise TermsError(
                f"{place}: the terms do not say their {' and '.join(sorted(missing))}.",
                "Say to whom (licensee) and for what (purpose).",
            )
        if against := contradiction(terms.actions, terms.constraints):
            raise TermsError(f"{place}: {against}", "Such terms allow nothing: leave out one of the two.")
        return terms


def in_words(constraint: Constraint) -> str:
    """A condition in one line, with the owner's own words where there are any."""
    return _with_quote(constraint.describe(), constraint.quote)


def _judge(constraint: Constraint, request: Request, circumstances: Circumstances) -> Failure | None:
    try:
        if name := mistyped(constraint):
            return Failure(
                "decision-error",
                f"The condition {constraint.type!r} could not be judged: its {name} is of a strange type.",
            )
        failure = constraint.check(request, circumstances)
        if failure is None or not constraint.quote:
            return failure
        return Failure(failure.code, _with_quote(failure.sentence, constraint.quote))
    except Exception as error:  # law 1: an error while deciding is a no
        return Failure("decision-error", f"A condition could not be judged: {type(error).__name__}.")


def _with_quote(sentence: str, quote: str) -> str:
    return f"{sentence.removesuffix('.')} (“{quote}”)." if quote else sentence


def read_condition(entry: object) -> Constraint:
    """One condition from JSON values; where it is not understood, an `Unknown`, which denies."""
    if not isinstance(entry, Mapping):
        return Unknown(entry, "a condition that is not a table")
    kind = CONSTRAINTS.get(str(entry.get("type")))
    if kind is None:
        return Unknown(dict(entry), f"type {entry.get('type')!r}")
    values = {}
    for name, value in entry.items():
        if name == "type":
            continue
        reader = kind_of(kind, str(name))
        if reader is None:
            return Unknown(dict(entry), f"{kind.type!r} with the strange field {name!r}")
        try:
            values[name] = reader.read(value)
        except (TypeError, ValueError) as error:
            return Unknown(dict(entry), f"{kind.type!r} whose {name} is wrong: {error}")
    try:
        return kind(**values)
    except (TypeError, ValueError, ArithmeticError) as error:
        return Unknown(dict(entry), f"{kind.type!r} is incomplete or contradicts itself: {error}")
