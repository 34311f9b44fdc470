"""The decision: grants, a request and an instant in; yes or no with every reason out. Pure and total.

An error while deciding is a denial, an unknown condition is a denial, and nothing that failed is left unsaid
(unlike Cedar's `is_authorized`, which skips a policy that errs).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from consent.condition import Circumstances
from consent.decidable import grant_fault, inquiry_fault, is_instant
from consent.errors import Reason
from consent.inquiry import Inquiry
from consent.request import Request, request_faults
from consent.rights import PERFORMER, RECORDING_OWNER, Mandate, Right
from consent.terms import Terms


@dataclass(frozen=True)
class Grant:
    """What an owner allowed with a voice, and how much of it has been used.

    `state` is "active", or why the grant allows nothing (`STATE_SENTENCES`). `kind` is "standing" (made by
    published terms) or "given" (made to somebody). `rights` are the permissions behind it, of which
    two kinds are needed; `mandate` is the authority of whoever gave it in another's name.
    """

    id: str
    voice: str
    terms: Terms
    made_at: datetime
    kind: str = "given"
    state: str = "active"
    renders_used: int = 0
    seconds_used: float = 0.0
    rights: tuple[Right, ...] = ()
    mandate: Mandate | None = None


@dataclass(frozen=True)
class Decision:
    """Whether a use is allowed: under which grant if so, for which reasons not if not."""

    allow: bool
    grant_id: str | None
    reasons: tuple[Reason, ...]


def decide(
    grants: Sequence[Grant], request: Request, now: datetime, inquiry: Inquiry | None = None
) -> Decision:
    """Allow the request under the oldest grant that covers it, or say all that stands against it.

    1. The request says everything that a request must say; the instant is one.
    2. No reservation speaks against the song.
    3. Some grant covers the use: it is for this voice and active, both rights and the mandate behind it hold,
       and so do all of its conditions.
    """
    try:
        return _decide(grants, request, now, inquiry)
    except Exception as error:  # law 1: an error while deciding is a no
        sentence = f"The request could not be judged: {type(error).__name__}."
        return Decision(False, None, (Reason("decision-error", sentence),))


STATE_SENTENCES = {
    "draft": "The grant {id} is a draft that nobody has offered yet.",
    "offered": "The grant {id} is offered and has not been accepted.",
    "accepted": "The grant {id} is accepted and not yet in force.",
    "suspended": "The owner has suspended the grant {id}.",
    "expired": "The grant {id} has expired.",
    "withdrawn": "The owner has withdrawn the grant {id}.",
    "superseded": "Newer terms have taken the place of the grant {id}.",
    "damaged": "The stored grant {id} is not what the registry wrote.",
}
"""The states in which a grant allows nothing, and how each is said; so does one that is not listed."""

_STRANGE = "The grant {id} is in a state that is not known, which allows nothing."

RIGHT_REASONS = {
    PERFORMER: ("no-performer-consent", "the performer's consent to the use of the voice"),
    RECORDING_OWNER: ("no-recording-permission", "the permission of the recordings' owner"),
}
"""The two permissions that every grant rests on: the code when one is missing, and its words."""


def _decide(grants: Sequence[Grant], request: Request, now: datetime, inquiry: Inquiry | None) -> Decision:
    # 1
    if not isinstance(request, Request):
        return Decision(False, None, (Reason("malformed-fact", "What is asked is not a request."),))
    reasons = [Reason(code, sentence) for code, sentence in request_faults(request)]
    if not is_instant(now):
        reasons.append(Reason("decision-error", "The instant of the decision is not one in a time zone."))
    facts = Inquiry() if inquiry is None else inquiry
    if fault := inquiry_fault(facts):
        reasons.append(Reason("decision-error", fault))
    if reasons:
        return Decision(False, None, tuple(reasons))
    # 2
    reasons = [Reason("reserved", hit.sentence) for hit in facts.hits]
    # 3
    allowed = None
    for grant in sorted(grants, key=lambda grant: (grant.made_at, grant.id)):
        against = list(_against(grant, request, now, facts))
        if not against:
            allowed = grant.id
            break
        reasons.extend(against)
    if not grants:
        reasons.append(Reason("no-grant", f"Nobody has granted the use of the voice {request.voice!r}."))
    if allowed is None:
        return Decision(False, None, tuple(reasons))
    if facts.hits:
        return Decision(False, None, tuple(reasons[: len(facts.hits)]))
    return Decision(True, allowed, ())


def _against(grant: Grant, request: Request, now: datetime, facts: Inquiry) -> Iterator[Reason]:
    """Everything that keeps one grant from covering the request."""
    if fault := grant_fault(grant):
        yield Reason("decision-error", fault)
        return
    if grant.voice != request.voice:
        yield Reason("other-voice", f"The grant {grant.id} is for another voice.", grant.id)
        return
    if grant.state != "active":
        code = grant.state if grant.state in STATE_SENTENCES else "strange-state"
        yield Reason(code, STATE_SENTENCES.get(grant.state, _STRANGE).format(id=grant.id), grant.id)
    for kind, (code, words) in RIGHT_REASONS.items():
        said = [right for right in grant.rights if right.kind == kind]
        if not any(request.action in right.actions and is_standing(right, now) for right in said):
            yield Reason(code, _missing_right(grant, said, words, request, now), grant.id)
    if grant.mandate is not None and not is_standing(grant.mandate, now):
        sentence = f"The mandate under which the grant {grant.id} was given {_ended(grant.mandate, now)}."
        yield Reason("mandate-ended", sentence, grant.id)
    circumstances = Circumstances(
        now=now,
        renders_used=grant.renders_used,
        seconds_used=grant.seconds_used,
        content=facts.content,
        approved_by=tuple(facts.approvals.get(grant.id, ())),
    )
    for failure in grant.terms.check(request, circumstances):
        yield Reason(failure.code, failure.sentence, grant.id)


def is_standing(permission: Right | Mandate, now: datetime) -> bool:
    """Whether a right or a mandate holds at an instant: `not_before` ≤ now < `not_after`."""
    begun = permission.not_before is None or permission.not_before <= now
    over = permission.not_after is not None and now >= permission.not_after
    return permission.state == "active" and begun and not over


def _missing_right(grant: Grant, said: Sequence[Right], words: str, request: Request, now: datetime) -> str:
    if not said:
        return f"The grant {grant.id} lacks {words}: it is not on record."
    ends = [right for right in said if not is_standing(right, now)]
    if len(ends) == len(said):
        return f"The grant {grant.id} lacks {words}: it {_ended(ends[-1], now)}."
    return f"The grant {grant.id} lacks {words}: it does not cover the action {request.action!r}."


def _ended(permission: Right | Mandate, now: datetime) -> str:
    if permission.state == "withdrawn":
        return "was withdrawn"
    if permission.state == "damaged":
        return "is not what the registry wrote"
    if permission.state == "active" and permission.not_before is not None and now < permission.not_before:
        return "has not begun"
    return "has ended"
