"""Finding out what a decision needs to know about a song: reservations, content, approvals."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from consent.approvals import approvals_of
from consent.constraints import Approval, Content
from consent.content import LyricsTooLong, RuleError, rule_book
from consent.content.languages import findings
from consent.decide import Grant
from consent.inquiry import ContentFinding, Hit, Inquiry
from consent.request import Request, is_song
from consent.reservations import hits_of_song
from consent.standing import Reserved
from consent.store import Store


def inquire(
    store: Store, session: Session, request: Request, grants: Sequence[Grant], reserved: Reserved | None
) -> Inquiry:
    """The facts about a request's song in the session's snapshot; what no grant asks for stays unasked."""
    if request.song is not None and not is_song(request.song):
        return Inquiry()  # not a song: the decision says so
    limited = [grant.id for grant in grants if _asks_for(grant, Content)]
    watched = [grant.id for grant in grants if grant.id in limited or _asks_for(grant, Approval)]
    hits: tuple[Hit, ...] = ()
    if request.action == "sing":
        hits = hits_of_song(store, session, request.song, request.voice, reserved)
    return Inquiry(
        hits=hits,
        content=_content(store, request, _persons(grants)) if limited else None,
        approvals=approvals_of(store, session, request, watched) if watched else {},
    )


def _asks_for(grant: Grant, kind: type[Approval] | type[Content]) -> bool:
    return any(isinstance(constraint, kind) for constraint in grant.terms.constraints)


def _persons(grants: Sequence[Grant]) -> tuple[str, ...]:
    """Everybody whom some grant does not want named."""
    limits = [c for grant in grants for c in grant.terms.constraints if isinstance(c, Content)]
    return tuple(sorted({person for limit in limits for person in limit.persons}))


def _content(store: Store, request: Request, persons: tuple[str, ...]) -> tuple[ContentFinding, ...] | None:
    """What the rules find in the lyrics; None, which denies, where they cannot be examined."""
    if request.song is None or not isinstance(request.language, str):
        return None
    try:
        return findings(request.song, request.language, rule_book(store.home), persons)
    except (LyricsTooLong, RuleError):
        return None
