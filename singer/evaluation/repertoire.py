"""Unseen songs in every voice: pitch, onsets and vibrato of all notes together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from singer.evaluation.bars import Figure
from singer.evaluation.resung import Sing
from singer.evaluation.songs import SongFigures, expectations, measure_song
from singer.planning import plan

SWINGING = "ballad"
"""The style that asks for vibrato on long notes."""


def song_figures(sing: Sing, voice: str, scores: Sequence[Path]) -> Iterator[Figure]:
    """What a voice's songs reach: in the plain style pitch and onsets, in SWINGING vibrato."""
    plain = [_sung(sing, voice, score, "plain") for score in scores]
    cents = np.abs([value for one in plain for value in one.cents])
    onsets = np.abs([value for one in plain for value in one.onset_errors_s])
    if len(cents):
        yield Figure("cents_median", voice, float(np.median(cents)), len(cents), "notes")
        yield Figure("cents_worst", voice, float(cents.max()), len(cents), "notes")
    if len(onsets):
        yield Figure("onsets_25ms", voice, float((onsets <= 0.025).mean()), len(onsets), "onsets")
    yield Figure(
        "loudest_rest_db", f"{voice} songs", max(one.loudest_rest_db for one in plain), len(plain), "songs"
    )
    swung = [note for score in scores for note in _sung(sing, voice, score, SWINGING).vibratos]
    if swung:
        within = [note is not None and note.is_within() for note in swung]
        yield Figure("vibrato_within", voice, float(np.mean(within)), len(swung), "notes over 0.6 s")


def _sung(sing: Sing, voice: str, score: Path, style: str) -> SongFigures:
    performance = plan(score, style=style).performance
    vowels, sounding = expectations(performance)
    return measure_song(sing(performance, voice), vowels, sounding, performance.duration_s)
