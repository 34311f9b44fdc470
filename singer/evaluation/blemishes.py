"""What no listener forgives: clicks where phrases join, and a voice that gives way at the ends of its
range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.evaluation.resung import Sing, Sound
from singer.evaluation.songs import expectations, measure_song
from singer.performance.model import SILENCE, Performance
from singer.planning import plan
from singer.score.model import Lyric, Note, Part, Score, TempoMap

CLICK_HZ = 10_000.0
CLICK_DB = 6.0
"""A click rises so far over everything between 5 and 40 ms beside it, above CLICK_HZ."""

CLICK_FLOOR_DB = -75.0
"""What is weaker above CLICK_HZ, in dB of full scale, nobody hears."""

SCALE = tuple(range(48, 85, 2))
"""Whole tones from C3 to C6."""


def clicks(samples: Sound, joins_s: Sequence[float]) -> int:
    """How many of the instants, in seconds, have a click within 5 ms of them."""
    spectrum = np.fft.rfft(samples.astype(np.float64))
    spectrum[np.fft.rfftfreq(len(samples), 1.0 / SAMPLE_RATE) < CLICK_HZ] = 0.0
    power = np.fft.irfft(spectrum, len(samples)) ** 2
    block = SAMPLE_RATE // 2000
    usable = len(power) // block * block
    level = 10.0 * np.log10(power[:usable].reshape(-1, block).mean(axis=1) + 1e-20)
    return sum(_clicks_at(level, round(join_s * SAMPLE_RATE / block)) for join_s in joins_s)


def _clicks_at(level: NDArray[np.float64], at: int) -> bool:
    """Half milliseconds: whether one within 10 of `at` stands out of those 11 to 80 away."""
    near = level[max(0, at - 10) : at + 11]
    beside = np.concatenate([level[max(0, at - 80) : max(0, at - 10)], level[at + 11 : at + 81]])
    if not len(near) or not len(beside):
        return False
    return bool(near.max() > max(float(beside.max()), CLICK_FLOOR_DB) + CLICK_DB)


def joins_of(performance: Performance) -> list[float]:
    """Where something is put together: the edges of phrases and of the silences in them, in seconds."""
    joins = {edge for phrase in performance.phrases for edge in (phrase.start_s, phrase.end_s)}
    for phrase in performance.phrases:
        for span in phrase.phones:
            if span.phone == SILENCE:
                joins |= {span.start_s, span.end_s}
    return sorted(join for join in joins if 0.0 < join < performance.duration_s)


@dataclass(frozen=True)
class Range:
    """A scale from C3 to C6 on "la": pitch in cents, and levels of neighbouring notes.

    `steepest_db` is the largest step in level from a note to the next; `quietest_db` the weakest note against
    the median one.
    """

    notes: int
    cents_median: float
    cents_worst: float
    steepest_db: float
    quietest_db: float


def sing_range(sing: Sing, voice: str) -> Range:
    """Let a voice sing the scale, and measure it."""
    performance = scale()
    samples = sing(performance, voice)
    vowels, sounding = expectations(performance)
    figures = measure_song(samples, vowels, sounding, performance.duration_s)
    levels = []
    for vowel in vowels:
        length = vowel.end_s - vowel.onset_s
        first, last = (round((vowel.onset_s + part * length) * SAMPLE_RATE) for part in (0.3, 0.8))
        levels.append(10.0 * np.log10(np.mean(samples[first:last].astype(np.float64) ** 2) + 1e-12))
    cents = np.abs(figures.cents) if figures.cents else np.array([np.inf])
    return Range(
        notes=len(figures.cents),
        cents_median=float(np.median(cents)),
        cents_worst=float(cents.max()),
        steepest_db=float(np.abs(np.diff(levels)).max()),
        quietest_db=float(np.min(levels) - np.median(levels)),
    )


def scale() -> Performance:
    """SCALE upwards, half a second for each note, in the plain style."""
    notes = tuple(
        Note(Fraction(1 + place), Fraction(1), float(pitch), 1 + place // 4, {1: Lyric("la", "single")})
        for place, pitch in enumerate(SCALE)
    )
    tempo = TempoMap(((Fraction(0), 120.0),))
    length = Fraction(2 + len(SCALE))
    return plan(
        Score("Scale", "", "en", tempo, (Part("P1", "Voice", notes),), length, ()), language="en"
    ).performance
