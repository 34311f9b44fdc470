"""The conditions that a grant may hold: typed, frozen, each able to say in one sentence why it refused.

A new condition is a class in one of these rooms and a row in `CONSTRAINTS`. After warehouse's macaroon
caveats.
"""

from __future__ import annotations

from consent.condition import Constraint, either
from consent.constraints.deal import Approval, Price, Share
from consent.constraints.manner import (
    ACTION_WORDS,
    Attribution,
    ChangesStated,
    Enclosure,
    Forbidden,
    Name,
    NoFurtherTraining,
    Statement,
)
from consent.constraints.quota import Period, Renders, Seconds, SongSeconds
from consent.constraints.song import CATEGORIES, Content, Works
from consent.constraints.use import Language, Licensee, Project, Purpose, Territory

__all__ = [
    "ACTION_WORDS",
    "CATEGORIES",
    "CONSTRAINTS",
    "Approval",
    "Attribution",
    "ChangesStated",
    "Content",
    "Enclosure",
    "Forbidden",
    "Language",
    "Licensee",
    "Name",
    "NoFurtherTraining",
    "Period",
    "Price",
    "Project",
    "Purpose",
    "Renders",
    "Seconds",
    "Share",
    "SongSeconds",
    "Statement",
    "Territory",
    "Works",
    "either",
]

CONSTRAINTS: dict[str, type[Constraint]] = {
    kind.type: kind
    for kind in (
        Licensee,
        Purpose,
        Language,
        Period,
        Renders,
        Seconds,
        SongSeconds,
        Territory,
        Project,
        Works,
        Content,
        Approval,
        Price,
        Name,
        Attribution,
        Enclosure,
        ChangesStated,
        NoFurtherTraining,
        Forbidden,
        Statement,
    )
}
"""Every condition that this version understands, by its type."""
