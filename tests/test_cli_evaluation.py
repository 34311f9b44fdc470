"""`consonance evaluate`: figures from released songs, and cards from figures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from singer import SAMPLE_RATE
from singer.evaluation.bars import Figure, keep_figures
from singer.evaluation.card import table, write_card
from singer.evaluation.songs import SungVowel, loudest_rest_db, measure_song

BEAT_S = 0.6


def tune(cents: float = 0.0, late_s: float = 0.0) -> tuple[np.ndarray, list[SungVowel]]:
    """Four vowels after silences, off by `cents` and `late_s`, and what the score asked for."""
    samples = 1e-6 * np.random.default_rng(0).standard_normal(round(5 * BEAT_S * SAMPLE_RATE))
    vowels = []
    for number, pitch in enumerate((60.0, 62.0, 64.0, 57.0)):
        start_s, end_s = (number + 0.5) * BEAT_S, (number + 0.5) * BEAT_S + 0.45
        vowels.append(SungVowel(start_s, end_s, pitch, consonant=True))
        hz = 440.0 * 2.0 ** ((pitch - 69.0 + cents / 100.0) / 12.0)
        times = np.arange(round((end_s - start_s) * SAMPLE_RATE)) / SAMPLE_RATE
        sound = sum(0.1 / k * np.sin(2 * np.pi * k * hz * times) for k in range(1, 12))
        sound *= np.minimum(1.0, np.minimum(times, times[::-1]) / 0.005)
        first = round((start_s + late_s) * SAMPLE_RATE)
        samples[first : first + len(sound)] += sound
    return samples.astype(np.float32), vowels


@pytest.mark.parametrize(("cents", "late_s"), [(0.0, 0.0), (20.0, 0.0), (-35.0, 0.04)])
def test_errors_that_were_put_in_are_found(cents: float, late_s: float) -> None:
    samples, vowels = tune(cents, late_s)
    sounding = [(vowel.onset_s, vowel.end_s + late_s) for vowel in vowels]
    figures = measure_song(samples, vowels, sounding, 5 * BEAT_S)
    assert np.median(figures.cents) == pytest.approx(cents, abs=1.0)
    assert np.median(figures.onset_errors_s) == pytest.approx(late_s, abs=0.006)
    assert figures.as_row()["onsets_within_30ms"] == (0.0 if late_s > 0.03 else 1.0)
    assert abs(figures.length_error_s) < 1e-3


def test_a_hum_in_a_rest_is_heard() -> None:
    samples, vowels = tune()
    sounding = [(vowel.onset_s, vowel.end_s) for vowel in vowels]
    assert loudest_rest_db(samples, sounding, 5 * BEAT_S) < -100.0
    samples[-SAMPLE_RATE // 5 :] += 0.001
    assert loudest_rest_db(samples, sounding, 5 * BEAT_S) == pytest.approx(-60.0, abs=0.2)


def test_a_card_holds_the_figures_and_the_run(tmp_path: Path) -> None:
    curve = [
        {"step": 20, "loss": 0.9},
        {"step": 40, "loss": 0.5},
        {"step": 40, "cpu_s": 12, "held_out_db": 3.5},
    ]
    vocoder = [{"step": 20, "loss": 0.4}, {"step": 20, "cpu_s": 3, "held_out_loss": 0.39}]
    record = {
        "recipe": {"acoustic_schedule": {"seed": 1, "steps": 40}, "vocoder_schedule": {"steps": 20}},
        "contributors": {"tiny/16-bit": {"recordings": 9, "held_out": 1, "minutes": 2.25}},
        "curves": {"vocoder": vocoder, "acoustic": curve},
    }
    (tmp_path / "training.json").write_text(json.dumps(record))
    samples, vowels = tune()
    row = {"song": "tune", **measure_song(samples, vowels, [], 5 * BEAT_S).as_row()}
    facts = {"name": "Tiny", "owner": "Nobody", "credit": "Tiny by Nobody"}
    write_card(tmp_path, facts, [{"voice": "tiny/16-bit", "mcd_db": 4.5}], [row])
    card = (tmp_path / "card.md").read_text()
    assert "| tiny/16-bit | 9 | 1 | 2.2 |" in card and "4.500" in card and "12 CPU seconds" in card
    assert (tmp_path / "training.png").read_bytes().startswith(b"\x89PNG")


def test_a_card_lists_the_kept_figures_beside_their_bars(tmp_path: Path) -> None:
    voice = tmp_path / "tiny"
    voice.mkdir()
    (voice / "voice.toml").touch()
    record = {
        "recipe": {"acoustic_schedule": {"seed": 1, "steps": 1}, "vocoder_schedule": {"steps": 1}},
        "contributors": {},
        "curves": {"vocoder": [{"step": 1, "loss": 0.4}], "acoustic": [{"step": 1, "loss": 0.4}]},
    }
    (voice / "training.json").write_text(json.dumps(record))
    figures = [
        Figure("mcd_db", "tiny/16-bit", 5.1, 7, "recordings"),
        Figure("words_160_bpm", "tiny", 0.8, 50, "words"),
    ]
    keep_figures(figures, tmp_path, "0" * 64)
    samples, vowels = tune()
    row = {"song": "tune", **measure_song(samples, vowels, [], 5 * BEAT_S).as_row()}
    write_card(voice, {"name": "Tiny", "owner": "Nobody", "credit": ""}, [{"voice": "tiny/16-bit"}], [row])
    card = (voice / "card.md").read_text()
    assert "| mcd_db | tiny/16-bit | 5.100 | ≤ 4.8 | no |" in card
    assert "| words_160_bpm | tiny | 0.800 | ≥ 0.75 | yes |" in card


def test_a_table_has_a_line_for_every_row() -> None:
    assert table([{"a": 1.0, "b": "x"}, {"a": 0.25, "b": "y"}]).splitlines()[2:] == [
        "| 1 | x |",
        "| 0.250 | y |",
    ]
