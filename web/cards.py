"""A voice's terms as a card: rows that say yes, no or how, in a person's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from consent.constraints import Forbidden, Licensee, Purpose
from consent.request import ACTIONS, SONG_PURPOSES
from consent.terms import Terms

ACTION_SENTENCES = {
    "sing": "Sing new songs",
    "train": "Train a model from the recordings",
    "share-voice": "Pass the voice itself on",
    "sell-voice": "Sell the voice itself",
    "edit-recordings": "Edit the recordings",
    "port-voice": "Bring the voice to other synthesizers",
}
PURPOSE_SENTENCES = {
    "private": "Private songs",
    "non-commercial": "Songs shared without pay",
    "commercial": "Songs that earn money",
    "advertising": "Advertising",
    "political": "Political messages",
}


@dataclass(frozen=True)
class Row:
    """One line of a card: `kind` is `yes`, `no` or `how` (a condition)."""

    kind: str
    sentence: str


def rows_of(terms: Terms) -> tuple[Row, ...]:
    """What terms allow and forbid, action by action and purpose by purpose, then their other conditions."""
    return (*_actions(terms), *_purposes(terms), *_conditions(terms))


def _actions(terms: Terms) -> Iterable[Row]:
    forbidden = {action for c in terms.constraints if isinstance(c, Forbidden) for action in c.actions}
    for action in ACTIONS:
        allowed = action in terms.actions and action not in forbidden
        yield Row("yes" if allowed else "no", ACTION_SENTENCES.get(action, action))


def _purposes(terms: Terms) -> Iterable[Row]:
    said = [c for c in terms.constraints if isinstance(c, Purpose)]
    allowed = [p for p in SONG_PURPOSES if all(c.anything or p in c.allowed for c in said)]
    if len(allowed) == len(SONG_PURPOSES):
        yield Row("yes", "Songs for any purpose, paid ones too")
        return
    for purpose in SONG_PURPOSES:
        yield Row("yes" if purpose in allowed else "no", PURPOSE_SENTENCES.get(purpose, purpose))


def _conditions(terms: Terms) -> Iterable[Row]:
    shown_elsewhere = (Purpose, Forbidden)
    for constraint in terms.constraints:
        if isinstance(constraint, shown_elsewhere):
            continue
        if isinstance(constraint, Licensee) and constraint.anyone:
            yield Row("yes", "Open to anyone")
        else:
            yield Row("how", constraint.describe())  # the owner's own words stand on the voice's page
