"""The journal that keeps files and ledger in step: a crash at any point leaves neither without the other.

A release moves its staged files to hidden names beside their final ones, commits, then gives them their
final names. Before the commit nothing bears a final name; after it, everything needed to finish is on disk.
What a killed process left is settled by the next one that opens the registry: finished if the commit stands,
removed if it does not.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ProofWriter = Callable[[Path], object]
"""Writes the proof of a release beside one of its files."""


@dataclass(frozen=True)
class Move:
    """One file of a release: where it was staged, its hidden name beside its final one, its final name."""

    staged: Path
    hidden: Path
    final: Path


class Journal:
    """One release under way. Its file is locked while its process lives."""

    def __init__(self, path: Path, moves: Sequence[Move]) -> None:
        self._path = path
        self._moves = tuple(moves)

    @classmethod
    @contextmanager
    def begin(cls, folder: Path, release_id: str, files: Sequence[tuple[Path, Path]]) -> Iterator[Journal]:
        """Write down what is about to be moved; nothing has moved yet."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        moves = [
            Move(staged, final.with_name(f".consonance-{release_id}-{position}"), final)
            for position, (staged, final) in enumerate(files)
        ]
        path = folder / f"{release_id}.json"
        with _locked_file(path) as handle:
            record = [[str(move.staged), str(move.hidden), str(move.final)] for move in moves]
            os.write(handle, json.dumps(record).encode())
            yield cls(path, moves)

    def hide(self) -> Settling:
        """Move every staged file to its hidden name; what is returned waits until that survives a power cut.

        Writing through to the disk goes on while the caller writes its records.
        """
        for move in self._moves:
            _move(move.staged, move.hidden)
        hidden = [move.hidden for move in self._moves]
        return Settling([self._path, self._path.parent, *hidden, *{path.parent for path in hidden}])

    def publish(self, write_proof: ProofWriter) -> bool:
        """After the commit: give every hidden file its final name and its proof, and forget the journal.

        What cannot be done now (a full disk) stays in the journal, and is done at the next opening: then it
        says False.
        """
        try:
            for move in self._moves:
                if move.hidden.exists():
                    os.replace(move.hidden, move.final)
            for move in self._moves:
                if move.final.exists():
                    write_proof(move.final)
            folders = {move.final.parent for move in self._moves}
            Settling([folder for folder in folders if folder.is_dir()]).wait()
        except OSError:
            return False
        self._path.unlink(missing_ok=True)
        return True

    def discard(self) -> None:
        """Without a commit: remove every file of the release, and forget the journal."""
        for move in self._moves:
            move.hidden.unlink(missing_ok=True)
            move.staged.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)


def recover(
    folder: Path, is_committed: Callable[[str], bool], proof_writer: Callable[[str], ProofWriter]
) -> int:
    """Settle what killed processes left in the journal's folder; returns how many releases were settled."""
    settled = 0
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else ():
        try:
            handle = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue  # settled by its own process meanwhile
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_nlink == 0:
                continue
            journal = Journal(path, _read_moves(path))
            if is_committed(path.stem):
                journal.publish(proof_writer(path.stem))
            else:
                journal.discard()
            settled += 1
        except BlockingIOError:
            continue  # its process lives
        finally:
            os.close(handle)
    return settled


@contextmanager
def _locked_file(path: Path) -> Iterator[int]:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_nlink > 0:  # else a recovery took the empty file away; make it anew
                yield handle
                return
        finally:
            os.close(handle)


def _read_moves(path: Path) -> list[Move]:
    try:
        return [
            Move(Path(staged), Path(hidden), Path(final))
            for staged, hidden, final in json.loads(path.read_bytes())
        ]
    except ValueError:
        return []  # killed while the journal was being written: nothing had moved


def _move(source: Path, target: Path) -> None:
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copyfile(source, target)
        _fsync(target)
        source.unlink()


class Settling:
    """Files and folders on their way to the disk, all at once: the file system commits them together."""

    def __init__(self, paths: Sequence[Path]) -> None:
        pool = _pool(os.getpid())
        self._writing = [pool.submit(_fsync, path) for path in paths]

    def wait(self) -> None:
        """Return when all of it is on the disk. Raises OSError."""
        for writing in self._writing:
            writing.result()


@lru_cache(maxsize=1)
def _pool(process: int) -> ThreadPoolExecutor:
    """Threads of this process, not of the one that it was forked from."""
    return ThreadPoolExecutor(8, thread_name_prefix=f"journal-{process}")


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
