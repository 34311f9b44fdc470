"""Terms that cannot be met together: what a person wrote so cannot be what that person meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from consent.codes import normal_title, primary_language
from consent.condition import Constraint, either
from consent.constraints import (
    ACTION_WORDS,
    Forbidden,
    Language,
    Licensee,
    Name,
    Period,
    Price,
    Project,
    Purpose,
    Territory,
    Works,
)

_Kind = TypeVar("_Kind", bound=Constraint)


def contradiction(actions: Sequence[str], constraints: Sequence[Constraint]) -> str:
    """The first contradiction in terms, as a sentence, or ""."""
    forbidden = {action for condition in _all(Forbidden, constraints) for action in condition.actions}
    both = [ACTION_WORDS[action] for action in actions if action in forbidden]
    if both:
        return f"the terms allow and forbid to {either(both, 'and')}."
    for name, allowed in _allowed(constraints):
        if allowed and not frozenset.intersection(*allowed):
            return f"the {name} conditions leave nothing that meets them all."
    starts = [period.not_before for period in _all(Period, constraints) if period.not_before is not None]
    ends = [period.not_after for period in _all(Period, constraints) if period.not_after is not None]
    if starts and ends and max(starts) >= min(ends):
        return "the periods leave no instant that lies in them all."
    if len({price.spoken() for price in _all(Price, constraints)}) > 1:
        return "two prices are named, and only one can be accepted."
    return ""


def _allowed(constraints: Sequence[Constraint]) -> Iterable[tuple[str, list[frozenset[str]]]]:
    """For each kind of condition that lists values: what each of that kind allows."""
    yield "licensee", [frozenset(c.users) for c in _all(Licensee, constraints) if not c.anyone]
    yield "purpose", [frozenset(c.allowed) for c in _all(Purpose, constraints) if not c.anything]
    yield "project", [frozenset(c.allowed) for c in _all(Project, constraints)]
    yield "language", [frozenset(map(primary_language, c.allowed)) for c in _all(Language, constraints)]
    yield "name", [frozenset((c.text,)) for c in _all(Name, constraints)]
    countries = [
        {code.upper() for code in c.allowed} for c in _all(Territory, constraints) if not c.worldwide
    ]
    everywhere = frozenset().union(*countries)
    yield (
        "territory",
        [
            frozenset(code for code in everywhere if {code, code.split("-")[0]} & allowed)
            for allowed in countries
        ],
    )
    titled = [c for c in _all(Works, constraints) if not c.anything and not (c.iswc or c.isrc)]
    yield "works", [frozenset(map(normal_title, c.titles)) for c in titled] if len(titled) > 1 else []


def _all(kind: type[_Kind], constraints: Sequence[Constraint]) -> list[_Kind]:
    return [condition for condition in constraints if isinstance(condition, kind)]
