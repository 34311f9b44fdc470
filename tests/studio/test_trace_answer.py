"""What may be said of a trace: never more than its ratios carry."""

from __future__ import annotations

from dataclasses import replace

import pytest

from singer.tracing.answer import (
    IDENTIFIED,
    MELODY,
    NOTHING,
    ONE_OF,
    UNKNOWN,
    Suspected,
    concluded,
)
from singer.tracing.likelihood import in_words

SUNG = Suspected(
    render_id="00000000000000a1",
    voice="ada",
    voice_name="Ada",
    grant="grant-1",
    released_at="2026-01-01T00:00:00+00:00",
    allowed_now=True,
    start_s=8.0,
    tempo=1.0,
    semitones=0.0,
    melody=2.0,
    song_nats=6.0,
    render_nats=-1.0,
    ahead_nats=5.0,
)
BEN = replace(SUNG, render_id="00000000000000b2", voice="ben", voice_name="Ben", ahead_nats=5.0)
LAST = replace(SUNG, render_id="00000000000000c3", voice="cy", voice_name="Cy", ahead_nats=None)
SILENT = replace(
    SUNG,
    render_id="00000000000000d4",
    voice_name="Dora",
    allowed_now=False,
    song_nats=None,
    render_nats=None,
    ahead_nats=None,
    why_not="Dora was withdrawn.",
)


def test_nothing_is_said_of_nothing() -> None:
    assert concluded([]) == (UNKNOWN, NOTHING)
    weak = replace(SUNG, song_nats=1.0, melody=1.1)
    assert concluded([weak, replace(SILENT, melody=1.2)]) == (UNKNOWN, NOTHING)


def test_the_one_that_is_clearly_ahead_is_named() -> None:
    state, sentence = concluded([SUNG, BEN, LAST])
    assert state == IDENTIFIED and "00000000000000a1" in sentence and "Ben" not in sentence
    assert "does not know is not ruled out" in sentence
    assert "not ruled out" not in concluded([replace(SUNG, render_nats=5.0), BEN])[1]


def test_those_that_fit_alike_are_all_named() -> None:
    state, sentence = concluded([replace(SUNG, ahead_nats=1.0), BEN, LAST])
    assert state == ONE_OF and "Ada" in sentence and "Ben" in sentence and "Cy" not in sentence
    small = [replace(SUNG, ahead_nats=2.0), replace(BEN, ahead_nats=2.0), LAST]
    assert "Cy" not in concluded(small)[1], "small steps add up"


def test_a_song_that_cannot_be_sung_again_is_never_ruled_out() -> None:
    state, sentence = concluded([SUNG, BEN, SILENT])
    assert state == IDENTIFIED and "Dora" in sentence and "not ruled out" in sentence
    assert concluded([SILENT])[0] == MELODY
    assert "does not prove" in concluded([SILENT])[1]


def test_a_melody_without_its_sound_proves_nothing() -> None:
    state, sentence = concluded([replace(SUNG, song_nats=1.0), BEN])
    assert state == MELODY and "Ada" in sentence and "no other recording" in sentence


@pytest.mark.parametrize(("nats", "said"), [(0.7, "2.0 times"), (4.7, "10² times"), (6.95, "10³ times")])
def test_ratios_are_read_as_people_read_them(nats: float, said: str) -> None:
    assert in_words(nats).startswith(said)
