"""What the watermark survives, how seldom it is seen where it is not, and what it does to the sound."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.audio_file import read
from singer.errors import BadInput
from singer.evaluation.attacks import ATTACKS, Attack
from singer.watermark import detect, embed

Row = dict[str, object]


@dataclass(frozen=True)
class MarkedSound:
    """A sound at 44 100 Hz, (n,), and the id that it carries."""

    name: str
    samples: NDArray[np.float32]
    render_id: int


def released_songs(files: Sequence[Path], key: bytes) -> list[MarkedSound]:
    """Our own finished files with the ids that they carry. Raises `BadInput` for one in which the key finds
    none.
    """
    songs = []
    for file in files:
        samples = read(file, SAMPLE_RATE).samples
        found = detect(samples, SAMPLE_RATE, key)
        if found is None:
            raise BadInput(f"{file.name} carries no mark of this key.", "Give files that were sung here.")
        songs.append(MarkedSound(file.name, samples, found.render_id))
    return songs


def mark_recordings(files: Sequence[Path], key: bytes, seed: int = 0) -> list[MarkedSound]:
    """Recordings of anybody's, marked here with random ids."""
    random = np.random.default_rng(seed)
    sounds = []
    for file in files:
        render_id = int(random.integers(1 << 64, dtype=np.uint64))
        samples = read(file, SAMPLE_RATE).samples
        sounds.append(MarkedSound(file.name, embed(samples, render_id, key), render_id))
    return sounds


def run(
    sounds: Sequence[MarkedSound],
    key: bytes,
    *,
    attacks: Iterable[Attack] = ATTACKS,
    excerpts: int = 2,
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Row]:
    """One row for each attack: of how many excerpts the id was recovered, or a wrong one given.

    From each sound `excerpts` excerpts are taken at random places (of the attack's length, ten seconds for
    most); sounds that are shorter are taken whole. `progress` is told each attack's name.
    """
    rows = []
    for attack in attacks:
        progress(attack.name)
        random = np.random.default_rng(seed)
        outcomes = []
        spent_s = heard_s = 0.0
        for sound in sounds:
            for _ in range(excerpts):
                excerpt = _excerpt(sound.samples, attack.seconds, random)
                attacked = attack.apply(excerpt, random)
                started = time.process_time()
                found = detect(attacked, attack.sample_rate, key, "full" if attack.full_search else "offset")
                spent_s += time.process_time() - started
                heard_s += len(excerpt) / SAMPLE_RATE
                outcomes.append(None if found is None else found.render_id == sound.render_id)
        rows.append(
            {
                "attack": attack.name,
                "clips": len(outcomes),
                "recovered_percent": round(100 * outcomes.count(True) / max(len(outcomes), 1), 1),
                "wrong": outcomes.count(False),
                "cpu_s_per_s": round(spent_s / max(heard_s, 1e-9), 4),
            }
        )
    return rows


def count_false_positives(
    files: Sequence[Path],
    clips: int = 20_000,
    seconds: float = 5.0,
    seed: int = 0,
    progress: Callable[[int], None] = lambda _: None,
) -> Row:
    """How many of `clips` unmarked excerpts, each under a fresh random key, are taken for marked.

    `files`: recordings that were never marked. With a fresh key each clip is a test of its own, as the
    theorem in `singer.watermark.detect` counts them.
    """
    random = np.random.default_rng(seed)
    recordings = [read(file, SAMPLE_RATE).samples for file in files]
    positives = 0
    for clip in range(clips):
        excerpt = _excerpt(recordings[clip % len(recordings)], seconds, random)
        positives += detect(excerpt, SAMPLE_RATE, random.bytes(32)) is not None
        progress(clip + 1)
    return {"clips": clips, "false_positives": positives}


def audibility(files: Sequence[Path], key: bytes) -> list[Row]:
    """For each recording: level of the mark under the sound, and the log-spectral distance that it makes, in
    dB.
    """
    rows: list[Row] = []
    for file, sound in zip(files, mark_recordings(files, key), strict=True):
        plain = read(file, SAMPLE_RATE).samples
        mark = sound.samples - plain
        rows.append(
            {
                "sound": file.name,
                "mark_db": round(10 * float(np.log10(np.mean(mark**2) / np.mean(plain**2))), 1),
                "log_spectral_distance_db": round(_log_spectral_distance(plain, sound.samples), 2),
            }
        )
    return rows


def _excerpt(
    samples: NDArray[np.float32], seconds: float, random: np.random.Generator
) -> NDArray[np.float32]:
    length = min(len(samples), round(seconds * SAMPLE_RATE))
    start = int(random.integers(len(samples) - length + 1))
    return samples[start : start + length]


def _log_spectral_distance(plain: NDArray[np.float32], marked: NDArray[np.float32]) -> float:
    """Root mean square of the level difference in dB, over the bins of each 23 ms frame within 30 dB of its
    loudest.
    """
    window = np.hanning(1024)
    levels = []
    for samples in (plain, marked):
        frames = np.lib.stride_tricks.sliding_window_view(samples, 1024)[::512]
        levels.append(20 * np.log10(np.abs(np.fft.rfft(frames * window)) + 1e-9))
    loud = (levels[0] > levels[0].max(axis=1, keepdims=True) - 30) & (levels[0] > levels[0].max() - 50)
    return float(np.sqrt(np.mean((levels[1] - levels[0])[loud] ** 2)))
