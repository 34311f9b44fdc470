"""The mark survives what files go through, is heard by nobody's meter, and is never seen where it is not."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st
from sung_sounds import KEY, OTHER_KEY, RENDER_ID, SAMPLE_RATE, sung

from singer.audio_file import FORMATS, Tags, read, write
from singer.watermark import confirm, detect, detect_stream, embed, identify
from singer.watermark.carrier import PERIOD, carrier


def marked(duration_s: float, seed: int = 0, render_id: int = RENDER_ID):
    return embed(sung(duration_s, seed), render_id, KEY)


def read_id(samples, sample_rate: int = SAMPLE_RATE, search="offset") -> int | None:
    """The id that is read blind, surely enough to be believed."""
    found = detect(samples, sample_rate, KEY, search)
    assert found is None or (found.false_positive_rate <= 1e-6 and found.confidence > 0.6)
    return found.render_id if found else None


@pytest.mark.parametrize("duration_s", [2, 3, 5, 12])
@pytest.mark.parametrize("seed", range(4))
def test_every_song_of_two_seconds_or_more_is_read_blind(duration_s, seed):
    assert read_id(marked(duration_s, seed)) == RENDER_ID


@pytest.mark.parametrize("render_id", [0, 1, 2**64 - 1, 2**63, 0xDEADBEEF])
def test_every_id_is_carried(render_id):
    found = detect(marked(4, 7, render_id), SAMPLE_RATE, KEY)
    assert found is not None
    assert found.render_id == render_id


@pytest.mark.parametrize("render_id", [-1, 2**64])
def test_an_id_beyond_64_bits_is_refused(render_id):
    with pytest.raises(ValueError, match="64 bits"):
        embed(sung(1), render_id, KEY)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("duration_s", [0.5, 1.0])
def test_one_short_note_is_confirmed_when_its_id_is_known(duration_s, seed):
    samples = marked(duration_s, seed)
    assert confirm(samples, SAMPLE_RATE, KEY, RENDER_ID).false_positive_rate < 1e-6
    assert confirm(samples, SAMPLE_RATE, KEY, RENDER_ID + 1).false_positive_rate > 1e-6
    found = identify(samples, SAMPLE_RATE, KEY, [5, RENDER_ID, 6])
    assert found is not None
    assert found.render_id == RENDER_ID
    assert identify(samples, SAMPLE_RATE, KEY, [5, 6]) is None
    assert identify(samples, SAMPLE_RATE, KEY, []) is None


@pytest.mark.parametrize("audio_format", FORMATS)
def test_every_format_that_is_written_gives_the_id_back(tmp_path: Path, audio_format):
    path = tmp_path / f"song.{audio_format}"
    write(path, marked(6, 3), Tags("song"))
    audio = read(path, 16_000)
    assert read_id(audio.samples, audio.sample_rate) == RENDER_ID


def crop(samples):
    return samples[12_345 : 12_345 + 3 * SAMPLE_RATE]


def noise_20_db(samples):
    random = np.random.default_rng(1).standard_normal(len(samples))
    return samples + 0.1 * samples.std() * random.astype(np.float32)


def low_pass_4_khz(samples):
    return soxr.resample(soxr.resample(samples, SAMPLE_RATE, 8_000), 8_000, SAMPLE_RATE)


def echo(samples):
    delay = int(0.12 * SAMPLE_RATE)
    return samples + 0.4 * np.pad(samples, (delay, 0))[: len(samples)]


def backing_track(samples):
    return samples + 2 * sung(len(samples) / SAMPLE_RATE, seed=99)[: len(samples)]


ATTACKS = {
    "gain": lambda x: 0.05 * x,
    "polarity": lambda x: -x,
    "offset": lambda x: x + 0.1,
    "8 bit": lambda x: np.round(x * 127) / 127,
    "clipping": lambda x: np.clip(x, -0.1, 0.1),
    "compressor": lambda x: np.sign(x) * np.abs(x) ** 0.7,
    "stereo": lambda x: np.stack([x, 0.5 * x], axis=1),
    "three seconds": crop,
    "white noise at 20 dB": noise_20_db,
    "low-pass at 4 kHz": low_pass_4_khz,
    "echo": echo,
    "backing track 6 dB louder": backing_track,
    "padding before": lambda x: np.pad(x, (33_333, 0)),
    "a fifth muted": lambda x: x * (np.arange(len(x)) % SAMPLE_RATE > SAMPLE_RATE / 5),
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_ten_seconds_survive(attack):
    assert read_id(np.asarray(attack(marked(10, 11)), np.float32)) == RENDER_ID


@pytest.mark.parametrize("sample_rate", [16_000, 22_050, 32_000, 48_000, 96_000])
def test_other_sample_rates_are_read(sample_rate):
    assert read_id(soxr.resample(marked(6, 5), SAMPLE_RATE, sample_rate), sample_rate) == RENDER_ID


@pytest.mark.parametrize("speed", [0.93, 1.05, 48_000 / 44_100])
def test_the_full_search_reads_at_another_speed(speed):
    played = marked(12, 2)
    assert detect(played, round(SAMPLE_RATE * speed), KEY, "offset") is None
    assert read_id(played, round(SAMPLE_RATE * speed), search="full") == RENDER_ID


def test_a_cut_in_the_middle_leaves_both_ends_readable():
    samples = marked(90, 8)
    stranger = sung(40, 77)
    assert (
        read_id(
            np.concatenate([stranger, samples[: 12 * SAMPLE_RATE], stranger, samples[-12 * SAMPLE_RATE :]])
        )
        == RENDER_ID
    )


def test_where_the_mark_begins_is_said():
    found = detect(np.concatenate([sung(100, 20), marked(60, 21)]), SAMPLE_RATE, KEY, "offset")
    assert found is not None
    assert 80 <= found.start_s <= 125


def test_a_hundred_sounds_without_a_mark_are_not_taken_for_marked():
    song = sung(102, 42)
    for start in range(100):
        clip = song[start * SAMPLE_RATE : (start + 2) * SAMPLE_RATE]
        assert detect(clip, SAMPLE_RATE, KEY, "offset") is None
        assert identify(clip, SAMPLE_RATE, KEY, [RENDER_ID]) is None


def test_another_key_reads_nothing():
    samples = marked(20, 1)
    assert detect(samples, SAMPLE_RATE, OTHER_KEY, "offset") is None
    assert confirm(samples, SAMPLE_RATE, OTHER_KEY, RENDER_ID).false_positive_rate > 1e-6


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(0, np.float32),
        np.ones(1, np.float32),
        np.zeros(100_000, np.float32),
        np.full(50_000, np.nan, np.float32),
        np.random.default_rng(0).standard_normal(200_000).astype(np.float32),
        np.sin(np.arange(200_000) * 0.06).astype(np.float32),
    ],
    ids=["nothing", "one sample", "silence", "not numbers", "noise", "a tone"],
)
def test_odd_sounds_are_answered(sound):
    assert detect(sound, SAMPLE_RATE, KEY, "offset") is None
    assert confirm(sound, SAMPLE_RATE, KEY, RENDER_ID).false_positive_rate > 1e-6


@settings(max_examples=25, deadline=None)
@given(length=st.integers(0, 5_000), seed=st.integers(0, 99))
def test_embedding_keeps_length_type_and_silence(length, seed):
    samples = np.random.default_rng(seed).standard_normal(length).astype(np.float32)
    samples[length // 3 : length // 2] = 0
    result = embed(samples, RENDER_ID, KEY)
    assert result.shape == samples.shape
    assert result.dtype == np.float32
    assert np.isfinite(result).all()
    assert not result[samples == 0].any()


def test_the_same_song_gets_the_same_samples():
    assert np.array_equal(marked(3), marked(3))


def test_an_edited_phrase_leaves_every_other_sample_as_it_was():
    song = sung(20, 4)
    edited = song.copy()
    edited[8 * SAMPLE_RATE : 10 * SAMPLE_RATE] = sung(2, 5)
    before, after = embed(song, RENDER_ID, KEY), embed(edited, RENDER_ID, KEY)
    reach = SAMPLE_RATE // 20
    assert np.array_equal(before[: 8 * SAMPLE_RATE - reach], after[: 8 * SAMPLE_RATE - reach])
    assert np.array_equal(before[10 * SAMPLE_RATE + reach :], after[10 * SAMPLE_RATE + reach :])


def test_the_mark_is_about_a_decibel():
    song = sung(15, 6)
    mark = embed(song, RENDER_ID, KEY) - song
    assert -28 < 20 * np.log10(mark.std() / song.std()) < -18
    peak_rise_db = 20 * np.log10(np.abs(song + mark).max() / np.abs(song).max())
    assert peak_rise_db < 1.8


def test_a_rest_stays_under_60_db():
    song = sung(8, 9).copy()
    song[3 * SAMPLE_RATE : 5 * SAMPLE_RATE] *= 1e-4
    rest = embed(song, RENDER_ID, KEY)[3 * SAMPLE_RATE + 600 : 5 * SAMPLE_RATE - 600]
    assert np.abs(rest).max() < 1e-3 * np.abs(song).max()


def test_a_minute_is_marked_and_read_at_little_cost():
    """Against a spectrogram and back, as the mask needs one: some 0.001 CPU-s per second."""
    song = sung(60, 10)
    embed(song[:SAMPLE_RATE], RENDER_ID, KEY)
    started = time.process_time()
    for first in range(0, len(song) - 512 * 128, 512 * 128):
        frames = np.lib.stride_tricks.sliding_window_view(song[first : first + 512 * 128], 512)[::128]
        np.fft.irfft(np.fft.rfft(frames * np.float32(0.5), axis=1), axis=1)
    transformed = time.process_time()
    samples = embed(song, RENDER_ID, KEY)
    embedded = time.process_time()
    assert read_id(samples) == RENDER_ID
    read = time.process_time()
    assert embedded - transformed < 16 * (transformed - started)
    assert read - embedded < 60 * (transformed - started)


def test_a_long_sound_is_read_in_blocks_as_it_is_read_whole():
    samples = np.concatenate([sung(70, 20), marked(40, 21), sung(30, 22)])
    blocks = [samples[start : start + 50_000] for start in range(0, len(samples), 50_000)]
    (found,) = detect_stream(blocks, SAMPLE_RATE, KEY, "offset")
    assert found == detect(samples, SAMPLE_RATE, KEY, "offset")
    assert found.render_id == RENDER_ID
    assert abs(found.start_s - 70) < 1.5
    assert abs(found.end_s - 110) < 1.5


def test_two_songs_in_one_file_are_both_read_where_they_are():
    samples = np.concatenate([marked(25, 31), sung(10, 32), marked(25, 33, RENDER_ID + 1)])
    first, second = detect_stream([samples], SAMPLE_RATE, KEY, "offset")
    assert (first.render_id, second.render_id) == (RENDER_ID, RENDER_ID + 1)
    assert first.end_s < 30 < second.start_s


def test_noise_from_the_key_is_white_and_another_for_another_id():
    noise = carrier(RENDER_ID, KEY, 12_345, 100_000)
    assert abs(float(noise.std()) - 1) < 0.01
    spectrum = np.abs(np.fft.rfft(noise)) ** 2
    octaves = [float(part.mean()) for part in np.array_split(spectrum, 8)]
    assert max(octaves) / min(octaves) < 1.1
    other = carrier(RENDER_ID + 1, KEY, 12_345, 100_000)
    assert abs(float(np.mean(noise * other)) - 0.5) < 0.07  # the pilot is the same, the payload is not
    assert abs(float(np.mean(noise * carrier(RENDER_ID, OTHER_KEY, 12_345, 100_000)))) < 0.02


def test_noise_continues_from_phrase_to_phrase():
    whole = carrier(RENDER_ID, KEY, 0, PERIOD + 5_000)
    np.testing.assert_array_equal(
        carrier(RENDER_ID, KEY, PERIOD - 100, 200), whole[PERIOD - 100 : PERIOD + 100]
    )


@pytest.mark.parametrize("seconds", [0.6, 1.0])
def test_noise_alone_carries_the_id_under_a_louder_stranger(seconds):
    random = np.random.default_rng(5)
    sound = carrier(RENDER_ID, KEY, 7_777, round(seconds * SAMPLE_RATE))
    covered = sound + 1.5 * random.standard_normal(len(sound)).astype(np.float32)
    assert read_id((0.1 * covered).astype(np.float32)) == RENDER_ID
