"""Underlay: which syllable is sung on which note, in seconds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from singer.errors import LyricsError, ScoreError
from singer.score.laying import Layout, give_graces_their_syllable
from singer.score.limits import MAX_NOTE_S
from singer.score.model import Part, Score, TempoMap
from singer.score.partchoice import choose_part, choose_verse
from singer.score.scorewords import lay_score_lyrics
from singer.score.sung import LyricSyllable, LyricWord, SungNote, Underlay
from singer.score.textwords import lay_text

__all__ = ["LyricSyllable", "LyricWord", "SungNote", "Underlay", "underlay"]

_PHRASE_REST_S = 0.25
"""A rest this long ends a phrase."""


def underlay(
    score: Score,
    lyrics: str | None = None,
    *,
    language: str,
    part: str | int | None = None,
    verse: int | None = None,
) -> Underlay:
    """Lay lyrics under the melody of `score`: the text `lyrics`, or else those that the score carries.

    `language` is a BCP 47 tag; it decides how words of a text fall into syllables. `part` (id, name or
    number from 1) and `verse` choose what is sung; the notices say what was chosen where they are None.
    Times are seconds from the start of the score, so that its rests are kept.
    Raises LyricsError where lyrics and notes do not fit or there are none, ScoreError where there is no such
    part or a note is too long to sing.
    """
    chosen = choose_part(score, part, needs_lyrics=lyrics is None)
    if lyrics is None:
        verse = choose_verse(chosen, verse)
        layout = lay_score_lyrics(chosen, verse, language)
    else:
        layout = lay_text(chosen, lyrics, language, verse)
    give_graces_their_syllable(chosen.notes, layout)
    notes = _sung_notes(chosen, layout, score.tempo)
    if not notes:
        raise LyricsError(
            f"{chosen.name} has no note with a syllable.", "Give lyrics as a text file (--lyrics)."
        )
    notices = [*score.notices, *_choice_notices(score, chosen, verse, lyrics is None), *layout.notices]
    return Underlay(
        title=score.title,
        words=_with_phrase_ends(layout.words, notes),
        notes=notes,
        duration_s=score.tempo.seconds(score.length),
        part=chosen.name,
        verse=verse or 1,
        notices=tuple(notices),
    )


def _choice_notices(score: Score, part: Part, verse: int | None, own_lyrics: bool) -> list[str]:
    said = []
    if len(score.parts) > 1:
        said.append(f"Of {len(score.parts)} lines, {part.name} is sung.")
    if own_lyrics and len(part.verses) > 1:
        said.append(f"Of {len(part.verses)} verses under the notes, verse {verse} is sung first.")
    return said


def _sung_notes(part: Part, layout: Layout, tempo: TempoMap) -> tuple[SungNote, ...]:
    """The sung notes in seconds; a note that several syllables share is cut into as many equal ones."""
    sung: list[SungNote] = []
    for index, note in enumerate(part.notes):
        if not layout.sung(index):
            continue
        onset, end = tempo.seconds(note.onset), tempo.seconds(note.end)
        if end - onset > MAX_NOTE_S:
            raise ScoreError(
                f"The note in bar {note.bar} of {part.name} lasts {end - onset:.0f} s "
                f"(at most {MAX_NOTE_S:.0f}).",
                "Check its length and the tempo.",
            )
        melisma = not layout.begins[index]
        held = [(sung[-1].word, sung[-1].syllable)] if melisma else []
        carried = [*layout.begins[index], *held]
        each = (end - onset) / len(carried)
        for place, (word, syllable) in enumerate(carried):
            sung.append(
                SungNote(
                    onset + each * place,
                    each,
                    note.pitch,
                    note.bar,
                    word,
                    syllable,
                    melisma=melisma,
                    slurred=note.slurred and place == 0,
                    marks=note.marks,
                    loudness_db=note.loudness_db + note.swell_db * place / len(carried),
                    swell_db=note.swell_db / len(carried),
                )
            )
    return tuple(sung)


def _with_phrase_ends(words: list[LyricWord], notes: tuple[SungNote, ...]) -> tuple[LyricWord, ...]:
    """The words, with a phrase end also before every rest that is long enough to breathe in."""
    ended = list(words)
    last_word = notes[-1].word
    if last_word is not None:
        ended[last_word] = replace(ended[last_word], phrase_end=True)
    for note, following in pairwise(notes):
        rest_s = following.onset_s - note.onset_s - note.duration_s
        if rest_s >= _PHRASE_REST_S and note.word is not None and note.word != following.word:
            ended[note.word] = replace(ended[note.word], phrase_end=True)
    return tuple(ended)
