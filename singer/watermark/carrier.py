"""The keyed noise: what the vocoder's noise branch is fed with, so that breath and consonants carry the id.

Two streams of white Gaussian noise come from the key, each a period long: the pilot, by which a detector
finds its place, and the payload, whose sign is turned over block by block as a keyed order of the codeword's
bits says. Their sum is white Gaussian noise again, so a song sounds as it would with any other noise: this
layer adds nothing to it.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE
from singer.watermark.code import CODE_BITS, codeword
from singer.watermark.pattern import PERIOD_S

BLOCK = 64
"""Samples that carry one code bit at once: 1.5 ms."""

PERIOD = round(PERIOD_S * SAMPLE_RATE) // BLOCK * BLOCK
"""Samples after which the noise comes again: as good as the pattern's period."""

BLOCKS = PERIOD // BLOCK


@dataclass(frozen=True)
class KeyedNoise:
    """What a key fixes."""

    pilot: NDArray[np.float32]
    """(PERIOD,) white noise of unit variance."""
    payload: NDArray[np.float32]
    """(PERIOD,) white noise of unit variance, independent of the pilot."""
    bit: NDArray[np.int64]
    """(BLOCKS,): which code bit a block carries."""
    signs: NDArray[np.float32]
    """(BLOCKS,) ±1, uniform and independent for whoever has no key."""


@lru_cache(maxsize=16)
def keyed_noise(key: bytes) -> KeyedNoise:
    """The streams of a key, from SHAKE-256 and a table: no library's generator can change old songs."""
    stream = hashlib.shake_256(hmac.digest(key, b"consonance watermark noise 1", "sha256"))
    raw = stream.digest(2 * 2 * PERIOD + 8 * 2 * BLOCKS)
    gaussian = _gaussian()[np.frombuffer(raw, "<u2", 2 * PERIOD)].reshape(2, PERIOD)
    order, sign = np.frombuffer(raw, "<u8", offset=2 * 2 * PERIOD).reshape(2, BLOCKS)
    # Each run of 480 blocks holds every code bit once, in an order that the key says.
    bit = np.concatenate(
        [np.argsort(order[start : start + CODE_BITS], kind="stable") for start in range(0, BLOCKS, CODE_BITS)]
    )
    signs = np.where(sign >> np.uint64(63), -1.0, 1.0).astype(np.float32)
    return KeyedNoise(gaussian[0], gaussian[1], bit, signs)


def carrier(render_id: int, key: bytes, start: int, samples: int) -> NDArray[np.float32]:
    """(samples,) white noise of unit variance for a song at 44 100 Hz, from its sample `start` on.

    Raises `ValueError` for an id beyond 64 bits.
    """
    whole = _carrying(render_id, key)
    return whole[np.arange(start, start + samples) % PERIOD]


@lru_cache(maxsize=4)
def _carrying(render_id: int, key: bytes) -> NDArray[np.float32]:
    noise = keyed_noise(key)
    turned = np.repeat(noise.signs * codeword(render_id, key)[noise.bit], BLOCK)
    return np.asarray((noise.pilot + turned * noise.payload) * np.sqrt(0.5), np.float32)


@lru_cache(maxsize=1)
def _gaussian() -> NDArray[np.float32]:
    """(65536,): the quantiles of a Gaussian, scaled to unit variance."""
    half = [NormalDist().inv_cdf((index + 0.5) / 65536) for index in range(32768)]
    values = np.array(half + [-value for value in reversed(half)])
    return (values / values.std()).astype(np.float32)
