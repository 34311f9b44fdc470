"""Blind detection: which render ids a sound carries, where, and how likely a sound without them would say so.

A sound is heard in windows of a minute, so that of a long one only a minute is kept. A window is first read
as a whole; where that says nothing, or only of a part of it, it is read piece by piece. On request pieces are
also read at other speeds and pitches. How sure an answer is stands in `singer.watermark.statistic`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from singer import SAMPLE_RATE
from singer.watermark import field as fields
from singer.watermark.extent import extent
from singer.watermark.reading import Reading, Stretch, read, read_scaled
from singer.watermark.residual import Resampler, residual
from singer.watermark.statistic import Detection

Search = Literal["offset", "full"]

WINDOW_S, PIECE_S = 61.44, 10.24  # twelve periods, and two
_LOOKS_SHARE = 2.62  # Σ k^-1.5: the k-th look may err with a share of k^-1.5 / 2.62
_RATE_MIXUPS = (48_000 / 44_100, 44_100 / 48_000)


def detect(
    samples: NDArray[np.float32], sample_rate: int, key: bytes, search: Search = "full"
) -> Detection | None:
    """Read the render id from any excerpt, knowing nothing but the key; None if none is there beyond doubt.

    `samples`: (n,) or (n, channels) at any rate. All time offsets are searched; where they say nothing,
    `search="full"` adds speeds of ±12 % and pitches of ±3.5 semitones, at some ten times the work. Of several
    ids the one that is read most clearly is given. Its false-positive rate is below 10⁻⁶.
    """
    found = detect_stream([samples], sample_rate, key, search)
    return max(found, key=lambda detection: detection.score, default=None)


def detect_stream(
    blocks: Iterable[NDArray[np.float32]], sample_rate: int, key: bytes, search: Search = "full"
) -> list[Detection]:
    """Every render id that is read from a sound of any length, in the order in which they begin.

    `blocks`: consecutive parts of the sound, (n,) or (n, channels) each; about a minute of them is kept. As
    `detect` otherwise.
    """
    found: list[Detection] = []
    looks = _Looks()
    for start_s, window in _windows(blocks, sample_rate):
        with _threads().limit(limits=1):  # the products are small: more threads only wait for each other
            heard = _heard_in(window, key, search, looks)
        for detection in heard:
            moved = replace(detection, start_s=detection.start_s + start_s, end_s=detection.end_s + start_s)
            _add(found, moved)
    return found


@cache
def _threads() -> ThreadpoolController:
    """The libraries that multiply matrices in this process."""
    return ThreadpoolController()


class _Looks:
    """Counts the looks, so that all of them together err seldom enough, however many there will be."""

    def __init__(self) -> None:
        self._taken = 0

    def log_next(self) -> float:
        """The logarithm of how many looks the next one has to count for."""
        self._taken += 1
        return 1.5 * math.log(self._taken) + math.log(_LOOKS_SHARE)


def _windows(
    blocks: Iterable[NDArray[np.float32]], sample_rate: int
) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """(start in seconds, (n,) at 44 100 Hz): windows of a minute, the last one of half a minute to one and a
    half.
    """
    size = round(WINDOW_S * SAMPLE_RATE)
    resampler = Resampler(sample_rate)
    kept, start = np.zeros(0, np.float32), 0
    for block in blocks:
        kept = np.concatenate([kept, resampler.take(block)])
        while len(kept) >= 1.5 * size:
            yield start / SAMPLE_RATE, kept[:size]
            kept, start = kept[size:], start + size
    kept = np.concatenate([kept, resampler.finish()])
    if len(kept):
        yield start / SAMPLE_RATE, kept


def _heard_in(window: NDArray[np.float32], key: bytes, search: Search, looks: _Looks) -> list[Detection]:
    """The ids in one window, with seconds counted from its beginning."""
    whole = _stretch(window)
    found: list[Detection] = []
    _look(whole, 0.0, key, looks, found)
    seconds = len(window) / SAMPLE_RATE
    pieces = [] if seconds <= 1.5 * PIECE_S else _unheard(seconds, PIECE_S / 2, found)
    for start_s in pieces:
        _look(_part(whole, start_s), start_s, key, looks, found)
    if search == "full":
        for start_s in _unheard(seconds, PIECE_S, found) if pieces or not found else []:
            part = _part(whole, start_s) if seconds > 1.5 * PIECE_S else whole
            scaled = read_scaled(part, key, looks.log_next())
            if scaled is not None:
                _add(found, _placed(*scaled, part, start_s, key))
        if not found:
            for mixup in _RATE_MIXUPS:
                _look_at_rate(window, mixup, key, looks, found)
    return found


def _look(stretch: Stretch, start_s: float, key: bytes, looks: _Looks, found: list[Detection]) -> None:
    answer = read(stretch, key, looks.log_next())
    if answer is not None:
        _add(found, _placed(*answer, stretch, start_s, key))


def _look_at_rate(
    window: NDArray[np.float32], ratio: float, key: bytes, looks: _Looks, found: list[Detection]
) -> None:
    """The keyed noise in a window that was played at the rate of another: 48 000 for 44 100, or back."""
    resampler = Resampler(SAMPLE_RATE / ratio)
    played = np.concatenate([resampler.take(window), resampler.finish()])
    right = _stretch(played)
    answer = read(right, key, looks.log_next())
    if answer is not None:
        placed = _placed(*answer, right, 0.0, key)
        _add(
            found,
            replace(
                placed,
                start_s=placed.start_s / ratio,
                end_s=placed.end_s / ratio,
                time_scale=1 / ratio,
                pitch_scale=ratio,
            ),
        )


def _placed(
    detection: Detection, reading: Reading, stretch: Stretch, start_s: float, key: bytes
) -> Detection:
    """A detection with where in the sound its id is heard."""
    first_s, last_s = extent(stretch, reading, detection.render_id, key)
    return replace(detection, start_s=start_s + first_s, end_s=start_s + last_s)


def _unheard(seconds: float, step_s: float, found: list[Detection]) -> list[float]:
    """Beginnings of the pieces that lie mostly outside of what was found."""
    last_s = max(0.0, seconds - PIECE_S / 2)
    starts = np.arange(0.0, last_s, step_s) if last_s else np.zeros(1)
    covered = [
        sum(max(0.0, min(one.end_s, start + PIECE_S) - max(one.start_s, start)) for one in found)
        for start in starts
    ]
    return [float(start) for start, share in zip(starts, covered, strict=True) if share < PIECE_S / 2]


def _add(found: list[Detection], detection: Detection) -> None:
    """Add a detection, or widen the one of the same id that it continues."""
    for index, known in enumerate(found):
        if known.render_id == detection.render_id and detection.start_s <= known.end_s + PIECE_S:
            clearest = max(known, detection, key=lambda one: one.score)
            found[index] = replace(
                clearest,
                start_s=min(known.start_s, detection.start_s),
                end_s=max(known.end_s, detection.end_s),
            )
            return
    found.append(detection)
    found.sort(key=lambda one: one.start_s)


def _stretch(sound: NDArray[np.float32]) -> Stretch:
    """(n,) at 44 100 Hz as both layers see it."""
    return Stretch(fields.field(fields.to_field_rate(sound, SAMPLE_RATE)), residual(sound))


def _part(stretch: Stretch, start_s: float) -> Stretch:
    """A piece of a stretch."""
    first, last = (round(at / fields.STEP_S) for at in (start_s, start_s + PIECE_S))
    begin, end = (round(at * SAMPLE_RATE) for at in (start_s, start_s + PIECE_S))
    return Stretch(stretch.field[first:last], stretch.residual[begin:end])
