"""The decision: grants, a request and an instant in; yes or no with every reason out. Pure and total.

An error while deciding is a denial, an unknown condition is a denial, and nothing that failed is left unsaid
(unlike Cedar's `is_authorized`, which skips a policy that errs).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from consent.condition import Circumstances
from consent.errors import Reason
from consent.inquiry import Inquiry
from consent.request import Request, request_faults
from consent.rights import Mandate, Right
from consent.terms import Terms


@dataclass(frozen=True)
class Grant:
    """What an owner allowed with a voice, and how much of it has been used.

    `state` is "active", "withdrawn", "superseded" (newer terms took its place) or "damaged" (the stored row
    is not what the registry wrote). `kind` is "standing" (made by published terms) or "given" (made to
    somebody).
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
    """Allow the request under the oldest grant that covers it, or say all that stands against it."""
    try:
        reasons = [Reason(code, sentence) for code, sentence in request_faults(request)]
        if reasons:
            return Decision(False, None, tuple(reasons))
        for grant in sorted(grants, key=lambda grant: (grant.made_at, grant.id)):
            against = _against(grant, request, now)
            if not against:
                return Decision(True, grant.id, ())
            reasons.extend(against)
    except Exception as error:  # law 1: an error while deciding is a no
        return Decision(
            False, None, (Reason("decision-error", f"The request could not be judged: {error!r}."),)
        )
    if not reasons:
        reasons.append(Reason("no-grant", f"Nobody has granted the use of the voice {request.voice!r}."))
    return Decision(False, None, tuple(reasons))


def _against(grant: Grant, request: Request, now: datetime) -> list[Reason]:
    if grant.voice != request.voice:
        return [Reason("other-voice", f"The grant {grant.id} is for another voice.", grant.id)]
    reasons = []
    if grant.state != "active":
        reasons.append(
            Reason(grant.state, _STATE_SENTENCES.get(grant.state, _STRANGE).format(grant=grant), grant.id)
        )
    circumstances = Circumstances(now, grant.renders_used, grant.seconds_used)
    for failure in grant.terms.check(request, circumstances):
        reasons.append(Reason(failure.code, failure.sentence, grant.id))
    return reasons


_STATE_SENTENCES = {
    "withdrawn": "The owner has withdrawn the grant {grant.id}.",
    "superseded": "Newer terms have taken the place of the grant {grant.id}.",
    "damaged": "The stored grant {grant.id} is not what the registry wrote.",
}
_STRANGE = "The grant {grant.id} is in the state {grant.state!r}, which allows nothing."
