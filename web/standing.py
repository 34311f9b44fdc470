"""A voice in full, as its own page shows it: terms word for word, who permitted it, and what shows that."""

from __future__ import annotations

from dataclasses import dataclass

from consent.constraints import ACTION_WORDS, Licensee, either
from consent.permissions import RightRecord
from consent.registry import Grant, Registry, Voice
from consent.rights import PERFORMER
from web.languages import language_name

STATES = {
    "active": "",
    "suspended": "{owner} has suspended the voice. Nobody can sing with it until that ends.",
    "withdrawn": "{owner} has withdrawn the voice. Nobody can sing with it any more.",
}
GRANT_STATES = {
    "draft": "Not offered yet",
    "offered": "Offered, not accepted yet",
    "accepted": "Accepted, not in force yet",
    "active": "In force",
    "suspended": "Suspended",
    "expired": "Expired",
    "withdrawn": "Withdrawn",
    "superseded": "Replaced by newer terms",
    "damaged": "Damaged in the records: nothing is allowed",
}


@dataclass(frozen=True)
class Permission:
    """One of the two permissions, in words: `who` gave it, what it is `called`, and what shows it."""

    called: str
    who: str
    allows: str
    basis: str
    quote: str
    evidence: str
    stands: bool
    state: str


@dataclass(frozen=True)
class Terms:
    """The terms of one grant, line by line, and its state; `by` says who acts for the owner."""

    grant: str
    state: str
    stands: bool
    lines: tuple[str, ...]
    by: str = ""


@dataclass(frozen=True)
class Text:
    """A text of evidence."""

    name: str
    sha256: str
    source: str
    text: str


@dataclass(frozen=True)
class VoicePage:
    """Everything that the page of a voice shows."""

    id: str
    name: str
    owner: str
    languages: str
    credit: str
    link: str
    closed: str
    open: bool
    terms: tuple[Terms, ...]
    permissions: tuple[Permission, ...]
    evidence: tuple[Text, ...]


def page_of(registry: Registry, voice: Voice) -> VoicePage:
    """The page of a voice. Grants made to named people are theirs alone and not shown."""
    public = [grant for grant in voice.grants if _is_public(grant)]
    terms = sorted((_terms(registry, grant) for grant in public), key=lambda grant: not grant.stands)
    closed = STATES.get(voice.state, "The voice's record is damaged.").format(owner=voice.owner.name)
    return VoicePage(
        id=voice.id,
        name=voice.name,
        owner=voice.owner.name,
        languages=either([language_name(tag) for tag in voice.languages], "and") if voice.languages else "",
        credit=voice.credit,
        link=_web_address(voice.link),
        closed=closed,
        open=not closed and any(grant.stands for grant in terms),
        terms=tuple(terms),
        permissions=tuple(_permission(registry, record) for record in voice.rights),
        evidence=tuple(Text(e.name, e.sha256, _web_address(e.source), e.text) for e in voice.evidence),
    )


def _is_public(grant: Grant) -> bool:
    said = [c for c in grant.terms.constraints if isinstance(c, Licensee)]
    return bool(said) and all(c.anyone for c in said) and grant.state not in ("draft", "superseded")


def _terms(registry: Registry, grant: Grant) -> Terms:
    by = ""
    if grant.mandate is not None:
        agent, principal = (
            registry.people.get(person).name for person in (grant.mandate.agent, grant.mandate.principal)
        )
        by = f"Given by {agent} ({grant.mandate.capacity}) for {principal}."
    state = GRANT_STATES.get(grant.state, grant.state)
    return Terms(grant.id, state, grant.state == "active", tuple(grant.terms.describe()), by)


def _permission(registry: Registry, record: RightRecord) -> Permission:
    right = record.right
    return Permission(
        called="The performer’s consent" if right.kind == PERFORMER else "The recording owner’s permission",
        who=registry.people.get(right.person).name,
        allows=either([ACTION_WORDS.get(action, action) for action in right.actions], "and"),
        basis=record.showing.basis,
        quote=record.showing.quote,
        evidence=record.showing.evidence_name,
        stands=right.state == "active",
        state={"active": "Stands", "withdrawn": "Withdrawn"}.get(right.state, "Damaged in the records"),
    )


def _web_address(text: str) -> str:
    return text if text.startswith(("https://", "http://")) else ""
