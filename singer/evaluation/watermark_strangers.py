"""How seldom the watermark is seen where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.evaluation.attacks import bands
from singer.evaluation.speech import spoken_numbers
from singer.evaluation.watermark import Table, generator, one_thread_each, sounding_piece
from singer.evaluation.watermark_others import SCHEMES
from singer.watermark import detect
from singer.watermark import field as fields
from singer.watermark.reading import Stretch, read
from singer.watermark.residual import residual

Search = Literal["offset", "full"]
CLIP_S = 5.0
_KEYS_PER_CLIP = 10


@dataclass(frozen=True)
class Stranger:
    """A sound at 44 100 Hz, (n,), in which no mark of any key that is tried stands."""

    kind: str
    samples: NDArray[np.float32]


@dataclass(frozen=True)
class StrangeTest:
    """One clip under one fresh key, and whether it was taken for marked."""

    kind: str
    positive: bool


def made_strangers(seed: int = 0, seconds: float = 60.0, each: int = 4) -> list[Stranger]:
    """Music and speech that are made here: `each` pieces of so many seconds of both."""
    made = []
    for number in range(each):
        made.append(Stranger("music", bands.play(seconds, generator(f"{seed}/music/{number}"))))
        made.append(Stranger("speech", spoken_numbers(seconds, generator(f"{seed}/speech/{number}"))))
    return made


def with_other_marks(singing: Sequence[NDArray[np.float32]], seed: int = 0) -> list[Stranger]:
    """Unmarked singing, each piece under every other scheme's mark."""
    return [
        Stranger(f"mark: {name}", mark(samples, generator(f"{seed}/{name}/{number}")))
        for name, mark in SCHEMES.items()
        for number, samples in enumerate(singing)
    ]


def try_strangers(
    strangers: Sequence[Stranger],
    tests: int = 20_000,
    *,
    search: Search = "offset",
    seed: int = 0,
    processes: int = 0,
    progress: Callable[[StrangeTest], None] = lambda _: None,
) -> list[StrangeTest]:
    """`tests` tests, each kind its share: a clip of 5 s at a random place, under a fresh random key.

    What the theorem takes for random is the key, so ten keys are tried on each clip, and each counts. Without
    the search of speeds and pitches a clip is prepared once for all its keys, and read as `detect` reads it,
    but for its allowance for further looks, which would only make it stricter.
    """
    kinds = list(dict.fromkeys(stranger.kind for stranger in strangers))
    of_kind = {kind: [stranger for stranger in strangers if stranger.kind == kind] for kind in kinds}
    chunks: list[tuple[Stranger, list[str], Search]] = []
    for place, kind in enumerate(kinds):
        mine = range(place, tests, len(kinds))
        for number, stranger in enumerate(of_kind[kind]):
            seeds = [f"{seed}/{kind}/{test}" for test in mine[number :: len(of_kind[kind])]]
            chunks += [(stranger, seeds[at : at + 50], search) for at in range(0, len(seeds), 50)]
    done = []
    for results in _each(chunks, processes):
        for test in results:
            done.append(test)
            progress(test)
    return done


def by_kind(tests: Sequence[StrangeTest]) -> Table:
    """A line for each kind and one for all: how many tests, and how many were taken for marked."""
    kinds = list(dict.fromkeys(test.kind for test in tests))
    groups = [(kind, [test.positive for test in tests if test.kind == kind]) for kind in kinds]
    groups.append(("all", [test.positive for test in tests]))
    return [{"kind": kind, "tests": len(found), "positives": sum(found)} for kind, found in groups]


def _each(
    chunks: Sequence[tuple[Stranger, list[str], Search]], processes: int
) -> Iterator[list[StrangeTest]]:
    if processes == 0:
        yield from map(_try, chunks)
        return
    with one_thread_each(), ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        yield from pool.map(_try, chunks)


def _try(chunk: tuple[Stranger, list[str], Search]) -> list[StrangeTest]:
    stranger, seeds, search = chunk
    tests: list[StrangeTest] = []
    for first in range(0, len(seeds), _KEYS_PER_CLIP):
        random = generator(seeds[first])
        samples = stranger.samples[sounding_piece(stranger.samples, CLIP_S, random)]
        stretch = Stretch(fields.field(fields.to_field_rate(samples, SAMPLE_RATE)), residual(samples))
        for seed in seeds[first : first + _KEYS_PER_CLIP]:
            key = generator(f"{seed}/key").bytes(32)
            if search == "full":
                found = detect(samples, SAMPLE_RATE, key) is not None
            else:
                found = read(stretch, key, log_looks=0.0) is not None
            tests.append(StrangeTest(stranger.kind, found))
    return tests
