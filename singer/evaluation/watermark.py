"""What the watermark survives: the table of attacks, measured on marked sounds."""

from __future__ import annotations

import hashlib
import math
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.audio_file import read
from singer.errors import BadInput
from singer.evaluation.attacks import ATTACKS, Attack, Clip
from singer.watermark import detect, embed

Table = list[dict[str, object]]
_Task = tuple[Attack, str, Clip, str]

_BLOCK_S = 0.05
_SOUNDING = 10 ** (-40 / 20)  # of the loudest block
_DRAWS = 50


@dataclass(frozen=True)
class MarkedSound:
    """A sound at 44 100 Hz, (n,), the id that it carries, and the same under another id."""

    name: str
    samples: NDArray[np.float32]
    render_id: int
    twin: NDArray[np.float32]
    twin_id: int


@dataclass(frozen=True)
class Outcome:
    """What the detector made of one attacked excerpt."""

    right: bool
    wrong: bool
    score: float
    """The detector's statistic z, 0 where it said nothing."""
    spent_s: float
    """CPU seconds of detection."""
    heard_s: float


@dataclass(frozen=True)
class Trial:
    """One attack on one excerpt of one sound, and what it came to."""

    attack: Attack
    sound: str
    outcome: Outcome


def released_pair(first: Path, second: Path, key: bytes) -> MarkedSound:
    """Two releases of one song with the ids that they carry. Raises `BadInput` where the key finds none."""
    sounds = []
    for file in (first, second):
        samples = read(file, SAMPLE_RATE).samples
        found = detect(samples, SAMPLE_RATE, key)
        if found is None:
            raise BadInput(f"{file.name} carries no mark of this key.", "Give files that were sung here.")
        sounds.append((samples, found.render_id))
    return MarkedSound(first.stem, *sounds[0], *sounds[1])


def mark_recordings(recordings: Sequence[tuple[str, NDArray[np.float32]]], key: bytes) -> list[MarkedSound]:
    """Recordings (name, samples at 44 100 Hz) marked here, with ids that follow from their names."""
    sounds = []
    for name, samples in recordings:
        digest = hashlib.sha256(name.encode()).digest()
        ids = [int.from_bytes(digest[at : at + 8]) for at in (0, 8)]
        marked = [embed(samples, render_id, key) for render_id in ids]
        sounds.append(MarkedSound(name, marked[0], ids[0], marked[1], ids[1]))
    return sounds


def try_attacks(
    sounds: Sequence[MarkedSound],
    key: bytes,
    *,
    attacks: Sequence[Attack] = ATTACKS,
    excerpts: int = 2,
    seed: int = 0,
    processes: int = 0,
    progress: Callable[[Trial], None] = lambda _: None,
) -> list[Trial]:
    """Every attack on `excerpts` excerpts of every sound, in that order whatever the number of processes.

    0 processes: all is done in this one, with as many threads as its libraries take.

    Excerpts lie at random places that sound; shorter sounds are taken whole. All attacks of one length meet
    the same excerpts, and chance is drawn afresh from `seed`, attack, sound and excerpt.
    """
    work = (
        (attack, sound.name, clip, f"{seed}/{attack.name}/{sound.name}/{number}")
        for attack in attacks
        for sound in sounds
        for number in range(excerpts)
        for clip in [_clip(sound, attack.seconds, f"{seed}/{sound.name}/{number}", key)]
    )
    trials = []
    for trial in _each(work, processes):
        trials.append(trial)
        progress(trial)
    return trials


def by_attack(trials: Sequence[Trial]) -> Table:
    """A line for each attack: of how many clips the id was recovered, or a wrong one given."""
    return [
        {"attack": attack.name, **_counts([trial for trial in trials if trial.attack is attack])}
        for attack in dict.fromkeys(trial.attack for trial in trials)
    ]


def by_row(trials: Sequence[Trial]) -> Table:
    """A line for each row of the table, with its bar and its worst attack."""
    lines: Table = []
    for row in dict.fromkeys(trial.attack.row for trial in trials):
        mine = [trial for trial in trials if trial.attack.row is row]
        worst = min(by_attack(mine), key=lambda line: float(str(line["recovered_percent"])))
        counts = _counts(mine)
        reached = (
            None if row.bar_percent is None else float(str(counts["recovered_percent"])) >= row.bar_percent
        )
        lines.append(
            {
                "row": row.name,
                "bar_percent": row.bar_percent,
                **counts,
                "worst": f"{worst['attack']}: {worst['recovered_percent']}",
                "reached": reached,
            }
        )
    return lines


def _counts(trials: Sequence[Trial]) -> dict[str, object]:
    outcomes = [trial.outcome for trial in trials]
    heard_s = sum(outcome.heard_s for outcome in outcomes)
    return {
        "recovered_percent": math.floor(1000 * np.mean([outcome.right for outcome in outcomes])) / 10,
        "clips": len(outcomes),
        "wrong": sum(outcome.wrong for outcome in outcomes),
        "median_score": round(float(np.median([outcome.score for outcome in outcomes])), 1),
        "cpu_s_per_s": round(sum(outcome.spent_s for outcome in outcomes) / max(heard_s, 1e-9), 4),
    }


def _attacked(attack: Attack, clip: Clip, seed: str) -> Outcome:
    attacked = attack.apply(clip, generator(seed))
    started = time.process_time()
    found = detect(attacked, attack.sample_rate, clip.key, "full" if attack.full_search else "offset")
    spent_s = time.process_time() - started
    right = found is not None and (
        clip.names(found.render_id) if attack.either else found.render_id == clip.render_id
    )
    score = found.score if found else 0.0
    return Outcome(right, found is not None and not right, score, spent_s, len(attacked) / attack.sample_rate)


def _attacked_by(name: str, clip: Clip, seed: str) -> Outcome:
    """As `_attacked`, for other processes: an attack goes there by its name, since its functions cannot."""
    return _attacked(next(attack for attack in ATTACKS if attack.name == name), clip, seed)


def _clip(sound: MarkedSound, seconds: float, seed: str, key: bytes) -> Clip:
    piece = sounding_piece(sound.samples, seconds, generator(seed))
    return Clip(sound.samples[piece], sound.render_id, sound.twin[piece], sound.twin_id, key)


def sounding_piece(samples: NDArray[np.float32], seconds: float, random: np.random.Generator) -> slice:
    """A random excerpt at least half of which sounds, where there is one; shorter sounds whole."""
    block = round(_BLOCK_S * SAMPLE_RATE)
    length = min(len(samples), round(seconds * SAMPLE_RATE))
    whole = samples[: len(samples) // block * block].reshape(-1, block)
    levels = np.sqrt(np.mean(whole**2, axis=1))
    start = 0
    for _ in range(_DRAWS):
        start = int(random.integers(len(samples) - length + 1))
        heard = levels[start // block : (start + length) // block]
        if len(heard) and np.mean(heard > _SOUNDING * levels.max()) > 0.5:
            break
    return slice(start, start + length)


def generator(seed: str) -> np.random.Generator:
    """A random generator of its own for every text."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]))


def _each(tasks: Iterator[_Task], processes: int) -> Iterator[Trial]:
    """Every task's trial, in order, from so many processes of one thread each."""
    if processes == 0:
        for attack, sound, clip, seed in tasks:
            yield Trial(attack, sound, _attacked(attack, clip, seed))
        return
    with one_thread_each(), ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        waiting: deque[tuple[Attack, str, Future[Outcome]]] = deque()
        for attack, sound, clip, seed in tasks:
            waiting.append((attack, sound, pool.submit(_attacked_by, attack.name, clip, seed)))
            if len(waiting) >= 4 * processes:
                attack, sound, outcome = waiting.popleft()
                yield Trial(attack, sound, outcome.result())
        for attack, sound, outcome in waiting:
            yield Trial(attack, sound, outcome.result())


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Processes that are started within load their libraries for one thread."""
    before = {name: os.environ.get(name) for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")}
    os.environ.update(dict.fromkeys(before, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
