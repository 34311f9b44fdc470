"""The marks that a finished file bears: its watermark, its label, its digest; read from the bytes on the disk
alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from singer.errors import AudioError, MarkMissing

LISTENING_RATE = 16_000
"""Sample rate at which the detector listens: a file is resampled to it while it is read."""

BELIEVED = 1e-6
"""A known id is believed to be in a sound when chance would say so less often than this."""


@dataclass(frozen=True)
class Marks:
    """What a file says of itself. `watermark` is the render id found in the sound (64 bit, 0.5 … 1 sure of
    its bits), `label` the text of the AIGC label."""

    sha256: str
    watermark: int | None
    confidence: float
    label: str | None


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_marks(path: Path, keys: Sequence[bytes], candidates: Sequence[int] = ()) -> Marks:
    """Every mark of any audio file, searched for with the registry's watermark `keys`.

    The sound is searched blindly first. Where that finds nothing, as in sounds under two seconds, it is held
    against the `candidates`: ids that the file's label or digest suggest. Raises `AudioError` when the file
    cannot be decoded; a label that cannot be found counts as none.
    """
    from singer.audio_file import read
    from singer.watermark import detect, identify

    audio = read(path, LISTENING_RATE)
    for key in keys:
        found = detect(audio.samples, audio.sample_rate, key)
        if found is None and candidates:
            found = identify(audio.samples, audio.sample_rate, key, candidates)
        if found is not None:
            return Marks(sha256_of(path), found.render_id, found.confidence, label_text(path))
    return Marks(sha256_of(path), None, 0.0, label_text(path))


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
