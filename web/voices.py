"""The voices' room: who lends a voice, and on which terms."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, g, jsonify, render_template

from consent.constraints import Licensee, either
from consent.errors import UnknownName
from consent.registry import Grant, Registry, Voice
from web import extensions
from web.cards import Row, rows_of
from web.languages import language_name
from web.standing import page_of

room = Blueprint("voices", __name__)


@dataclass(frozen=True)
class GrantCard:
    """One standing grant: its id and its rows."""

    id: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Card:
    """A voice as the page shows it. `open`: somebody may sing with it now; `closed` says why nobody may."""

    id: str
    name: str
    owner: str
    languages: str
    credit: str
    link: str
    open: bool
    closed: str
    grants: tuple[GrantCard, ...]


class Voices:
    """The registry's voices as cards, read once a request: a withdrawal shows at the next look."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def cards(self) -> list[Card]:
        """Every voice, the default one first, closed ones last."""
        if "cards" not in g:
            found = [card_of(voice) for voice in self._registry.voices()]
            g.cards = sorted(found, key=lambda card: (not card.open, card.id != _default(), card.name))
        cards: list[Card] = g.cards
        return cards

    def open_cards(self) -> list[Card]:
        """The voices that may be sung with."""
        return [card for card in self.cards() if card.open]


@room.get("/voices/<voice>")
def voice(voice: str) -> str:
    """One voice: its terms in full, the two permissions behind it, and what shows them."""
    found = _known(voice)
    return render_template("voice.html", voice=page_of(extensions.registry(), found))


@room.get("/voices/<voice>/disclosure")
def disclosure(voice: str) -> str:
    """What a voice was trained on, set by set."""
    found = extensions.registry().disclosure(_known(voice).id)
    return render_template("disclosure.html", found=found, sentences=list(found.describe()))


@room.get("/voices/<voice>/disclosure.json")
def disclosure_json(voice: str) -> Response:
    """The same, with every file and its hashes, as JSON."""
    return jsonify(extensions.registry().disclosure(_known(voice).id).to_json())


@room.get("/voices")
def voices() -> str:
    """Every voice with its terms."""
    return render_template("voices.html", cards=extensions.voices().cards())


def card_of(voice: Voice) -> Card:
    """A voice of the registry as a card. Grants that were made to named people are theirs alone and not
    shown.
    """
    standing = [grant for grant in voice.grants if grant.state == "active" and _is_for_anyone(grant)]
    closed = ""
    if voice.state == "suspended":
        closed = f"{voice.owner.name} has suspended the voice. Nobody can sing with it until that ends."
    elif voice.state != "active":
        closed = f"{voice.owner.name} has withdrawn the voice. Nobody can sing with it any more."
    elif not standing:
        closed = f"{voice.owner.name} grants it to named people only, or to nobody yet."
    return Card(
        id=voice.id,
        name=voice.name,
        owner=voice.owner.name,
        languages=either([language_name(tag) for tag in voice.languages], "and") if voice.languages else "",
        credit=voice.credit,
        link=voice.link if voice.link.startswith(("https://", "http://")) else "",
        open=not closed,
        closed=closed,
        grants=tuple(GrantCard(grant.id, rows_of(grant.terms)) for grant in standing),
    )


def _known(voice: str) -> Voice:
    try:
        return extensions.registry().voice(voice)
    except UnknownName:
        abort(404)


def _is_for_anyone(grant: Grant) -> bool:
    return all(c.anyone for c in grant.terms.constraints if isinstance(c, Licensee))


def _default() -> str:
    from singer.studio import DEFAULT_VOICE

    return DEFAULT_VOICE
