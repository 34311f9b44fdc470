"""Scores in, underlay out: MusicXML, .mxl, MIDI and KAR → notes with words, in seconds."""

from __future__ import annotations

from pathlib import Path

from singer.score.model import Lyric, Note, Part, Score, TempoMap

__all__ = ["Lyric", "Note", "Part", "Score", "TempoMap", "read_score"]


def read_score(path: Path) -> Score:
    """The score in the file `path`, whatever its name ends in: MusicXML, .mxl, MIDI or KAR.

    Raises ScoreError, which names the file and the remedy, for a file that cannot be read, is of another
    kind, is damaged, empty, or goes beyond what `singer.score.limits` allows.
    """
    from singer.score.reading import read_file

    return read_file(Path(path))
