"""Recordings that training never saw, sung again from their own phones and pitch, and released like any song.

What is measured is what a listener gets: a registry of its own grants every use, and each song leaves it with
its marks in it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from singer import HOP, SAMPLE_RATE, studio
from singer.language.phones import SILENCE
from singer.performance.expression import CURVES, F0_RANGE_HZ
from singer.performance.model import Performance, PhoneSpan, Phrase, frame_time_s
from singer.training.corpora import UNKNOWN, LabelledPhone, Utterance

Sound = NDArray[np.float32]
Sing = Callable[[Performance, str], Sound]
"""A performance and a voice's id → the released song, (n,) at 44 100 Hz."""

GAP_FRAMES = 60
"""Silent frames between two recordings: a third of a second."""


@dataclass(frozen=True)
class Part:
    """One recording to sing again: phones in seconds from its start, pitch (frames,) in Hz."""

    phones: tuple[LabelledPhone, ...]
    f0_hz: NDArray[np.float32]


@dataclass(frozen=True)
class Take:
    """A stretch of sound, (n,) at 44 100 Hz, the phones in it, in seconds from its start, and the pitch that
    it is sung around."""

    samples: Sound
    phones: tuple[LabelledPhone, ...]
    pitch_hz: float = 220.0


@contextmanager
def stage(voices: Path | None = None) -> Iterator[Sing]:
    """A registry of its own over a folder of voices (default: the shipped ones), which lasts as long as the
    block; gives what sings."""
    with tempfile.TemporaryDirectory() as folder:
        registry = studio.open_registry(Path(folder) / "registry", voices)
        target = Path(folder) / "song.wav"

        def sing(performance: Performance, voice: str) -> Sound:
            song = studio.render(registry, performance, [target], use=studio.Use("evaluation"), voice=voice)
            target.unlink()
            return song.samples

        try:
            yield sing
        finally:
            registry.close()


def part_of(utterance: Utterance, f0_hz: NDArray[np.float32]) -> Part:
    """An utterance with its pitch (frames,); what is labelled as unknown is silent."""
    return Part(
        tuple(
            LabelledPhone(SILENCE, p.start_s, p.end_s) if p.phone == UNKNOWN else p for p in utterance.phones
        ),
        f0_hz,
    )


def sing_again(
    sing: Sing,
    voice: str,
    parts: Sequence[Part],
    language: str,
    curves: Mapping[str, float] | None = None,
) -> list[Take]:
    """Each part as `voice` sings it, exactly as long as its pitch; all of them are one release.

    `curves` holds values that stand in the place of a curve's default all the way through.
    """
    performance = performance_of(parts, language, curves)
    samples = sing(performance, voice)
    return [
        Take(
            samples[phrase.start_frame * HOP : phrase.end_frame * HOP],
            _from_zero(phrase),
            float(np.median(part.f0_hz)),
        )
        for phrase, part in zip(performance.phrases, parts, strict=True)
    ]


def performance_of(
    parts: Sequence[Part], language: str, curves: Mapping[str, float] | None = None
) -> Performance:
    """A performance of which each part is a phrase, with silence between them."""
    phrases: list[Phrase] = []
    for part in parts:
        start_frame = (phrases[-1].end_frame if phrases else 0) + GAP_FRAMES
        frames = len(part.f0_hz)
        values = {curve.name: curve.default or 0.0 for curve in CURVES if curve.default is not None}
        constant = {**values, **(curves or {})}
        pitch = np.clip(part.f0_hz.astype(float), *F0_RANGE_HZ)
        phrases.append(
            Phrase(
                start_frame,
                frames,
                _spans(part.phones, start_frame, frames),
                (),
                {
                    "f0_hz": tuple(pitch.tolist()),
                    **{name: (value,) * frames for name, value in constant.items()},
                },
            )
        )
    duration_s = frame_time_s((phrases[-1].end_frame if phrases else 0) + GAP_FRAMES)
    return Performance("evaluation", language, duration_s, 0, tuple(phrases))


def _spans(phones: Sequence[LabelledPhone], start_frame: int, frames: int) -> tuple[PhoneSpan, ...]:
    """Phones in the song's seconds, from the phrase's first frame to its last one's end."""
    start_s, length_s = frame_time_s(start_frame), frames * HOP / SAMPLE_RATE
    kept = [phone for phone in phones if phone.start_s < length_s - 1e-3]
    edges = [0.0, *(phone.start_s for phone in kept[1:]), length_s]
    return tuple(
        PhoneSpan(phone.phone, start_s + first, start_s + last, None)
        for phone, (first, last) in zip(kept, pairwise(edges), strict=True)
    )


def _from_zero(phrase: Phrase) -> tuple[LabelledPhone, ...]:
    return tuple(
        LabelledPhone(span.phone, span.start_s - phrase.start_s, span.end_s - phrase.start_s)
        for span in phrase.phones
    )
