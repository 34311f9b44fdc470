"""The values that conditions hold: read from JSON strictly, and told apart from values of other types."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from consent.condition import Constraint, require
from consent.constraints import Share

MOST_VALUES = 1_000
"""How many values a list in a condition may hold."""
MOST_CHARACTERS = 10_000
"""How long a text in a condition may be."""
_MOST_COUNT = 2**53 - 1  # beyond it JSON numbers (RFC 8785) are not exact


@dataclass(frozen=True)
class ValueKind:
    """How values of one type are read from JSON (raises ValueError or TypeError), and how they are known."""

    read: Callable[[object], Any]
    holds: Callable[[Any], bool]


def kind_of(constraint: type[Constraint], name: str) -> ValueKind | None:
    """The kind of value that a condition's field holds, or None for a field that it does not have."""
    return _kinds(constraint).get(name)


def mistyped(constraint: Constraint) -> str:
    """The name of a field whose value is of another type than it says, or ""."""
    for name, kind in _kinds(type(constraint)).items():
        if not kind.holds(getattr(constraint, name)):
            return name
    return ""


@functools.cache
def _kinds(constraint: type[Constraint]) -> dict[str, ValueKind]:
    return {
        field.name: VALUE_KINDS[str(field.type)]
        for field in fields(constraint)
        if str(field.type) in VALUE_KINDS
    }


def are_texts(value: object) -> bool:
    """Whether a value is a list of texts, none of them empty."""
    return isinstance(value, (list, tuple)) and all(isinstance(item, str) and item for item in value)


def _texts(value: object) -> tuple[str, ...]:
    require(are_texts(value) and value, "expected a list of texts")
    require(len(value) <= MOST_VALUES, f"more than {MOST_VALUES} values")  # type: ignore[arg-type]
    return tuple(_text(item) for item in value)  # type: ignore[attr-defined]


def _text(value: object) -> str:
    require(isinstance(value, str) and value, "expected a text")
    require(len(value) <= MOST_CHARACTERS, f"a text of more than {MOST_CHARACTERS} characters")  # type: ignore[arg-type]
    str(value).encode("utf-8")  # half a surrogate pair is no text, and a ValueError
    return str(value)


def _flag(value: object) -> bool:
    require(isinstance(value, bool), "expected true or false")
    return bool(value)


def _whole(value: object) -> int:
    require(isinstance(value, int) and not isinstance(value, bool), "expected a whole number")
    require(abs(value) <= _MOST_COUNT, "expected a smaller number")  # type: ignore[arg-type]
    return int(value)  # type: ignore[call-overload, no-any-return]


def _number(value: object) -> float:
    require(isinstance(value, (int, float)) and not isinstance(value, bool), "expected a number")
    require(abs(value) <= _MOST_COUNT, "expected a smaller number")  # type: ignore[arg-type]
    return float(value)  # type: ignore[arg-type]


def _instant(value: object) -> datetime:
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(_text(value))
    require(instant.tzinfo is not None, "expected an instant with its time zone")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError("expected an instant of our era") from None


def _shares(value: object) -> tuple[Share, ...]:
    require(isinstance(value, (list, tuple)) and value, "expected a list of shares")
    require(len(value) <= MOST_VALUES, f"more than {MOST_VALUES} values")  # type: ignore[arg-type]
    return tuple(_share(item) for item in value)  # type: ignore[attr-defined]


def _share(value: object) -> Share:
    require(isinstance(value, Mapping) and set(value) == {"party", "share"}, "a share says party and share")
    return Share(_text(value["party"]), _text(value["share"]))  # type: ignore[index]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_instant(value: Any) -> bool:
    return value is None or (isinstance(value, datetime) and value.utcoffset() is not None)


def _is_tuple_of(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, tuple) and all(isinstance(item, kind) for item in value)


def _is_share(value: Any) -> bool:
    return isinstance(value, Share) and isinstance(value.party, str) and isinstance(value.share, str)


VALUE_KINDS: dict[str, ValueKind] = {
    "tuple[str, ...]": ValueKind(_texts, _is_tuple_of(str)),
    "str": ValueKind(_text, lambda value: isinstance(value, str)),
    "bool": ValueKind(_flag, lambda value: isinstance(value, bool)),
    "int": ValueKind(_whole, lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "float": ValueKind(_number, _is_number),
    "datetime | None": ValueKind(_instant, _is_instant),
    "tuple[Share, ...]": ValueKind(
        _shares, lambda value: isinstance(value, tuple) and all(map(_is_share, value))
    ),
}
"""Every type that a condition's field may have, by its annotation."""
