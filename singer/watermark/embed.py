"""Embedding: a song's cells are turned up or down by about a decibel, as the keyed pattern says.

That is a gain and never an addition: silence stays silent, and what changes a sample is what sounds within
12 ms of it. The pattern starts at the song's first sample, so an edited phrase leaves every other
sample as it was.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.watermark.carrier import carrier
from singer.watermark.exchange import exchange
from singer.watermark.infusion import infuse
from singer.watermark.pattern import (
    BANDS,
    BANDS_PER_OCTAVE,
    LOWEST_HZ,
    band_weights,
    chip_weights,
    keyed_pattern,
)

STRENGTH_DB = 1.0
"""Most that a cell of tonal sound is moved, at the cell's centre."""

NOISE_EXTRA = 0.5
"""Share by which cells of noise are moved further: the ear hears less of it there."""

LOW_TONES_HZ, LOW_TONES_SHARE = 355.0, 0.6
"""Tones below this are moved by this share only: a fundamental down there masks little around itself."""

_WINDOW, _STEP = 512, 128
_OVERLAP = _WINDOW // _STEP
_BLOCK_FRAMES = 1024
_ENOUGH_S = 3.0
_MOST_REINFORCEMENT = 3.5
_SOUNDING = 10 ** (-45 / 20)  # of the peak
_MARGIN = 6  # frames on either side that the tonality of a frame looks at; every second one is enough


def embed(
    samples: NDArray[np.float32], render_id: int, key: bytes, *, noise_is_keyed: bool = False
) -> NDArray[np.float32]:
    """Mark a song at 44 100 Hz with a render id: float32 (n,) in, float32 (n,) out, any n.

    `noise_is_keyed` says that the song was sung with the id's own noise (`singer.watermark.carrier`); any
    other sound gets that noise for the noise of its treble (`singer.watermark.exchange`) and laid under the
    rest (`singer.watermark.infusion`), and then both get the gain mask.

    No sample of digital silence changes, and no cell by more than 1.5 dB in a song with three seconds of
    sound or more. Shorter sounds are cut deeper, so that one or two seconds carry the id for the blind
    `detect` and half a second for `confirm`; what is shorter than 0.3 s may carry too little for either.
    Raises `ValueError` for an id beyond 64 bits.
    """
    pattern = keyed_pattern(key).carrying(render_id, key)
    if not len(samples):
        return samples.copy()
    if not noise_is_keyed:
        keyed = carrier(render_id, key, 0, len(samples))
        samples = infuse(exchange(samples, keyed), keyed)
    reinforcement = _reinforcement(samples)
    depths_db = pattern * np.float32(STRENGTH_DB * reinforcement)
    lead = _WINDOW - _STEP
    frames = -(-(len(samples) + lead) // _STEP)
    padded = np.zeros((frames + _OVERLAP) * _STEP, np.float32)
    padded[lead : lead + len(samples)] = samples
    marked = np.zeros_like(padded)
    for first in range(0, frames, _BLOCK_FRAMES):
        _mark_block(padded, marked, depths_db, first, min(frames, first + _BLOCK_FRAMES))
    result = np.where(samples == 0, samples, marked[lead : lead + len(samples)])
    if reinforcement == 1.0:
        return result
    # Where cells are cut deeper, the peak may not rise further than it can in a long song.
    allowed = np.abs(samples).max() * 10 ** (STRENGTH_DB * (1 + NOISE_EXTRA) / 20)
    return result * np.float32(min(1.0, allowed / max(float(np.abs(result).max()), 1e-9)))


def _reinforcement(samples: NDArray[np.float32]) -> float:
    """How much deeper the cells of a short sound are cut: 1 from three seconds on, 3.5 under 0.25 s."""
    peaks = np.abs(samples[: len(samples) // _STEP * _STEP].reshape(-1, _STEP)).max(axis=1, initial=0.0)
    sounding_s = np.count_nonzero(peaks > _SOUNDING * peaks.max(initial=0.0)) * (_STEP / SAMPLE_RATE)
    return float(np.clip(np.sqrt(_ENOUGH_S / max(sounding_s, 1e-3)), 1.0, _MOST_REINFORCEMENT))


def _mark_block(
    padded: NDArray[np.float32],
    marked: NDArray[np.float32],
    depths_db: NDArray[np.float32],
    first: int,
    last: int,
) -> None:
    """Add frames `first` to `last` of the marked song into `marked`; frame i is centred on sample (i - 1) ·
    128.
    """
    before, after = max(0, first - _MARGIN), last + _MARGIN
    cut = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[before * _STEP : after * _STEP : _STEP]
    spectrum = np.fft.rfft(cut * _window(), axis=1)
    block = slice(first - before, last - before)
    tonality = np.repeat(_tonality(spectrum[::2]), 2, axis=0)[block]
    more = _tonal_share() * tonality + (1 + NOISE_EXTRA) * (1 - tonality)
    chip, next_chip, share = chip_weights(
        (np.arange(first, last) * _STEP + _STEP - _WINDOW // 2) / SAMPLE_RATE
    )
    cells = depths_db[chip] * (1 - share[:, None]) + depths_db[next_chip] * share[:, None]
    gain = np.exp((cells * more) @ (_bin_weights() * np.float32(np.log(10) / 20)))
    frames = np.fft.irfft(spectrum[block] * gain, _WINDOW, axis=1) * _window()
    for part in range(_OVERLAP):
        at = slice((first + part) * _STEP, (last + part) * _STEP)
        marked[at] += frames[:, part * _STEP : (part + 1) * _STEP].ravel()


def _tonality(spectrum: NDArray[np.complexfloating[Any, Any]]) -> NDArray[np.float32]:
    """(frames, bands): 0 for noise to 1 for tones, from the spectral flatness around each band, smoothed over
    20 ms.
    """
    energy = spectrum.real**2 + spectrum.imag**2 + np.float32(1e-10)
    side = _MARGIN // 2
    kernel = (side + 1 - np.abs(np.arange(-side, side + 1, dtype=np.float32))) / (side + 1) ** 2
    padded = np.pad(energy, ((side, side), (0, 0)), mode="edge")
    smooth = sum(weight * padded[shift : shift + len(energy)] for shift, weight in enumerate(kernel))
    around = _neighbourhoods()
    flatness = np.exp(np.log(smooth) @ around) / (smooth @ around)
    return np.asarray(np.clip(-10 / 15 * np.log10(flatness + np.float32(1e-9)), 0, 1), np.float32)


@cache
def _tonal_share() -> NDArray[np.float32]:
    """(29,): how far the tones of each band are moved, of `STRENGTH_DB`."""
    upper = LOWEST_HZ * 2 ** ((np.arange(BANDS) + 1) / BANDS_PER_OCTAVE)
    return np.where(upper <= LOW_TONES_HZ, LOW_TONES_SHARE, 1.0).astype(np.float32)


@cache
def _window() -> NDArray[np.float32]:
    """A Hann window, applied before and after and scaled so that four overlapping squares add up to one."""
    return np.asarray(np.hanning(_WINDOW + 1)[:-1] / np.sqrt(1.5), np.float32)


@cache
def _bin_hz() -> NDArray[np.float64]:
    return np.arange(_WINDOW // 2 + 1, dtype=np.float64) * (SAMPLE_RATE / _WINDOW)


@cache
def _bin_weights() -> NDArray[np.float32]:
    return band_weights(_bin_hz())


@cache
def _neighbourhoods() -> NDArray[np.float32]:
    """(bins, bands): means over a third of an octave and at least five bins around each band's centre."""
    centre = LOWEST_HZ * 2 ** ((np.arange(BANDS) + 0.5) / BANDS_PER_OCTAVE)
    bins = _bin_hz()[:, None]
    around = (bins > centre / 1.15 - 180) & (bins < centre * 1.15 + 180)
    return np.asarray(around / around.sum(axis=0), np.float32)
