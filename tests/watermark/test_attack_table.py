"""`evaluate watermark`: tables say what happened, and strangers are counted."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sung_sounds import KEY, OTHER_KEY, RENDER_ID, SAMPLE_RATE, sung

from singer import studio
from singer.audio_file import Tags, write
from singer.cli import main
from singer.errors import BadInput
from singer.evaluation.attacks import ATTACKS, Attack, Row
from singer.evaluation.audibility import audibility
from singer.evaluation.masking import in_quiet, masking_threshold, power
from singer.evaluation.takes import recorded_takes
from singer.evaluation.watermark import (
    by_attack,
    by_row,
    generator,
    mark_recordings,
    released_pair,
    try_attacks,
)
from singer.evaluation.watermark_others import SCHEMES
from singer.evaluation.watermark_strangers import (
    Stranger,
    StrangeTest,
    by_kind,
    made_strangers,
    try_strangers,
    with_other_marks,
)
from singer.watermark import embed

NONE, EITHER = ATTACKS[0], next(attack for attack in ATTACKS if attack.either)
BAR = Row("hard", 50)
SILENCE = Attack("silence", BAR, lambda clip, _: np.zeros_like(clip.samples))
SWAPPED = Attack("swapped for its twin", BAR, lambda clip, _: clip.twin)


@pytest.fixture(scope="module")
def sounds():
    return mark_recordings([("one", sung(12, 31)), ("two", sung(12, 32))], KEY)


def test_tables_count_what_was_recovered_and_what_was_wrong(sounds):
    trials = try_attacks(sounds, KEY, attacks=[NONE, SILENCE, SWAPPED, EITHER], excerpts=2)
    lines = {line["attack"]: line for line in by_attack(trials)}
    assert [
        (name, line["recovered_percent"], line["clips"], line["wrong"]) for name, line in lines.items()
    ] == [
        ("none", 100.0, 4, 0),
        ("silence", 0.0, 4, 0),
        ("swapped for its twin", 0.0, 4, 4),
        (EITHER.name, 100.0, 4, 0),
    ]
    rows = {line["row"]: line for line in by_row(trials)}
    assert rows["hard"]["worst"] == "silence: 0.0"
    assert (rows["hard"]["clips"], rows["hard"]["reached"], rows["hard"]["wrong"]) == (8, False, 4)
    assert rows[NONE.row.name]["reached"] is True


def test_the_number_of_processes_changes_nothing(sounds):
    chosen = [attack for attack in ATTACKS if attack.name in ("white noise 10 dB", "20 % muted")]
    alone, together = (
        try_attacks(sounds, KEY, attacks=chosen, excerpts=2, seed=3, processes=processes)
        for processes in (1, 2)
    )
    assert [trial.outcome.score for trial in alone] == [trial.outcome.score for trial in together]
    other = try_attacks(sounds, KEY, attacks=chosen, excerpts=2, seed=4)
    assert [trial.outcome.score for trial in alone] != [trial.outcome.score for trial in other]


def test_releases_are_known_by_their_marks(tmp_path):
    for name, render_id in (("first.flac", RENDER_ID), ("second.flac", RENDER_ID + 1)):
        write(tmp_path / name, embed(sung(6, 32), render_id, KEY), Tags())
    pair = released_pair(tmp_path / "first.flac", tmp_path / "second.flac", KEY)
    assert (pair.render_id, pair.twin_id) == (RENDER_ID, RENDER_ID + 1)
    with pytest.raises(BadInput, match=r"first\.flac carries no mark"):
        released_pair(tmp_path / "first.flac", tmp_path / "second.flac", OTHER_KEY)


@pytest.mark.parametrize("search", ["offset", "full"])
def test_strangers_are_counted(search):
    strangers = [Stranger("singing", sung(12, 31)), Stranger("other singing", sung(12, 32))]
    number = 20 if search == "offset" else 2
    assert by_kind(try_strangers(strangers, number, search=search)) == [
        {"kind": "singing", "tests": number // 2, "positives": 0},
        {"kind": "other singing", "tests": number // 2, "positives": 0},
        {"kind": "all", "tests": number, "positives": 0},
    ]
    found = [StrangeTest("a", True), StrangeTest("a", False), StrangeTest("b", True)]
    assert [line["positives"] for line in by_kind(found)] == [1, 1, 2]


def test_a_stranger_that_carries_the_key_s_mark_is_found():
    """The counter counts: a clip marked under the very key that its test draws is no stranger to it."""
    samples = sung(12, 31)
    key = generator("0/known/0/key").bytes(32)
    tests = try_strangers([Stranger("known", embed(samples, RENDER_ID, key))], 2)
    assert [test.positive for test in tests] == [True, False]


def test_made_strangers_sound_and_are_told_by_the_seed():
    made, again, other = (made_strangers(seed, seconds=3, each=2) for seed in (1, 1, 2))
    assert [stranger.kind for stranger in made] == ["music", "speech", "music", "speech"]
    for stranger, same, different in zip(made, again, other, strict=True):
        assert len(stranger.samples) == 3 * SAMPLE_RATE
        tenths = np.abs(stranger.samples.reshape(-1, 4410)).max(axis=1)
        assert np.mean(tenths > 0.02) > 0.6
        assert np.array_equal(stranger.samples, same.samples) or stranger.kind == "speech"
        assert not np.array_equal(stranger.samples, different.samples)


@pytest.mark.parametrize("name", SCHEMES)
def test_other_marks_are_marks_and_hardly_heard(name):
    samples = sung(6, 31)
    (marked,) = (stranger for stranger in with_other_marks([samples]) if stranger.kind == f"mark: {name}")
    mark_db = 20 * np.log10(np.std(marked.samples - samples) / np.std(samples))
    assert -45 < mark_db < -8


def test_the_mark_is_hard_to_hear(sounds):
    figures = audibility(sung(12, 31), sounds[0].samples)
    assert figures.snr_db > 15
    assert figures.band_level_distance_db < 1.3
    assert figures.pesq_wb > 4
    assert figures.voicing_changed_percent < 2
    assert figures.cents_median < 2


def test_the_ear_s_figures_tell_much_from_nothing():
    samples = sung(6, 31)
    same = audibility(samples, samples.copy())
    assert (same.masked_percent, same.log_spectral_distance_db, same.cents_p99) == (100.0, 0.0, 0.0)
    assert same.pesq_wb > 4.6
    hiss = 0.02 * np.random.default_rng(0).standard_normal(len(samples)).astype(np.float32)
    noisy = audibility(samples, samples + hiss)
    assert noisy.masked_percent < 70
    assert noisy.pesq_wb < 3
    higher = np.interp(np.arange(0, len(samples) - 1, 1.01), np.arange(len(samples)), samples)
    size = len(higher)
    shifted = audibility(samples[:size], higher.astype(np.float32))
    assert shifted.cents_median == pytest.approx(17, abs=8)


def test_a_tone_masks_what_is_near_and_above_it():
    time = np.arange(4096) / SAMPLE_RATE
    tone = (0.3 * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)
    threshold = 10 * np.log10(masking_threshold(power(tone))[2])
    level = 10 * np.log10(power(tone)[2].max())
    line = round(1000 / (SAMPLE_RATE / 1024))
    assert level == pytest.approx(96 + 20 * np.log10(0.3), abs=1.5)
    assert -14 < threshold[line] - level < -4  # ISO 11172-3: about 9 dB under a tone at 9 Bark
    above, below = threshold[round(1500 / 43.07)], threshold[round(667 / 43.07)]
    assert above > below
    assert threshold[400] == pytest.approx(10 * np.log10(in_quiet()[400]), abs=0.5)
    assert 2500 < np.argmin(in_quiet()[:400]) * SAMPLE_RATE / 1024 < 4500


def test_takes_are_joined_by_folder(tmp_path):
    for name, seconds in (("a/1.wav", 2), ("a/2.flac", 3), ("b/3.wav", 2), ("b/notes.txt", 0)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        if seconds:
            write(tmp_path / name, sung(4, 31)[: seconds * SAMPLE_RATE], Tags())
        else:
            (tmp_path / name).write_text("-")
    takes = recorded_takes(tmp_path, seconds=4)
    assert [(name, round(len(samples) / SAMPLE_RATE, 2)) for name, samples in takes] == [
        ("a", 4.0),
        ("b", 2.0),
    ]
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="holds no sound"):
        recorded_takes(tmp_path / "empty")


def test_the_command_sings_marks_and_prints(tmp_path, tiny_voices, capsys):
    studio.open_registry(tmp_path / "home", tiny_voices).close()
    (tmp_path / "recordings").mkdir()
    write(tmp_path / "recordings" / "take.wav", sung(8, 31), Tags())
    score = studio.voices_folder().parent / "examples" / "twinkle.musicxml"
    command = ["--home", str(tmp_path / "home"), "evaluate", "watermark"]
    recordings = ["-r", str(tmp_path / "recordings")]
    chosen = ["-a", "excerpt of 5", "-a", "average", "--excerpts", "1"]
    assert main([*command, str(score), "-v", "tiny-open", *recordings, *chosen, "--json"]) == 0
    lines = json.loads(capsys.readouterr().out)
    assert [(line["row"], line["clips"], line["recovered_percent"]) for line in lines] == [
        ("excerpt of 5 s", 2, 100.0),
        ("average of two renders, either named", 2, 100.0),
    ]
    assert main([*command, *recordings, *chosen, "--each"]) == 0
    assert "excerpt of 5 s" in capsys.readouterr().out
    assert main([*command, *recordings, "--false-positives", "12"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == ["all", "12", "0"]
    assert main([*command, *recordings, "--audibility", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert [line["sound"] for line in figures] == ["recordings", "median", "worst"]
    assert main([*command, *recordings, "-a", "no such attack"]) == 4
    assert "No attack has no such attack in its name." in capsys.readouterr().err
    assert main([*command, "-a", "none"]) == 4
    assert "There is nothing to attack." in capsys.readouterr().err
