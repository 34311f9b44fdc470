"""Bands that never were: drums, bass, chords and leads, composed and played by a seed.

A backing track hides a voice the better, the more it sounds where the voice does; so these are whole
arrangements in five manners, with a key, a tempo and chords that move in fifths, and not test tones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.evaluation.attacks.sounds import Sound, rms

Wave = NDArray[np.float64]
_PROGRESSIONS = ((0, 5, 3, 4), (5, 3, 0, 4), (0, 3, 4, 3), (0, 4, 5, 3), (1, 4, 0, 5))  # steps of the scale
_MAJOR = (0, 2, 4, 5, 7, 9, 11)

OCTAVES_DB = {250: 0.0, 500: -4.0, 1000: -8.0, 2000: -11.0, 4000: -14.5, 8000: -19.0, 16_000: -26.0}
"""The most that an octave has of the whole, in dB: the fall towards the treble of records, bright ones in
mind."""


@dataclass(frozen=True)
class Manner:
    """How a band plays. Levels are relative; 0 leaves the part out."""

    name: str
    tempo: tuple[float, float]
    drums: float
    bass: float
    chords: float
    chord_sound: Callable[[float, float], Wave]
    lead: float
    strummed: int
    """Chords in each bar."""
    driven: float = 0.0
    """How far the whole is driven into distortion."""


def play(seconds: float, random: np.random.Generator) -> Sound:
    """(round(seconds * 44 100),) of a band in a manner, key and tempo drawn at random, peak 0.9."""
    manner = MANNERS[int(random.integers(len(MANNERS)))]
    size = round(seconds * SAMPLE_RATE)
    beat_s = 60 / random.uniform(*manner.tempo)
    root = int(random.integers(40, 52))
    progression = _PROGRESSIONS[int(random.integers(len(_PROGRESSIONS)))]
    out = np.zeros(size)
    for bar in range(int(seconds / (4 * beat_s)) + 2):
        at = (bar - random.random() * (bar == 0)) * 4 * beat_s
        degree = progression[bar % len(progression)]
        chord = [root + 12 + _step(degree + third) for third in (0, 2, 4, 7)]
        parts = (
            (manner.drums, _drums(beat_s, random)),
            (manner.bass, _bass(root - 12 + _step(degree), beat_s, random)),
            (manner.chords, _chords(chord, beat_s, manner, random)),
            (manner.lead, _lead(root + 24, degree, beat_s, random)),
        )
        for level, part in parts:
            if level:
                _add(out, part, at, level / rms(part))
    if manner.driven:
        out = np.tanh(out / rms(out) * manner.driven)
    out = _mastered(out)
    return np.asarray(out * 0.9 / max(float(np.abs(out).max()), 1e-9), np.float32)


def _mastered(out: Wave) -> Wave:
    """With no octave over what records have in it, by an equaliser that is smooth in log frequency."""
    spectrum = np.fft.rfft(out)
    hz = np.maximum(np.fft.rfftfreq(len(out), 1 / SAMPLE_RATE), 1.0)
    energy = np.abs(spectrum) ** 2
    centres = np.array(list(OCTAVES_DB), np.float64)
    levels = [energy[(hz >= centre / 2**0.5) & (hz < centre * 2**0.5)].sum() for centre in centres]
    over_db = 10 * np.log10(np.array(levels) / energy.sum() + 1e-12) - np.array(list(OCTAVES_DB.values()))
    cut_db = np.interp(np.log2(hz), np.log2(centres), np.maximum(over_db, 0))
    return np.asarray(np.fft.irfft(spectrum * 10 ** (-cut_db / 20), len(out)))


def _step(step: int) -> int:
    """Semitones of a step of the major scale."""
    return 12 * (step // 7) + _MAJOR[step % 7]


def _hz(note: float) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


def _add(out: Wave, part: Wave, at_s: float, gain: float = 1.0) -> None:
    """Add a part from an instant on; what lies before the start or after the end is left out."""
    start = round(at_s * SAMPLE_RATE)
    part = part[max(0, -start) :]
    start = max(0, start)
    part = part[: max(0, len(out) - start)]
    out[start : start + len(part)] += gain * part


def _time(seconds: float) -> Wave:
    return np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE


def _partials(hz: float, seconds: float, rolloff: float, decay: float, stretch: float = 0.0) -> Wave:
    """A harmonic tone: partials falling as k^-rolloff, each dying away faster than the one below."""
    time = _time(seconds)
    tone = np.zeros(len(time))
    for k in range(1, int(min(24, 15_000 / hz)) + 1):
        tone += (
            k**-rolloff
            * np.exp(-decay * (1 + 0.15 * k) * time)
            * np.sin(2 * np.pi * hz * k * np.sqrt(1 + stretch * k * k) * time + k * k)
        )
    return tone


def _swelling(tone: Wave, attack_s: float, release_s: float) -> Wave:
    """A tone faded in and out."""
    time = np.arange(len(tone)) / SAMPLE_RATE
    return tone * np.minimum(1, time / attack_s) * np.minimum(1, (time[-1] - time) / release_s)


@lru_cache(maxsize=64)
def _piano(hz: float, seconds: float) -> Wave:
    return _swelling(_partials(hz, seconds, 1.2, 1.5, 4e-4), 0.003, 0.05)


@lru_cache(maxsize=64)
def _pad(hz: float, seconds: float) -> Wave:
    tones = sum(_partials(hz * (1 + cents / 1200), seconds, 1.1, 0.02) for cents in (-6, 0.5, 7))
    return _swelling(np.asarray(tones), 0.15, 0.2)


@lru_cache(maxsize=64)
def _organ(hz: float, seconds: float) -> Wave:
    return _swelling(_partials(hz, seconds, 0.8, 0.0) + _partials(hz / 2, seconds, 2.0, 0.0), 0.01, 0.03)


@lru_cache(maxsize=64)
def _guitar(hz: float, seconds: float) -> Wave:
    """A plucked string: a noise burst in a loop that loses its highs (Karplus and Strong 1983)."""
    period = max(2, round(SAMPLE_RATE / hz))
    loop = np.random.default_rng(period).standard_normal(period)
    turns = -(-round(seconds * SAMPLE_RATE) // period)
    rows = np.empty((turns, period))
    for turn in range(turns):
        rows[turn] = loop
        loop = 0.996 * 0.5 * (loop + np.roll(loop, 1))
    return _swelling(rows.ravel()[: round(seconds * SAMPLE_RATE)], 0.001, 0.05)


def _chords(chord: list[int], beat_s: float, manner: Manner, random: np.random.Generator) -> Wave:
    """One bar of a chord, struck so many times."""
    out = np.zeros(round((4 * beat_s + 0.3) * SAMPLE_RATE))
    each_s = 4 * beat_s / manner.strummed
    for stroke in range(manner.strummed):
        for place, note in enumerate(chord):
            tone = manner.chord_sound(_hz(note), each_s + 0.2)
            _add(out, tone, stroke * each_s + 0.012 * place * random.random(), random.uniform(0.7, 1.0))
    return out


def _bass(note: int, beat_s: float, random: np.random.Generator) -> Wave:
    out = np.zeros(round((4 * beat_s + 0.2) * SAMPLE_RATE))
    for eighth in range(8):
        if eighth == 0 or random.random() < 0.6:
            higher = 12 * (random.random() < 0.2) + 7 * (random.random() < 0.15)
            tone = _swelling(_partials(_hz(note + higher), beat_s / 2 + 0.1, 1.5, 2.0), 0.004, 0.04)
            _add(out, tone, eighth * beat_s / 2)
    return out


def _lead(root: int, degree: int, beat_s: float, random: np.random.Generator) -> Wave:
    """A tune in the singer's own register: what hides a voice most."""
    out = np.zeros(round((4 * beat_s + 0.3) * SAMPLE_RATE))
    step = degree + int(random.integers(0, 5))
    for beat in range(4):
        if random.random() < 0.75:
            step += int(random.integers(-2, 3))
            tone = _pad(_hz(root + _step(step)), beat_s * (0.7, 0.9, 1.1)[int(random.integers(3))])
            _add(out, tone, beat * beat_s)
    return out


def _drums(beat_s: float, random: np.random.Generator) -> Wave:
    """One bar: kick on one and three, snare on two and four, hats on the eighths, some strokes more."""
    out = np.zeros(round((4 * beat_s + 0.4) * SAMPLE_RATE))
    for eighth in range(8):
        at = eighth * beat_s / 2
        if eighth % 4 == 0 or random.random() < 0.12:
            _add(out, _kick(), at, 1.0)
        if eighth % 4 == 2:
            _add(out, _snare(random), at, 0.8)
        _add(out, _hat(random, 0.25 if random.random() < 0.1 else 0.05), at, random.uniform(0.2, 0.4))
    return out


def _kick() -> Wave:
    time = _time(0.3)
    return np.sin(2 * np.pi * (48 * time - 3.2 * np.exp(-time / 0.03))) * np.exp(-time / 0.09)


def _snare(random: np.random.Generator) -> Wave:
    time = _time(0.25)
    body = np.sin(2 * np.pi * 190 * time) * np.exp(-time / 0.04)
    return 0.6 * body + 0.5 * random.standard_normal(len(time)) * np.exp(-time / 0.07)


def _hat(random: np.random.Generator, length_s: float) -> Wave:
    time = _time(4 * length_s)
    return np.diff(random.standard_normal(len(time)), 2, prepend=[0, 0]) * 0.3 * np.exp(-time / length_s)


MANNERS = (
    Manner("pop", (95, 125), 1.0, 0.9, 0.8, _piano, 0.0, 4),
    Manner("ballad", (60, 80), 0.4, 0.6, 1.0, _pad, 0.4, 1),
    Manner("folk", (90, 130), 0.0, 0.5, 1.0, _guitar, 0.3, 8),
    Manner("rock", (110, 150), 1.0, 0.9, 1.0, _organ, 0.3, 8, driven=1.5),
    Manner("orchestra", (60, 100), 0.0, 0.6, 1.0, _pad, 0.8, 2),
)
