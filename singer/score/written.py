"""A part as it is written: bars with voices, before repeats are unrolled and ties are merged."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from singer.score.model import Lyric

VoiceKey = tuple[int, str]
"""(staff, voice) as MusicXML numbers them."""


@dataclass(slots=True)
class WrittenNote:
    """One written note; of a chord, the top note with the lyrics of all."""

    onset: Fraction
    """Quarter notes from the start of its bar."""
    duration: Fraction
    """Quarter notes; zero for a grace note."""
    pitch: float
    grace: bool = False
    tie_start: bool = False
    tie_stop: bool = False
    slur_starts: int = 0
    slur_stops: int = 0
    breath: bool = False
    """A breath mark or caesura stands after it."""
    marks: tuple[str, ...] = ()
    """Articulations, of `model.ARTICULATIONS`."""
    loudness_db: float = 0.0
    swell_db: float = 0.0
    """What dynamics make of its beginning, and how much louder its end is."""
    lyrics: dict[int, Lyric] = field(default_factory=dict)
    voice: VoiceKey = (1, "1")


@dataclass(slots=True)
class Marks:
    """What sends the reader of a bar somewhere else."""

    forward: bool = False
    """A repeat begins before this bar."""
    backward: int = 0
    """A repeat ends after this bar: how often its music is played in all; 0 where none ends."""
    ending: frozenset[int] = frozenset()
    """The passes of the bracket that begins here."""
    ending_stop: bool = False
    segno: bool = False
    coda: bool = False
    """The coda itself begins here."""
    to_coda: bool = False
    to_coda_before: bool = False
    """The jump to the coda stands at the bar's beginning."""
    da_capo: bool = False
    dal_segno: bool = False
    fine: bool = False

    def join(self, other: Marks) -> None:
        """Take over what another part's copy of the same bar says."""
        for name in ("forward", "ending_stop", "segno", "coda", "to_coda", "to_coda_before"):
            setattr(self, name, getattr(self, name) or getattr(other, name))
        for name in ("da_capo", "dal_segno", "fine"):
            setattr(self, name, getattr(self, name) or getattr(other, name))
        self.backward = max(self.backward, other.backward)
        self.ending = self.ending | other.ending

    @property
    def parts_regions(self) -> bool:
        """Something begins before this bar that is played apart from the music before it."""
        return self.forward or bool(self.ending) or self.segno or self.coda or self.to_coda_before

    @property
    def closes_region(self) -> bool:
        """Something ends after this bar."""
        jump = self.to_coda or self.da_capo or self.dal_segno or self.fine
        return bool(self.backward) or self.ending_stop or jump


@dataclass(slots=True)
class WrittenBar:
    """One bar of one part."""

    number: int
    length: Fraction = Fraction(0)
    """How far its content reaches, in quarter notes."""
    nominal: Fraction = Fraction(4)
    """What its time signature says."""
    notes: list[WrittenNote] = field(default_factory=list)
    tempos: list[tuple[Fraction, float]] = field(default_factory=list)
    fermatas: list[tuple[Fraction, Fraction]] = field(default_factory=list)
    """From where to where in the bar a note or rest is held."""
    dynamics: list[tuple[Fraction, str]] = field(default_factory=list)
    """Marks ("p", "ff") and hairpins ("crescendo", "diminuendo", "stop"), and where."""
    swerves: list[tuple[Fraction, str]] = field(default_factory=list)
    """Where words ask for another tempo, and what for; see `tempochanges`."""
    marks: Marks = field(default_factory=Marks)


@dataclass(slots=True)
class WrittenPart:
    """One `<part>` of a MusicXML score."""

    id: str
    name: str
    bars: list[WrittenBar] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
