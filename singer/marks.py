"""The marks that a finished file bears: its watermark, its label, its digest; read from the bytes on the disk
alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from singer import SAMPLE_RATE
from singer.errors import AudioError, MarkMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from singer.watermark import Detection

FIRST_S = 61.5
"""How much of a sound is held against an id that is known beforehand: from where it begins to sound."""

BELIEVED = 1e-6
"""A known id is believed to be in a sound when chance would say so less often than this."""

USUAL_SCALED_S = 60.0
"""How much of a sound is searched at other speeds and pitches where nothing else was found: a few seconds'
work."""

_SILENCE = 1e-4


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
    `singer.watermark` proves, over all keys and ways of looking; `start_s` and `end_s` are where it is heard;
    `time_scale` is how much slower than the song the sound runs, `pitch_scale` how much higher it sounds;
    `how` is "blind", "scaled" (searched at other speeds and pitches) or "candidate" (held against known ids).
    """

    render_id: int
    confidence: float
    false_positive_rate: float
    start_s: float
    end_s: float
    key_version: int
    time_scale: float = 1.0
    pitch_scale: float = 1.0
    how: Literal["blind", "scaled", "candidate"] = "blind"


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_watermarks(
    path: Path,
    keys: Sequence[tuple[int, bytes]],
    candidates: Sequence[int] = (),
    scaled_s: float = USUAL_SCALED_S,
) -> tuple[list[Watermark], Search]:
    """The watermarks of any audio file, the clearest first, searched for with the registry's `keys`.

    `keys` are (version, key), those that are tried first standing first.

    1. The whole sound is searched blindly at its own speed and pitch.
    2. It is held against the `candidates`, ids that the file's other marks suggest: that needs less sound.
    3. Its loudest `scaled_s` seconds are searched blindly at other speeds and pitches.

    Each step is taken where those before it found nothing. The file is decoded anew for each, and about a
    minute of it kept. Raises `AudioError` when it cannot be decoded.
    """
    from singer.audio_file import hear
    from singer.watermark import detect_stream, identify

    loudness: list[float] = []
    for number, (version, key) in enumerate(keys):  # 1
        blocks = hear(path, SAMPLE_RATE)
        blocks = blocks if number else _metered(blocks, loudness)
        if found := detect_stream(blocks, SAMPLE_RATE, key, "offset"):
            return _marks(found, version, len(keys), "blind"), _search(loudness, len(keys))
    first = _from_where_it_sounds(path) if candidates and loudness else None
    for version, key in keys if first is not None else ():  # 2
        assert first is not None
        fits = identify(first, SAMPLE_RATE, key, candidates)
        if fits is not None:
            return _marks([fits], version, len(keys), "candidate"), _search(loudness, len(keys))
    start_s, stop_s = _loudest(loudness, scaled_s)
    if start_s == stop_s:
        return [], _search(loudness, len(keys))
    search = replace(_search(loudness, len(keys)), scaled_s=float(stop_s - start_s))
    for version, key in keys:  # 3
        blocks = _between(hear(path, SAMPLE_RATE), start_s * SAMPLE_RATE, stop_s * SAMPLE_RATE)
        if found := detect_stream(blocks, SAMPLE_RATE, key, "full"):
            moved = [replace(one, start_s=one.start_s + start_s, end_s=one.end_s + start_s) for one in found]
            return _marks(moved, version, len(keys), "scaled"), search
    return [], search


def _marks(
    found: Sequence[Detection], version: int, keys: int, how: Literal["blind", "scaled", "candidate"]
) -> list[Watermark]:
    """Detections as marks, the clearest first. Three ways of looking, each bounded on its own, with each key:
    chance has that many tries."""
    return [
        Watermark(
            render_id=one.render_id,
            confidence=one.confidence,
            false_positive_rate=min(1.0, 3 * keys * one.false_positive_rate),
            start_s=one.start_s,
            end_s=one.end_s,
            key_version=version,
            time_scale=one.time_scale,
            pitch_scale=one.pitch_scale,
            how=how,
        )
        for one in sorted(found, key=lambda one: -one.score)
    ]


def _search(loudness: Sequence[float], keys: int) -> Search:
    return Search(float(len(loudness)), 0.0, keys)


def _metered(blocks: Iterator[NDArray[np.float32]], loudness: list[float]) -> Iterator[NDArray[np.float32]]:
    """The blocks as they come, while the energy of each second is noted."""
    filled = SAMPLE_RATE
    for block in blocks:
        at = 0
        while at < len(block):
            if filled == SAMPLE_RATE:
                loudness.append(0.0)
                filled = 0
            piece = block[at : at + SAMPLE_RATE - filled]
            loudness[-1] += float(piece @ piece)
            at, filled = at + len(piece), filled + len(piece)
        yield block


def _loudest(loudness: Sequence[float], seconds: float) -> tuple[int, int]:
    """(start, stop) of the whole seconds that hold the most energy, at most so many in a row."""
    length = min(len(loudness), int(seconds))
    if not length:
        return 0, 0
    total = best = sum(loudness[:length])
    start = 0
    for stop in range(length, len(loudness)):
        total += loudness[stop] - loudness[stop - length]
        if total > best:
            best, start = total, stop - length + 1
    return start, start + length


def _between(blocks: Iterator[NDArray[np.float32]], start: int, stop: int) -> Iterator[NDArray[np.float32]]:
    """What of the blocks lies between two samples; what comes after it is not decoded."""
    at = 0
    for block in blocks:
        if at >= stop:
            return
        yield block[max(0, start - at) : stop - at]
        at += len(block)


def _from_where_it_sounds(path: Path) -> NDArray[np.float32]:
    """A minute of a file, (n,) at 44 100 Hz: its first, or where that is silent the first that is not."""
    import numpy as np

    from singer.audio_file import hear

    wanted = round(FIRST_S * SAMPLE_RATE)
    pieces: list[NDArray[np.float32]] = []
    kept, sounding = 0, False
    for block in hear(path, SAMPLE_RATE):
        sounding = sounding or bool(np.any(np.abs(block) > _SILENCE))
        pieces.append(block)
        kept += len(block)
        while not sounding and pieces and kept - len(pieces[0]) >= wanted // 2:
            kept -= len(pieces.pop(0))
        if sounding and kept >= wanted:
            break
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def label_texts(path: Path) -> tuple[str, ...]:
    """The texts of a file's AIGC labels, each once; none where the container around the sound is damaged."""
    from singer.audio_tags import read_labels

    try:
        return read_labels(path)
    except AudioError:
        return ()


def confirm_marks(path: Path, render_id: int, key: bytes, label: str) -> str:
    """Read every mark of a file that is to be released back from its bytes; returns the file's SHA-256.

    Raises `MarkMissing` when the watermark of `render_id` is not in the sound that the file decodes to, or
    its label is not word for word `label`.
    """
    from singer.watermark import confirm

    found = confirm(_from_where_it_sounds(path), SAMPLE_RATE, key, render_id)
    if found.false_positive_rate > BELIEVED:
        raise MarkMissing(
            f"{path.name}: the watermark could not be read back, so the song is not released.",
            "Less than a second of singing cannot carry one: make the song longer.",
        )
    if label_texts(path) != (label,):
        raise MarkMissing(f"{path.name}: the label could not be read back, so the song is not released.")
    return sha256_of(path)
