"""Everything that is held about a person, in one JSON document."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, LargeBinary
from sqlalchemy.orm import Session

from consent.clock import from_ms
from consent.errors import UnknownName
from consent.personal_data.holdings import IMPERSONAL, Holding
from consent.personal_data.people import Subject, find_subject, ledger_entries, rows_of
from consent.recipes import open_recipe
from consent.records import RecipeRow
from consent.store import Store

FORMAT = "consonance-personal-data/1"
SOMEBODY_ELSE = "somebody else"
"""What stands in an owner's export where a row about their voice names another user."""


def export(store: Store, session: Session, who: str) -> dict[str, Any]:
    """Everything held about a person (id or handle): rows by table, ledger entries by pseudonym.

    `about_your_voices` are rows that concern the person as a voice's owner; other people's handles are left
    out of those. Raises UnknownName when nothing at all is held.
    """
    subject = find_subject(store, session, who)
    held: dict[str, list[dict[str, Any]]] = {}
    about: dict[str, list[dict[str, Any]]] = {}
    for holding, own, through_voice in rows_of(session, subject):
        if own:
            held[holding.name] = [_opened(store, _row(holding, row), row) for row in own]
        if through_voice:
            about[holding.name] = [_row(holding, row, subject) for row in through_voice]
    entries = list(ledger_entries(session, subject))
    if not held and not about and not entries:
        raise UnknownName(f"The registry holds nothing about {who!r}.")
    return {
        "format": FORMAT,
        "registry": store.ledger.origin,
        "made_at": store.now(session).isoformat(),
        "person": subject.person,
        "handle": subject.handle,
        "pseudonyms": list(subject.pseudonyms),
        "held": held,
        "about_your_voices": about,
        "ledger": entries,
        "tables_without_personal_data": dict(IMPERSONAL),
    }


def _opened(store: Store, said: dict[str, Any], row: Any) -> dict[str, Any]:
    """A row as its owner can read it: what was sealed for them only at rest is opened."""
    if isinstance(row, RecipeRow):
        recipe = open_recipe(store.keys, row.render_id, row.key_version, bytes(row.sealed))
        said["sealed"] = {"performance": recipe.performance, "watermark_key": recipe.watermark_key}
        said["words"] = None if row.words is None else "digests of the words of that performance"
    return said


def _row(holding: Holding, row: Any, owner: Subject | None = None) -> dict[str, Any]:
    """A row as JSON: instants beside their milliseconds, bytes in hex, secrets left out."""
    said: dict[str, Any] = {}
    for column in holding.table.__table__.columns:
        value = getattr(row, column.key)
        if column.key in holding.secret:
            said[column.key] = "kept secret" if value is not None else None
        elif owner is not None and column.key in holding.users and value not in (None, *owner.handles):
            said[column.key] = SOMEBODY_ELSE
        elif owner is not None and column.key in holding.words and isinstance(column.type, JSON):
            said[column.key] = None  # another person's words: a request is theirs, not the voice's
        elif isinstance(column.type, LargeBinary):
            said[column.key] = None if value is None else bytes(value).hex()
        else:
            said[column.key] = value
        if column.key.endswith("_at_ms") and value is not None:
            said[column.key.removesuffix("_ms")] = from_ms(value).isoformat()
    return said
