"""Which part and which verse of a score are sung, where nobody says so."""

from __future__ import annotations

import re

from singer.errors import LyricsError, ScoreError
from singer.score.model import Part, Score

_VOCAL_NAMES = re.compile(
    r"voc|voice|voix|voz|sing|sopran|melod|lead|lyric|song|canto|chant|gesang|stimme|solo|歌|声|聲|唱|ボーカル|メロディ|メロ|旋律",
    re.IGNORECASE,
)
_NEARLY_ALL = 0.8


def syllable_count(part: Part, verse: int | None = None) -> int:
    """Notes of `part` that carry a syllable, of `verse` or of any; 0 where most are a bass's figures."""
    found = 0
    spelled = 0
    for note in part.notes:
        lyrics = (
            note.lyrics.values() if verse is None else [note.lyrics[verse]] if verse in note.lyrics else []
        )
        texts = [lyric.text for lyric in lyrics if lyric.text]
        found += bool(texts)
        spelled += any(char.isalpha() for text in texts for char in text)
    return found if spelled * 2 >= found else 0


def choose_part(score: Score, wanted: str | int | None, *, needs_lyrics: bool) -> Part:
    """The part that is sung: the one `wanted` (id, name or number from 1), else the first that carries the
    lyrics.

    Among parts with about as many syllables the first is taken, so of a choir the soprano. Where no part has
    lyrics, one whose name or range is a voice's. Raises LyricsError where `needs_lyrics` and there are none,
    ScoreError where there is no part `wanted`.
    """
    if wanted is not None:
        return _named_part(score, str(wanted))
    counts = [syllable_count(part) for part in score.parts]
    if max(counts, default=0) > 0:
        return next(
            part
            for part, count in zip(score.parts, counts, strict=True)
            if count >= _NEARLY_ALL * max(counts)
        )
    if needs_lyrics:
        raise LyricsError(
            f"{score.title or 'The score'} has no lyrics under its notes.",
            "Give them as a text file (--lyrics).",
        )
    named = [part for part in score.parts if _VOCAL_NAMES.search(part.name)]
    in_range = [part for part in score.parts if 52 <= _mean_pitch(part) <= 81]
    return (named or in_range or list(score.parts))[0]


def choose_verse(part: Part, wanted: int | None) -> int:
    """The verse that is sung: the one `wanted`, else the first that has at least half of the fullest one's
    syllables.

    Raises LyricsError where `part` has no verse `wanted`, and names those that it has.
    """
    counts = {verse: syllable_count(part, verse) for verse in part.verses}
    voiced = {verse: count for verse, count in counts.items() if count}
    if not voiced:
        raise LyricsError(
            f"{part.name} has no lyrics.", "Choose another part, or give lyrics as a text file."
        )
    if wanted is None:
        return next(verse for verse, count in voiced.items() if count * 2 >= max(voiced.values()))
    if wanted not in voiced:
        there = ", ".join(map(str, voiced))
        raise LyricsError(f"{part.name} has no verse {wanted}.", f"It has: {there}.")
    return wanted


def _named_part(score: Score, wanted: str) -> Part:
    key = wanted.strip().casefold()
    for part in score.parts:
        if key in (part.id.casefold(), part.name.casefold()):
            return part
    if key.isdigit() and 1 <= int(key) <= len(score.parts):
        return score.parts[int(key) - 1]
    there = ", ".join(f"{part.name} ({part.id})" for part in score.parts[:20])
    raise ScoreError(f"The score has no part {wanted!r}.", f"It has: {there}.")


def _mean_pitch(part: Part) -> float:
    return sum(note.pitch for note in part.notes) / max(len(part.notes), 1)
