"""A recording's fingerprint: Chromaprint's 32-bit items, about eight a second, compared window by window.

Bits of two windows agree by chance, too, and the more so the less changes in them (a held vowel beside a held
vowel). So agreement is counted beyond chance, as Cohen's kappa (1960) over the bits: 1 for equal windows,
about 0 for windows that have nothing to do with each other.
"""

from __future__ import annotations

import base64
import struct
from collections import Counter
from collections.abc import Iterator, Sequence

from consent.reservations.reservation import ReservationError

WINDOW = 72
"""Items in a window: about nine seconds."""

THRESHOLD = 0.55
"""Agreement beyond chance from which on a window is of the same recording; see the reference page."""

LEAST_ITEMS = WINDOW
MOST_ITEMS = 30_000
_PLACES = 4
_OFFSETS = 6
_LEAST_CHANGE = 0.05  # a window tells nothing where chance alone makes fewer bits differ than this share


def pack(items: Sequence[int]) -> str:
    """Items as base64 of little-endian words. Raises ReservationError for too few, too many, or no items."""
    if not all(isinstance(item, int) and 0 <= item < 1 << 32 for item in items):
        raise ReservationError("A fingerprint is a list of 32-bit numbers, as Chromaprint gives them.")
    if len(items) < LEAST_ITEMS:
        raise ReservationError(
            f"The recording is too short to be known again: {len(items)} items of a fingerprint.",
            f"At least {LEAST_ITEMS} are needed, about twelve seconds of sound.",
        )
    if len(items) > MOST_ITEMS:
        raise ReservationError("The recording is longer than an hour.", "Reserve it in parts.")
    return base64.b64encode(struct.pack(f"<{len(items)}I", *items)).decode()


def unpack(packed: str) -> tuple[int, ...]:
    """The reverse of `pack`."""
    raw = base64.b64decode(packed)
    return struct.unpack(f"<{len(raw) // 4}I", raw)


def stretches(items: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """(place, item) by which a recording is found: items unlike the one before, each a few times."""
    seen: Counter[int] = Counter()
    before = None
    for place, item in enumerate(items):
        if item != before:
            seen[item] += 1
            if seen[item] <= _PLACES:
                yield place, item.to_bytes(4, "little")
        before = item


def is_same_recording(reserved: Sequence[int], asked: Sequence[int]) -> bool:
    """Whether two fingerprints are of one recording, found as an index finds them."""
    places: dict[bytes, list[int]] = {}
    for place, item in stretches(reserved):
        places.setdefault(item, []).append(place)
    shared = [(there, here) for here, item in stretches(asked) for there in places.get(item, ())]
    return agreement(reserved, asked, shared) >= THRESHOLD


def agreement(reserved: Sequence[int], asked: Sequence[int], shared: Sequence[tuple[int, int]]) -> float:
    """How well the best window of two recordings agrees beyond chance, where `shared` places
    (reserved, asked) say that they run together."""
    offsets = Counter(there - here for there, here in shared)
    return max(
        (_best_window(reserved, asked, offset) for offset, _ in offsets.most_common(_OFFSETS)), default=0.0
    )


def _best_window(reserved: Sequence[int], asked: Sequence[int], offset: int) -> float:
    start, end = max(0, offset), min(len(reserved), len(asked) + offset)
    best = 0.0
    for first in range(start, end - WINDOW + 1, WINDOW // 4):
        there = reserved[first : first + WINDOW]
        here = asked[first - offset : first - offset + WINDOW]
        best = max(best, _kappa(there, here))
    return best


def _kappa(there: Sequence[int], here: Sequence[int]) -> float:
    """Agreement beyond chance of two windows of the same length."""
    size = len(there)
    differing = sum((a ^ b).bit_count() for a, b in zip(there, here, strict=True))
    expected = 0.0
    for ones, others in zip(_ones(there), _ones(here), strict=True):
        expected += (ones * (size - others) + others * (size - ones)) / size
    return 1.0 - differing / expected if expected >= _LEAST_CHANGE * 32 * size else 0.0


def _ones(window: Sequence[int]) -> list[int]:
    """How many items of a window have each of the 32 bits set."""
    return [sum(item >> bit & 1 for item in window) for bit in range(32)]
