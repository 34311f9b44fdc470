"""The Merkle tree of RFC 6962 and RFC 9162: its hashes, its paths, and their verification; all pure.

leaf = SHA-256(0x00 ‖ entry), node = SHA-256(0x01 ‖ left ‖ right). The subtree (level, number) is the complete
one over the 2**level leaves from number · 2**level on; level 0 is a leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from consent.ledger.errors import NotConsistent, NotIncluded

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Subtree = tuple[int, int]
Span = tuple[int, int]


def leaf_hash(entry: bytes) -> bytes:
    """Hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(frontier: Sequence[bytes], size: int, leaf: bytes) -> tuple[list[bytes], list[bytes]]:
    """The frontier (roots of the complete subtrees, largest first) of `size` leaves after one more leaf.

    Also gives the roots of the subtrees that the leaf closed, smallest first.
    """
    grown, closed = list(frontier), []
    while size & 1:
        leaf = node_hash(grown.pop(), leaf)
        closed.append(leaf)
        size >>= 1
    return [*grown, leaf], closed


def fold(frontier: Sequence[bytes]) -> bytes:
    """The Merkle root that a frontier stands for."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for peak in reversed(frontier[:-1]):
        root = node_hash(peak, root)
    return root


def subtrees(span: Span) -> list[Subtree]:
    """The complete subtrees over the leaves `start` to `end - 1`, largest first.

    `start` is a multiple of the largest one's size, as in every span of a path.
    """
    start, end = span
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The spans whose roots make the path from leaf `index` to the root over `size` leaves (RFC 9162
    §2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} among {size}")
    low, high, spans = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return spans[::-1]


def consistency_spans(first: int, second: int) -> list[Span]:
    """The spans whose roots prove that the tree of `first` leaves begins that of `second` (RFC 9162
    §2.1.4.1)."""
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {first} leaves does not begin one of {second}")
    if first in (0, second):
        return []
    low, high, spans, whole = 0, second, [], True
    while first != high:
        middle = low + _split(high - low)
        if first <= middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low, whole = middle, False
    if not whole:
        spans.append((low, high))
    return spans[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check an inclusion path (RFC 9162 §2.1.3.2). Raises NotIncluded."""
    if not 0 <= index < size or any(len(node) != HASH_BYTES for node in path):
        raise NotIncluded(f"The path is not one from entry {index} among {size}.")
    number, last, found = index, size - 1, leaf
    for node in path:
        if last == 0:
            raise NotIncluded(f"The path from entry {index} to the head over {size} entries is too long.")
        if number & 1 or number == last:
            found = node_hash(node, found)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, node)
        number, last = number >> 1, last >> 1
    if last or found != root:
        raise NotIncluded(f"The path from entry {index} does not lead to the head over {size} entries.")


def verify_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> None:
    """Check that the tree of `first` leaves begins that of `second` (RFC 9162 §2.1.4.2). Raises
    NotConsistent."""
    wrong = NotConsistent(f"The ledger of {second} entries does not begin with the one of {first} entries.")
    if not 0 <= first <= second or any(len(node) != HASH_BYTES for node in path):
        raise wrong
    if first in (0, second):
        if path or first_root != (second_root if first else EMPTY_ROOT):
            raise wrong
        return
    nodes = list(path) if first & (first - 1) else [first_root, *path]
    if not nodes:
        raise wrong
    number, last = first - 1, second - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            raise wrong
        if number & 1 or number == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            new = node_hash(new, node)
        number, last = number >> 1, last >> 1
    if last or old != first_root or new != second_root:
        raise wrong


def needed(spans: Iterable[Span]) -> list[Subtree]:
    """Every complete subtree that the roots of these spans are folded from."""
    return [subtree for span in spans for subtree in subtrees(span)]


def _split(width: int) -> int:
    """The largest power of two below `width`."""
    return 1 << ((width - 1).bit_length() - 1)
