"""The suite that measures the watermark: rows say what happened, and each attack does what its name says."""

from __future__ import annotations

import numpy as np
import pytest
from sung_sounds import KEY, OTHER_KEY, RENDER_ID, SAMPLE_RATE, sung

from singer.audio_file import Tags, write
from singer.errors import BadInput
from singer.evaluation.attacks import ATTACKS, Attack
from singer.evaluation.watermark import (
    audibility,
    count_false_positives,
    mark_recordings,
    released_songs,
    run,
)
from singer.watermark import embed


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    path = tmp_path_factory.mktemp("recordings") / "recording.wav"
    write(path, sung(12, 31), Tags())
    return path


def test_rows_count_what_was_recovered(recording):
    silence = Attack("silence", lambda x, _: np.zeros_like(x))
    rows = run(mark_recordings([recording], KEY), KEY, attacks=[ATTACKS[0], silence], excerpts=2)
    assert [(row["attack"], row["clips"], row["recovered_percent"], row["wrong"]) for row in rows] == [
        ("none", 2, 100.0, 0),
        ("silence", 2, 0.0, 0),
    ]


def test_songs_of_ours_are_known_by_their_mark(tmp_path, recording):
    write(tmp_path / "ours.flac", embed(sung(6, 32), RENDER_ID, KEY), Tags())
    assert [song.render_id for song in released_songs([tmp_path / "ours.flac"], KEY)] == [RENDER_ID]
    with pytest.raises(BadInput, match=r"recording\.wav carries no mark"):
        released_songs([recording], KEY)
    with pytest.raises(BadInput, match=r"ours\.flac carries no mark"):
        released_songs([tmp_path / "ours.flac"], OTHER_KEY)


def test_strangers_are_counted(recording):
    told = []
    assert count_false_positives([recording], clips=5, seconds=2, progress=told.append) == {
        "clips": 5,
        "false_positives": 0,
    }
    assert told == [1, 2, 3, 4, 5]


def test_the_mark_is_hard_to_hear(recording):
    (row,) = audibility([recording], KEY)
    assert 0.3 < row["log_spectral_distance_db"] <= 1.2
    assert -26 < row["mark_db"] < -17


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_every_attack_gives_a_sound_of_about_its_length(attack):
    samples = sung(3, 33)
    attacked = attack.apply(samples, np.random.default_rng(0))
    assert np.isfinite(attacked).all()
    assert attacked.std() > 0
    rate = attack.sample_rate if attack.name.startswith("to ") else SAMPLE_RATE
    assert abs(len(attacked) / rate - 3) < 0.15
