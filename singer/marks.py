"""The marks that a finished file bears: its watermark, its label, its digest; read from the bytes on the disk
alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from singer.errors import AudioError, MarkMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from singer.watermark import Detection

LISTENING_RATE = 16_000
"""Sample rate at which the detector listens: a file is resampled to it while it is read."""

BELIEVED = 1e-6
"""A known id is believed to be in a sound when chance would say so less often than this."""

USUAL_SCALED_S = 60.0
"""How much of a sound is searched at other speeds and pitches where nothing else was found: a few seconds'
work."""


@dataclass(frozen=True)
class Search:
    """How a sound was searched for a watermark. Seconds are those of the sound.

    `duration_s`: how long it is; every place of it was looked at, at its own speed and pitch. `scaled_s`: how
    much of it was looked at in other speeds and pitches, too. `keys`: with how many of the registry's keys.
    """

    duration_s: float
    scaled_s: float = 0.0
    keys: int = 1


@dataclass(frozen=True)
class Watermark:
    """A render id that was read from a sound, and with which key of the registry.

    `confidence` is the share of the code's bits that agree (0.5 … 1), `false_positive_rate` the bound that
    `singer.watermark` proves, over all keys; `start_s` where the stretch begins from which it was read;
    `how` is "blind", "scaled" (at another speed or pitch) or "candidate" (held against a known id).
    """

    render_id: int
    confidence: float
    false_positive_rate: float
    start_s: float
    key_version: int
    how: Literal["blind", "scaled", "candidate"] = "blind"


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_watermark(
    path: Path,
    keys: Sequence[tuple[int, bytes]],
    candidates: Sequence[int] = (),
    scaled_s: float = USUAL_SCALED_S,
) -> tuple[Watermark | None, Search]:
    """The watermark of any audio file, searched for with the registry's `keys` (version, key), in this order.

    1. The whole sound is searched blindly at its own speed and pitch.
    2. It is held against the `candidates`, ids that the file's other marks suggest: that needs less sound.
    3. Its loudest `scaled_s` seconds are searched blindly at other speeds and pitches.

    Raises `AudioError` when the file cannot be decoded.
    """
    from singer.audio_file import read
    from singer.watermark import detect, identify

    audio = read(path, LISTENING_RATE)
    plain = Search(audio.duration_s, 0.0, len(keys))
    for version, key in keys:  # 1
        if (found := detect(audio.samples, audio.sample_rate, key)) is not None:
            return _watermark(found, version, len(keys), "blind"), plain
    for version, key in keys if candidates else ():  # 2
        found = identify(audio.samples, audio.sample_rate, key, candidates)
        if found is not None:
            return _watermark(found, version, len(keys), "candidate"), plain
    start, stop = _loudest(audio.samples, round(scaled_s * audio.sample_rate))
    if start == stop:
        return None, plain
    scaled = Search(audio.duration_s, (stop - start) / audio.sample_rate, len(keys))
    for version, key in keys:  # 3
        found = detect(audio.samples[start:stop], audio.sample_rate, key, "full")
        if found is not None:
            moved = replace(found, start_s=found.start_s + start / audio.sample_rate)
            return _watermark(moved, version, len(keys), "scaled"), scaled
    return None, scaled


def _watermark(
    found: Detection, version: int, keys: int, how: Literal["blind", "scaled", "candidate"]
) -> Watermark:
    # Three ways of looking, each bounded on its own, with each key: chance has that many tries.
    rate = min(1.0, 3 * keys * found.false_positive_rate)
    return Watermark(found.render_id, found.confidence, rate, found.start_s, version, how)


def _loudest(samples: NDArray[np.float32], length: int) -> tuple[int, int]:
    """(start, stop) of the `length` samples that hold the most energy, on whole seconds; all where there are
    no more."""
    import numpy as np

    if length >= len(samples):
        return 0, len(samples)
    seconds = samples[: len(samples) // LISTENING_RATE * LISTENING_RATE].reshape(-1, LISTENING_RATE)
    energy = np.einsum("ij,ij->i", seconds, seconds)
    sums = np.convolve(energy, np.ones(max(1, length // LISTENING_RATE)), "valid")
    start = int(np.argmax(sums)) * LISTENING_RATE
    return start, min(len(samples), start + length)


def label_text(path: Path) -> str | None:
    """The text of a file's AIGC label; None where there is none, or the container around the sound is
    damaged."""
    from singer.audio_tags import read_label

    try:
        return read_label(path)
    except AudioError:
        return None


def confirm_marks(path: Path, render_id: int, key: bytes, label: str) -> str:
    """Read every mark of a file that is to be released back from its bytes; returns the file's SHA-256.

    Raises `MarkMissing` when the watermark of `render_id` is not in the sound that the file decodes to, or
    its label is not word for word `label`.
    """
    from singer.audio_file import read
    from singer.watermark import confirm

    audio = read(path, LISTENING_RATE)
    found = confirm(audio.samples, audio.sample_rate, key, render_id)
    if found.false_positive_rate > BELIEVED:
        raise MarkMissing(
            f"{path.name}: the watermark could not be read back, so the song is not released.",
            "Less than a second of singing cannot carry one: make the song longer.",
        )
    if label_text(path) != label:
        raise MarkMissing(f"{path.name}: the label could not be read back, so the song is not released.")
    return sha256_of(path)
