"""A melody's contour: kept exactly, found at its place, in another key and tempo, under noise, among many."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from singer.errors import BadInput
from singer.fingerprint import Contour, contour_of, pack, salience_of, unpack
from singer.fingerprint.alignment import listened, places
from singer.fingerprint.contour import RATE
from singer.fingerprint.salience import LISTENING_RATE
from singer.fingerprint.search import melody, shortlists
from singer.performance.model import Performance


def a_contour(random: np.random.Generator, seconds: float = 40.0) -> Contour:
    """A tune in a scale, with notes of several lengths and a rest now and then."""
    scale, degree, pitch = (0, 2, 4, 5, 7, 9, 11), int(random.integers(0, 7)), []
    while len(pitch) < seconds * RATE:
        degree = int(np.clip(degree + random.choice([-3, -2, -1, 1, 2, 3]), -4, 11))
        note = 60.0 + 12 * (degree // 7) + scale[degree % 7]
        pitch += [note if random.random() > 0.08 else np.nan] * int(random.choice([3, 4, 6, 8]))
    return Contour(np.array(pitch[: round(seconds * RATE)], np.float32))


def sounding(contour: Contour, tempo: float = 1.0, semitones: float = 0.0) -> NDArray[np.float32]:
    """The tune with six harmonics, at 16 kHz."""
    size = round(contour.seconds / tempo * LISTENING_RATE)
    at = np.clip((np.arange(size) / LISTENING_RATE * tempo * RATE).astype(int), 0, len(contour.pitch) - 1)
    pitch = contour.pitch[at].astype(np.float64) + semitones
    hz = np.where(np.isfinite(pitch), 440.0 * 2.0 ** ((np.nan_to_num(pitch) - 69.0) / 12.0), 0.0)
    phase = 2.0 * np.pi * np.cumsum(hz) / LISTENING_RATE
    sound = sum(np.sin(harmonic * phase) / harmonic for harmonic in range(1, 7))
    return np.asarray(np.where(hz > 0.0, sound, 0.0), np.float32)


def part(samples: NDArray[np.float32], start_s: float, end_s: float) -> NDArray[np.float32]:
    return samples[round(start_s * LISTENING_RATE) : round(end_s * LISTENING_RATE)]


def test_a_contour_is_what_the_performance_sings(performance: Performance) -> None:
    contour = contour_of(performance)
    assert contour.seconds == performance.duration_s
    assert np.isnan(contour.pitch[[0, 1, 26, 59]]).all(), "silence has no pitch"
    assert contour.pitch[5] == pytest.approx(57.0, abs=0.01)
    assert contour.pitch[20] == pytest.approx(61.0, abs=0.01)
    assert contour.pitch[50] == pytest.approx(66.0, abs=0.01)


def test_a_contour_reads_back_to_a_quarter_of_a_semitone() -> None:
    pitch = np.array([33.0, 60.1, np.nan, 96.5, 20.0, 120.0], np.float32)
    read = unpack(pack(Contour(pitch))).pitch
    assert np.isnan(read[2])
    assert read[[0, 1, 3]] == pytest.approx(pitch[[0, 1, 3]], abs=0.125)
    assert read[[4, 5]].tolist() == [33.0, 96.5], "what lies outside stands at the edge"
    assert len(pack(Contour(pitch))) == len(pitch) + 1


@pytest.mark.parametrize("packed", [b"", b"\x02\x10\x20", b"\x01" * 40_002])
def test_bytes_of_another_form_are_no_contour(packed: bytes) -> None:
    with pytest.raises(BadInput, match="is none"):
        unpack(packed)


@pytest.mark.parametrize(("tempo", "semitones"), [(1.0, 0.0), (0.9, 0.0), (1.1, 2.0), (0.95, -3.25)])
def test_the_place_tempo_and_key_are_found_under_noise_as_loud(tempo: float, semitones: float) -> None:
    random = np.random.default_rng(1)
    contour = a_contour(random)
    sound = part(sounding(contour, tempo, semitones), 12.0, 22.0)
    heard = sound + random.standard_normal(len(sound)).astype(np.float32) * sound.std()
    best = places(listened(salience_of(heard)), contour)[0]
    assert best.offset_s == pytest.approx(12.0 * tempo, abs=0.25)
    assert best.tempo == pytest.approx(tempo, rel=0.015)
    assert best.shift == pytest.approx(semitones, abs=0.3)
    stranger = places(listened(salience_of(heard)), a_contour(random))[0]
    assert best.score > 1.3 * stranger.score


def test_a_song_with_two_verses_has_two_places() -> None:
    random = np.random.default_rng(2)
    verse = a_contour(random, 15.0)
    song = Contour(np.concatenate([verse.pitch, verse.pitch]))
    found = places(listened(salience_of(part(sounding(song), 4.0, 12.0))), song, most=4)
    starts = sorted(alignment.offset_s for alignment in found[:2])
    assert starts == pytest.approx([4.0, 19.0], abs=0.3)


def test_the_right_song_is_found_among_two_thousand() -> None:
    random = np.random.default_rng(3)
    contours = [a_contour(random) for _ in range(2_000)]
    heard = part(sounding(contours[1_234], 1.06, -2.0), 8.0, 18.0)
    noisy = heard + random.standard_normal(len(heard)).astype(np.float32) * heard.std()
    songs = ((name, pack(contour)) for name, contour in enumerate(contours))
    other = listened(salience_of(part(sounding(contours[77]), 20.0, 30.0)))
    noise, tune = shortlists([listened(salience_of(noisy)), other], songs, 10)
    assert (noise[0], tune[0], len(noise)) == (1_234, 77, 10)


def test_the_melody_is_followed_through_noise() -> None:
    random = np.random.default_rng(4)
    contour = a_contour(random, 12.0)
    sound = sounding(contour)
    heard = sound + random.standard_normal(len(sound)).astype(np.float32) * sound.std()
    path = melody(listened(salience_of(heard)))
    sung = np.isfinite(contour.pitch[: len(path)])
    near = np.abs(path - contour.pitch[: len(path)])[sung] < 0.6
    assert near.mean() > 0.85


@pytest.mark.parametrize("seconds", [0.0, 0.01, 0.3])
def test_next_to_nothing_is_no_error(seconds: float) -> None:
    heard = listened(salience_of(np.zeros(round(seconds * LISTENING_RATE), np.float32)))
    assert shortlists([heard], [(1, pack(a_contour(np.random.default_rng(5))))], 3) in ([[]], [[1]])
    assert len(places(heard, a_contour(np.random.default_rng(5)))) <= 1


def test_a_song_that_nobody_sings_has_no_place() -> None:
    silent = Contour(np.full(100, np.nan, np.float32))
    heard = listened(salience_of(np.ones(LISTENING_RATE * 5, np.float32)))
    assert shortlists([heard], [(1, pack(silent))], 3) == [[]]
    assert [alignment.score for alignment in places(heard, silent)] in ([], [0.0])
