"""Guises of a song: what somebody might do to a tune or a lyric so that it is still the same song."""

from __future__ import annotations

import random
from collections.abc import Callable

Tune = tuple[tuple[float, float], ...]
"""Notes as (MIDI note number, seconds)."""

Change = Callable[[Tune, tuple[int, ...]], Tune | None]
"""A tune and the bars of its notes → the tune in its guise, None where it is too short for it."""

_CUT_BARS = 4  # what is left out before a cut


def of_melodies(rng: random.Random) -> tuple[tuple[str, Change], ...]:
    """Every guise of a tune, by name."""
    return (
        ("as it stands", lambda tune, bars: tune),
        ("up a fourth, a third slower", lambda tune, bars: tuple((p + 5, s * 1.5) for p, s in tune)),
        ("down an octave", lambda tune, bars: tuple((p - 12, s) for p, s in tune)),
        ("10 % of the notes in another octave", _each(rng, 0.10, lambda p, s: ((p + 12, s),))),
        ("another singer: lengths ± 15 %", lambda tune, bars: _jitter(rng, tune, 0.15)),
        ("another singer: lengths ± 30 %", lambda tune, bars: _jitter(rng, tune, 0.30)),
        ("all notes of one length", lambda tune, bars: tuple((p, 0.5) for p, _ in tune)),
        ("30 % of the notes parted in two", _each(rng, 0.30, lambda p, s: ((p, s / 2), (p, s / 2)))),
        ("ornaments on 10 % of the notes", _each(rng, 0.10, lambda p, s: _ornament(rng, p, s))),
        ("ornaments on 25 % of the notes", _each(rng, 0.25, lambda p, s: _ornament(rng, p, s))),
        ("ornaments on 50 % of the notes", _each(rng, 0.50, lambda p, s: _ornament(rng, p, s))),
        ("a note put in after 10 %", _each(rng, 0.10, lambda p, s: ((p, s / 2), (_beside(rng, p), s / 2)))),
        ("10 % of the notes left out", _each(rng, 0.10, lambda p, s: ())),
        ("5 % of the notes changed", _each(rng, 0.05, lambda p, s: ((_beside(rng, p), s),))),
        ("10 % of the notes changed", _each(rng, 0.10, lambda p, s: ((_beside(rng, p), s),))),
        ("20 % of the notes changed", _each(rng, 0.20, lambda p, s: ((_beside(rng, p), s),))),
        ("16 bars of it", lambda tune, bars: _cut(tune, bars, 16)),
        ("8 bars of it", lambda tune, bars: _cut(tune, bars, 8)),
        ("4 bars of it", lambda tune, bars: _cut(tune, bars, 4)),
    )


def of_lyrics(rng: random.Random) -> tuple[tuple[str, Callable[[str], str]], ...]:
    """Every guise of a lyric, by name."""
    return (
        ("as it stands", lambda text: text),
        (
            "in capitals, without punctuation",
            lambda text: "".join(c for c in text.upper() if c not in ".,;:!?'’"),
        ),
        ("Cyrillic letters among the Latin", lambda text: text.translate(str.maketrans("aeocpx", "аеосрх"))),
        ("10 % of the words changed", lambda text: _other_words(rng, text, 0.10)),
        ("20 % of the words changed", lambda text: _other_words(rng, text, 0.20)),
        ("30 % of the words changed", lambda text: _other_words(rng, text, 0.30)),
        ("its first half", lambda text: text[: len(text) // 2]),
        ("its first 24 words or 40 characters", _beginning),
    )


def _each(
    rng: random.Random, share: float, change: Callable[[float, float], tuple[tuple[float, float], ...]]
) -> Change:
    def changed(tune: Tune, bars: tuple[int, ...]) -> Tune:
        notes: list[tuple[float, float]] = []
        for pitch, seconds in tune:
            notes.extend(change(pitch, seconds) if rng.random() < share else ((pitch, seconds),))
        return tuple(notes)

    return changed


def _ornament(rng: random.Random, pitch: float, seconds: float) -> tuple[tuple[float, float], ...]:
    """A short note before it, a mordent or a turn."""
    above, below = pitch + rng.choice((1, 2)), pitch - rng.choice((1, 2))
    return rng.choice(
        (
            ((above, 0.12 * seconds), (pitch, 0.88 * seconds)),
            ((pitch, 0.12 * seconds), (above, 0.12 * seconds), (pitch, 0.76 * seconds)),
            (
                (pitch, 0.4 * seconds),
                (above, 0.15 * seconds),
                (pitch, 0.15 * seconds),
                (below, 0.15 * seconds),
                (pitch, 0.15 * seconds),
            ),
        )
    )


def _beside(rng: random.Random, pitch: float) -> float:
    return pitch + rng.choice((-2, -1, 1, 2))


def _jitter(rng: random.Random, tune: Tune, share: float) -> Tune:
    return tuple((pitch, seconds * rng.lognormvariate(0.0, share)) for pitch, seconds in tune)


def _cut(tune: Tune, bars: tuple[int, ...], count: int) -> Tune | None:
    """So many bars from its fifth on, or from its first where it is too short for that; else None."""
    first, last = min(bars), max(bars)
    start = first + _CUT_BARS if last - first + 1 >= count + _CUT_BARS else first
    if last - start + 1 < count:
        return None
    return tuple(note for note, bar in zip(tune, bars, strict=True) if start <= bar < start + count)


def _other_words(rng: random.Random, text: str, share: float) -> str:
    """Words, or characters where no spaces part them, exchanged for others of the same text."""
    words = text.split()
    if len(words) >= len(text) / 12:
        return " ".join(rng.choice(words) if rng.random() < share else word for word in words)
    return "".join(rng.choice(text) if rng.random() < share else char for char in text)


def _beginning(text: str) -> str:
    words = text.split()
    return " ".join(words[:24]) if len(words) >= len(text) / 12 else text[:40]
