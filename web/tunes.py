"""The songbook: the public-domain songs of `examples/`, with the words that the form shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from singer.score import read_score
from singer.score.model import Score
from singer.score.sung import LyricWord, Underlay
from singer.score.underlay import underlay
from web.languages import code_of, language_name

WRITTEN_TOGETHER = {"ja", "zh", "yue", "th"}
"""Languages whose syllables stand side by side, without hyphens and spaces."""


@dataclass(frozen=True)
class Tune:
    """One song of the songbook. `words` lie on its notes as they stand; `language` is the form's code."""

    id: str
    title: str
    composer: str
    language: str
    duration_s: float
    words: str
    path: Path

    @property
    def language_name(self) -> str:
        """The language in English."""
        return language_name(self.language)

    @property
    def length(self) -> str:
        """The length as minutes and seconds."""
        return clock(self.duration_s)


class Songbook:
    """Every score in a folder, read when first asked for and kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tunes: dict[str, Tune] | None = None

    def tunes(self) -> list[Tune]:
        """The songs: the one that `./run song` sings first, then by language and title."""
        return list(self._read().values())

    def find(self, tune_id: str) -> Tune | None:
        """The song of that id, or None. Ids are looked up, never joined to a path."""
        return self._read().get(tune_id)

    def _read(self) -> dict[str, Tune]:
        if self._tunes is None:
            found = [_tune(path) for path in sorted(self._folder.glob("*.musicxml"))]
            found.sort(
                key=lambda tune: (tune.id != "first-song", tune.language != "en", tune.language, tune.title)
            )
            self._tunes = {tune.id: tune for tune in found}
        return self._tunes


def _tune(path: Path) -> Tune:
    score: Score = read_score(path)
    language = code_of(score.language)
    laid = underlay(score, None, language=score.language or "en")
    return Tune(
        path.stem, score.title, score.composer, language, laid.duration_s, words_of(laid, language), path
    )


def words_of(laid: Underlay, language: str) -> str:
    """An underlay as lyrics that lay themselves the same way again: `-` between syllables, `_` on held
    notes.
    """
    held: dict[tuple[int, int], int] = {}
    for note in laid.notes:
        if note.melisma and note.word is not None and note.syllable is not None:
            held[note.word, note.syllable] = held.get((note.word, note.syllable), 0) + 1
    together = language in WRITTEN_TOGETHER
    joint = "" if together else " "
    lines, line = [], []
    for index, word in enumerate(laid.words):
        line.append(
            _spell(
                word, [held.get((index, place), 0) for place in range(len(word.syllables))], together=together
            )
        )
        if word.phrase_end:
            lines.append(joint.join(line))
            line = []
    return "\n".join([*lines, joint.join(line)] if line else lines)


def _spell(word: LyricWord, held: list[int], *, together: bool) -> str:
    """One word as a lyricist types it; `held` counts the further notes of each syllable."""
    if together:
        return "".join(part.text + " _" * more for part, more in zip(word.syllables, held, strict=True))
    inner = [part.text + "-_" * more for part, more in zip(word.syllables[:-1], held[:-1], strict=True)]
    spelled = "-".join([*inner, word.syllables[-1].text])
    if all(part.pronunciation for part in word.syllables):
        spelled += f" [{'.'.join(part.pronunciation or '' for part in word.syllables)}]"
    return spelled + " _" * held[-1]


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds: 83 is `1:23`."""
    whole = int(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
