"""Key files: 32 bytes each, written whole or not at all, open to their owner alone, destroyed for good."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

from consent.errors import KeyStoreError

KEY_BYTES = 32
UNSETTLED = -1
_TICK_NS, _COARSE_TICK_NS = 50_000_000, 2_000_000_000
"""A folder's time is trusted once it is this old: two changes in one tick of the disk's clock look alike.
Some disks count whole seconds."""


def settled_time(folder: Path) -> int:
    """When a folder last changed, in ns; UNSETTLED while a further change might bear the same time."""
    changed_ns = os.stat(folder).st_mtime_ns
    tick_ns = _TICK_NS if changed_ns % 1_000_000_000 else _COARSE_TICK_NS
    return changed_ns if time.time_ns() - changed_ns > tick_ns else UNSETTLED


def write_file(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, mode 0600, in the place of one that is there."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(draft, path)
    fsync_folder(path.parent)


def make_key(path: Path) -> None:
    """Write 32 random bytes to `path`, whole or not at all, mode 0600; leave a key that is there alone."""
    if not path.exists():
        make_file(path, secrets.token_bytes(KEY_BYTES))


def make_file(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, mode 0600; leave one that is there alone."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, path)  # unlike a rename, never replaces what another process just made
    except FileExistsError:
        return
    finally:
        draft.unlink()
    fsync_folder(path.parent)


def read_key(path: Path) -> bytes:
    """The 32 bytes of a key file. Raises KeyStoreError when it is missing, damaged, or readable by others."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            key = file.read(KEY_BYTES + 1)
    except FileNotFoundError:
        raise KeyStoreError(f"The key file {path} is gone.") from None
    if mode & 0o077:
        raise KeyStoreError(f"The key file {path} can be read by others.", f"Run: chmod 600 {path}")
    if len(key) != KEY_BYTES:
        raise KeyStoreError(f"The key file {path} is damaged: {KEY_BYTES} bytes were expected.")
    return key


def shred(path: Path) -> bool:
    """Overwrite a file with random bytes, then remove it; says whether there was one."""
    try:
        with path.open("r+b", buffering=0) as file:
            left = os.fstat(file.fileno()).st_size
            while left > 0:
                left -= file.write(secrets.token_bytes(min(left, 1 << 20)))
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return False
    fsync_folder(path.parent)
    return True


def fsync_folder(folder: Path) -> None:
    """Make renames and removals in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
