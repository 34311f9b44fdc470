"""A performance: every phone, every note and every curve of a song, as an editor edits it.

A `Performance` is data. It is written as JSON, looked at, changed by hand or by program, and fed back in.
What rules when two parts of it disagree: **the curves rule the sound**. `f0_hz` alone says what pitch is
sung and `phones` alone say what is articulated when; `notes` are information for people, pictures and
exports. To move a note, change `f0_hz`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from singer import HOP, SAMPLE_RATE
from singer.language.phones import BREATH, SILENCE
from singer.performance.planned import Planned

__all__ = ["BREATH", "SILENCE", "Performance", "PerformedNote", "PhoneSpan", "Phrase", "frame_time_s"]


def frame_time_s(frame: int) -> float:
    """Seconds from the start of the song at which frame `frame` begins."""
    return frame * HOP / SAMPLE_RATE


@dataclass(frozen=True)
class PhoneSpan:
    """One phone from `start_s` to `end_s` (seconds from the start of the song).

    `phone` is a symbol of `singer.language.phones`, `SILENCE` and `BREATH` among them. `note` is the
    index into the phrase's notes, from 0, of the note whose syllable it belongs to (a melisma's vowel is
    one span, on the melisma's first note); None in silence.
    """

    phone: str
    start_s: float
    end_s: float
    note: int | None


@dataclass(frozen=True)
class PerformedNote:
    """One note as it is sung: seconds from the start of the song, MIDI note number, text, printed bar.

    `text` is its syllable's, or empty where the note continues the syllable of the note before it; a hyphen
    at its end says that the word goes on, in scripts that part words by spaces.
    """

    onset_s: float
    end_s: float
    pitch: float
    text: str
    bar: int


@dataclass(frozen=True)
class Phrase:
    """What is rendered alone: `frames` frames of `singer.HOP` samples from frame `start_frame` of the song.

    `phones` are gapless from the first frame's start to the last frame's end. Each of `curves` has `frames`
    values, each for the middle of its frame; names, units and ranges are in
    `singer.performance.expression.CURVES`.
    """

    start_frame: int
    frames: int
    phones: tuple[PhoneSpan, ...]
    notes: tuple[PerformedNote, ...]
    curves: Mapping[str, tuple[float, ...]]

    @property
    def end_frame(self) -> int:
        """The first frame after the phrase."""
        return self.start_frame + self.frames

    @property
    def start_s(self) -> float:
        """Seconds at which the first frame begins."""
        return frame_time_s(self.start_frame)

    @property
    def end_s(self) -> float:
        """Seconds at which the last frame ends."""
        return frame_time_s(self.end_frame)


@dataclass(frozen=True)
class Performance:
    """A whole song, ready to be rendered: `duration_s` seconds, of which the phrases sound and the rest
    is silent.

    Phrases are in time order and do not overlap. The last one may end up to one frame after `duration_s`;
    whoever joins phrases cuts there. `seed` is what the performance drew its small irregularities from, and
    what a renderer may draw from. `planned` says how it was planned, where that is known.
    """

    title: str
    language: str
    duration_s: float
    seed: int
    phrases: tuple[Phrase, ...]
    planned: Planned | None = None

    def to_json(self) -> str:
        """The performance as JSON text, without loss: `Performance.from_json(p.to_json()) == p`."""
        from singer.performance.document import write_document

        return write_document(self)

    @classmethod
    def from_json(cls, text: str | bytes) -> Performance:
        """Read JSON text and check all of it.

        Raises `PerformanceError` that names the phrase and the field where the text is damaged or cannot
        be sung.
        """
        from singer.performance.document import read_document

        return read_document(text)
