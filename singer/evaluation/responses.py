"""Whether each control does what it is called after, and does it the whole way: breathiness, tension,
loudness and what else `CURVES` declares."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer import HOP
from singer.evaluation.resung import Part, Sing, sing_again
from singer.evaluation.spectra import mel_cepstrum, total_db
from singer.training.features import Features, extract
from singer.vocoder.controls import band_centres_mel

Frames = NDArray[np.bool_]

_RANGE_HZ = (300.0, 6000.0)


@dataclass(frozen=True)
class Response:
    """What a control does: the measured value at each setting, and how far the phones moved.

    `rises` is the least step between two neighbouring settings, in the measure's unit: above 0 the control is
    monotone. `per_unit` is the slope. `phones_moved_db` is the distortion of the voice's own envelope (its
    harmonics, without level and tilt) at the highest setting against none.
    """

    control: str
    measure: str
    settings: tuple[float, ...]
    measured: tuple[float, ...]
    phones_moved_db: float

    @property
    def rises(self) -> float:
        """The least step from one setting to the next; no number where nothing was voiced."""
        return float(np.diff(self.measured).min())

    @property
    def per_unit(self) -> float:
        """Change of the measure for one unit of the control, over the whole of its settings."""
        return (self.measured[-1] - self.measured[0]) / (self.settings[-1] - self.settings[0])


def aperiodicity_db(features: Features, voiced: Frames) -> float:
    """Noise against everything, 300 Hz to 6 kHz, mean over the frames that are `voiced`, (frames,) bool, in
    dB (D4C; Morise 2016)."""
    levels = np.stack([features.harmonic_db, features.noise_db], axis=1)[voiced]
    return float((features.noise_db[voiced] - total_db(levels))[:, _bands()].mean())


def tilt_db_per_octave(features: Features, voiced: Frames) -> float:
    """Slope of the harmonics' mean level over log frequency, 300 Hz to 6 kHz, in dB for an octave."""
    mean = features.harmonic_db[voiced].mean(axis=0)
    return float(np.polyfit(np.log2(_hz()[_bands()]), mean[_bands()], 1)[0])


def level_db(features: Features, voiced: Frames) -> float:
    """Root mean square level of the voiced samples in dB of full scale."""
    samples = features.samples[np.repeat(voiced, HOP)].astype(np.float64)
    return float(10.0 * np.log10(np.mean(samples**2) + 1e-12))


def centroid_semitones(features: Features, voiced: Frames) -> float:
    """Where the harmonics' power above 300 Hz has its middle, in semitones over 1 kHz: formants move it."""
    power = (10.0 ** (features.harmonic_db[voiced].astype(np.float64) / 10.0)).mean(axis=0)[_bands()]
    return float(12.0 * np.log2(_hz()[_bands()] / 1000.0) @ power / power.sum())


CONTROLS: Mapping[str, tuple[str, tuple[float, ...], Callable[[Features, Frames], float]]] = {
    "breathiness_db": ("aperiodicity_db", (-6.0, 0.0, 6.0), aperiodicity_db),
    "tension": ("tilt_db_per_octave", (-2.0, 0.0, 2.0), tilt_db_per_octave),
    "brightness": ("centroid_semitones", (-2.0, 0.0, 2.0), centroid_semitones),
    "loudness_db": ("level_db", (-6.0, 0.0, 6.0), level_db),
}
"""The measure that each control is named after, and the settings that it is asked at."""


def response(
    sing: Sing, voice: str, parts: Sequence[Part], language: str, control: str, pitch_hz: float
) -> Response:
    """Sing `parts` at each setting of a control and measure what comes out. Raises KeyError for a control
    that has no measure here."""
    measure, settings, measured_by = CONTROLS[control]
    heard = []
    for setting in settings:
        takes = sing_again(sing, voice, parts, language, {control: setting})
        heard.append([extract(take.samples, pitch_hz) for take in takes])
    # the same frames at every setting, so that a voice that breaks into breath is not measured where it holds
    voiced = [np.all([one.voiced for one in same], axis=0) for same in zip(*heard, strict=True)]
    sounding = [number for number, frames in enumerate(voiced) if frames.any()]
    if not sounding:
        return Response(control, measure, settings, (math.nan,) * len(settings), math.nan)
    values = tuple(float(np.mean([measured_by(takes[n], voiced[n]) for n in sounding])) for takes in heard)
    neutral = heard[settings.index(0.0)]
    moved = np.mean([_moved_db(heard[-1][n], neutral[n], voiced[n]) for n in sounding])
    return Response(control, measure, settings, values, float(moved))


def _moved_db(one: Features, other: Features, voiced: Frames) -> float:
    """Distortion between the harmonics' mel cepstra from c2 on."""
    difference = (mel_cepstrum(one.harmonic_db[voiced]) - mel_cepstrum(other.harmonic_db[voiced]))[:, 1:]
    return float((10.0 / np.log(10.0) * np.sqrt(2.0 * (difference**2).sum(axis=1))).mean())


def _hz() -> np.ndarray:
    return 700.0 * (10.0 ** (band_centres_mel() / 2595.0) - 1.0)


def _bands() -> np.ndarray:
    hz = _hz()
    return (hz >= _RANGE_HZ[0]) & (hz <= _RANGE_HZ[1])
