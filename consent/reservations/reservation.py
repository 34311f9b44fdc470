"""What a reservation is: somebody's no to the use of a voice, a recording, a melody, a lyric or more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consent.errors import ConsentError

VOICE, RECORDING, MELODY, LYRIC, DECLARATION = "voice", "recording", "melody", "lyric", "declaration"
TRAIN, ENROL, SING = "train", "enrol", "sing"

USES_OF = {
    VOICE: (TRAIN, ENROL),
    RECORDING: (TRAIN, ENROL),
    MELODY: (SING,),
    LYRIC: (SING,),
    DECLARATION: (TRAIN, ENROL, SING),
}
"""Each kind, and the uses that it can be held against: a melody is known when a song is planned, a voice and
a recording when sound is brought in."""

EXCEPTIONS = ("voices", "names", "titles")
"""What a reservation may leave free: registry voices (ids), performers or owners (names), titles."""


class ReservationError(ConsentError):
    """A reservation cannot be made from what was given (exit status 4)."""

    code = "bad-reservation"
    exit_status = 4


@dataclass(frozen=True)
class Reservation:
    """A reservation as it stands on record.

    `data` holds what the thing is known by: screen vector, fingerprint, sketch, number of hashed shingles, or
    the works and names of a declaration. `state` is active, ended, or damaged (the row is not what was
    written, and then it counts as reserved).
    """

    id: str
    kind: str
    uses: tuple[str, ...]
    holder: str
    title: str
    data: Mapping[str, Any]
    exceptions: Mapping[str, tuple[str, ...]]
    evidence: str
    evidence_sha256: str
    source: str
    state: str
    made_at: datetime
    ended_at: datetime | None
    reason: str

    def to_json(self) -> dict[str, Any]:
        """The reservation as JSON values."""
        return {
            "id": self.id,
            "kind": self.kind,
            "uses": list(self.uses),
            "holder": self.holder,
            "title": self.title,
            "data": dict(self.data),
            "exceptions": {name: list(values) for name, values in self.exceptions.items()},
            "evidence": self.evidence,
            "evidence_sha256": self.evidence_sha256,
            "source": self.source,
            "state": self.state,
            "made_at": self.made_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "reason": self.reason,
        }
