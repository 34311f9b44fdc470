"""Which released recording a sound is, when no mark is left: fingerprints of songs whose melody is alike.

The melody finds candidates among all songs; Chromaprint's fingerprint says whether one is the very recording
(`consent.reservations.fingerprint`, where its threshold was measured). A melody alone proves nothing, since
anybody may sing it. Songs that are played faster, slower, higher or under a band are for `consonance trace`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from consent.registry import Registry
from consent.reservations.fingerprint import LEAST_ITEMS, is_same_recording

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEARD_S = 120
"""So much of a sound is compared: its first two minutes, from where it sounds."""

MOST_CANDIDATES = 20
_SILENCE = 1e-4


@dataclass(frozen=True)
class Likeness:
    """The song whose recording it is, None for none, and in a sentence what was compared."""

    render_id: int | None
    sentence: str


def find_recording(registry: Registry, path: Path) -> Likeness:
    """Compare a sound with the songs of a registry. Raises `AudioError` for a file that cannot be decoded."""
    from singer.chromaprint import ChromaprintMissing, fingerprint
    from singer.fingerprint import salience_of
    from singer.fingerprint.alignment import listened
    from singer.fingerprint.salience import LISTENING_RATE
    from singer.fingerprint.search import shortlists

    sound = _excerpt(path, LISTENING_RATE)
    try:
        items = fingerprint(sound, LISTENING_RATE)
    except ChromaprintMissing:
        return Likeness(None, "Not compared with the recordings that were released: Chromaprint is missing.")
    if len(items) < LEAST_ITEMS:
        return Likeness(None, "Too short to be compared with the recordings that were released.")
    heard = listened(salience_of(sound))
    (alike,) = shortlists([heard], registry.tracing.contours(), MOST_CANDIDATES)
    kept = registry.tracing.fingerprints(alike)
    for render_id in alike:
        packed = kept[render_id].chromaprint if render_id in kept else b""
        if packed and is_same_recording(struct.unpack(f"<{len(packed) // 4}I", packed), items):
            return Likeness(
                render_id, f"Its fingerprint is that of the recording released as {render_id:016x}."
            )
    return Likeness(
        None,
        f"None of the {len(alike)} recordings whose melody comes nearest has its fingerprint."
        if alike
        else "No released song has a melody that is near.",
    )


def _excerpt(path: Path, rate: int) -> NDArray[np.float32]:
    """(n,) of a file's sound, from the first block that sounds."""
    import numpy as np

    from singer.audio_file import hear

    pieces: list[NDArray[np.float32]] = []
    length = 0
    for block in hear(path, rate):
        if not pieces and not np.any(np.abs(block) > _SILENCE):
            continue
        pieces.append(block)
        length += len(block)
        if length >= HEARD_S * rate:
            break
    return np.concatenate(pieces)[: HEARD_S * rate] if pieces else np.zeros(0, np.float32)
