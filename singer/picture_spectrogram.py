"""A spectrogram as pixels: mel-spaced from 60 Hz to 12 kHz, in dB below the song's loudest."""

from __future__ import annotations

import numpy as np

from singer import SAMPLE_RATE
from singer.vocoder.controls import hz_to_mel

LOWEST_HZ, HIGHEST_HZ = 60.0, 12_000.0
RANGE_DB = 75.0
"""What lies further below the loudest pixel is the darkest colour."""

_WINDOW = 2048
_ROWS = 200
_BLOCK = 512  # columns at a time, which bounds memory


def spectrogram_db(samples: np.ndarray, start_s: float, end_s: float, columns: int) -> np.ndarray:
    """Levels in dB of `samples` (n,) at 44 100 Hz from `start_s` to `end_s`, (rows, columns), lowest
    row first.

    Rows are evenly spaced in mel from `LOWEST_HZ` to `HIGHEST_HZ`; outside the samples there is
    silence.
    """
    weights = _weights()
    hann = np.hanning(_WINDOW).astype(np.float32)
    centres = start_s + (np.arange(columns) + 0.5) * (end_s - start_s) / columns
    firsts = np.round(centres * SAMPLE_RATE).astype(int) - _WINDOW // 2
    image = np.empty((_ROWS, columns), dtype=np.float32)
    for block in range(0, columns, _BLOCK):
        starts = firsts[block : block + _BLOCK]
        stretch = _stretch(samples, int(starts[0]), int(starts[-1]) + _WINDOW)
        frames = np.lib.stride_tricks.sliding_window_view(stretch, _WINDOW)[starts - starts[0]] * hann
        power = np.abs(np.fft.rfft(frames)[:, : weights.shape[0]]) ** 2
        image[:, block : block + _BLOCK] = (power.astype(np.float32) @ weights).T
    level: np.ndarray = 10.0 * np.log10(image + 1e-10)
    return level


def _stretch(samples: np.ndarray, start: int, end: int) -> np.ndarray:
    """The samples from `start` to `end`, (end - start,), zero where there are none."""
    stretch = np.zeros(end - start, dtype=np.float32)
    first, last = max(start, 0), min(end, len(samples))
    if first < last:
        stretch[first - start : last - start] = samples[first:last]
    return stretch


def _weights() -> np.ndarray:
    """Triangles (bins, rows) that average a power spectrum into mel rows, each at least one bin wide."""
    low, high = hz_to_mel(np.array([LOWEST_HZ, HIGHEST_HZ]))
    edges = np.linspace(float(low), float(high), _ROWS + 2)
    bins_hz = np.arange(round(HIGHEST_HZ * _WINDOW / SAMPLE_RATE) + 2) * SAMPLE_RATE / _WINDOW
    centres_hz = 700.0 * (10.0 ** (edges[1:-1] / 2595.0) - 1.0)
    spacing_hz = np.maximum(700.0 * (10.0 ** (edges[2:] / 2595.0) - 1.0) - centres_hz, SAMPLE_RATE / _WINDOW)
    triangles = np.maximum(0.0, 1.0 - np.abs(bins_hz[:, None] - centres_hz) / spacing_hz)
    weights: np.ndarray = (triangles / triangles.sum(axis=0)).astype(np.float32)
    return weights
