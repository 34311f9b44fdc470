"""Fermatas, ritardandi and articulations of a score: what is held, what slows, and what is back in time."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from notation import note, part, read, repeat, score, song, tempo, words

from singer.score.tempochanges import FERMATA, swerve_of
from singer.score.underlay import underlay

HELD = "<notations><fermata/></notations>"


def lengths_s(result: object) -> list[float]:
    return [one.duration_s for one in result.notes]  # type: ignore[attr-defined]


def test_a_fermata_holds_its_note_and_nothing_else(tmp_path: Path) -> None:
    bars = [tempo(120) + note("C4", 2, "one") + note("D4", 2, "two", extra=HELD), note("E4", 4, "three")]
    result = underlay(read(tmp_path, song(*bars)), language="en")
    assert lengths_s(result) == pytest.approx([1.0, FERMATA, 2.0])
    assert result.duration_s == pytest.approx(3.0 + FERMATA)


def test_a_fermata_over_a_rest_and_without_a_tempo_mark(tmp_path: Path) -> None:
    bars = [note("C4", 2, "one") + note("r", 2, extra=HELD), note("E4", 4, "two")]
    written = read(tmp_path, song(*bars))
    result = underlay(written, language="en")
    assert result.notes[1].onset_s == pytest.approx(1.0 + FERMATA)
    assert any("no tempo" in notice for notice in written.notices)


def test_fermatas_of_two_parts_hold_once_and_repeats_hold_again(tmp_path: Path) -> None:
    high = part("P1", tempo(60) + note("C5", 2, "la") + note("D5", 2, "la", extra=HELD) + repeat("backward"))
    low = part("P2", note("C4", 3) + note("D4", 1, extra=HELD))
    result = underlay(read(tmp_path, score(high, low)), language="en")
    assert lengths_s(result) == pytest.approx([2.0, 1.0 + FERMATA] * 2)


def test_a_ritardando_slows_until_the_tempo_is_back(tmp_path: Path) -> None:
    four = "".join(note("C4", 1, "la") for _ in range(4))
    bars = [tempo(120) + four, words("poco rit.") + four, words("a tempo") + four]
    spoken = lengths_s(underlay(read(tmp_path, song(*bars)), language="en"))
    assert spoken[:4] == pytest.approx([0.5] * 4)
    assert all(before < after for before, after in pairwise(spoken[3:8]))
    assert 0.6 < spoken[7] < 0.5 / 0.7
    assert spoken[8:] == pytest.approx([0.5] * 4)


def test_an_accelerando_ends_after_eight_quarters_or_at_a_tempo_mark(tmp_path: Path) -> None:
    four = "".join(note("C4", 1, "la") for _ in range(4))
    spoken = lengths_s(underlay(read(tmp_path, song(words("accel.") + four, four, four)), language="en"))
    assert all(before > after for before, after in pairwise(spoken[:8]))
    assert spoken[8:] == pytest.approx([0.5] * 4)
    bars = [words("accel.") + four, tempo(60) + four]
    spoken = lengths_s(underlay(read(tmp_path, song(tempo(120), *bars)), language="en"))
    assert spoken[4:] == pytest.approx([1.0] * 4)


def test_a_ritardando_that_the_program_wrote_out_is_followed_as_written(tmp_path: Path) -> None:
    rit = '<direction><direction-type><words>rit.</words></direction-type><sound tempo="90"/></direction>'
    four = note("C4", 4, "la")
    written = read(tmp_path, song(tempo(120) + four, rit + four))
    assert written.tempo.changes == ((Fraction(0), 120.0), (Fraction(4), 90.0))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("rit.", "slower"), ("Ritardando", "slower"), ("molto rall.", "slower"),
        ("poco a poco rit.", "slower"), ("allargando", "slower"), ("accel.", "faster"),
        ("stringendo", "faster"), ("A tempo", "back"),
        ("Tempo I", "back"), ("Tempo primo", "back"), ("Ritual", None), ("string quartet", None),
        ("Tempo di valse", None), ("write", None), ("Rallye", None),
    ],
)  # fmt: skip
def test_words_are_told_apart(text: str, kind: str | None) -> None:
    assert swerve_of(text) == kind


def test_many_fermatas_and_words_are_read_in_no_time(tmp_path: Path) -> None:
    bar = words("rit.") + note("C4", 1, "la", extra=HELD) + words("accel.") + note("D4", 3, "la", extra=HELD)
    written = read(tmp_path, song(*[bar] * 300))
    assert len(written.tempo.changes) < 20_000
    assert written.tempo.seconds(Fraction(1200)) > 900.0


def test_articulations_are_read_from_the_notes(tmp_path: Path) -> None:
    marks = "<notations><articulations><accent/><spiccato/><doit/></articulations></notations>"
    (first, second) = (
        read(tmp_path, song(note("C4", 2, "la", extra=marks) + note("D4", 2, "la"))).parts[0].notes
    )
    assert first.marks == ("staccatissimo", "accent")
    assert second.marks == ()
    (sung, _) = underlay(
        read(tmp_path, song(note("C4", 2, "la", extra=marks) + note("D4", 2, "la"))), language="en"
    ).notes
    assert sung.marks == ("staccatissimo", "accent")
