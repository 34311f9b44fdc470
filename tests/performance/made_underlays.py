"""Underlays made by hand and by chance, for the tests of performances."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from singer.language.syllables import Syllable
from singer.score.sung import LyricSyllable, LyricWord, SungNote, Underlay

SYLLABLES = {
    "a": Syllable((), ("a",)),
    "o": Syllable((), ("o",)),
    "la": Syllable(("l",), ("a",)),
    "sing": Syllable(("s",), ("ɪ",), ("ŋ",)),
    "strengths": Syllable(("s", "t", "ɹ"), ("ɛ",), ("ŋ", "k", "θ", "s")),
    "night": Syllable(("n",), ("a", "ɪ"), ("t",)),
    "tʰjɑŋ": Syllable(("tʰ", "j"), ("ɑ",), ("ŋ",)),
    "っ": Syllable(("k",), ("i",), ("cl",)),
    "かなた": Syllable(("k",), ("a",), ("n", "a", "t", "a")),
    "hm": Syllable(("h",), ("m\u0329",)),
}


@dataclass(frozen=True)
class Event:
    """One note: the rest before it, its length, its pitch, its syllable (None: the one before goes on)."""

    rest_s: float
    duration_s: float
    pitch: float
    syllable: str | None


def make_underlay(
    events: list[Event], tail_s: float = 0.5, title: str = "A song"
) -> tuple[Underlay, tuple[tuple[Syllable, ...], ...]]:
    """The underlay of these events, a word for each syllable, and its pronunciation."""
    words: list[LyricWord] = []
    pronounced: list[tuple[Syllable, ...]] = []
    notes: list[SungNote] = []
    now_s = 0.0
    for event in events:
        now_s += event.rest_s
        melisma = event.syllable is None and bool(words)
        if not melisma:
            text = event.syllable or "a"
            words.append(LyricWord((LyricSyllable(text),)))
            pronounced.append((SYLLABLES[text],))
        notes.append(
            SungNote(now_s, event.duration_s, event.pitch, 1 + int(now_s // 2), len(words) - 1, 0, melisma)
        )
        now_s += event.duration_s
    return Underlay(title, tuple(words), tuple(notes), now_s + tail_s, "Voice", 1), tuple(pronounced)


def events(shortest_s: float = 0.05, longest_s: float = 2.0) -> st.SearchStrategy[list[Event]]:
    """Songs of up to 12 notes with rests of all kinds; a melisma never follows a rest."""
    rests = st.one_of(st.just(0.0), st.just(0.0), st.floats(0.0, 1.5))
    durations = st.floats(shortest_s, longest_s)
    pitches = st.integers(45, 84).map(float)
    sung = st.builds(Event, rests, durations, pitches, st.sampled_from(sorted(SYLLABLES)))
    held = st.builds(Event, st.just(0.0), durations, pitches, st.none())
    return st.lists(st.one_of(sung, sung, sung, held), min_size=1, max_size=12)
