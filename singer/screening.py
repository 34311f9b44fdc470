"""A voice's screen vector: cepstral means over its voiced frames. A screen, never proof of who sings.

Mel frequency cepstral coefficients (Davis and Mermelstein 1980) without the first, which is loudness.
`consent.reservations.screening` compares vectors of one version and holds the thresholds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from singer.errors import AudioError

VERSION = 1
SIZE = 19
LEAST_VOICED_S = 3.0
_RATE = 16_000
_FRAME, _STEP, _FFT = 400, 160, 512
_BANDS, _LOWEST_HZ, _HIGHEST_HZ = 40, 80.0, 7_600.0
_PRE_EMPHASIS = 0.97
_QUIET_DB = 30.0  # frames this far below the loudest are left out
_LOW_BINS, _VOICED = slice(2, 64), 0.3  # share of the power below 2 kHz from which on a frame is voiced
_BATCH = 1 << 13


def screen_vector(
    samples: NDArray[np.float32], sample_rate: int, name: str = "The recording"
) -> dict[str, Any]:
    """The vector of mono samples (n,): {"version", "values"}, 19 means of mel cepstra c1 … c19.

    Raises AudioError where less than three seconds are voiced.
    """
    if sample_rate != _RATE:
        import soxr

        samples = soxr.resample(samples, sample_rate, _RATE)
    power = _power(np.asarray(samples, np.float64))
    total = power.sum(axis=1) + 1e-12
    level = 10.0 * np.log10(total)
    voiced = (level > level.max(initial=-200.0) - _QUIET_DB) & (
        power[:, _LOW_BINS].sum(axis=1) / total > _VOICED
    )
    if voiced.sum() * _STEP < LEAST_VOICED_S * _RATE:
        raise AudioError(
            f"{name} holds less than {LEAST_VOICED_S:g} s of a voice.",
            "Give a longer take of the voice alone.",
        )
    bands = np.log(power[voiced] @ _filters().T + 1e-10)
    order = np.arange(1, SIZE + 1)[:, None]
    cosines = np.sqrt(2.0 / _BANDS) * np.cos(np.pi / _BANDS * order * (np.arange(_BANDS) + 0.5))
    return {"version": VERSION, "values": [round(float(v), 6) for v in (bands @ cosines.T).mean(axis=0)]}


def _power(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power spectra (frames, 257) of pre-emphasised frames of 25 ms every 10 ms."""
    if len(samples) < _FRAME:
        return np.zeros((0, _FFT // 2 + 1))
    emphasised = np.append(samples[0], samples[1:] - _PRE_EMPHASIS * samples[:-1])
    frames = np.lib.stride_tricks.sliding_window_view(emphasised, _FRAME)[::_STEP]
    window = np.hamming(_FRAME)
    spectra = [
        np.abs(np.fft.rfft(frames[start : start + _BATCH] * window, _FFT)) ** 2
        for start in range(0, len(frames), _BATCH)
    ]
    return np.concatenate(spectra)


def _filters() -> NDArray[np.float64]:
    """Triangles (bands, 257) evenly spaced in mel."""
    lowest, highest = (2595.0 * np.log10(1.0 + hz / 700.0) for hz in (_LOWEST_HZ, _HIGHEST_HZ))
    mels = np.linspace(lowest, highest, _BANDS + 2)
    edges = 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    hz = np.fft.rfftfreq(_FFT, 1.0 / _RATE)
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return np.clip(np.minimum((hz - low) / (middle - low), (high - hz) / (high - middle)), 0.0, None)
