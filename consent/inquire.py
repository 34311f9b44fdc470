"""Finding out what a decision needs to know about a song: reservations, content, approvals."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from consent.decide import Grant
from consent.inquiry import Inquiry
from consent.request import Request
from consent.store import Store


def inquire(store: Store, session: Session, request: Request, grants: Sequence[Grant]) -> Inquiry:
    """The facts about a request's song in the session's snapshot; what no grant asks for stays unasked."""
    return Inquiry()
