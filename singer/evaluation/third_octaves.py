"""Long-term average spectra in third octaves (IEC 61260-1, base ten), and how far two of them lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.evaluation.resung import Sound, Take
from singer.language.phones import BREATH, SILENCE
from singer.training.corpora import LabelledPhone

CENTRES_HZ = 10.0 ** (np.arange(20, 43) / 10.0)
"""Exact middle frequencies from 100 Hz to 16 kHz."""

AUDIBLE_DB = 60.0
"""What lies further under the owner's loudest band counts as if it lay there: the room's hum is not the
voice's."""

_WINDOW, _STEP = 8192, 2048
_ANYTHING = "ə"


@dataclass(frozen=True)
class Apart:
    """How far a long-term spectrum lies from its owner's: mean and worst band in dB, and where that is."""

    mean_db: float
    worst_db: float
    worst_hz: float


def long_term_spectrum(takes: Sequence[Take]) -> NDArray[np.float64]:
    """Level in dB of each third octave over all that sounds in the takes, (23,).

    Windows of 186 ms of which more than a tenth is silence or breath are left out. Each take weighs by
    its length.
    """
    power = np.zeros(_WINDOW // 2 + 1)
    counted = 0
    window = np.hanning(_WINDOW)
    for take in takes:
        samples = np.pad(take.samples.astype(np.float64), _WINDOW // 2)
        sounds = np.pad(sounding(take), _WINDOW // 2)
        for start in range(0, len(samples) - _WINDOW + 1, _STEP):
            if sounds[start : start + _WINDOW].mean() > 0.9:
                power += np.abs(np.fft.rfft(samples[start : start + _WINDOW] * window)) ** 2
                counted += 1
    hz = np.fft.rfftfreq(_WINDOW, 1.0 / SAMPLE_RATE)
    edge = 10.0**0.05
    bands = [_band(power, hz, centre / edge, centre * edge) for centre in CENTRES_HZ]
    return 10.0 * np.log10(np.array(bands) / max(counted, 1) + 1e-12)


def _band(power: NDArray[np.float64], hz: NDArray[np.floating], low: float, high: float) -> float:
    """Power between two frequencies; lines at the edges count by the part of them that lies inside."""
    width = hz[1]
    inside = np.clip(np.minimum(hz + width / 2, high) - np.maximum(hz - width / 2, low), 0.0, width) / width
    return float(power @ inside)


def sounding(take: Take) -> NDArray[np.float64]:
    """1 at each sample that a phone sounds at, 0 in silences and breaths, (n,)."""
    mask = np.zeros(len(take.samples))
    for phone in take.phones:
        if phone.phone not in (SILENCE, BREATH):
            mask[round(phone.start_s * SAMPLE_RATE) : round(phone.end_s * SAMPLE_RATE)] = 1.0
    return mask


def all_of(samples: Sound) -> Take:
    """A sound, (n,) at 44 100 Hz, of which no phone is known: what is 40 dB under its loudest 20 ms is
    silence."""
    size = SAMPLE_RATE // 50
    blocks = samples[: len(samples) // size * size].reshape(-1, size)
    power = np.square(blocks.astype(np.float64)).mean(axis=1)
    loud = np.flatnonzero(power > 1e-4 * power.max(initial=0.0))
    if not len(loud):
        return Take(samples, ())
    first_s, last_s = loud[0] * size / SAMPLE_RATE, (loud[-1] + 1) * size / SAMPLE_RATE
    return Take(samples, (LabelledPhone(_ANYTHING, first_s, last_s),))


def apart(made_db: NDArray[np.float64], owner_db: NDArray[np.float64], least_hz: float = 0.0) -> Apart:
    """Two long-term spectra, (23,) each, at the gain at which they lie nearest; levels are held no lower than
    AUDIBLE_DB under the loudest band.

    Bands under the one that `least_hz` lies in are left out: below the lowest note there is the room alone.
    """
    counted = least_hz / 10.0**0.05 < CENTRES_HZ
    floor_db = owner_db.max() - AUDIBLE_DB
    heard_db = np.maximum(owner_db, floor_db)[counted]
    gain_db = float(np.mean((owner_db - made_db)[counted]))
    for _ in range(8):  # what lies under the floor takes no part in the gain
        difference = np.maximum(made_db[counted] + gain_db, floor_db) - heard_db
        gain_db -= float(difference.mean())
    worst = int(np.argmax(np.abs(difference)))
    return Apart(
        float(np.abs(difference).mean()), float(difference[worst]), float(CENTRES_HZ[counted][worst])
    )
