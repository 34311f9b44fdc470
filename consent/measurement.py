"""Measures the registry at its door: how long a decision takes, and how many songs a second it lets out."""

from __future__ import annotations

import hashlib
import time
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from consent.registry import Registry
from consent.release import Release
from consent.release_marks import KnownBy, SignedManifest
from consent.request import Request

_ASKED = 300
_SOUND = b"stands for a second of sound " * 2000
_SUFFIXES = (".wav", ".mp3")


@dataclass(frozen=True)
class RegistryFigures:
    """What was measured, one caller after the other: medians in wall milliseconds, and songs per second.

    `rows_bytes`: of the recipe before it is packed, of the fingerprints and of the manifests of each song.
    """

    songs: int
    rows_bytes: int
    decision_ms: float
    authorise_ms: float
    commit_ms: float
    songs_per_second: float


def measure_registry(
    registry: Registry, asked: Request, known_by: KnownBy, folder: Path, songs: int
) -> RegistryFigures:
    """Ask for, authorise and release so many songs of two small files each into `folder`.

    Each is asked for as `asked` is, for another work with a line of lyrics more, and known by what a real
    song is `known_by`, its manifests under names of their own. The files are small: to read through long ones
    (SHA-256) comes on top. Raises Refused where there is no standing grant.
    """
    staging = folder / "staging"
    staging.mkdir()
    requests = [_request(asked, number) for number in range(songs)]
    releases = [_stage(folder, staging, known_by, number) for number in range(songs)]
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
        rows_bytes=_size(known_by),
        decision_ms=median(decisions) * 1000,
        authorise_ms=median(authorised) * 1000,
        commit_ms=median(committed) * 1000,
        songs_per_second=songs / (time.perf_counter() - begun),
    )


def _request(asked: Request, number: int) -> Request:
    work_digest = hashlib.sha256(b"song %d" % number).hexdigest()
    song = asked.song and replace(asked.song, lyrics=f"{asked.song.lyrics}\nverse {number}")
    return replace(asked, work_digest=work_digest, song=song)


def _stage(folder: Path, staging: Path, known_by: KnownBy, number: int) -> Release:
    files, manifests = [], []
    for suffix in _SUFFIXES:
        staged = staging / f"{number}{suffix}"
        staged.write_bytes(_SOUND)
        files.append((staged, folder / staged.name))
    for signed in known_by.credentials:
        urn = f"urn:c2pa:{uuid.uuid5(uuid.NAMESPACE_URL, f'{signed.manifest} {number}')}"
        manifests.append(SignedManifest(urn, signed.sha256, signed.data))
    own = replace(known_by, credentials=tuple(manifests))
    performance = hashlib.sha256(b"performance %d" % number).hexdigest()
    return Release(tuple(files), 60.0, performance, known_by=own)


def _size(known_by: KnownBy) -> int:
    recipe, fingerprint = known_by.recipe, known_by.fingerprint
    sizes = [len(signed.data) for signed in known_by.credentials]
    sizes += [len(recipe.performance.encode())] if recipe else []
    sizes += [len(fingerprint.contour), len(fingerprint.chromaprint)] if fingerprint else []
    return sum(sizes)
