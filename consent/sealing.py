"""Sealed voices: the weight files of one voice version in one encrypted blob.

Inside: `CONSVOX1`, eight bytes of index length (little endian), a JSON index {name: [offset, length]}, the
files.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from consent.errors import StoreError
from consent.keys import decrypt, encrypt, fsync_folder

_MAGIC = b"CONSVOX1"


def pack(files: Mapping[str, bytes]) -> bytes:
    """Put named files into one blob."""
    index, offset = {}, 0
    for name, content in files.items():
        index[name] = [offset, len(content)]
        offset += len(content)
    header = json.dumps(index).encode()
    return b"".join([_MAGIC, len(header).to_bytes(8, "little"), header, *files.values()])


def unpack(blob: bytes) -> dict[str, bytes]:
    """The named files of a blob. Raises StoreError for anything that `pack` did not write."""
    start = len(_MAGIC) + 8
    length = int.from_bytes(blob[len(_MAGIC) : start], "little")
    try:
        if blob[: len(_MAGIC)] != _MAGIC:
            raise ValueError("magic")
        index = json.loads(blob[start : start + length])
        body = memoryview(blob)[start + length :]
        if sum(size for _, size in index.values()) != len(body):
            raise ValueError("length")
        return {name: bytes(body[offset : offset + size]) for name, (offset, size) in index.items()}
    except (ValueError, AttributeError, TypeError):
        raise StoreError("A sealed voice holds something else than weights.") from None


def write_sealed(path: Path, blob: bytes, data_key: bytes, voice: str, version: str) -> None:
    """Encrypt a blob into a file, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with draft.open("xb") as file:
        file.write(encrypt(data_key, blob, voice, version))
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    fsync_folder(path.parent)


def read_sealed(path: Path, data_key: bytes, voice: str, version: str) -> dict[str, bytes]:
    """Decrypt and unpack a sealed voice.

    Raises StoreError when the file is gone, KeyStoreError when it does not open with this key, voice and
    version.
    """
    try:
        sealed = path.read_bytes()
    except FileNotFoundError:
        raise StoreError(f"The sealed voice {path} is gone.", "Seed the registry again.") from None
    return open_sealed(sealed, data_key, voice, version)


def open_sealed(sealed: bytes, data_key: bytes, voice: str, version: str) -> dict[str, bytes]:
    """Decrypt and unpack the bytes of a sealed voice. Raises as `read_sealed` does."""
    return unpack(decrypt(data_key, sealed, voice, version))
