"""Songs measured from outside: the released file against its score, by analysis that knows nothing of how
it was made."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.evaluation.vibrato import LEAST_NOTE_S, MeasuredVibrato, measure_vibrato

if TYPE_CHECKING:
    from singer.performance.model import Performance

STEADY_SHARE = (0.35, 0.85)
"""Part of a vowel, from its start to its end, in which the pitch is held against the note."""

LEAST_VOWEL_S = 0.15
ONSET_REACH_S = 0.12
_ONSET_STEP_S, _ONSET_WINDOW_S = 0.002, 0.02
REST_MARGIN_S = 0.05


@dataclass(frozen=True)
class SungVowel:
    """What the score asks of one syllable: its note's onset and end in seconds, its pitch as a MIDI note
    number.

    `consonant` says whether a consonant leads into it, so that an onset can be heard.
    """

    onset_s: float
    end_s: float
    pitch: float
    consonant: bool


@dataclass(frozen=True)
class SongFigures:
    """Deviations over a song: pitch in cents, onsets in seconds, rests in dB of full scale, length in
    seconds; and the vibrato of each note over 0.6 s, None where it has none."""

    cents: tuple[float, ...]
    onset_errors_s: tuple[float, ...]
    loudest_rest_db: float
    length_error_s: float
    vibratos: tuple[MeasuredVibrato | None, ...] = ()

    def as_row(self) -> dict[str, float]:
        """The figures of the bars: medians, percentiles and worst cases."""
        cents = np.abs(self.cents) if self.cents else np.zeros(1)
        onsets = np.abs(self.onset_errors_s) if self.onset_errors_s else np.zeros(1)
        return {
            "notes": float(len(self.cents)),
            "cents_median": float(np.median(cents)),
            "cents_p90": float(np.percentile(cents, 90)),
            "cents_worst": float(cents.max()),
            "onsets": float(len(self.onset_errors_s)),
            "onsets_within_25ms": float((onsets <= 0.025).mean()),
            "onsets_within_30ms": float((onsets <= 0.030).mean()),
            "onset_median_ms": float(np.median(onsets) * 1000.0),
            "loudest_rest_db": self.loudest_rest_db,
            "length_error_ms": self.length_error_s * 1000.0,
            **self._vibrato_row(),
        }

    def _vibrato_row(self) -> dict[str, float]:
        """Long notes, how many of them swing, medians over those, and how many are within the bounds."""
        found = [vibrato for vibrato in self.vibratos if vibrato is not None]
        return {
            "long_notes": float(len(self.vibratos)),
            "vibratos": float(len(found)),
            "vibrato_hz": float(np.median([one.hz for one in found])) if found else 0.0,
            "vibrato_cents": float(np.median([one.cents for one in found])) if found else 0.0,
            "vibrato_soonest_s": min((one.onset_s for one in found), default=0.0),
            "vibratos_within": float(sum(one.is_within() for one in found)),
        }


def measure_song(
    samples: NDArray[np.float32],
    vowels: Sequence[SungVowel],
    sounding_s: Sequence[tuple[float, float]],
    duration_s: float,
) -> SongFigures:
    """Hold a song, (n,) at 44 100 Hz, against its score.

    `sounding_s` are the stretches in which something may sound; everything else is a rest, less a margin on
    each side.
    """
    cents = tuple(
        _deviation_cents(samples, vowel) for vowel in vowels if vowel.end_s - vowel.onset_s >= LEAST_VOWEL_S
    )
    onsets = tuple(_onset_error_s(samples, vowel) for vowel in vowels if vowel.consonant)
    return SongFigures(
        cents=tuple(value for value in cents if not math.isnan(value)),
        onset_errors_s=tuple(value for value in onsets if not math.isnan(value)),
        loudest_rest_db=loudest_rest_db(samples, sounding_s, duration_s),
        length_error_s=len(samples) / SAMPLE_RATE - duration_s,
        vibratos=tuple(
            measure_vibrato(samples, vowel.onset_s, vowel.end_s, vowel.pitch)
            for vowel in vowels
            if vowel.end_s - vowel.onset_s > LEAST_NOTE_S
        ),
    )


def _deviation_cents(samples: NDArray[np.float32], vowel: SungVowel) -> float:
    """Median pitch of the steady part minus the note's, in cents; NaN where Praat hears no pitch."""
    import parselmouth

    length = vowel.end_s - vowel.onset_s
    first, last = (round((vowel.onset_s + share * length) * SAMPLE_RATE) for share in STEADY_SHARE)
    wanted_hz = 440.0 * 2.0 ** ((vowel.pitch - 69.0) / 12.0)
    around = round(
        1.5 / (0.6 * wanted_hz) * SAMPLE_RATE
    )  # half a window, so that short notes can be measured
    part = samples[max(0, first - around) : last + around].astype(np.float64)
    sound = parselmouth.Sound(part, sampling_frequency=SAMPLE_RATE)
    pitch = sound.to_pitch_ac(time_step=0.005, pitch_floor=0.6 * wanted_hz, pitch_ceiling=1.7 * wanted_hz)
    found = pitch.selected_array["frequency"]
    found = found[found > 0]
    return float(1200.0 * np.log2(np.median(found) / wanted_hz)) if len(found) else math.nan


def _onset_error_s(samples: NDArray[np.float32], vowel: SungVowel) -> float:
    """When the vowel is heard to begin minus when it should: where the sound turns from consonant to vowel.

    The vowel is the mean log spectrum 60–110 ms after the beat, the consonant that of the moment in the 120
    ms before the beat which is least like it; the onset is the last moment that is nearer to the consonant.
    NaN where the two differ by less than 6 dB in the root mean square, because then nobody can hear where.
    """
    times = np.arange(vowel.onset_s - ONSET_REACH_S, vowel.onset_s + ONSET_REACH_S, _ONSET_STEP_S)
    if times[0] < _ONSET_WINDOW_S or times[-1] + _ONSET_WINDOW_S > len(samples) / SAMPLE_RATE:
        return math.nan
    bands = _log_bands(samples, times)
    held = bands[(times > vowel.onset_s + 0.06) & (times < vowel.onset_s + 0.11)].mean(axis=0)
    unlike = np.sqrt(((bands - held) ** 2).mean(axis=1))
    before = np.flatnonzero(times < vowel.onset_s)
    consonant = before[np.argmax(unlike[before])]
    if unlike[consonant] < 6.0:
        return math.nan
    turning = np.sqrt(((bands - bands[consonant]) ** 2).mean(axis=1)) < unlike
    last = np.flatnonzero(turning & (times < vowel.onset_s + 0.06))[-1]
    return float(times[last] + 0.5 * _ONSET_STEP_S - vowel.onset_s)


def _log_bands(samples: NDArray[np.float32], times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Levels in dB of 16 bands, 200 Hz to 7 kHz, around each time, (times, 16), no lower than 45 dB under
    the loudest."""
    size = round(_ONSET_WINDOW_S * SAMPLE_RATE)
    starts = np.round(times_s * SAMPLE_RATE).astype(int) - size // 2
    pieces = samples[starts[:, None] + np.arange(size)] * np.hanning(size)
    power = np.abs(np.fft.rfft(pieces, n=1024, axis=1)) ** 2
    hz = np.fft.rfftfreq(1024, 1.0 / SAMPLE_RATE)
    edges = np.geomspace(200.0, 7000.0, 17)
    summed = [power[:, (hz >= low) & (hz < high)].sum(axis=1) for low, high in pairwise(edges)]
    level: NDArray[np.float64] = 10.0 * np.log10(np.stack(summed, axis=1) + 1e-12)
    return np.maximum(level, level.max() - 45.0)


def loudest_rest_db(
    samples: NDArray[np.float32], sounding_s: Sequence[tuple[float, float]], duration_s: float
) -> float:
    """Highest 20 ms level in any rest, dB of full scale; -200 where there is no rest or it is digital
    silence."""
    quiet = np.ones(len(samples), dtype=bool)
    for start_s, end_s in sounding_s:
        first = max(0, round((start_s - REST_MARGIN_S) * SAMPLE_RATE))
        quiet[first : round((end_s + REST_MARGIN_S) * SAMPLE_RATE)] = False
    size = round(0.02 * SAMPLE_RATE)
    blocks = len(samples) // size
    levels = np.square(samples[: blocks * size].astype(np.float64)).reshape(blocks, size).mean(axis=1)
    resting = quiet[: blocks * size].reshape(blocks, size).all(axis=1)
    return float(10.0 * np.log10(max(levels[resting].max(), 1e-20))) if resting.any() else -200.0


def expectations(performance: Performance) -> tuple[list[SungVowel], list[tuple[float, float]]]:
    """What the score asks for, read off a planned performance: every note's vowel, and where sound may be.

    Notes, not phones, say when and how high; of the phones only whether a consonant leads into the note, and
    how far it reaches back into a rest.
    """
    from singer.language.phones import is_vowel
    from singer.performance.model import SILENCE

    vowels, sounding = [], []
    for phrase in performance.phrases:
        sung = [span for span in phrase.phones if span.phone != SILENCE]
        sounding += [(span.start_s, span.end_s) for span in sung]
        first: dict[int, str] = {}
        for span in sung:
            if span.note is not None:
                first.setdefault(span.note, span.phone)
        for index, note in enumerate(phrase.notes):
            consonant = index in first and not is_vowel(first[index])
            vowels.append(SungVowel(note.onset_s, note.end_s, note.pitch, consonant and bool(note.text)))
    return vowels, sounding
