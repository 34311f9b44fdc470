"""Every attack of the suite, in the order of its table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from singer import SAMPLE_RATE
from singer.evaluation.attacks import (
    codecs,
    edits,
    filters,
    levels,
    mixing,
    noise,
    resynthesis,
    rooms,
    time_and_pitch,
    two_marks,
)
from singer.evaluation.attacks.model import Attack, Row
from singer.evaluation.attacks.sounds import Sound, resampled

PLAIN = Row("none, gain, polarity, DC, 8 bit, resampling, 48 ↔ 44.1 kHz", 100)
SHAPED = Row("filters, EQ, clipping, compressor, limiter, denoise gate", 100)
CODECS = Row("MP3, AAC, Vorbis, Opus at 128 and 64 kbit/s", 100)
CODECS_32 = Row("MP3, AAC, Vorbis, Opus at 32 kbit/s", 98)
OPUS_16 = Row("Opus at 16 kbit/s", 95)
GSM = Row("GSM 06.10", 70)
NOISE_30 = Row("noise at 30 dB", 100)
NOISE_20 = Row("noise at 20 dB", 99)
NOISE_10 = Row("noise at 10 dB", 85)
ROOMS = Row("echo, reverb 0.3 and 0.8 s", 99)
AIR = Row("over the air", 80)
EXCERPT_5 = Row("excerpt of 5 s", 99)
EXCERPT_3 = Row("excerpt of 3 s", 97)
EXCERPT_1 = Row("excerpt of 1 s", 80)
EDITED = Row("deletions, cuts, 20 % muted, wow and flutter", 98)
STRETCHED = Row("time stretched by ±1 to ±10 %, pitch kept", 98)
SPED = Row("speed ±1 to ±10 %", 98)
SHIFTED = Row("pitch shifted by ±0.5, ±1, ±2 semitones", 98)
BAND_0 = Row("voice 0 dB over a band", 99)
BAND_6 = Row("voice 6 dB under a band", 98)
BAND_12 = Row("voice 12 dB under a band", 95)
BAND_MP3 = Row("6 dB under a band, MP3 at 128 kbit/s", 97)
PRODUCED = Row("production: EQ, compressor, reverb, band, limiter, AAC", 95)
RESYNTHESISED = Row("Griffin-Lim, mel round trip, WORLD", 97)
AVERAGED = Row("average of two renders, either named", 90)
MARKED_AGAIN = Row("a second mark over the first", 98)
LIMITS = Row("beyond the bars", None)

ROWS = (
    *(PLAIN, SHAPED, CODECS, CODECS_32, OPUS_16, GSM, NOISE_30, NOISE_20, NOISE_10, ROOMS, AIR),
    *(EXCERPT_5, EXCERPT_3, EXCERPT_1, EDITED, STRETCHED, SPED, SHIFTED),
    *(BAND_0, BAND_6, BAND_12, BAND_MP3, PRODUCED, RESYNTHESISED, AVERAGED, MARKED_AGAIN, LIMITS),
)

_PERCENTS = (-10, -5, -3, -1, 1, 3, 5, 10)
_SEMITONES = (-2, -1, -0.5, 0.5, 1, 2)
_MP3, _AAC, _OPUS = ("libmp3lame", "mp3"), ("aac", "mp4"), ("libopus", "ogg")


def _of(name: str, row: Row, change: Callable[[Sound], Sound], **options: object) -> Attack:
    """An attack without chance."""
    return Attack(name, row, lambda clip, _: change(clip.samples), **options)  # type: ignore[arg-type]


def _by_chance(
    name: str, row: Row, change: Callable[[Sound, np.random.Generator], Sound], **options: object
) -> Attack:
    return Attack(name, row, lambda clip, random: change(clip.samples, random), **options)  # type: ignore[arg-type]


def _codec(row: Row, name: str, how: tuple[str, str], kilobits: float, rate: int = SAMPLE_RATE) -> Attack:
    return _of(f"{name} {kilobits:g}", row, lambda x: codecs.through_codec(x, *how, kilobits, rate))


def _codecs(row: Row, kilobits: int) -> tuple[Attack, ...]:
    return (
        _codec(row, "MP3", _MP3, kilobits),
        _codec(row, "AAC", _AAC, kilobits),
        _of(f"Vorbis {kilobits}", row, lambda x: codecs.through_vorbis(x, kilobits)),
        _codec(row, "Opus", _OPUS, kilobits, 48_000),
    )


def _noise(row: Row, snr_db: float) -> tuple[Attack, ...]:
    return (
        _by_chance(f"white noise {snr_db:g} dB", row, lambda x, r: noise.with_noise(x, r, snr_db)),
        _by_chance(f"pink noise {snr_db:g} dB", row, lambda x, r: noise.with_noise(x, r, snr_db, 0.5)),
    )


def _searched(name: str, row: Row, change: Callable[[Sound, float], Sound], value: float) -> Attack:
    return _of(name, row, lambda x: change(x, value), full_search=True)


def _tempo(name: str, row: Row, change: Callable[[Sound, float], Sound]) -> tuple[Attack, ...]:
    return tuple(_searched(f"{name} {p:+d} %", row, change, 1 + p / 100) for p in _PERCENTS)


def _pitch(name: str, change: Callable[[Sound, float], Sound]) -> tuple[Attack, ...]:
    return tuple(_searched(f"{name} {s:+g} st", SHIFTED, change, s) for s in _SEMITONES)


def _excerpt(row: Row, seconds: float) -> Attack:
    return _of(f"excerpt of {seconds:g} s", row, lambda x: x, seconds=seconds)


def _at_rate(rate: int) -> Attack:
    return _of(f"to {rate / 1000:g} kHz", PLAIN, lambda x: resampled(x, SAMPLE_RATE, rate), sample_rate=rate)


ATTACKS: tuple[Attack, ...] = (
    _of("none", PLAIN, lambda x: x),
    _of("gain −26 dB", PLAIN, lambda x: np.float32(0.05) * x),
    _of("polarity", PLAIN, lambda x: -x),
    _of("DC offset", PLAIN, levels.offset),
    _of("8 bit", PLAIN, lambda x: levels.in_bits(levels.to_peak(x, 0.9))),
    *(_at_rate(rate) for rate in (16_000, 22_050, 32_000, 48_000)),
    _of("44.1 played at 48 kHz", PLAIN, lambda x: x, sample_rate=48_000, full_search=True),
    _of(
        "48 played at 44.1 kHz",
        PLAIN,
        lambda x: resampled(x, SAMPLE_RATE, 48_000),
        sample_rate=44_100,
        full_search=True,
    ),
    _of("low-pass 8 kHz", SHAPED, lambda x: filters.passed(x, high_hz=8000)),
    _of("low-pass 4 kHz", SHAPED, lambda x: filters.passed(x, high_hz=4000)),
    _of("high-pass 500 Hz", SHAPED, lambda x: filters.passed(x, low_hz=500)),
    _of("band-pass 300–3400 Hz", SHAPED, lambda x: filters.passed(x, 300, 3400)),
    _of("equaliser", SHAPED, filters.equalised),
    _of("clipped at half", SHAPED, levels.clipped),
    _of("compressor", SHAPED, levels.compressed),
    _of("limiter", SHAPED, levels.limited),
    _of("denoise gate", SHAPED, levels.gated),
    *_codecs(CODECS, 128),
    *_codecs(CODECS, 64),
    *_codecs(CODECS_32, 32),
    _codec(OPUS_16, "Opus", _OPUS, 16, 48_000),
    _of("GSM 06.10", GSM, codecs.through_gsm),
    *_noise(NOISE_30, 30),
    *_noise(NOISE_20, 20),
    *_noise(NOISE_10, 10),
    _of("echo", ROOMS, rooms.echoed),
    _by_chance("reverb 0.3 s", ROOMS, lambda x, random: rooms.reverberated(x, random, 0.3)),
    _by_chance("reverb 0.8 s", ROOMS, lambda x, random: rooms.reverberated(x, random, 0.8)),
    _by_chance("over the air", AIR, rooms.over_the_air),
    _excerpt(EXCERPT_5, 5),
    _excerpt(EXCERPT_3, 3),
    _excerpt(EXCERPT_1, 1),
    _by_chance("deletions, 1 %", EDITED, edits.with_deletions, full_search=True),
    _by_chance("five pieces cut out", EDITED, edits.cut),
    _by_chance("20 % muted", EDITED, edits.muted),
    _by_chance("wow and flutter", EDITED, edits.with_wow_and_flutter, full_search=True),
    *_tempo("WSOLA", STRETCHED, time_and_pitch.stretched_by_overlap),
    *_tempo("phase vocoder", STRETCHED, time_and_pitch.stretched_by_phase),
    *_tempo("Rubber Band", STRETCHED, time_and_pitch.stretched_by_rubber_band),
    *_tempo("speed", SPED, time_and_pitch.sped),
    *_pitch("pitch", time_and_pitch.shifted_by_overlap),
    *_pitch("pitch, formants kept", time_and_pitch.shifted_with_formants_kept),
    _by_chance("band, 0 dB", BAND_0, lambda x, random: mixing.under_band(x, random, 0)),
    _by_chance("band, −6 dB", BAND_6, lambda x, random: mixing.under_band(x, random, -6)),
    _by_chance("band, −12 dB", BAND_12, lambda x, random: mixing.under_band(x, random, -12)),
    _by_chance(
        "band, −6 dB, MP3 128",
        BAND_MP3,
        lambda x, random: codecs.through_codec(mixing.under_band(x, random, -6), *_MP3, 128),
    ),
    _by_chance("production", PRODUCED, mixing.produced),
    _by_chance("Griffin-Lim", RESYNTHESISED, resynthesis.through_griffin_lim),
    _by_chance("mel 128, 44.1 kHz", RESYNTHESISED, resynthesis.through_mel),
    _by_chance(
        "mel 80, 22 kHz",
        RESYNTHESISED,
        lambda x, random: resynthesis.through_mel(x, random, mels=80, window=1024, rate=22_050),
    ),
    _of("WORLD", RESYNTHESISED, resynthesis.through_world),
    Attack("average of two renders", AVERAGED, lambda clip, _: two_marks.averaged(clip), either=True),
    Attack("second mark, another's key", MARKED_AGAIN, lambda clip, _: two_marks.marked_by_another(clip)),
    Attack("second mark, our key", MARKED_AGAIN, lambda clip, _: two_marks.marked_again(clip), either=True),
    _of("AMR-NB 12.2", LIMITS, lambda x: codecs.through_codec(x, "libopencore_amrnb", "amr", 12.2, 8000)),
    _of("WORLD, envelope in 60 numbers", LIMITS, lambda x: resynthesis.through_world(x, coded_bands=60)),
    _of(
        "WORLD, another voice: +3 st, formants +10 %",
        LIMITS,
        lambda x: resynthesis.through_world(x, semitones=3, formants=1.1),
        full_search=True,
    ),
    _by_chance(
        "over the air, 2 to 3 m, noise 10 dB", LIMITS, lambda x, r: rooms.over_the_air(x, r, 10.0, (2.0, 3.0))
    ),
    _by_chance("white noise 0 dB", LIMITS, lambda x, random: noise.with_noise(x, random, 0)),
    _by_chance("band, −18 dB", LIMITS, lambda x, random: mixing.under_band(x, random, -18)),
    _searched("Rubber Band +25 %", LIMITS, time_and_pitch.stretched_by_rubber_band, 1.25),
    _searched("speed +20 %", LIMITS, time_and_pitch.sped, 1.2),
    _of("excerpt of 0.5 s", LIMITS, lambda x: x, seconds=0.5),
)
