"""Filters: pass bands and tone controls."""

from __future__ import annotations

import numpy as np

from singer import SAMPLE_RATE
from singer.evaluation.attacks.sounds import Sound, through_filters


def passed(samples: Sound, low_hz: float = 1.0, high_hz: float = 40_000.0) -> Sound:
    """What lies between two frequencies: Butterworth magnitudes of the sixth order, no phase."""
    spectrum = np.fft.rfft(samples)
    hz = np.maximum(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE), 1e-3)
    mask = 1 / np.sqrt((1 + (low_hz / hz) ** 12) * (1 + (hz / high_hz) ** 12))
    return np.asarray(np.fft.irfft(spectrum * mask, len(samples)), np.float32)


def equalised(samples: Sound) -> Sound:
    """A mixing engineer's equaliser: −6 dB at 250 Hz, +6 at 3 kHz, a shelf of +6 over 10 kHz, −6 at 1 kHz."""
    return through_filters(
        samples,
        "equalizer=frequency=250:width_type=q:width=1:gain=-6",
        "equalizer=frequency=1000:width_type=q:width=1.5:gain=-6",
        "equalizer=frequency=3000:width_type=q:width=1:gain=6",
        "treble=gain=6:frequency=10000:width_type=s:width=0.7",
    )
