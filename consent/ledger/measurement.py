"""Measures a long ledger: how fast it is written, proven and checked, and in how much memory.

The log is written by the real writer, half authorisations and half releases with their records, so that the
checker has as much to compare as in a registry that lived.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import random
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert

from consent.clock import to_ms
from consent.errors import UnknownName
from consent.grant_use import count_use
from consent.grants import load_grant
from consent.ledger.fsck import check_ledger
from consent.ledger.log import last_head
from consent.ledger.paths import read_root
from consent.ledger.proof import verify_proof
from consent.ledger.proving import Proofs
from consent.ledger.tree import verify_consistency
from consent.records import (
    AuthorisationRow,
    GrantRow,
    ReleasedFileRow,
    ReleaseRow,
    RenderRow,
    VoiceRow,
    table_of,
)
from consent.store import Store, Unit

_PROOFS = 300
_SECONDS_MS = 60_000


@dataclass(frozen=True)
class LedgerFigures:
    """What was measured. Wall times; `append_ms` is per entry, its record and its commit included."""

    entries: int
    entries_per_transaction: int
    append_ms: float
    database_mb: float
    proof_bytes: int
    proof_made_and_checked_ms: float
    proof_worst_ms: float
    consistency_made_and_checked_ms: float
    fsck_s: float
    fsck_cpu_s: float
    fsck_peak_mb: float
    fsck_findings: int


def measure_ledger(
    home: Path, entries: int, per_transaction: int = 20, progress: Callable[[int], None] = lambda _: None
) -> LedgerFigures:
    """Write a ledger of so many entries into the registry at `home`, which knows a voice with a grant; prove
    and check it.

    `per_transaction` (even) entries share a commit; each has its own signed head all the same. Raises
    UnknownName where no voice has a grant.
    """
    store = Store.open(home, None)
    started, begun = time.perf_counter(), _size(store)
    while (size := _size(store)) < entries:
        with store.write() as unit:
            _write_songs(store, unit, size, min(per_transaction, entries - size + 1) // 2 or 1)
        progress(_size(store))
    written = _size(store) - begun
    append_ms = (time.perf_counter() - started) / max(1, written) * 1000
    proofs, sizes = _time_proofs(store)
    consistency_ms = _time_consistency(store)
    size = _size(store)
    store.database.close()
    seconds, cpu_s, peak_mb, findings = _check_alone(home)
    return LedgerFigures(
        entries=size,
        entries_per_transaction=per_transaction,
        append_ms=append_ms,
        database_mb=sum(file.stat().st_size for file in home.glob("registry.db*")) / 1e6,
        proof_bytes=max(sizes),
        proof_made_and_checked_ms=median(proofs),
        proof_worst_ms=max(proofs),
        consistency_made_and_checked_ms=consistency_ms,
        fsck_s=seconds,
        fsck_cpu_s=cpu_s,
        fsck_peak_mb=peak_mb,
        fsck_findings=findings,
    )


def _write_songs(store: Store, unit: Unit, first: int, songs: int) -> None:
    connection, now_ms = unit.session.connection(), to_ms(unit.now)
    voice = unit.session.query(VoiceRow).order_by(VoiceRow.id).first()
    grant = None if voice is None else unit.session.query(GrantRow).filter_by(voice_id=voice.id).first()
    if voice is None or grant is None:
        raise UnknownName("The registry knows no voice with a grant.")
    rows: dict[type[Any], list[dict[str, Any]]] = {
        AuthorisationRow: [],
        RenderRow: [],
        ReleaseRow: [],
        ReleasedFileRow: [],
    }
    for number in range(first, first + 2 * songs, 2):
        digest = hashlib.sha256(b"song %d" % number).hexdigest()
        names = {"authorisation": digest[:32], "render": digest[:16], "voice": voice.id, "grant": grant.id}
        said = {**names, "version": voice.version, "user": digest[32:], "work": digest}
        place = unit.append("authorisation", {**said, "purpose": "private", "duration_ms": _SECONDS_MS})
        rows[AuthorisationRow].append(
            {
                "id": digest[:32],
                "voice_id": voice.id,
                "grant_id": grant.id,
                "render_id": digest[:16],
                "recipe": digest,
                "state": "released",
                "expires_at_ms": now_ms,
                "mac": "",
                "song": None,
                "ledger_index": place,
            }
        )
        files = [{"sha256": digest, "size_bytes": 5_292_044}]
        release = {**said, "release": digest[32:], "terms_sha256": digest, "performance": digest}
        place = unit.append("render", {**release, "duration_ms": _SECONDS_MS, "files": files})
        rows[RenderRow].append(
            {
                "render_id": digest[:16],
                "voice_id": voice.id,
                "voice_version": voice.version,
                "grant_id": grant.id,
                "user_id": "measurement",
                "work_digest": digest,
                "first_released_at_ms": now_ms,
            }
        )
        rows[ReleaseRow].append(
            {
                "id": digest[32:],
                "render_id": digest[:16],
                "authorisation_id": digest[:32],
                "grant_id": grant.id,
                "duration_ms": _SECONDS_MS,
                "performance_sha256": digest,
                "released_at_ms": now_ms,
                "ledger_index": place,
            }
        )
        path = f"/measurement/{number}.wav"
        rows[ReleasedFileRow].append({"release_id": digest[32:], "position": 0, "path": path, **files[0]})
    for kind, values in rows.items():
        connection.execute(insert(table_of(kind)), values)
    count_use(store, unit, load_grant(store, unit.session, grant), songs * _SECONDS_MS, songs)


def _time_proofs(store: Store) -> tuple[list[float], list[int]]:
    """Milliseconds that proofs of random songs took, made and checked, and how many bytes they have."""
    proofs, size, drawn = Proofs(store), _size(store), random.Random(0)
    times, sizes = [], []
    for _ in range(_PROOFS):
        digest = hashlib.sha256(b"song %d" % _nearest_song(store, drawn.randrange(size))).hexdigest()
        started = time.perf_counter()
        proof = proofs.of_file(digest)
        verify_proof(proof, proofs.public_key, digest)
        times.append((time.perf_counter() - started) * 1000)
        sizes.append(len(proof.to_json()))
    return times, sizes


def _nearest_song(store: Store, place: int) -> int:
    """The number of a song near a place: numbers count from the first entry that was measured, by twos."""
    with store.read() as session:
        query = session.query(ReleasedFileRow.path).join(
            ReleaseRow, ReleaseRow.id == ReleasedFileRow.release_id
        )
        found = query.filter(ReleaseRow.ledger_index >= place).order_by(ReleaseRow.ledger_index).first()
        if found is None:
            found = query.order_by(ReleaseRow.ledger_index.desc()).first()
    return int(Path(found[0]).stem) if found else 0


def _time_consistency(store: Store) -> float:
    proofs, size, times = Proofs(store), _size(store), []
    with store.read() as session:
        roots = {number: read_root(session, number) for number in (size // 3, size)}
    for _ in range(_PROOFS // 10):
        started = time.perf_counter()
        proof = proofs.consistency(size // 3, size)
        verify_consistency(proof.first, proof.second, roots[proof.first], roots[proof.second], proof.path)
        times.append((time.perf_counter() - started) * 1000)
    return median(times)


def _check_alone(home: Path) -> tuple[float, float, float, int]:
    """Check in a process of its own, whose memory is then that of the check."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_check, (str(home),))


def _check(home: str) -> tuple[float, float, float, int]:
    store = Store.open(Path(home), None)
    started, begun = time.perf_counter(), time.process_time()
    with store.read() as session:
        report = check_ledger(session.connection(), store.keys.ledger_public)
    seconds = time.perf_counter() - started
    return seconds, time.process_time() - begun, _peak_mb(), len(report.findings) + report.unlisted


def _peak_mb() -> float:
    """The most memory that this process held; what Linux says of it does not count its parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        held = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(held.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _size(store: Store) -> int:
    with store.read() as session:
        head = last_head(session)
        return head.size if head else 0
