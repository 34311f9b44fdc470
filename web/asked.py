"""The waiting room: songs that somebody else has to approve first, and what has become of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, render_template

from consent.approvals import APPROVED, DECLINED, EXPIRED, WAITING, ApprovalRequest
from consent.errors import Refused, UnknownName
from consent.registry import Registry
from web import extensions
from web.security import visitor

room = Blueprint("asked", __name__, url_prefix="/asked")

STANDS = {
    WAITING: ("how", "It waits for an answer"),
    APPROVED: ("yes", "Approved: it may be sung now"),
    DECLINED: ("no", "Declined: it will not be sung"),
    EXPIRED: ("no", "Nobody answered in time"),
}
"""What a request's state is called, and the sign beside it."""


@dataclass(frozen=True)
class Asked:
    """A request for approval as the visitor who asked sees it."""

    number: int
    kind: str
    stands: str
    title: str
    voice_name: str
    owner: str
    lyrics: str
    people: str
    rules: tuple[str, ...]
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


@room.get("/<int:number>")
def asked(number: int) -> str:
    """One request of this browser; anybody else's does not exist for it."""
    try:
        found = extensions.registry().approvals.get(number)
    except UnknownName:
        abort(404)
    if found.user != visitor():
        abort(404)
    return render_template("asked.html", asked=view_of(extensions.registry(), found), state=found.state)


def request_behind(registry: Registry, user: str, refused: Refused) -> ApprovalRequest | None:
    """The request for approval that a refusal put before somebody, if it did and still waits."""
    grants = {reason.grant for reason in refused.reasons if reason.code == "approval-asked"}
    if not grants:
        return None
    mine = registry.approvals.of_user(user)
    return next((found for found in mine if found.grant in grants and found.state == WAITING), None)


def view_of(registry: Registry, found: ApprovalRequest) -> Asked:
    """What the page shows of a request."""
    voice = registry.voice(found.voice)
    kind, stands = STANDS.get(found.state, ("no", "The record of this request is damaged"))
    given = sum(answer.approves for answer in found.answers)
    facts = [
        ("Number", str(found.id)),
        ("Voice", f"{voice.name}, lent by {voice.owner.name}"),
        ("Asked", _spoken(found.asked_at)),
        ("Waits until" if found.state == WAITING else "", _spoken(found.expires_at)),
        ("Decided", _spoken(found.decided_at) if found.decided_at else ""),
        ("Yes from", f"{given} of {found.people}" if found.people > 1 else ""),
    ]
    return Asked(
        number=found.id,
        kind=kind,
        stands=stands,
        title=str(found.asked.get("title") or "Your song"),
        voice_name=voice.name,
        owner=voice.owner.name,
        lyrics=str(found.asked.get("lyrics") or ""),
        people="Two people have" if found.people > 1 else "One person has",
        rules=found.rules,
        notes=tuple(answer.note for answer in found.answers if answer.note),
        facts=tuple((name, text) for name, text in facts if name and text),
    )


def _spoken(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
