"""What a performance sings, as words, notes and sounds: what consent is asked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from singer.performance.model import BREATH, SILENCE, Performance, Phrase

if TYPE_CHECKING:
    from singer.score.sung import LyricWord

WORD_EDGE = "|"
"""In the sounds of a song: here one word ends and another begins (the IPA's sign for a minor break)."""


def lyrics_of(performance: Performance) -> str:
    """The words as a person writes them: a line for each phrase, syllables joined where a hyphen says so."""
    lines = []
    for phrase in performance.phrases:
        line = ""
        for text in (note.text.strip() for note in phrase.notes):
            if not text:
                continue
            parted = bool(line) and not line.endswith("-") and (is_spelled(text) or is_spelled(line[-1]))
            line = f"{line} {text}" if parted else line.removesuffix("-") + text
        lines.append(line.removesuffix("-"))
    return "\n".join(line for line in lines if line)


def melody_of(performance: Performance) -> tuple[tuple[float, float], ...]:
    """The notes as (MIDI note number, seconds), in time order; rests are left out."""
    return tuple(
        (note.pitch, round(note.end_s - note.onset_s, 6))
        for phrase in performance.phrases
        for note in phrase.notes
    )


def sounds_of(performance: Performance) -> tuple[str, ...]:
    """The IPA phones in the order in which they are sung, without silences and breaths.

    `WORD_EDGE` stands between two words, between two syllables where a script parts no words, and where
    something silent is between two sounds; never twice on end, nor first or last.
    """
    sounds: list[str] = []
    for phrase in performance.phrases:
        words = _word_numbers(phrase)
        word = -1
        for span in phrase.phones:
            if span.phone in (SILENCE, BREATH):
                word = -1
                continue
            now = word if span.note is None else words[span.note]
            if now != word and sounds:
                sounds.append(WORD_EDGE)
            word = now
            sounds.append(span.phone)
    return tuple(sounds)


def sounds_of_words(words: Sequence[LyricWord], language: str) -> tuple[str, ...]:
    """The phones of words, with `WORD_EDGE` between two words. Raises LyricsError for what cannot be read."""
    from singer.language import phonemise

    sounds: list[str] = []
    for syllables in phonemise(words, language):
        sounds.append(WORD_EDGE)
        for syllable in syllables:
            sounds += (*syllable.onset, *syllable.nucleus, *syllable.coda)
    return tuple(sounds[1:])


def _word_numbers(phrase: Phrase) -> list[int]:
    """For each note of a phrase the number of the word that it sings."""
    numbers: list[int] = []
    number, goes_on = 0, True
    for text in (note.text.strip() for note in phrase.notes):
        if text and not goes_on:
            number += 1
        if text:
            goes_on = text.endswith("-")
        numbers.append(number)
    return numbers


def is_spelled(text: str) -> bool:
    """Whether a text ends in a script that parts words by spaces (kana, han and their kin do not)."""
    return unicodedata.east_asian_width(text[-1:] or " ") not in "WF"
