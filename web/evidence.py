"""A verdict on a file as the verify page shows it: one sentence, then what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from singer import verdict
from singer.verdict import Verdict

KINDS = {verdict.MADE_HERE: "yes", verdict.ALTERED: "yes", verdict.WITHDRAWN: "no"}
"""Which seal stands beside the sentence; every other state is `unknown`."""


@dataclass(frozen=True)
class Finding:
    """What the page shows: `kind` is yes, no or unknown; `facts` and `evidence` are pairs of a name and a
    text.
    """

    kind: str
    name: str
    sentence: str
    facts: tuple[tuple[str, str], ...]
    evidence: tuple[tuple[str, str], ...]


def finding_of(found: Verdict, name: str) -> Finding:
    """The verdict on the file that the visitor calls `name`."""
    facts = (
        ("File", name),
        ("Voice", found.voice_name),
        ("Owner", found.owner),
        ("Grant", found.grant),
        ("Still allowed", ("yes" if found.allowed_now else "no, withdrawn") if found.identified else None),
        ("Released", _spoken(found.released_at)),
        ("Render id", found.render_id),
        ("Ledger row", None if found.ledger_index is None else str(found.ledger_index)),
    )
    return Finding(
        kind=KINDS.get(found.state, "unknown"),
        name=name,
        sentence=found.sentence,
        facts=tuple((term, text) for term, text in facts if text),
        evidence=_evidence(found),
    )


def _spoken(instant: str | None) -> str | None:
    """An ISO 8601 instant as a person writes it, to the minute."""
    return f"{datetime.fromisoformat(instant).astimezone(UTC):%Y-%m-%d %H:%M} UTC" if instant else None


def _evidence(found: Verdict) -> tuple[tuple[str, str], ...]:
    marks = found.marks_found
    if "watermark" in marks:
        sound = f"Carries the watermark of render {found.render_id}."
    elif found.state == verdict.UNRELEASED:
        sound = (
            f"Carries a watermark of this registry for render {found.render_id}, which was never released."
        )
    else:
        sound = "No watermark of this registry was found in it."
    label = "Its AIGC label names the same render." if "label" in marks else "No label of this registry."
    same = (
        "Exactly what was released, byte for byte." if found.intact else "Not a file that was released here."
    )
    return (("The sound", sound), ("The label", label), ("The bytes", same), ("SHA-256", found.sha256))
