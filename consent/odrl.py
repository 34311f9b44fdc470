"""Terms as an ODRL 2.2 policy in JSON-LD, and back without loss.

What a policy says and this version does not understand becomes an `Unknown` condition, which denies; nothing
is dropped. After the ODRL Information Model 2.2 and the ODRL Vocabulary & Expression 2.2 (W3C, 2018).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from consent.condition import Constraint
from consent.constraints import Licensee
from consent.errors import TermsError
from consent.odrl_forms import CONSTRAINT, DUTY, PROHIBITION, STATEMENT, instant
from consent.odrl_names import ACTIONS, ACTIONS_BACK, CONTEXT, ODRL, ORDER, OTHER_ACTION, PROFILE, QUOTE
from consent.odrl_pieces import read_piece, write_piece
from consent.terms import MOST_CONDITIONS, Terms, Unknown

KINDS = ("Set", "Offer", "Agreement")
"""What a policy may be: terms by themselves, terms that somebody offers, terms between two parties."""


@dataclass(frozen=True)
class Policy:
    """Terms as a policy: about `target` (a voice), from `assigner` (its owner), to `assignee`, all by IRI."""

    terms: Terms
    uid: str
    kind: str = "Set"
    target: str = ""
    assigner: str = ""
    assignee: str = ""

    def to_json(self) -> dict[str, Any]:
        """The policy as JSON-LD values."""
        permission: dict[str, Any] = {
            "action": [ACTIONS.get(name, {OTHER_ACTION: name}) for name in self.terms.actions]
        }
        policy: dict[str, Any] = {
            "@context": CONTEXT,
            "@type": self.kind,
            "uid": self.uid,
            "profile": PROFILE,
            "conflict": "prohibit",
        }
        for name in ("target", "assigner", "assignee"):
            if getattr(self, name):
                policy[name] = getattr(self, name)
        policy["permission"] = [permission]
        for order, condition in enumerate(self.terms.constraints):
            place, piece = write_piece(condition)
            piece[ORDER] = order
            if condition.quote:
                piece[QUOTE] = condition.quote
            (permission if place in (CONSTRAINT, DUTY) else policy).setdefault(place, []).append(piece)
        return policy

    @classmethod
    def from_json(cls, data: object) -> Policy:
        """Read a policy; what is not understood becomes a condition that denies.

        Raises TermsError for values that are no policy at all.
        """
        if not isinstance(data, Mapping) or not {"permission", "prohibition", "obligation"} & set(data):
            raise TermsError(
                "This is no ODRL policy: it holds no permission and no prohibition.",
                "docs/reference/odrl-profile.md shows one.",
            )
        return _Reader(data).policy()


def to_odrl(
    terms: Terms,
    target: str,
    assigner: str = "",
    assignee: str = "",
    uid: str = "",
    kind: str = "",
) -> dict[str, Any]:
    """Terms as JSON-LD: an Agreement where there is an assignee, an Offer where there is an assigner alone.

    Raises ValueError for an assignee who is not among the licensees of the terms.
    """
    if assignee and not any(assignee in c.users for c in terms.constraints if isinstance(c, Licensee)):
        raise ValueError(f"The terms are not made to {assignee!r}.")
    chosen = kind or ("Agreement" if assigner and assignee else "Offer" if assigner else "Set")
    return Policy(terms, uid or f"{PROFILE}policy", chosen, target, assigner, assignee).to_json()


def from_odrl(data: object) -> Terms:
    """The terms that a policy states. Raises TermsError for values that are no policy at all."""
    return Policy.from_json(data).terms


class _Reader:
    """Goes through a policy once, and keeps whatever it does not understand as a denial."""

    def __init__(self, data: Mapping[Any, Any]) -> None:
        self.data = {str(key): value for key, value in data.items()}
        self.found: list[tuple[int, int, Constraint]] = []
        self.actions: list[str] = []

    def policy(self) -> Policy:
        """Read the whole document; what is not understood is kept as a condition that denies."""
        said = self.data
        for key, known in _KNOWN_HEADS.items():
            if said.get(key) not in known:
                self._keep(key, said.get(key))
        kind = said.get("@type", "Set")
        if kind not in KINDS:
            self._keep("@type", kind)
        parties = {name: self._party(name) for name in ("uid", "target", "assigner", "assignee")}
        permissions = _as_list(said.get("permission", []))
        if len(permissions) == 1 and isinstance(permissions[0], Mapping):
            self._permission(permissions[0], parties)
        else:
            for permission in permissions:
                self._keep("permission", permission)
        for place in (PROHIBITION, STATEMENT):
            self._pieces(place, said.get(place, []))
        for key in sorted(set(said) - _POLICY_KEYS):
            self._keep(key, said[key])
        constraints = [condition for _, _, condition in sorted(self.found, key=lambda found: found[:2])]
        users = [c.users for c in constraints if isinstance(c, Licensee)]
        assignee = parties["assignee"]
        if assignee and not any(assignee in named for named in users):
            constraints.append(Licensee(users=(assignee,)))
        if len(constraints) > MOST_CONDITIONS:
            constraints = [Unknown({"odrl": "too long"}, f"more than {MOST_CONDITIONS} conditions")]
        terms = Terms(tuple(self.actions), tuple(constraints))
        return Policy(terms, kind=kind if kind in KINDS else "Set", **parties)

    def _party(self, name: str) -> str:
        value = self.data.get(name, "")
        if isinstance(value, str):
            return value
        self._keep(name, value)
        return ""

    def _permission(self, permission: Mapping[str, Any], parties: dict[str, str]) -> None:
        for action in _as_list(permission.get("action", [])):
            name = _local(action)
            if isinstance(name, str) and name in ACTIONS_BACK:
                self.actions.append(ACTIONS_BACK[name])
            elif (
                isinstance(action, Mapping)
                and set(action) == {OTHER_ACTION}
                and isinstance(action[OTHER_ACTION], str)
                and action[OTHER_ACTION] not in ACTIONS
            ):
                self.actions.append(action[OTHER_ACTION])
            else:
                self._keep("action", action)
        for place in (CONSTRAINT, DUTY):
            self._pieces(place, permission.get(place, []))
        for key in sorted(map(str, set(permission) - {"action", CONSTRAINT, DUTY})):
            value = permission.get(key)
            if key in ("target", "assigner", "assignee") and isinstance(value, str) and not parties[key]:
                parties[key] = value
            else:
                self._keep(key, value)

    def _pieces(self, place: str, pieces: object) -> None:
        for piece in _as_list(pieces):
            if not isinstance(piece, Mapping):
                self._keep(place, piece)
                continue
            bare = {str(key): value for key, value in piece.items() if key not in (ORDER, QUOTE)}
            order, quote = piece.get(ORDER, MOST_CONDITIONS), piece.get(QUOTE, "")
            condition = read_piece(place, _normal(bare))
            if condition is None or type(order) is not int or not isinstance(quote, str):
                self._keep(place, dict(piece))
                continue
            self.found.append((order, len(self.found), replace(condition, quote=quote)))

    def _keep(self, place: str, value: object) -> None:
        entry = {"type": "odrl", "place": place, "value": value}
        self.found.append((MOST_CONDITIONS, len(self.found), Unknown(entry, f"ODRL's {place!r}")))


_KNOWN_HEADS: dict[str, tuple[object, ...]] = {
    "@context": (CONTEXT, CONTEXT[0], CONTEXT[:1]),
    "profile": (None, PROFILE, [PROFILE]),
    "conflict": (None, "prohibit"),
}
"""What a policy may say before its rules."""

_POLICY_KEYS = {
    "@context", "@type", "uid", "profile", "conflict", "target", "assigner", "assignee", "permission",
    PROHIBITION, STATEMENT,
}  # fmt: skip


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _local(name: object) -> object:
    """A name of ODRL's own without its namespace."""
    return name.removeprefix(ODRL).removeprefix("odrl:") if isinstance(name, str) else name


def _normal(piece: dict[str, Any]) -> dict[str, Any]:
    """A piece that another program wrote, in the form in which it is written here."""
    normal = dict(_normal_pairs(piece))
    right, lists = normal.get("rightOperand"), ("recipient", "language", "spatial")
    if normal.get("operator") == "eq" and normal.get("leftOperand") in lists and isinstance(right, str):
        normal.update(operator="isAnyOf", rightOperand=[right])
    if isinstance(right, Mapping) and right.get("@type") == "xsd:dateTime":
        with contextlib.suppress(ValueError, OverflowError):  # no instant: then it is not understood
            moment = datetime.fromisoformat(str(right.get("@value")))
            normal["rightOperand"] = right if moment.tzinfo is None else instant(moment)
    return normal


def _normal_pairs(piece: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in piece.items():
        if key in ("leftOperand", "operator", "action"):
            yield key, [_local(one) for one in value] if isinstance(value, list) else _local(value)
        elif key in ("and", "or") and isinstance(value, Mapping) and isinstance(value.get("@list"), list):
            parts = [_normal(dict(part)) if isinstance(part, Mapping) else part for part in value["@list"]]
            yield key, {**value, "@list": parts}
        else:
            yield key, value
