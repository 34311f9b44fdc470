"""What a song costs, from its plan to its released file: on as many processors as are allowed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

from singer.evaluation.resung import Sing
from singer.performance.model import Performance
from singer.planning import plan
from singer.score.model import Lyric, Note, Part, Score, TempoMap

_PHRASES, _NOTES, _TEMPO = 8, 16, 120.0
_TUNE = (60, 62, 64, 65, 67, 65, 64, 62)


@dataclass(frozen=True)
class Cost:
    """CPU seconds and seconds on the clock for each second of song."""

    cpu_s: float
    wall_s: float


def chain(sing: Sing, voice: str, processors: int) -> Cost:
    """Sing a song of a minute and a half twice, and measure the second time, on so many processors.

    The clock says something only on a machine that does nothing else.
    """
    performance = song()
    with only(processors):
        sing(performance, voice)
        wall_s, cpu_s = time.monotonic(), time.process_time()
        sing(performance, voice)
        wall_s, cpu_s = time.monotonic() - wall_s, time.process_time() - cpu_s
    return Cost(cpu_s / performance.duration_s, wall_s / performance.duration_s)


@contextmanager
def only(processors: int) -> Iterator[None]:
    """Let this process use no more than so many processors inside the block, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    usual = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(usual)[:processors])
    try:
        yield
    finally:
        os.sched_setaffinity(0, usual)


def song() -> Performance:
    """Phrases of eight seconds with two seconds' rest between them."""
    notes, beat = [], Fraction(1)
    for _ in range(_PHRASES):
        for place in range(_NOTES):
            pitch = float(_TUNE[place % len(_TUNE)])
            notes.append(Note(beat, Fraction(1), pitch, 1 + int(beat // 4), {1: Lyric("la", "single")}))
            beat += 1
        beat += 4
    tempo = TempoMap(((Fraction(0), _TEMPO),))
    score = Score("Chain", "", "en", tempo, (Part("P1", "Voice", tuple(notes)),), beat, ())
    return plan(score, language="en").performance
