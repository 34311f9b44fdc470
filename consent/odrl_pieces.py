"""Each condition as a piece of an ODRL policy, and back.

A piece counts as read only if the condition that was read writes the very same piece: nothing is dropped.
"""

from __future__ import annotations

from consent.condition import Constraint
from consent.odrl_forms import CONSTRAINT, FORMS, Piece, is_, right_of
from consent.terms import Unknown, read_condition


def write_piece(condition: Constraint) -> tuple[str, Piece]:
    """The place of a condition in a policy, and what stands there; an `Unknown` is kept word for word."""
    for form in FORMS:
        if type(condition) is form.kind:
            return form.place, form.write(condition)
    return CONSTRAINT, is_("consonance:unknown", {"@type": "@json", "@value": condition.to_json()})


def read_piece(place: str, piece: Piece) -> Constraint | None:
    """The condition that stands at a place of a policy, or None where it is not understood in full."""
    for form in FORMS:
        if form.place != place:
            continue
        try:
            condition = form.read(piece)
            if form.write(condition) == piece and read_condition(condition.to_json()) == condition:
                return condition
        except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError):
            continue
    if place == CONSTRAINT and piece.get("leftOperand") == "consonance:unknown":
        entry = right_of(piece).get("@value") if isinstance(piece.get("rightOperand"), dict) else None
        kept = Unknown(entry, "a condition that was not understood when it was written")
        return kept if write_piece(kept) == (place, piece) else None
    return None
