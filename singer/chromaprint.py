"""Chromaprint fingerprints of recordings, through pyacoustid and Debian's libchromaprint1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from singer.errors import ConsonanceError

REMEDY = "On Debian or Ubuntu: apt-get install libchromaprint1; and: pip install pyacoustid"
_BLOCK = 1 << 18


class ChromaprintMissing(ConsonanceError):
    """The library that makes fingerprints of recordings is not installed."""

    code = "no-chromaprint"


def fingerprint(samples: NDArray[np.float32], sample_rate: int) -> tuple[int, ...]:
    """Chromaprint's 32-bit items of mono samples (n,) in ±1: one about every 0.12 s, after the first 2.6 s.

    Raises ChromaprintMissing where the library is not installed.
    """
    try:
        import chromaprint
    except ImportError as error:
        raise ChromaprintMissing("Recordings cannot be fingerprinted here.", REMEDY) from error
    maker = chromaprint.Fingerprinter()
    maker.start(sample_rate, 1)
    for start in range(0, len(samples), _BLOCK):
        block = np.clip(samples[start : start + _BLOCK], -1.0, 1.0)
        maker.feed((block * 32767.0).astype("<i2").tobytes())
    items, _ = chromaprint.decode_fingerprint(maker.finish())
    return tuple(int(item) & 0xFFFFFFFF for item in items)


def version() -> str | None:
    """The version of the library that is installed, or None."""
    try:
        import chromaprint
    except ImportError:
        return None
    found: bytes = chromaprint._libchromaprint.chromaprint_get_version()
    return found.decode()
