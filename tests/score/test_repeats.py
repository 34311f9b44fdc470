"""Repeats, endings, jumps and verses, unrolled into what is sung; and time, which only runs forwards."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from notation import (
    ending,
    lyrics,
    note,
    pitches,
    read,
    repeat,
    song,
    words,
)

from singer.score.model import TempoMap


def test_a_repeat_with_endings_sings_the_next_verse_each_time(tmp_path: Path) -> None:
    document = song(
        repeat("forward") + note("C4", 4, "first", "second"),
        ending("1", "start") + note("D4", 4, "one") + ending("1", "stop") + repeat("backward"),
        ending("2", "start") + note("E4", 4, "two") + ending("2", "stop"),
        note("F4", 4, "end"),
    )
    read_back = read(tmp_path, document)
    assert pitches(read_back) == [60, 62, 60, 64, 65]
    assert lyrics(read_back) == "first one second two end"
    assert read_back.length == 20


def test_a_refrain_written_once_is_sung_in_every_verse(tmp_path: Path) -> None:
    document = song(
        note("C4", 2, "one", "two") + note("D4", 2, "for-", "to-"),
        note("E4", 2, "-ty", "-day") + note("r", 2),
        *[note("F4", 4, text) for text in ("glo-", "-ry", "al-", "-le-", "-lu-", "-ia")],
    )
    assert lyrics(read(tmp_path, document), verse=2) == "two to-day glo-ry al-le-lu-ia"


def test_a_repeated_last_line_keeps_the_verse_that_is_on(tmp_path: Path) -> None:
    verses = ("a", "b", "c", "d")
    document = song(
        *[note("C4", 4, *verses) for _ in range(4)],
        repeat("forward") + note("D4", 4, *verses) + repeat("backward"),
    )
    assert lyrics(read(tmp_path, document), verse=3) == "c c c c c c"


def test_dal_segno_al_coda_in_printed_words(tmp_path: Path) -> None:
    segno = "<direction><direction-type><segno/></direction-type></direction>"
    coda = "<direction><direction-type><coda/></direction-type></direction>"
    document = song(
        note("C4", 4, "in-"),
        segno + note("D4", 4, "-tro"),
        note("E4", 4, "here") + coda,
        note("F4", 4, "more") + words("D.S. al Coda"),
        coda + note("G4", 4, "out"),
    )
    assert pitches(read(tmp_path, document)) == [60, 62, 64, 65, 62, 64, 67]


def test_da_capo_al_fine_by_sound(tmp_path: Path) -> None:
    document = song(
        repeat("forward") + note("C4", 4, "a") + repeat("backward"),
        note("D4", 4, "b") + '<sound fine="yes"/>',
        note("E4", 4, "c") + '<sound dacapo="yes"/>',
    )
    assert pitches(read(tmp_path, document)) == [60, 60, 62, 64, 60, 62]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["C4", "F#4", "Bb4", "r"]), st.sampled_from([0.25, 0.5, 1, 1.5, 2, 3])),
        min_size=1,
        max_size=12,
    ).filter(lambda rows: any(pitch != "r" for pitch, _ in rows)),
    st.integers(1, 4),
)
def test_unrolling_keeps_every_quarter(tmp_path_factory, rows, passes) -> None:
    """A repeated bar lasts as often as it is played, and its notes tile it in order."""
    bar = repeat("forward") + "".join(note(*row) for row in rows) + repeat("backward", passes)
    read_back = read(tmp_path_factory.mktemp("repeat"), song(bar))
    quarters = sum(Fraction(row[1]) for row in rows)
    assert read_back.length == quarters * passes
    sounding = sum((row.duration for row in read_back.parts[0].notes), Fraction(0))
    assert sounding == passes * sum(Fraction(length) for pitch, length in rows if pitch != "r")
    ends = [(row.onset, row.end) for row in read_back.parts[0].notes]
    assert all(end <= onset for (_, end), (onset, _) in pairwise(ends))


@given(
    st.lists(st.tuples(st.fractions(0, 100, max_denominator=96), st.floats(10, 400)), min_size=1, max_size=8),
    st.fractions(0, 200, max_denominator=96),
    st.fractions(0, 200, max_denominator=96),
)
@settings(max_examples=60)
def test_time_never_runs_backwards(changes, here, there) -> None:
    """Seconds grow with quarters, whatever the tempo changes."""
    tempo_map = TempoMap(tuple(sorted(dict(changes).items())))
    assert tempo_map.seconds(Fraction(0)) == 0
    assert (tempo_map.seconds(here) < tempo_map.seconds(there)) == (here < there)
