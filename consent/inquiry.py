"""What was found out about a song before it is decided upon: facts for `decide`, which looks nothing up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Hit:
    """A reservation that a song, a recording or a voice runs into."""

    reservation: str
    kind: str
    sentence: str


@dataclass(frozen=True)
class ContentFinding:
    """A rule that fired on lyrics: its name, its category, and whether a person has to look (borderline)."""

    rule: str
    category: str
    borderline: bool
    sentence: str


@dataclass(frozen=True)
class Inquiry:
    """The facts. `content` is None where the lyrics could not be examined, which denies where it matters.

    `approvals` names, for each grant, the people who approved this very work under it.
    """

    hits: tuple[Hit, ...] = ()
    content: tuple[ContentFinding, ...] | None = None
    approvals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
