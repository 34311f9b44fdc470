"""What a song will be known by once it is out and its marks are gone: made while it is released."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from consent.fingerprints import Fingerprint
from consent.recipes import Recipe
from consent.release_marks import KnownBy, SignedManifest
from singer import SAMPLE_RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from singer.performance.model import Performance


def known_by(
    performance: Performance,
    samples: NDArray[np.float32],
    watermark_key: int,
    credentials: tuple[SignedManifest, ...] = (),
    keeps_recipe: bool = True,
) -> KnownBy:
    """The recipe (unless the deployment keeps none), the fingerprints and the manifests of a song.

    `samples`: (n,) at 44 100 Hz, as they go out; `watermark_key`: the version of the key that marked them.
    """
    from singer.fingerprint import contour_of, pack
    from singer.fingerprint.words import words_of

    return KnownBy(
        recipe=Recipe(performance.to_json(), watermark_key, words_of(performance)) if keeps_recipe else None,
        fingerprint=Fingerprint(pack(contour_of(performance)), _chromaprint(samples)),
        credentials=credentials,
    )


def _chromaprint(samples: NDArray[np.float32]) -> bytes:
    """Chromaprint's items as little-endian words; empty where the library is not installed."""
    from singer.chromaprint import ChromaprintMissing, fingerprint

    try:
        items = fingerprint(samples, SAMPLE_RATE)
    except ChromaprintMissing:
        return b""
    return struct.pack(f"<{len(items)}I", *items)
