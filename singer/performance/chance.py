"""What a seed decides: generators that depend on the seed and on what a phrase sings, and on nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from singer.performance.model import PerformedNote
    from singer.performance.syllables import SungSyllable

LARGEST_DRAW = 2.0
"""Draws are cut at so many standard deviations: a take varies, and nothing in it stands out."""


def phrase_key(notes: Sequence[PerformedNote], syllables: Sequence[SungSyllable], seed: int) -> bytes:
    """What a phrase's draws depend on: its notes, relative to its start and its first pitch, its phones,
    and the seed.

    `syllables` index `notes` from where the phrase's first syllable begins.
    """
    first = syllables[0].first_note
    mine = notes[first : syllables[-1].end_note]
    start_s, pitch = mine[0].onset_s, mine[0].pitch
    sung = [
        (round(note.onset_s - start_s, 4), round(note.end_s - start_s, 4), float(note.pitch - pitch))
        for note in mine
    ]
    phones = [
        (syllable.first_note - first, syllable.onset + syllable.nucleus + syllable.coda)
        for syllable in syllables
    ]
    return sha256(repr((seed, sung, phones)).encode()).digest()


def generator(key: bytes, purpose: str) -> np.random.Generator:
    """The generator of one purpose ("timing", "vibrato", …): what one draws never moves another's draws."""
    import numpy as np

    digest = sha256(key + purpose.encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "little")))


def draws(random: np.random.Generator, count: int) -> np.ndarray:
    """Standard normal values, (count,), cut at `LARGEST_DRAW`."""
    import numpy as np

    drawn: np.ndarray = np.clip(random.standard_normal(count), -LARGEST_DRAW, LARGEST_DRAW)
    return drawn
