"""The measurement of traces: every trial is counted once, and a calibration separates what was apart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from singer import studio
from singer.cli import main
from singer.evaluation.trace import Trial, figures
from singer.evaluation.trace_calibration import between_renders, same_render, same_song
from singer.fingerprint.alignment import Alignment
from singer.tracing.comparison import Comparison
from singer.tracing.weighing import Weighed

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def a_comparison(lines: float, bands: float, line_margin: float) -> Comparison:
    place = Alignment(0.0, 1.0, 0.0, 50.0)
    return Comparison(place, 0.5, 0.5, lines, bands, line_margin, bands / 4.0, 900)


def drawn_trials(count: int) -> list[Trial]:
    """Trials in which the right render usually fits best, and other songs hardly fit."""
    random = np.random.default_rng(0)
    trials = []
    for number in range(count):
        found = [
            (kin, Weighed(place, a_comparison(*random.normal(means, spreads))))
            for place, (kin, means, spreads) in enumerate(
                (
                    ("right", (500, 600, 200), (60, 60, 40)),
                    ("seed", (440, 560, 60), (60, 60, 40)),
                    ("voice", (400, 400, 50), (60, 60, 40)),
                    ("song", (40, 30, 5), (10, 10, 3)),
                )
            )
        ]
        found.sort(key=lambda pair: -pair[1].nats)
        trials.append(Trial("even" if number % 2 else "odd", tuple(found), 60.0))
    return [*trials, Trial("odd", (), 0.0)]


def test_the_table_counts_every_clip_once() -> None:
    trials = drawn_trials(60)
    table = figures(trials)
    assert [(line.attack, line.clips) for line in table] == [("odd", 31), ("even", 30)]
    for line in table:
        assert line.right + line.other_seed + line.other_voice + line.other_song == line.clips
    assert table[0].other_song == 1, "a clip for which nothing was found counts as missed"
    assert sum(line.right for line in table) >= 40


def test_a_calibration_is_as_sure_as_its_trials() -> None:
    trials = drawn_trials(300)
    scale, pairs, wrong = between_renders(trials)
    assert pairs == 600 and 0 < wrong < 90
    assert 0.005 < scale < 0.1, "sixty nats of spread on either side are no certainty"
    song, render = same_song(trials), same_render(trials)
    assert song.cases == (300, 300) and song.missed == song.wrong == 0.0
    assert render.cases == (300, 600) and 0.0 < render.missed < 0.15 and 0.0 < render.wrong < 0.15


def test_the_command_measures_and_reads_its_trials_again(
    tmp_path: Path, tiny_voices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.open_registry(tmp_path / "home", tiny_voices).close()
    scores = [str(EXAMPLES / f"{name}.musicxml") for name in ("first-song", "twinkle")]
    kept = tmp_path / "trials.jsonl"
    command = [
        "--home",
        str(tmp_path / "home"),
        "evaluate",
        "trace",
        *scores,
        "-v",
        "tiny-open",
        "-a",
        "none",
        "--clips",
        "3",
    ]
    assert main([*command, "--trials", str(kept), "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["table"] == [
        {"attack": "none", "clips": 3, "right": 3, "other_seed": 0, "other_voice": 0, "other_song": 0}
    ]
    assert len(kept.read_text().splitlines()) == 3
    assert main([*command, "--trials", str(kept), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == first
