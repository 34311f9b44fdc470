"""The keyed pattern: which way each cell of time and frequency is moved, and what it is moved for.

A period is 256 chips of 20 ms by 29 bands of a sixth of an octave from 250 Hz to 7.1 kHz. Every cell has a
keyed sign. About one cell in six, the pilot, carries its sign alone, so that a detector finds its place; the
others carry theirs times one bit of the codeword, each bit once in every 480 of them, so that every stretch
carries all bits.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from singer.watermark.code import CODE_BITS, codeword

CHIP_S = 0.02
CHIPS = 256
BANDS, BANDS_PER_OCTAVE, LOWEST_HZ = 29, 6, 250.0
PERIOD_S = CHIPS * CHIP_S
_PILOT_SHARE = 0.16


@dataclass(frozen=True)
class KeyedPattern:
    """What a key fixes. All arrays are (256, 29), chips by bands."""

    signs: NDArray[np.float32]
    """±1, uniform and independent for whoever has no key."""
    bit: NDArray[np.int64]
    """Which code bit a cell carries, -1 for a pilot cell."""

    @property
    def pilot(self) -> NDArray[np.bool_]:
        return self.bit < 0

    def carrying(self, render_id: int, key: bytes) -> NDArray[np.float32]:
        """(256, 29) ±1: the signs, turned over where the cell's code bit is a one."""
        return np.where(self.pilot, self.signs, self.signs * codeword(render_id, key)[self.bit])


@lru_cache(maxsize=16)
def keyed_pattern(key: bytes) -> KeyedPattern:
    """Signs and cells from the key's own stream (SHAKE-256), so that no library's generator can change old
    songs.
    """
    cells = CHIPS * BANDS
    stream = hashlib.shake_256(hmac.new(key, b"consonance watermark pattern 1", hashlib.sha256).digest())
    words = np.frombuffer(stream.digest(8 * 3 * cells), "<u8").reshape(3, cells)
    signs = np.where(words[0] >> np.uint64(63), -1.0, 1.0).astype(np.float32)
    # Each run of 480 / 0.84 cells holds every code bit once, where and in an order that the key says.
    block = round(CODE_BITS / (1 - _PILOT_SHARE))
    bit = np.full(cells, -1)
    for start in range(0, cells, block):
        carriers = start + np.argsort(words[1][start : start + block], kind="stable")[:CODE_BITS]
        bit[carriers] = (
            np.argsort(words[2][start : start + CODE_BITS], kind="stable")[: len(carriers)] % CODE_BITS
        )
    return KeyedPattern(signs.reshape(CHIPS, BANDS), bit.reshape(CHIPS, BANDS))


def chip_weights(
    time_s: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """For each time: the two chips whose centres it lies between (modulo the period), and the share of the
    second.

    A raised cosine between chip centres, so that the gain has no corner.
    """
    place = time_s / CHIP_S - 0.5
    chip = np.floor(place).astype(np.int64)
    share = (0.5 - 0.5 * np.cos(np.pi * (place - chip))).astype(np.float32)
    return chip % CHIPS, (chip + 1) % CHIPS, share


def band_weights(frequency_hz: NDArray[np.float64]) -> NDArray[np.float32]:
    """(29, frequencies): the share of each band at each frequency, raised cosines in log frequency, zero
    outside.
    """
    place = np.log2(np.maximum(frequency_hz, 1.0) / LOWEST_HZ) * BANDS_PER_OCTAVE - 0.5
    band = np.floor(place).astype(np.int64)
    share = 0.5 - 0.5 * np.cos(np.pi * (place - band))
    weights = np.zeros((BANDS, len(frequency_hz)), np.float32)
    inside = np.flatnonzero((place >= -0.5) & (place <= BANDS - 0.5))
    np.add.at(weights, (np.clip(band[inside], 0, BANDS - 1), inside), 1 - share[inside])
    np.add.at(weights, (np.clip(band[inside] + 1, 0, BANDS - 1), inside), share[inside])
    return weights
