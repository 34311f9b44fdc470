"""A verdict on a file as the verify page shows it: one sentence, then what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from singer import verdict
from singer.verdict import Verdict

KINDS = {
    verdict.MADE_HERE: "yes",
    verdict.ALTERED: "changed",
    verdict.STRIPPED: "changed",
    verdict.TRANSPLANTED: "no",
    verdict.WITHDRAWN: "no",
}
"""Which seal stands beside the verdict; every other state is `unknown`."""

HEADLINES = {
    verdict.MADE_HERE: "Made here, and allowed",
    verdict.WITHDRAWN: "Made here, since withdrawn",
    verdict.ALTERED: "Made here, altered after it was signed",
    verdict.STRIPPED: "Made here, its marks were stripped",
    verdict.TRANSPLANTED: "It bears the marks of another song",
    verdict.LABEL_ONLY: "A label, and nothing that proves it",
    verdict.UNRELEASED: "Marked here, never released",
    verdict.NOT_OURS: "Not ours",
}
"""The verdict in a few words."""

LAYERS = {
    verdict.WATERMARK: "The sound",
    verdict.LABEL: "The label",
    verdict.CREDENTIALS: "The credentials",
    verdict.FINGERPRINT: "The fingerprint",
    verdict.DIGEST: "The bytes",
    verdict.LEDGER: "The ledger",
}
"""What each layer is called on the page, in the order in which they are shown."""


@dataclass(frozen=True)
class Finding:
    """What the page shows: `kind` is yes, changed, no or unknown; `facts` are pairs of a name and a text,
    `evidence` threes of a layer, what it says (yes, no, none) and a sentence.
    """

    kind: str
    headline: str
    name: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    evidence: tuple[tuple[str, str, str], ...]
    sha256: str


def finding_of(found: Verdict, name: str) -> Finding:
    """The verdict on the file that the visitor calls `name`."""
    facts = (
        ("File", name),
        ("Voice", found.voice_name),
        ("Owner", found.owner),
        ("Credit", found.credit),
        ("Grant", found.grant),
        ("Still allowed", _standing(found) if found.identified else None),
        ("Released", _spoken(found.released_at)),
        ("Render id", found.render_id),
        ("Ledger row", None if found.ledger_index is None else str(found.ledger_index)),
    )
    return Finding(
        kind=KINDS.get(found.state, "unknown"),
        headline=_headline(found),
        name=name,
        sentence=found.sentence,
        facts=tuple((term, text) for term, text in facts if text),
        evidence=tuple(
            (words, evidence.found, evidence.sentence)
            for layer, words in LAYERS.items()
            for evidence in found.evidence
            if evidence.layer == layer
        ),
        sha256=found.sha256,
    )


def _standing(found: Verdict) -> str:
    if not found.allowed_now:
        return "no, withdrawn"
    return "it was; the grant has ended since" if found.grant_ended else "yes"


def _headline(found: Verdict) -> str:
    if found.state == verdict.MADE_HERE and found.grant_ended:
        return "Made here, under a grant that has ended since"
    return HEADLINES[found.state]


def _spoken(instant: str | None) -> str | None:
    """An ISO 8601 instant as a person writes it, to the minute."""
    return f"{datetime.fromisoformat(instant).astimezone(UTC):%Y-%m-%d %H:%M} UTC" if instant else None
