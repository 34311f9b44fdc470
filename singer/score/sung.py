"""What the underlay hands on: words cut into syllables, and notes in seconds that say which one they
carry."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class LyricSyllable:
    """One sung syllable as written; several kana may stand in one."""

    text: str
    pronunciation: str | None = None
    """IPA phones such as "ɹ ɛ d" where the lyrics give them in brackets."""


@dataclass(frozen=True)
class LyricWord:
    """One word of the lyrics, one entry per sung syllable."""

    syllables: tuple[LyricSyllable, ...]
    phrase_end: bool = False
    """A phrase ends after this word: `|`, a line break or punctuation."""
    language: str | None = None
    """The language that the lyrics give this word (`[en]love[/en]`); None where it is the song's."""

    @property
    def text(self) -> str:
        """The whole word as written, without hyphens."""
        return "".join(syllable.text for syllable in self.syllables)


@dataclass(frozen=True)
class SungNote:
    """One note in seconds from the start of the score, with the syllable it carries."""

    onset_s: float
    duration_s: float
    pitch: float
    """Sounding MIDI note number."""
    bar: int
    word: int | None
    """Index into `Underlay.words`."""
    syllable: int | None
    """Index into the word's syllables; a melisma repeats the pair of the note before it."""
    melisma: bool
    """It continues the syllable of the note before it."""
    slurred: bool = False
    """A slur connects it to the note before it."""
    marks: tuple[str, ...] = ()
    """Articulations, as `singer.score.model.ARTICULATIONS` names them."""
    loudness_db: float = 0.0
    """What the score's dynamics say; 0 is mezzo-forte, or that they say nothing."""
    swell_db: float = 0.0
    """How much louder its end is."""


@dataclass(frozen=True)
class Underlay:
    """Which syllable is sung on which note."""

    title: str
    words: tuple[LyricWord, ...]
    notes: tuple[SungNote, ...]
    duration_s: float
    """The score's total length, closing rests included."""
    part: str
    """The name of the part that is sung."""
    verse: int
    notices: tuple[str, ...] = ()

    def to_json(self) -> str:
        """This underlay as JSON; `from_json` gives an equal one back."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Underlay:
        """An underlay from what `to_json` wrote.

        Raises ValueError, KeyError or TypeError where `text` is not such a document.
        """
        data: dict[str, Any] = json.loads(text)
        words = tuple(
            LyricWord(
                tuple(LyricSyllable(**syllable) for syllable in word["syllables"]),
                word["phrase_end"],
                word.get("language"),
            )
            for word in data["words"]
        )
        notes = tuple(SungNote(**{**note, "marks": tuple(note.get("marks", ()))}) for note in data["notes"])
        return cls(**{**data, "words": words, "notes": notes, "notices": tuple(data["notices"])})
