"""A suspect recording held against a song that was sung again: how much better it fits than what is only like
it.

The two are laid over each other by tempo, place and key, then compared in two ways: where the harmonics lie
(the melody to a few cents, and its timing), and how the colour moves (the voice and its words). How well they
agree in absolute terms says more about the noise than about the song. So each song is held against decoys of
itself: with the formants of another throat, and with another performance's timing and intonation. What the
recording was made from fits better than its decoys; what is merely like it does not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.fingerprint.alignment import Alignment
from singer.tracing.spectra import (
    BAND_SEMITONES,
    HIGHEST_BAND_HZ,
    LINE_STEPS,
    RATE,
    Spectra,
    Values,
    at_frames,
    band_centres_hz,
    shifted,
)

_REFINEMENTS = ((0.004, 0.03), (0.001, 0.01))  # tempo, seconds
_THROATS = (-2.0, -1.0, 1.0, 2.0)  # semitones of a decoy's formants
_JITTERS = 3
_JITTER_S, _JITTER_LINES, _JITTER_EACH_S = 0.022, 1, 0.35
_PIECE_S, _PIECE_LAG_S = 3.0, 0.8
_PIECE_GAIN = 0.01  # of correlation, below which a piece stays where the whole says
_QUIET_DB = 30.0
_LEAST_FRAMES = 50
_EVERY_FRAME, _EVERY_LINE = 5, 2  # looked at while searching
_MOST_CORRELATED = 0.9999


@dataclass(frozen=True)
class Comparison:
    """How a recording fits a song that was sung again.

    `lines`, `bands`: correlations, −1 … 1. `line_nats`, `band_nats`: what `frames` frames say for each by a
    Gaussian model, −frames/2·ln(1 − ρ²); `line_margin`, `band_margin`: how far that lies above the best
    decoy's. `alignment` is the refined one.
    """

    alignment: Alignment
    lines: float
    bands: float
    line_nats: float
    band_nats: float
    line_margin: float
    band_margin: float
    frames: int

    @property
    def nats(self) -> float:
        """What speaks for the song in all, before calibration."""
        return self.line_nats + self.band_nats


def compare(recording: Spectra, song: Spectra, found: Alignment, start_s: float = 0.0) -> Comparison | None:
    """Hold a recording against a song's samples from `start_s` on; None where they hardly overlap.

    `found` aligns them to a tenth of a second (`singer.fingerprint.alignment.align`).
    """
    alignment = _refined(recording, song, found, start_s)
    at = (alignment.song_s(np.arange(len(recording.lines)) / RATE) - start_s) * RATE
    at = at + _piecewise(recording, song, alignment, at)
    sounding = _sounding(song, at)
    if int(sounding.sum()) < _LEAST_FRAMES:
        return None
    at = at[sounding]
    heard = Spectra(recording.lines[sounding], recording.bands[sounding])
    floor = np.percentile(recording.bands, 5, axis=0)
    frames = len(at)
    lines = shifted(song.lines, alignment.shift * LINE_STEPS)
    sung = at_frames(lines, at)
    line = correlation(heard.lines, sung)
    line_decoy = max(correlation(heard.lines, decoy) for decoy in _jittered(lines, at))
    colours = [
        _coloured(heard.bands, song.bands, at, floor, moved) for moved in sorted({alignment.shift, 0.0})
    ]
    own, decoys = max(colours, key=lambda throats: correlation(*throats[0]))
    band, band_decoy = correlation(*own), max(correlation(*decoy) for decoy in decoys)
    return Comparison(
        alignment=alignment,
        lines=line,
        bands=band,
        line_nats=nats(line, frames),
        band_nats=nats(band, frames),
        line_margin=nats(line, frames) - nats(line_decoy, frames),
        band_margin=nats(band, frames) - nats(band_decoy, frames),
        frames=frames,
    )


def nats(rho: float, frames: int) -> float:
    """What so many frames say for a Gaussian model that explains ρ² of the variance; nothing for ρ ≤ 0."""
    explained = min(max(rho, 0.0), _MOST_CORRELATED) ** 2
    return -0.5 * frames * math.log(1.0 - explained)


def correlation(first: Values, second: Values) -> float:
    """Pearson's correlation over all cells of two arrays of one shape."""
    a, b = first - first.mean(), second - second.mean()
    norm = math.sqrt(float(np.square(a).sum()) * float(np.square(b).sum()))
    return float((a * b).sum()) / norm if norm > 0.0 else 0.0


def _refined(recording: Spectra, song: Spectra, found: Alignment, start_s: float) -> Alignment:
    """Tempo to a thousandth, place to a hundredth of a second, key to an eighth of a semitone."""
    heard = recording.lines[::_EVERY_FRAME, ::_EVERY_LINE]
    times_s = np.arange(len(recording.lines))[::_EVERY_FRAME] / RATE
    middle_s = times_s[-1] / 2.0
    lines = shifted(song.lines, found.shift * LINE_STEPS)[:, ::_EVERY_LINE]
    best = (-math.inf, found.tempo, found.offset_s)
    for tempo_step, place_step in _REFINEMENTS:
        _, tempo, offset_s = best
        for by in range(-3, 4):
            faster = tempo * (1.0 + by * tempo_step)
            for to in range(-4, 5):
                moved_s = offset_s + (tempo - faster) * middle_s + to * place_step
                at = (moved_s + times_s * faster - start_s) * RATE
                best = max(best, (correlation(heard, at_frames(lines, at)), faster, moved_s))
    _, tempo, offset_s = best
    near = at_frames(song.lines, (offset_s + times_s * tempo - start_s) * RATE)
    steps = [found.shift * LINE_STEPS + step for step in (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)]
    key = max(steps, key=lambda step: correlation(heard, shifted(near, step)[:, ::_EVERY_LINE]))
    return Alignment(offset_s, tempo, key / LINE_STEPS, found.score)


def _piecewise(
    recording: Spectra, song: Spectra, alignment: Alignment, at: NDArray[np.float64]
) -> NDArray[np.float64]:
    """By how many frames each moment lies off, piece by piece: cuts, skips, and a machine that runs
    unevenly."""
    lines = shifted(song.lines, alignment.shift * LINE_STEPS)[:, ::_EVERY_LINE]
    lags = np.arange(-round(_PIECE_LAG_S * RATE), round(_PIECE_LAG_S * RATE) + 1)
    moved = np.zeros(len(at))
    piece = round(_PIECE_S * RATE)
    for first in range(0, len(at), piece):
        here = slice(first, first + piece)
        heard = recording.lines[here][::_EVERY_FRAME, ::_EVERY_LINE]
        frames = np.round(at[here][::_EVERY_FRAME])[None, :] + lags[:, None]
        there = lines[np.clip(frames, 0, len(lines) - 1).astype(int)]  # (lags, frames, lines)
        fits = _correlations(heard, there)
        best = int(np.argmax(fits))
        if fits[best] > fits[len(lags) // 2] + _PIECE_GAIN:
            moved[here] = lags[best]
    return moved


def _correlations(heard: Values, there: Values) -> NDArray[np.float64]:
    """`correlation` of one (frames, lines) with each of (lags, frames, lines)."""
    a = (heard - heard.mean()).ravel()
    b = there.reshape(len(there), -1)
    spread = np.maximum(np.einsum("ij,ij->i", b, b) - b.shape[1] * np.square(b.mean(axis=1)), 1e-9)
    norm = math.sqrt(float(a @ a)) or 1.0
    return np.asarray(b @ a / (norm * np.sqrt(spread)), np.float64)


def _sounding(song: Spectra, at: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which moments of the recording fall on something that the song sings."""
    inside = (at >= 0.0) & (at < len(song.bands) - 1)
    level = at_frames(song.bands, at).max(axis=1)
    loud = np.percentile(song.bands.max(axis=1), 95)
    return np.asarray(inside & (level > loud - _QUIET_DB))


def _jittered(lines: Values, at: NDArray[np.float64]) -> list[Values]:
    """The song as another performance of it might be: each third of a second a little early or late, flat or
    sharp."""
    rng = np.random.default_rng(len(at))
    each = round(_JITTER_EACH_S * RATE)
    stretches = -(-len(at) // each)
    decoys = []
    for _ in range(_JITTERS):
        late = np.repeat(rng.uniform(-1.0, 1.0, stretches) * _JITTER_S * RATE, each)[: len(at)]
        sharp = np.repeat(rng.integers(-_JITTER_LINES, _JITTER_LINES + 1, stretches), each)[: len(at)]
        drawn = at_frames(lines, at + late)
        for step in range(-_JITTER_LINES, _JITTER_LINES + 1):
            if step:
                drawn[sharp == step] = shifted(drawn[sharp == step], step)
        decoys.append(drawn)
    return decoys


def _coloured(
    heard: Values, bands: Values, at: NDArray[np.float64], floor: NDArray[np.floating], moved: float
) -> tuple[tuple[Values, Values], list[tuple[Values, Values]]]:
    """The bands as they are heard and as they are expected, each less its mean: with the song's formants
    moved by semitones, and with those of the decoys."""
    reach = abs(moved) + max(_THROATS)
    centres = band_centres_hz()
    kept = (centres > centres[0] * 2 ** (reach / 12)) & (centres < HIGHEST_BAND_HZ * 2 ** (-reach / 12))
    sung, real = at_frames(bands, at), heard[:, kept]

    def pair(throat: float) -> tuple[Values, Values]:
        there = shifted(sung, (moved + throat) / BAND_SEMITONES)[:, kept]
        gain = np.median(real - there, axis=0)
        expected = 10.0 * np.log10(10.0 ** ((there + gain) / 10.0) + 10.0 ** (floor[kept] / 10.0))
        return (
            np.asarray(real - real.mean(axis=0), np.float32),
            np.asarray(expected - expected.mean(axis=0), np.float32),
        )

    return pair(0.0), [pair(throat) for throat in _THROATS]
