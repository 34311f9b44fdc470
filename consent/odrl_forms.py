"""How each kind of condition is written as a piece of an ODRL policy, and how it is read there: one row each.

A reader may be lenient: `odrl_pieces` believes it only where the condition writes the very same piece again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from consent.condition import Constraint
from consent.constraints import (
    Approval,
    Attribution,
    ChangesStated,
    Content,
    Enclosure,
    Forbidden,
    Language,
    Licensee,
    Name,
    NoFurtherTraining,
    Period,
    Price,
    Project,
    Purpose,
    Renders,
    Seconds,
    Share,
    SongSeconds,
    Statement,
    Territory,
    Works,
)
from consent.odrl_names import ACTIONS, ACTIONS_BACK

CONSTRAINT, DUTY, PROHIBITION, STATEMENT = "constraint", "duty", "prohibition", "consonance:statement"
"""Where in a policy a condition stands: in the permission, or beside it."""

EVERYBODY = {"@id": "odrl:All"}
ANY_PURPOSE = {"@id": "consonance:any-purpose"}
ANY_WORK = {"@id": "consonance:any-work"}
WORLDWIDE = {"@id": "consonance:worldwide"}
_PURPOSE = "consonance:purpose-"
_CURRENCY = "urn:iso:std:iso:4217:"

Piece = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """How one kind of condition stands in a policy. `read` raises for a piece of another kind."""

    kind: type[Constraint]
    place: str
    write: Callable[[Any], Piece]
    read: Callable[[Piece], Constraint]


def instant(moment: datetime) -> Piece:
    """An instant as ODRL writes it (XML Schema dateTime in UTC)."""
    return {"@value": moment.astimezone(UTC).isoformat(), "@type": "xsd:dateTime"}


def is_(left: str, right: object, operator: str = "eq") -> Piece:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _any_of(left: str, values: tuple[str, ...]) -> Piece:
    return is_(left, list(values), "isAnyOf")


def right_of(piece: Piece) -> Any:
    return piece["rightOperand"]


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError("expected a list of texts")
    return tuple(values)


def _list(left: str, kind: Callable[[tuple[str, ...]], Constraint], field: str = "allowed") -> Any:
    """Writer and reader of a condition that lists what one left operand may be."""
    return lambda c: _any_of(left, getattr(c, field)), lambda piece: kind(_texts(right_of(piece)))


def _duration(seconds: float) -> Piece:
    return {"@value": f"PT{Decimal(repr(float(seconds))):f}S", "@type": "xsd:duration"}


def _seconds(piece: Piece) -> float:
    return float(right_of(piece)["@value"].removeprefix("PT").removesuffix("S"))


def _write_purpose(purpose: Purpose) -> Piece:
    if purpose.anything:
        return is_("purpose", ANY_PURPOSE)
    return is_("purpose", [{"@id": f"{_PURPOSE}{name}"} for name in purpose.allowed], "isAnyOf")


def _read_purpose(piece: Piece) -> Purpose:
    if right_of(piece) == ANY_PURPOSE:
        return Purpose(anything=True)
    return Purpose(tuple(name["@id"].removeprefix(_PURPOSE) for name in right_of(piece)))


def _write_period(period: Period) -> Piece:
    bounds = []
    if period.not_before is not None:
        bounds.append(is_("dateTime", instant(period.not_before), "gteq"))
    if period.not_after is not None:
        bounds.append(is_("dateTime", instant(period.not_after), "lt"))
    return bounds[0] if len(bounds) == 1 else {"and": {"@list": bounds}}


def _read_period(piece: Piece) -> Period:
    bounds: dict[str, datetime] = {}
    for bound in piece["and"]["@list"] if "and" in piece else [piece]:
        bounds[bound["operator"]] = datetime.fromisoformat(right_of(bound)["@value"]).astimezone(UTC)
    return Period(bounds.get("gteq"), bounds.get("lt"))


_WORK_NAMES = {"consonance:iswc": "iswc", "consonance:isrc": "isrc", "consonance:title": "titles"}


def _write_works(works: Works) -> Piece:
    if works.anything:
        return is_("consonance:work", ANY_WORK)
    named = [
        _any_of(left, getattr(works, field)) for left, field in _WORK_NAMES.items() if getattr(works, field)
    ]
    return named[0] if len(named) == 1 else {"or": {"@list": named}}


def _read_works(piece: Piece) -> Works:
    if "leftOperand" in piece and right_of(piece) == ANY_WORK:
        return Works(anything=True)
    named = piece["or"]["@list"] if "or" in piece else [piece]
    fields: dict[str, Any] = {_WORK_NAMES[one["leftOperand"]]: _texts(right_of(one)) for one in named}
    return Works(**fields)


_CONTENT_NAMES = {"consonance:contentCategory": "forbidden", "consonance:namedPerson": "persons"}


def _write_content(content: Content) -> Piece:
    limits = [
        is_(left, list(getattr(content, field)), "isNoneOf")
        for left, field in _CONTENT_NAMES.items()
        if getattr(content, field)
    ]
    return limits[0] if len(limits) == 1 else {"and": {"@list": limits}}


def _read_content(piece: Piece) -> Content:
    limits = piece["and"]["@list"] if "and" in piece else [piece]
    fields: dict[str, Any] = {_CONTENT_NAMES[one["leftOperand"]]: _texts(right_of(one)) for one in limits}
    return Content(**fields)


def _write_approval(approval: Approval) -> Piece:
    piece: Piece = {"action": "obtainConsent", "consonance:people": approval.people}
    return {**piece, "consentingParty": list(approval.by)} if approval.by else piece


def _write_price(price: Price) -> Piece:
    amount = {"@value": price.amount, "@type": "xsd:decimal"}
    refined = {**is_("payAmount", amount), "unit": f"{_CURRENCY}{price.currency}"}
    piece: Piece = {
        "action": [{"rdf:value": {"@id": "odrl:compensate"}, "refinement": [refined]}],
        "consonance:per": price.per,
    }
    if price.split:
        piece["consonance:split"] = [
            {"compensatedParty": share.party, "consonance:share": share.share} for share in price.split
        ]
    return piece


def _read_price(piece: Piece) -> Price:
    [refined] = piece["action"][0]["refinement"]
    split = tuple(
        Share(share["compensatedParty"], share["consonance:share"])
        for share in piece.get("consonance:split", [])
    )
    amount, currency = right_of(refined)["@value"], refined["unit"].removeprefix(_CURRENCY)
    return Price(amount, currency, piece["consonance:per"], split)


def _write_attribution(attribution: Attribution) -> Piece:
    piece: Piece = {"action": "attribute", "consonance:credit": attribution.credit}
    if attribution.link:
        piece["consonance:link"] = attribution.link
    return {**piece, **_on(attribution.actions)}


def _write_enclosure(enclosure: Enclosure) -> Piece:
    piece: Piece = {
        "action": "include",
        "consonance:file": enclosure.file,
        "consonance:sha256": enclosure.sha256,
    }
    if enclosure.or_credit:
        piece["consonance:orCredit"] = enclosure.or_credit
    return {**piece, **_on(enclosure.actions)}


def _on(actions: tuple[str, ...]) -> Piece:
    return {"consonance:onAction": [ACTIONS[action] for action in actions]}


def _on_actions(piece: Piece, key: str = "consonance:onAction") -> tuple[str, ...]:
    return tuple(ACTIONS_BACK[name] for name in _texts(piece[key]))


FORMS = (
    Form(
        Licensee,
        CONSTRAINT,
        lambda c: is_("recipient", EVERYBODY) if c.anyone else _any_of("recipient", c.users),
        lambda p: Licensee(anyone=True) if right_of(p) == EVERYBODY else Licensee(users=_texts(right_of(p))),
    ),
    Form(Purpose, CONSTRAINT, _write_purpose, _read_purpose),
    Form(Language, CONSTRAINT, *_list("language", Language)),
    Form(Period, CONSTRAINT, _write_period, _read_period),
    Form(Renders, CONSTRAINT, lambda c: is_("count", c.at_most, "lteq"), lambda p: Renders(right_of(p))),
    Form(
        Seconds,
        CONSTRAINT,
        lambda c: is_("meteredTime", _duration(c.at_most), "lteq"),
        lambda p: Seconds(_seconds(p)),
    ),
    Form(
        SongSeconds,
        CONSTRAINT,
        lambda c: is_("consonance:songDuration", _duration(c.at_most), "lteq"),
        lambda p: SongSeconds(_seconds(p)),
    ),
    Form(
        Territory,
        CONSTRAINT,
        lambda c: is_("spatial", WORLDWIDE) if c.worldwide else _any_of("spatial", c.allowed),
        lambda p: Territory(worldwide=True) if right_of(p) == WORLDWIDE else Territory(_texts(right_of(p))),
    ),
    Form(Project, CONSTRAINT, *_list("consonance:project", Project)),
    Form(Works, CONSTRAINT, _write_works, _read_works),
    Form(Content, CONSTRAINT, _write_content, _read_content),
    Form(
        Approval,
        DUTY,
        _write_approval,
        lambda p: Approval(p["consonance:people"], _texts(p.get("consentingParty", []))),
    ),
    Form(Price, DUTY, _write_price, _read_price),
    Form(Name, CONSTRAINT, lambda c: is_("consonance:presentedAs", c.text), lambda p: Name(right_of(p))),
    Form(
        Attribution,
        DUTY,
        _write_attribution,
        lambda p: Attribution(p["consonance:credit"], p.get("consonance:link", ""), _on_actions(p)),
    ),
    Form(
        Enclosure,
        DUTY,
        _write_enclosure,
        lambda p: Enclosure(
            p["consonance:file"], p["consonance:sha256"], _on_actions(p), p.get("consonance:orCredit", "")
        ),
    ),
    Form(
        ChangesStated,
        DUTY,
        lambda c: {"action": "consonance:state-changes", **_on(c.actions)},
        lambda p: ChangesStated(_on_actions(p)),
    ),
    Form(
        NoFurtherTraining,
        PROHIBITION,
        lambda c: {"action": ["consonance:train-on-output"]},
        lambda p: NoFurtherTraining(),
    ),
    Form(
        Forbidden,
        PROHIBITION,
        lambda c: {"action": [ACTIONS[action] for action in c.actions]},
        lambda p: Forbidden(_on_actions(p, "action")),
    ),
    Form(
        Statement,
        STATEMENT,
        lambda c: {"consonance:says": c.says, "consonance:about": c.about},
        lambda p: Statement(p["consonance:says"], p["consonance:about"]),
    ),
)
"""Every kind of condition, its place in a policy, and how it is written and read there."""
