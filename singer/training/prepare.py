"""Features of a whole corpus, computed once, in parallel, kept in a work folder."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from singer.training.corpora.audio import read_samples
from singer.training.features import Features, extract


@dataclass(frozen=True)
class Source:
    """One recording to prepare: `id` names its features, `pitch_hz` is the pitch it is sung at (None:
    speech)."""

    id: str
    audio: Path
    pitch_hz: float | None


def feature_file(folder: Path, identifier: str) -> Path:
    """Where the features of recording `identifier` lie."""
    return folder / (re.sub(r"[^\w.-]+", "_", identifier) + ".npz")


def save(features: Features, file: Path) -> None:
    """Writes features as float16 levels and int16 samples; atomic, so a killed run leaves no half file."""
    partial = file.with_suffix(".part")
    with partial.open("wb") as stream:
        np.savez(
            stream,
            samples=np.round(np.clip(features.samples, -1, 1) * 32767).astype(np.int16),
            f0_hz=features.f0_hz,
            voiced=features.voiced,
            harmonic_db=features.harmonic_db.astype(np.float16),
            noise_db=features.noise_db.astype(np.float16),
        )
    os.replace(partial, file)


def load(file: Path) -> Features:
    """Reads what `save` wrote."""
    with np.load(file) as stored:
        return Features(
            samples=stored["samples"].astype(np.float32) / 32767,
            f0_hz=stored["f0_hz"],
            voiced=stored["voiced"],
            harmonic_db=stored["harmonic_db"].astype(np.float32),
            noise_db=stored["noise_db"].astype(np.float32),
        )


def _prepare_one(source: Source, folder: Path) -> str:
    file = feature_file(folder, source.id)
    if not file.exists():
        save(extract(read_samples(source.audio), source.pitch_hz), file)
    return source.id


def prepare(
    sources: Iterable[Source],
    folder: Path,
    workers: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Computes the features that are still missing in `folder`; calls `progress(done, total)`."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting = [source for source in sources if not feature_file(folder, source.id).exists()]
    with ProcessPoolExecutor(workers) as pool:
        results = pool.map(_prepare_one, waiting, [folder] * len(waiting), chunksize=8)
        for done, _ in enumerate(results, 1):
            if progress:
                progress(done, len(waiting))
