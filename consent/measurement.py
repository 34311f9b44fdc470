"""Measures the registry at its door: how long a decision takes, and how many songs a second it lets out."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from consent.registry import Registry
from consent.release import Release
from consent.request import Request

_ASKED = 300
_SOUND = b"stands for a second of sound " * 2000
_SUFFIXES = (".wav", ".mp3")


@dataclass(frozen=True)
class RegistryFigures:
    """What was measured, one caller after the other: medians in wall milliseconds, and songs per second."""

    songs: int
    decision_ms: float
    authorise_ms: float
    commit_ms: float
    songs_per_second: float


def measure_registry(registry: Registry, voice: str, folder: Path, songs: int) -> RegistryFigures:
    """Ask for, authorise and release so many songs of two small files each into `folder`, under a standing
    grant of `voice`. Raises Refused where there is none."""
    staging = folder / "staging"
    staging.mkdir()
    requests = [_request(voice, number) for number in range(songs)]
    releases = [_stage(folder, staging, number) for number in range(songs)]
    decisions, authorised, committed = [], [], []
    for number in range(_ASKED):
        started = time.perf_counter()
        registry.may(requests[number % songs])
        decisions.append(time.perf_counter() - started)
    begun = time.perf_counter()
    for request, release in zip(requests, releases, strict=True):
        started = time.perf_counter()
        authorization = registry.authorise(request)
        between = time.perf_counter()
        registry.commit(authorization, release)
        authorised.append(between - started)
        committed.append(time.perf_counter() - between)
    return RegistryFigures(
        songs=songs,
        decision_ms=median(decisions) * 1000,
        authorise_ms=median(authorised) * 1000,
        commit_ms=median(committed) * 1000,
        songs_per_second=songs / (time.perf_counter() - begun),
    )


def _request(voice: str, number: int) -> Request:
    work_digest = hashlib.sha256(b"song %d" % number).hexdigest()
    return Request(voice, "measurement", "private", work_digest, 60.0, "en")


def _stage(folder: Path, staging: Path, number: int) -> Release:
    files = []
    for suffix in _SUFFIXES:
        staged = staging / f"{number}{suffix}"
        staged.write_bytes(_SOUND)
        files.append((staged, folder / staged.name))
    return Release(tuple(files), 60.0, hashlib.sha256(b"performance %d" % number).hexdigest())
