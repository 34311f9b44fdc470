"""The attacks of the suite: each does to a sound what its name says, and no more."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from sung_sounds import KEY, SAMPLE_RATE, sung

from singer.evaluation.attacks import (
    ATTACKS,
    ROWS,
    Clip,
    bands,
    edits,
    filters,
    levels,
    mixing,
    noise,
    resynthesis,
    rooms,
    time_and_pitch,
)
from singer.evaluation.attacks.codecs import through_codec, through_gsm, through_vorbis
from singer.evaluation.attacks.sounds import rms, through_filters

STRETCHES = (
    time_and_pitch.stretched_by_overlap,
    time_and_pitch.stretched_by_phase,
    time_and_pitch.stretched_by_rubber_band,
)
UNTOUCHED = {"none", "44.1 played at 48 kHz", *(f"excerpt of {n} s" for n in ("5", "3", "1", "0.5"))}
SHIFTS = (time_and_pitch.shifted_by_overlap, time_and_pitch.shifted_with_formants_kept)


def chance() -> np.random.Generator:
    return np.random.default_rng(0)


def clip(seconds: float = 2.0) -> Clip:
    samples = sung(12, 33)[: round(seconds * SAMPLE_RATE)]
    return Clip(samples, 1, sung(12, 34)[: len(samples)], 2, KEY)


def tones(hz: float, seconds: float = 2.0) -> np.ndarray:
    """A harmonic tone of ten partials."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return sum(0.2 / k * np.sin(2 * np.pi * hz * k * time + k) for k in range(1, 11)).astype(np.float32)


def loudest_hz(samples: np.ndarray, low_hz: float = 0.0) -> float:
    middle = samples[len(samples) // 4 : -len(samples) // 4].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 1 << 19))
    hz = np.fft.rfftfreq(1 << 19, 1 / SAMPLE_RATE)
    return float(hz[np.argmax(spectrum * (hz > low_hz))])


def level_db(samples: np.ndarray, low_hz: float, high_hz: float) -> float:
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64))) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    return float(10 * np.log10(spectrum[(hz >= low_hz) & (hz < high_hz)].sum() + 1e-12))


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_every_attack_changes_the_sound_and_leaves_one_of_about_its_length(attack):
    given = clip()
    attacked = attack.apply(given, chance())
    assert attacked.dtype == np.float32
    assert attacked.ndim == 1
    assert np.isfinite(attacked).all()
    assert attacked.std() > 1e-3
    assert 0.75 < len(attacked) / attack.sample_rate / 2 < 1.2 or attack.name == "five pieces cut out"
    as_it_was = len(attacked) == len(given.samples) and np.array_equal(attacked, given.samples)
    assert as_it_was == (attack.name in UNTOUCHED)


def test_names_are_told_apart_and_every_row_has_its_attacks():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    assert tuple(dict.fromkeys(attack.row for attack in ATTACKS)) == ROWS


def test_chance_is_the_seed_s():
    for attack in ATTACKS:
        if attack.name in ("over the air", "band, −6 dB", "20 % muted", "Griffin-Lim", "deletions, 1 %"):
            first, again = (attack.apply(clip(1.0), chance()) for _ in range(2))
            other = attack.apply(clip(1.0), np.random.default_rng(1))
            assert np.array_equal(first, again)
            assert len(first) != len(other) or not np.array_equal(first, other)


@pytest.mark.parametrize("tilt", [0.0, 0.5])
@pytest.mark.parametrize("snr_db", [30, 10])
def test_noise_has_its_level_and_colour(snr_db, tilt):
    samples = tones(220)
    added = noise.with_noise(samples, chance(), snr_db, tilt).astype(np.float64) - samples
    assert 20 * np.log10(rms(samples) / rms(added)) == pytest.approx(snr_db, abs=0.1)
    fall = level_db(added, 500, 1000) - level_db(added, 8000, 16_000)
    assert fall == pytest.approx(0.0 if tilt else -12.0, abs=1.0)  # pink: as much in every octave


@pytest.mark.parametrize("stretch", STRETCHES)
@pytest.mark.parametrize("tempo", [0.9, 1.01, 1.1])
def test_stretching_keeps_the_pitch(stretch, tempo):
    stretched = stretch(tones(220), tempo)
    assert len(stretched) / SAMPLE_RATE == pytest.approx(2 / tempo, rel=0.01)
    assert 1200 * abs(np.log2(loudest_hz(stretched) / 220)) < 4


@pytest.mark.parametrize("stretch", STRETCHES)
def test_stretching_keeps_events_in_their_order(stretch):
    samples = tones(330)
    samples[:SAMPLE_RATE] *= 0.1
    stretched = stretch(samples, 0.9)
    envelope = np.sqrt(np.convolve(stretched**2, np.full(2205, 1 / 2205), "same"))
    rise = np.argmax(envelope > 0.6 * envelope.max()) / SAMPLE_RATE
    assert rise == pytest.approx(1 / 0.9, abs=0.06)


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("semitones", [-2, 0.5, 2])
def test_shifting_keeps_the_length(shift, semitones):
    shifted = shift(tones(220), semitones)
    assert len(shifted) / SAMPLE_RATE == pytest.approx(2, rel=0.01)
    assert 1200 * np.log2(loudest_hz(shifted) / 220) == pytest.approx(100 * semitones, abs=5)


def test_speed_takes_pitch_and_time_along():
    faster = time_and_pitch.sped(tones(220), 1.1)
    assert len(faster) / SAMPLE_RATE == pytest.approx(2 / 1.1, rel=1e-3)
    assert loudest_hz(faster) == pytest.approx(242, abs=0.5)


def test_wow_and_flutter_swing_around_the_right_pitch():
    tone = np.sin(2 * np.pi * 440 * np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)
    spectrum = np.fft.fft(edits.with_wow_and_flutter(tone, chance()))
    spectrum[len(tone) // 2 :] = 0
    turned = np.diff(np.unwrap(np.angle(np.fft.ifft(spectrum))))[SAMPLE_RATE // 2 : -SAMPLE_RATE // 2]
    speed = np.convolve(turned, np.full(441, 1 / 441), "valid") * SAMPLE_RATE / (2 * np.pi * 440)
    assert 0.003 < np.abs(speed - 1).max() < 0.006
    assert abs(speed.mean() - 1) < 0.002


def test_filters_pass_what_they_say():
    flat = chance().standard_normal(2 * SAMPLE_RATE).astype(np.float32)
    telephone = filters.passed(flat, 300, 3400)
    assert level_db(telephone, 500, 3000) == pytest.approx(level_db(flat, 500, 3000), abs=0.1)
    assert level_db(telephone, 20, 100) < level_db(flat, 20, 100) - 50
    assert level_db(telephone, 8000, 20_000) < level_db(flat, 8000, 20_000) - 40
    shaped = filters.equalised(flat)
    assert level_db(shaped, 2900, 3100) - level_db(flat, 2900, 3100) == pytest.approx(4.6, abs=1.5)
    assert level_db(shaped, 950, 1050) - level_db(flat, 950, 1050) == pytest.approx(-5, abs=1.5)


def test_filter_graphs_give_back_every_sample():
    samples = sung(3, 5)
    assert np.allclose(through_filters(samples, "volume=0.5"), samples / 2, atol=1e-6)


def test_levels_do_what_they_say():
    samples = np.concatenate([tones(220), 0.02 * tones(220), tones(220)])
    loud, quiet = slice(20_000, 60_000), slice(108_000, 148_000)
    squeezed = levels.compressed(samples)
    assert rms(squeezed[loud]) / rms(squeezed[quiet]) < 0.5 * rms(samples[loud]) / rms(samples[quiet])
    gated = levels.gated(samples)
    assert rms(gated[quiet]) / rms(gated[loud]) < 0.7 * rms(samples[quiet]) / rms(samples[loud])
    assert np.abs(levels.limited(samples)).max() < 0.9
    assert len(np.unique(levels.in_bits(levels.to_peak(samples, 0.9), 8))) < 256
    assert np.abs(levels.clipped(samples, 0.5)).max() == pytest.approx(np.abs(samples).max() / 2)


def test_edits_take_what_they_say():
    samples = sung(12, 33)[: 10 * SAMPLE_RATE]
    assert len(edits.with_deletions(samples, chance(), 0.01)) / len(samples) == pytest.approx(0.99, abs=0.001)
    assert 0.25 < 10 - len(edits.cut(samples, chance())) / SAMPLE_RATE < 1.5
    steady = np.ones(10 * SAMPLE_RATE, np.float32)
    assert edits.muted(steady, chance()).mean() == pytest.approx(0.8)


def test_a_room_dies_away_in_its_time():
    size = np.array([5.0, 4.0, 2.6])
    response = rooms.room_response(size, size * 0.3, size * 0.6, chance(), seconds=0.4)
    decay = 10 * np.log10(np.cumsum(response[::-1] ** 2)[::-1] / np.sum(response**2))  # Schroeder 1965
    fall_s = (np.argmax(decay < -25) - np.argmax(decay < -5)) / SAMPLE_RATE
    assert 3 * fall_s == pytest.approx(0.4, rel=0.3)
    heard = rooms.over_the_air(tones(220), chance())
    assert level_db(heard, 12_000, 20_000) < level_db(heard, 200, 7000) - 30


@pytest.mark.parametrize("voice_db", [0, -12])
def test_a_band_is_as_loud_as_it_says(voice_db):
    samples = sung(12, 33)[: 4 * SAMPLE_RATE]
    mixed = mixing.under_band(samples, chance(), voice_db).astype(np.float64)
    # The band is what is left beside the voice, whose share in the mix least squares finds.
    share = float(mixed @ samples) / float(samples.astype(np.float64) @ samples)
    band = mixed - share * samples
    assert 20 * np.log10(share * rms(samples) / rms(band)) == pytest.approx(voice_db, abs=1.0)


def test_bands_fall_towards_the_treble_as_records_do():
    for seed in range(4):
        band = bands.play(6, np.random.default_rng(seed))
        assert np.abs(band).max() == pytest.approx(0.9)
        whole_db = level_db(band, 0, 22_050)
        for centre, most_db in bands.OCTAVES_DB.items():
            octave_db = level_db(band, centre / 2**0.5, centre * 2**0.5) - whole_db
            assert octave_db < most_db + 3
            assert octave_db > -45


def test_codecs_keep_the_sound_and_lose_the_rest():
    samples = sung(12, 33)[: 3 * SAMPLE_RATE]
    for coded in (
        through_codec(samples, "libmp3lame", "mp3", 64),
        through_codec(samples, "aac", "mp4", 64),
        through_codec(samples, "libopus", "ogg", 64, 48_000),
        through_vorbis(samples, 64),
        through_gsm(samples),
    ):
        assert not np.array_equal(coded[: len(samples)], samples[: len(coded)])
        size = 1 << 18
        spectra = np.fft.rfft(coded, size), np.fft.rfft(samples, size)
        together = np.fft.irfft(spectra[0] * np.conj(spectra[1]), size)
        assert together.max() / (np.linalg.norm(coded) * np.linalg.norm(samples)) > 0.6
    assert level_db(through_gsm(samples), 4500, 20_000) < level_db(samples, 4500, 20_000) - 20


def test_world_makes_another_voice():
    higher = resynthesis.through_world(tones(220), semitones=3)
    assert 1200 * np.log2(loudest_hz(higher) / 220) == pytest.approx(300, abs=10)
    samples = sung(12, 33)[: 2 * SAMPLE_RATE]
    centres = []
    for formants in (1.0, 1.3):
        energy = np.abs(np.fft.rfft(resynthesis.through_world(samples, formants=formants))) ** 2
        centres.append(float((np.arange(len(energy)) * energy).sum() / energy.sum()))
    assert 1.05 < centres[1] / centres[0] < 1.5


def test_resynthesis_keeps_the_magnitudes_and_not_the_waves():
    samples = sung(12, 33)[: 2 * SAMPLE_RATE]
    for made, most_db in (
        (resynthesis.through_griffin_lim(samples, chance()), 4),
        (resynthesis.through_mel(samples, chance()), 6),
        (resynthesis.through_world(samples), 8),
    ):
        edges = np.geomspace(150, 8000, 12)
        bands = list(pairwise(edges))
        apart = [abs(level_db(made, *band) - level_db(samples, *band)) for band in bands]
        assert np.mean(apart) < most_db
        size = min(len(made), len(samples))
        alike = np.corrcoef(made[:size], samples[:size])[0, 1]
        assert abs(alike) < 0.9
