"""Time and pitch: stretching with the pitch kept, shifting with the length kept, and playing faster."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.evaluation.attacks.sounds import Sound, resampled, through_filters

_WINDOW, _STEP = 2048, 512


def sped(samples: Sound, factor: float) -> Sound:
    """Played `factor` times as fast, so that pitch and time change together."""
    return resampled(samples, round(SAMPLE_RATE * factor), SAMPLE_RATE)


def stretched_by_overlap(samples: Sound, tempo: float) -> Sound:
    """`tempo` times as fast, pitch kept: WSOLA (Verhelst and Roelands 1993), as FFmpeg's atempo has it."""
    return through_filters(samples, f"atempo={tempo:.6f}")


def stretched_by_phase(samples: Sound, tempo: float) -> Sound:
    """`tempo` times as fast, pitch kept: a phase vocoder whose bins keep their phase to the peak that they
    belong to (Laroche and Dolson 1999, identity phase locking).
    """
    window = np.hanning(_WINDOW + 1)[:-1]
    padded = np.pad(samples.astype(np.float64), (_WINDOW, 2 * _WINDOW))
    places = np.arange(0, len(samples) + _WINDOW, _STEP * tempo)
    hop = 2 * np.pi * _STEP * np.arange(_WINDOW // 2 + 1) / _WINDOW
    out = np.zeros(len(places) * _STEP + _WINDOW)
    weight = np.zeros_like(out)
    phase = before = np.zeros(0)
    for number, place in enumerate(places):
        start = round(place)
        spectrum = np.fft.rfft(padded[start : start + _WINDOW] * window)
        angle = np.angle(spectrum)
        if number == 0:
            phase = angle
        else:
            earlier = (
                np.fft.rfft(padded[max(start - _STEP, 0) :][:_WINDOW] * window) if start >= _STEP else None
            )
            before = angle - hop if earlier is None else np.angle(earlier)
            turned = hop + np.angle(np.exp(1j * (angle - before - hop)))
            peaks = _nearest_peaks(np.abs(spectrum))
            phase = (phase + turned)[peaks] + angle - angle[peaks]
        at = number * _STEP
        out[at : at + _WINDOW] += np.fft.irfft(np.abs(spectrum) * np.exp(1j * phase), _WINDOW) * window
        weight[at : at + _WINDOW] += window**2
    out /= np.maximum(weight, 1e-3)
    lead = round(_WINDOW / tempo)
    return out[lead : lead + round(len(samples) / tempo)].astype(np.float32)


def stretched_by_rubber_band(samples: Sound, tempo: float) -> Sound:
    """`tempo` times as fast, pitch kept: the Rubber Band library's finer engine."""
    return _through_rubber_band(samples, tempo, 1.0, keep_formants=False)


def shifted_by_overlap(samples: Sound, semitones: float) -> Sound:
    """Higher by `semitones`, formants along with it: played faster, then stretched back by WSOLA."""
    ratio = 2 ** (semitones / 12)
    return stretched_by_overlap(sped(samples, ratio), 1 / ratio)


def shifted_with_formants_kept(samples: Sound, semitones: float) -> Sound:
    """Higher by `semitones`, formants left where they are, as vocal tuning does: Rubber Band."""
    return _through_rubber_band(samples, 1.0, 2 ** (semitones / 12), keep_formants=True)


def _nearest_peaks(sizes: NDArray[np.float64]) -> NDArray[np.int64]:
    """(bins,): the local maximum over five bins that each bin is nearest to."""
    around = np.lib.stride_tricks.sliding_window_view(np.pad(sizes, 2), 5).max(axis=1)
    peaks = np.flatnonzero((sizes >= around) & (sizes > 0))
    if not len(peaks):
        return np.arange(len(sizes))
    borders = (peaks[1:] + peaks[:-1] + 1) // 2
    return peaks[np.searchsorted(borders, np.arange(len(sizes)), side="right")]


def _through_rubber_band(samples: Sound, tempo: float, pitch: float, keep_formants: bool) -> Sound:
    import pylibrb

    options = pylibrb.Option.PROCESS_OFFLINE | pylibrb.Option.ENGINE_FINER
    if keep_formants:
        options |= pylibrb.Option.FORMANT_PRESERVED
    stretcher = pylibrb.RubberBandStretcher(
        sample_rate=SAMPLE_RATE,
        channels=1,
        options=options,
        initial_time_ratio=1 / tempo,
        initial_pitch_scale=pitch,
    )
    audio = np.ascontiguousarray(samples, np.float32)[None, :]
    stretcher.set_max_process_size(audio.shape[1])
    stretcher.study(audio, final=True)
    stretcher.process(audio, final=True)
    parts = []
    while stretcher.available() > 0:
        parts.append(stretcher.retrieve_available()[0])
    return np.concatenate([*parts, np.zeros(0, np.float32)]).astype(np.float32)
