"""What a mark does to a sound: a marked one held against the same without it.

Signal-to-noise ratio; PESQ-wb (ITU-T P.862.2); log-spectral distance; the share of cells (a frame of 23 ms by
a critical band) in which the mark lies over the masking threshold; pitch and voicing by Praat's tracker.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.evaluation.attacks.sounds import resampled
from singer.evaluation.masking import (
    CRITICAL_BANDS,
    critical_band,
    in_quiet,
    masking_threshold,
    power,
)
from singer.evaluation.watermark import one_thread_each
from singer.watermark import embed

_ANY_ID = 0x0123_4567_89AB_CDEF
_PESQ_RATE, _PESQ_S = 16_000, 10.0
_PAUSES_S = (2.0, 3.0)
_LOUD_DB, _FLOOR_DB = 30.0, 50.0
Sound = NDArray[np.float32]


@dataclass(frozen=True)
class Audibility:
    """How far a marked sound is from its unmarked one."""

    BETTER_HIGH: ClassVar = frozenset({"snr_db", "pesq_wb", "masked_percent"})

    snr_db: float
    pesq_wb: float
    """Of the worst ten seconds: 1 to 4.64, which is what two equal sounds get."""
    log_spectral_distance_db: float
    """Root mean square level difference over the lines of each 23 ms frame within 30 dB of its loudest."""
    band_level_distance_db: float
    """The same of the critical bands' levels, those within 30 dB of their frame's loudest: what is left when
    one noise stands for another.
    """
    masked_percent: float
    """Share of the audible cells in which the mark's power, line by line as a share of the masking threshold,
    adds up to less than one.
    """
    voicing_changed_percent: float
    cents_median: float
    cents_p99: float
    """How far the pitch is moved where both are voiced."""

    def as_row(self) -> dict[str, float]:
        return {name: round(value, 3) for name, value in asdict(self).items()}


def mark_and_compare(
    sounds: Sequence[tuple[str, Sound, bytes, bool]], processes: int = 0
) -> dict[str, dict[str, float]]:
    """Mark sounds and hold each against itself: a row for each name, with the CPU seconds of embedding for
    each second.

    `sounds`: name, samples, key, and whether the sound's noise is keyed already, so that it gets the gain
    mask alone. 0 processes: all is done in this one, with as many threads as its libraries take.
    """
    if processes == 0:
        return {sound[0]: _marked_and_compared(*sound[1:]) for sound in sounds}
    with one_thread_each(), ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        rows = [
            (name, pool.submit(_marked_and_compared, plain, key, noise_is_keyed))
            for name, plain, key, noise_is_keyed in sounds
        ]
        return {name: row.result() for name, row in rows}


def _marked_and_compared(plain: Sound, key: bytes, noise_is_keyed: bool) -> dict[str, float]:
    embed(plain[:SAMPLE_RATE], _ANY_ID, key, noise_is_keyed=noise_is_keyed)  # tables are made once
    started = time.process_time()
    marked = embed(plain, _ANY_ID, key, noise_is_keyed=noise_is_keyed)
    spent_s = time.process_time() - started
    cost = {"embed_cpu_s_per_s": round(spent_s / max(len(plain) / SAMPLE_RATE, 1e-9), 4)}
    return {**audibility(plain, marked).as_row(), **cost}


def audibility(plain: Sound, marked: Sound) -> Audibility:
    """Hold a marked sound against the unmarked one, both (n,) float32 at 44 100 Hz."""
    mark = marked - plain
    changed, cents = _pitch_moved(plain, marked)
    return Audibility(
        snr_db=float(10 * np.log10(np.mean(plain**2) / max(float(np.mean(mark**2)), 1e-20))),
        pesq_wb=min(_pesq(plain, marked)),
        log_spectral_distance_db=_log_spectral_distance(plain, marked),
        band_level_distance_db=_band_level_distance(plain, marked),
        masked_percent=100 * _masked_share(plain, mark),
        voicing_changed_percent=100 * changed,
        cents_median=float(np.median(cents)) if len(cents) else 0.0,
        cents_p99=float(np.percentile(cents, 99)) if len(cents) else 0.0,
    )


def _pesq(plain: Sound, marked: Sound) -> Iterator[float]:
    """The score of each ten seconds that sound.

    PESQ finds its way by pauses, which singing has not: without them it takes steady tones for noise, sets
    the two sounds side by side wrongly, and gives 1 to 3 for what is hardly changed. So silence is put before
    and after. An alignment that still fails can only lower the score: of two lengths of silence the better
    counts.
    """
    import pesq

    quiet = np.abs(plain).max() * 0.01
    size = round(_PESQ_S * SAMPLE_RATE)
    for start in range(0, max(len(plain) - size // 2, 1), size):
        piece = slice(start, start + size)
        if np.abs(plain[piece]).max() > quiet and len(plain[piece]) > SAMPLE_RATE:
            pair = [resampled(sound[piece], SAMPLE_RATE, _PESQ_RATE) for sound in (plain, marked)]
            pauses = [round(pause_s * _PESQ_RATE) for pause_s in _PAUSES_S]
            yield max(
                float(pesq.pesq(_PESQ_RATE, *(np.pad(sound, pause) for sound in pair), "wb"))
                for pause in pauses
            )


def _log_spectral_distance(plain: Sound, marked: Sound) -> float:
    return _level_distance(*(10 * np.log10(power(sound) + 1e-9) for sound in (plain, marked)))


def _level_distance(plain_db: NDArray[np.float64], marked_db: NDArray[np.float64]) -> float:
    """Root mean square difference of the levels, (frames, lines or bands), near their frame's loudest."""
    loud = plain_db > plain_db.max(axis=1, keepdims=True) - _LOUD_DB
    loud &= plain_db > plain_db.max() - _FLOOR_DB
    return float(np.sqrt(np.mean((marked_db - plain_db)[loud] ** 2)))


def _band_level_distance(plain: Sound, marked: Sound) -> float:
    bands = np.eye(CRITICAL_BANDS)[critical_band()]
    return _level_distance(*(10 * np.log10(power(sound) @ bands + 1e-9) for sound in (plain, marked)))


def _masked_share(plain: Sound, mark: Sound) -> float:
    powers = power(plain)
    bands = np.eye(CRITICAL_BANDS)[critical_band()]
    heard = (powers / in_quiet()) @ bands > 1
    over = (power(mark) / masking_threshold(powers)) @ bands > 1
    return 1 - float(np.mean(over[heard])) if heard.any() else 1.0


def _pitch_moved(plain: Sound, marked: Sound) -> tuple[float, NDArray[np.float64]]:
    """The share of frames whose voicing differs, and the distances in cents where both are voiced."""
    import parselmouth

    tracks = [
        parselmouth.Sound(sound.astype(np.float64), SAMPLE_RATE)
        .to_pitch_ac(time_step=0.005, pitch_floor=75, pitch_ceiling=1100)
        .selected_array["frequency"]
        for sound in (plain, marked)
    ]
    voiced = [track > 0 for track in tracks]
    both = voiced[0] & voiced[1]
    cents = np.abs(1200 * np.log2(tracks[1][both] / tracks[0][both]))
    return float(np.mean(voiced[0] != voiced[1])), cents
