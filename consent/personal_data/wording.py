"""Taking a person out of words: free texts, the terms of grants, and receipts that name them."""

from __future__ import annotations

import re
from typing import Any

from consent.personal_data.people import Subject
from consent.subjects import TOMBSTONE

_FREE = ("text", "quote", "line", "link", "credit")  # what a condition says in somebody's own words


def text_without(value: Any, mention: re.Pattern[str] | None) -> Any:
    """A text, or a JSON value with texts in it, in which a tombstone stands for what `mention` finds."""
    if mention is None:
        return value
    if isinstance(value, str):
        return mention.sub(TOMBSTONE, value)
    if isinstance(value, dict):
        return {name: text_without(member, mention) for name, member in value.items()}
    if isinstance(value, list):
        return [text_without(member, mention) for member in value]
    return value


def terms_without(terms: Any, subject: Subject) -> Any:
    """Terms without somebody: out of the licensees, the parties of a price and the owner's own words.

    Nothing else is touched: a user may call themselves like a purpose or an action.
    """
    entries = terms.get("constraints") if isinstance(terms, dict) else None
    if not isinstance(entries, list):
        return terms
    return {**terms, "constraints": [_condition_without(entry, subject) for entry in entries]}


def is_for_nobody(terms: Any) -> bool:
    """Whether the only licensee that terms name was erased."""
    entries = terms.get("constraints", []) if isinstance(terms, dict) else []
    return any(isinstance(entry, dict) and entry.get("users") == [TOMBSTONE] for entry in entries)


def names_subject(document: Any, subject: Subject) -> bool:
    """Whether a receipt names somebody, as its licensee or in its words."""
    mention = subject.mention()
    if mention is not None and _finds(document, mention):
        return True
    receipt = document.get("receipt") if isinstance(document, dict) else None
    if not isinstance(receipt, dict):
        return False
    terms = (receipt.get("terms") or {}).get("machine_readable")
    return bool(terms_without(terms, subject) != terms)


def _condition_without(entry: Any, subject: Subject) -> Any:
    if not isinstance(entry, dict):
        return entry
    kept, names = dict(entry), {name for name in (subject.handle, subject.name, subject.contact) if name}
    if isinstance(kept.get("users"), list):
        kept["users"] = [user for user in kept["users"] if user not in names] or [TOMBSTONE]
    if isinstance(kept.get("by"), list):
        kept["by"] = [TOMBSTONE if person in names else person for person in kept["by"]]
    if isinstance(kept.get("split"), list):
        kept["split"] = [
            {**share, "party": TOMBSTONE}
            if isinstance(share, dict) and share.get("party") in names
            else share
            for share in kept["split"]
        ]
    mention = subject.mention()
    return {name: text_without(value, mention) if name in _FREE else value for name, value in kept.items()}


def _finds(value: Any, mention: re.Pattern[str]) -> bool:
    if isinstance(value, str):
        return mention.search(value) is not None
    if isinstance(value, dict):
        return any(_finds(member, mention) for member in value.values())
    return isinstance(value, list) and any(_finds(member, mention) for member in value)
