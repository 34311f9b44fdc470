"""Figures beside their bars, and the last release's figures beside the voices."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from singer.cli_voice_figures import MEASURES as OFFERED
from singer.cli_voice_figures import bars
from singer.errors import BadInput
from singer.evaluation.bars import BARS, Bar, Figure, keep_figures, read_figures, rows
from singer.evaluation.measures import MEASURES


def test_a_bar_is_met_from_its_edge_on() -> None:
    assert Bar(most=4.8).met(4.8) and not Bar(most=4.8).met(4.81)
    assert Bar(least=0.85).met(0.85) and not Bar(least=0.85).met(0.84)
    assert Bar(0.85, 1.15).met(1.0) and not Bar(0.85, 1.15).met(1.2) and not Bar(0.85, 1.15).met(0.6)
    assert not Bar(most=3.0).met(float("nan")), "no number reaches no bar"
    assert [str(Bar(most=4.8)), str(Bar(least=20.0)), str(Bar(0.85, 1.15))] == ["≤ 4.8", "≥ 20", "0.85–1.15"]


def test_a_row_says_value_bar_floor_baselines_last_and_count() -> None:
    figure = Figure("mcd_db", "tiny/16-bit", 5.1, 7, "recordings", 1.25, {"phone mean": 6.48})
    (row,) = rows([figure], {"mcd_db tiny/16-bit": 5.3})
    assert row == {
        "measure": "mcd_db",
        "of": "tiny/16-bit",
        "value": 5.1,
        "bar": "≤ 4.8",
        "met": "no",
        "floor": 1.25,
        "baselines": "phone mean 6.48",
        "last": 5.3,
        "counted": "7 recordings",
    }
    (plain,) = rows([Figure("nobody_asks", "tiny", 1.0, 1, "songs")], {})
    assert (plain["bar"], plain["met"], plain["floor"], plain["last"]) == ("", "", "", "")


def test_figures_are_kept_with_the_voice_they_are_of(tmp_path: Path) -> None:
    for name in ("tiny", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "voice.toml").touch()
    (tmp_path / "base").mkdir()
    of_tiny = Figure("mcd_db", "tiny/16-bit", 5.1, 7, "recordings")
    of_nobody = Figure("words_source", "english-teacher", 0.96, 50, "words")
    keep_figures([of_tiny, of_nobody], tmp_path, "0" * 64)
    keep_figures([Figure("pesq_wb", "tiny/16-bit", 3.4, 7, "recordings")], tmp_path, "0" * 64)
    assert read_figures(tmp_path) == {
        "mcd_db tiny/16-bit": 5.1,
        "pesq_wb tiny/16-bit": 3.4,
        "words_source english-teacher": 0.96,
    }
    assert not (tmp_path / "other" / "figures.json").exists()
    keep_figures([Figure("pesq_wb", "tiny/16-bit", 3.6, 7, "recordings")], tmp_path, "1" * 64)
    assert read_figures(tmp_path) == {"pesq_wb tiny/16-bit": 3.6, "words_source english-teacher": 0.96}, (
        "figures of another base are none of this one"
    )


@pytest.mark.parametrize(
    "damaged", ["{", "[]", '{"format": "another"}', '{"format": 1, "figures": {"a": []}}']
)
def test_damaged_figures_are_named(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "figures.json").write_text(damaged)
    with pytest.raises(BadInput, match=r"figures\.json"):
        read_figures(tmp_path)


def test_every_bar_names_a_measure_that_is_offered() -> None:
    assert set(OFFERED) == set(MEASURES)
    assert all(bar.least is not None or bar.most is not None for bar in BARS.values())


def test_a_voice_that_is_not_there_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "voices" / "tiny").mkdir(parents=True)
    (tmp_path / "voices" / "tiny" / "voice.toml").touch()
    given = [str(tmp_path), "--work", str(tmp_path), "--voices", str(tmp_path / "voices"), "-v", "nobody"]
    ran = CliRunner().invoke(bars, given)
    assert isinstance(ran.exception, BadInput) and "nobody" in str(ran.exception)
    assert "tiny" in ran.exception.remedy
