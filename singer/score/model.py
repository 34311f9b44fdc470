"""The score as every reader leaves it: sounding pitches, merged ties, unrolled repeats, quarter-note
times."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

DEFAULT_BPM = 120.0
"""Quarter notes per minute where a score names no tempo (the MIDI file format's own default)."""


ELISION = "‿"
"""Parts two syllables that share a note (U+203F, as MusicXML and MuseScore write it)."""


ARTICULATIONS = ("staccato", "staccatissimo", "tenuto", "accent", "strong-accent")
"""How a note is sung, in the words of MusicXML."""


@dataclass(frozen=True)
class Lyric:
    """One syllable as the score writes it under a note."""

    text: str
    """Without hyphens; "" with `extend` where only a melisma line stands. Two syllables on one note are
    parted by `ELISION`; a piece that ends in "-" belongs to the same word as the piece behind it."""
    syllabic: str = "single"
    """"single", "begin", "middle" or "end": its place in its word."""
    extend: bool = False
    """A melisma line: with an empty text the note continues the syllable before it."""
    pronunciation: str | None = None
    """IPA such as "ɹ ɛ d", from brackets behind the syllable."""
    phrase_end: bool = False
    """`|`, a line break or punctuation after it ends a phrase."""
    opens_language: str | None = None
    """`[en]` before it: from here on the words are in this language, by the house's name."""
    closes_language: bool = False
    """`[/en]` behind it: the words after it are in the language that was left."""


@dataclass(frozen=True)
class Note:
    """One sounding note of a monophonic line: ties merged, repeats unrolled, transposition applied."""

    onset: Fraction
    """Quarter notes from the start of the song."""
    duration: Fraction
    """Quarter notes; more than zero."""
    pitch: float
    """Sounding MIDI note number; 69 is A4, 440 Hz."""
    bar: int
    """The printed bar number; a pickup is 0 where the score says so."""
    lyrics: Mapping[int, Lyric] = field(default_factory=dict)
    """Verse number → lyric."""
    slurred: bool = False
    """A slur connects it to the note before it."""
    grace: bool = False
    """Written as a grace note; it already has its small duration."""
    marks: tuple[str, ...] = ()
    """Of `ARTICULATIONS`, in their order."""
    loudness_db: float = 0.0
    """What dynamics and hairpins say at its beginning; 0 is mezzo-forte, or that they say nothing."""
    swell_db: float = 0.0
    """How much louder its end is, where a hairpin runs over it."""

    @property
    def end(self) -> Fraction:
        """Where the note ends, in quarter notes from the start."""
        return self.onset + self.duration


@dataclass(frozen=True)
class Part:
    """One singer's line: monophonic, in time order."""

    id: str
    name: str
    notes: tuple[Note, ...]

    @property
    def verses(self) -> tuple[int, ...]:
        """The verse numbers that stand under at least one note, in order."""
        return tuple(sorted({verse for note in self.notes for verse in note.lyrics}))


@dataclass(frozen=True)
class TempoMap:
    """Where each quarter note falls in seconds.

    `changes` are (quarters from the start, quarter notes per minute) pairs in time order; before the first
    one its own tempo holds. Tempo is piecewise constant: a change in the middle of a note splits the note's
    seconds.
    """

    changes: tuple[tuple[Fraction, float], ...] = ((Fraction(0), DEFAULT_BPM),)
    _starts_s: tuple[float, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        if not self.changes:
            object.__setattr__(self, "changes", ((Fraction(0), DEFAULT_BPM),))
        first, bpm = self.changes[0]
        if first != 0:
            kept = tuple(change for change in self.changes if change[0] > 0)
            object.__setattr__(self, "changes", ((Fraction(0), bpm), *kept))
        starts = [0.0]
        for (here, tempo), (there, _) in pairwise(self.changes):
            starts.append(starts[-1] + float(there - here) * 60.0 / tempo)
        object.__setattr__(self, "_starts_s", tuple(starts))

    def seconds(self, quarters: Fraction) -> float:
        """Seconds from the start of the song to the position `quarters` (quarter notes)."""
        index = max(bisect_right(self.changes, quarters, key=lambda change: change[0]) - 1, 0)
        start, bpm = self.changes[index]
        return self._starts_s[index] + float(quarters - start) * 60.0 / bpm


@dataclass(frozen=True)
class Score:
    """A whole score, ready for its underlay."""

    title: str
    composer: str
    language: str | None
    """BCP 47 tag where the file declares the language of its lyrics, else None."""
    tempo: TempoMap
    parts: tuple[Part, ...]
    length: Fraction
    """Quarter notes from the start to the end of the last bar, closing rests included."""
    notices: tuple[str, ...] = ()
    """What the reader had to decide or leave out, as sentences for a musician."""
