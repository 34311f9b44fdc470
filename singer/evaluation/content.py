"""How often rules about lyrics fire on real songs: what an operator wants to know before relying on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from singer.errors import ConsonanceError
from singer.language import detect_language, normalise_language
from singer.performance.content import WORD_EDGE, sounds_of_words
from singer.score import read_score
from singer.score.model import Score
from singer.score.sung import LyricWord
from singer.score.underlay import underlay

SUFFIXES = (".musicxml", ".mxl", ".xml", ".mid", ".midi", ".kar")


@dataclass(frozen=True)
class SungText:
    """The words of one song, all verses and parts, as they would be sung; `sounds` its phones."""

    name: str
    language: str
    lyrics: str
    sounds: tuple[str, ...]


@dataclass(frozen=True)
class Fired:
    """A rule that fired on a song, and its sentence."""

    song: str
    language: str
    rule: str
    borderline: bool
    sentence: str


def sung_texts(folder: Path, language: str | None = None) -> Iterator[SungText]:
    """The words of every score below `folder` that has lyrics and can be read, in the order of their names.

    `language` is taken for granted where it is given; otherwise it is the score's own or is guessed.
    """
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        try:
            score = read_score(path)
        except (ConsonanceError, OSError):
            continue
        words = _written(score)
        if words.strip():
            tongue = normalise_language(language or score.language or detect_language(words))
            lyrics, sounds = _verses(score, tongue)
            if lyrics:
                yield SungText(str(path.relative_to(folder)), tongue, lyrics, sounds)


def examined(
    texts: Iterable[SungText], examine: Callable[[SungText], Iterable[tuple[str, bool, str]]]
) -> tuple[Counter[str], list[Fired]]:
    """Songs by language, and every rule that fired on one; `examine` gives rule, borderline and sentence."""
    songs: Counter[str] = Counter()
    fired = []
    for text in texts:
        songs[text.language] += 1
        for rule, borderline, sentence in examine(text):
            fired.append(Fired(text.name, text.language, rule, borderline, sentence))
    return songs, fired


def rates(songs: Counter[str], fired: Sequence[Fired]) -> list[dict[str, object]]:
    """A row for each language and each rule that fired in it: on how many of how many songs."""
    rows: list[dict[str, object]] = []
    for language, count in sorted(songs.items()):
        here = [found for found in fired if found.language == language]
        clear = len({found.song for found in here if not found.borderline})
        asked = len({found.song for found in here}) - clear
        rows.append(_row(language, "(any clear rule)", clear, count))
        rows.append(_row(language, "(borderline only)", asked, count))
        by_rule = Counter((found.rule, found.borderline) for found in here)
        for (rule, borderline), times in sorted(by_rule.items()):
            rows.append(_row(language, f"{rule}{' ?' if borderline else ''}", times, count))
    return rows


def _row(language: str, rule: str, fired: int, songs: int) -> dict[str, object]:
    return {
        "language": language,
        "rule": rule.ljust(24),
        "fired": fired,
        "songs": songs,
        "share": fired / songs,
    }


def _sounds(words: Sequence[LyricWord], language: str) -> tuple[str, ...]:
    try:
        return sounds_of_words(words, language)
    except ConsonanceError:
        return ()  # a word that cannot be pronounced is still read


def _written(score: Score) -> str:
    return " ".join(
        lyric.text for part in score.parts for note in part.notes for lyric in note.lyrics.values()
    )


def _verses(score: Score, language: str) -> tuple[str, tuple[str, ...]]:
    """All verses of all parts, each text once: its lines, and its phones."""
    texts: dict[str, tuple[str, ...]] = {}
    for part in score.parts:
        for verse in sorted({number for note in part.notes for number in note.lyrics}):
            try:
                words = underlay(score, language=language, part=part.id, verse=verse).words
                text = " ".join(word.text + ("\n" if word.phrase_end else "") for word in words)
            except ConsonanceError:
                continue
            if text not in texts:
                texts[text] = _sounds(words, language)
    sounds = (phone for spoken in texts.values() for phone in (WORD_EDGE, *spoken))
    return "\n".join(texts), tuple(sounds)[1:]
