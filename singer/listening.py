"""Listening to recordings before they are used: fingerprints and screen vectors of a file or a folder.

Banks of short takes are joined to tapes, because a fingerprint says nothing of a few seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from singer.errors import AudioError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUFFIXES = frozenset((".wav", ".flac", ".mp3", ".m4a", ".ogg", ".aiff", ".aif", ".opus"))
RATE = 22_050
_TAPE_S, _TAKE_S, _MOST_TAKES = 600.0, 25.0, 64


@dataclass(frozen=True)
class Heard:
    """What recordings sound like: Chromaprint items of each tape, screen vectors of takes from all over."""

    fingerprints: tuple[tuple[int, ...], ...]
    screen_vectors: tuple[dict[str, Any], ...]


def listen(place: Path, *, voices: bool = True, recordings: bool = True) -> Heard:
    """Listen to a sound file, or to all under a folder in the order of their names.

    `voices`, `recordings`: whether screen vectors and fingerprints are wanted. Raises AudioError for a place
    without sound or a file that cannot be read, ChromaprintMissing where fingerprints cannot be made.
    """
    from singer.chromaprint import fingerprint
    from singer.screening import screen_vector

    files = sound_files(place)
    if not files:
        raise AudioError(f"{place} holds no sound file.", "Name a recording, or a folder of them.")
    fingerprints, vectors = [], []
    for tape in _tapes(files):
        if recordings:
            fingerprints.append(fingerprint(tape, RATE))
        if voices:
            take = int(_TAKE_S * RATE)
            for start in range(0, max(1, len(tape) - take // 2), take):
                try:
                    vectors.append(screen_vector(tape[start : start + take], RATE, place.name))
                except AudioError:
                    continue  # a take of silence or noise; where there is none but these, it is said below
    if voices and not vectors:
        raise AudioError(f"{place.name} holds no voice that can be screened.", "Give at least three seconds.")
    step = max(1, -(-len(vectors) // _MOST_TAKES))
    return Heard(tuple(fingerprints), tuple(vectors[::step]))


def sound_files(place: Path) -> list[Path]:
    """A file itself; of a folder all sound files under it, by path."""
    if place.is_file():
        return [place]
    return sorted(path for path in place.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())


def _tapes(files: Sequence[Path]) -> Iterator[NDArray[np.float32]]:
    """Mono samples at RATE, files joined until a tape is ten minutes long."""
    import numpy as np

    from singer.audio_file import read

    joined: list[NDArray[np.float32]] = []
    for path in files:
        joined.append(read(path, RATE).samples)
        if sum(map(len, joined)) >= _TAPE_S * RATE:
            yield np.concatenate(joined)
            joined = []
    if joined:
        yield np.concatenate(joined)
