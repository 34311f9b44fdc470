"""Whether what comes to the decision is what it claims to be: a field of another type is a no, never a guess.

The values are frozen dataclasses, which Python fills with whatever it is given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from consent.condition import Constraint
from consent.inquiry import ContentFinding, Hit, Inquiry
from consent.rights import Mandate, Right
from consent.terms import Terms


def is_instant(value: object) -> bool:
    """Whether a value is an instant that knows its time zone."""
    return isinstance(value, datetime) and value.utcoffset() is not None


def grant_fault(grant: Any) -> str:
    """What is wrong with the fields of a grant, as a sentence; "" where nothing is."""
    if not all(isinstance(value, str) for value in (grant.id, grant.voice, grant.kind, grant.state)):
        return "A stored grant does not say its id, voice, kind and state in words."
    whole = isinstance(grant.renders_used, int) and not isinstance(grant.renders_used, bool)
    seconds = grant.seconds_used
    counted = isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and math.isfinite(seconds)
    if not whole or not counted or grant.renders_used < 0 or seconds < 0:
        return f"How much of the grant {grant.id} has been used is not a number."
    if not _are_terms(grant.terms) or not is_instant(grant.made_at):
        return f"The grant {grant.id} does not hold terms and the instant at which it was made."
    if not isinstance(grant.rights, tuple) or not all(_is_right(right) for right in grant.rights):
        return f"The rights behind the grant {grant.id} are not rights."
    if grant.mandate is not None and not _is_mandate(grant.mandate):
        return f"The mandate behind the grant {grant.id} is not a mandate."
    return ""


def inquiry_fault(inquiry: Any) -> str:
    """What is wrong with the facts that were found out, as a sentence; "" where nothing is."""
    if not isinstance(inquiry, Inquiry):
        return "What was found out about the song is not an inquiry."
    if not isinstance(inquiry.hits, tuple) or not all(
        isinstance(hit, Hit) and _are_texts(hit.reservation, hit.kind, hit.sentence) for hit in inquiry.hits
    ):
        return "The reservations that the song runs into are not a list of hits."
    if inquiry.content is not None and not (
        isinstance(inquiry.content, tuple) and all(_is_finding(finding) for finding in inquiry.content)
    ):
        return "What was found in the lyrics is not a list of findings."
    if not isinstance(inquiry.approvals, Mapping) or not all(
        isinstance(grant, str) and isinstance(people, tuple) and _are_texts(*people)
        for grant, people in inquiry.approvals.items()
    ):
        return "The approvals of the song are not people by grant."
    return ""


def _are_terms(terms: object) -> bool:
    return (
        isinstance(terms, Terms)
        and isinstance(terms.actions, tuple)
        and _are_texts(*terms.actions)
        and isinstance(terms.constraints, tuple)
        and all(isinstance(condition, Constraint) for condition in terms.constraints)
    )


def _is_finding(finding: object) -> bool:
    return (
        isinstance(finding, ContentFinding)
        and _are_texts(finding.rule, finding.category, finding.sentence)
        and isinstance(finding.borderline, bool)
    )


def _is_right(right: object) -> bool:
    return (
        isinstance(right, Right)
        and _are_texts(right.id, right.kind, right.person, right.state)
        and isinstance(right.actions, tuple)
        and _are_texts(*right.actions)
        and _is_period(right.not_before, right.not_after)
    )


def _is_mandate(mandate: object) -> bool:
    return (
        isinstance(mandate, Mandate)
        and _are_texts(mandate.id, mandate.agent, mandate.principal, mandate.capacity, mandate.state)
        and _is_period(mandate.not_before, mandate.not_after)
    )


def _is_period(not_before: object, not_after: object) -> bool:
    return all(bound is None or is_instant(bound) for bound in (not_before, not_after))


def _are_texts(*values: object) -> bool:
    return all(isinstance(value, str) for value in values)
