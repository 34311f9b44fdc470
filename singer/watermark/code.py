"""The payload: a 64-bit render id and a 16-bit keyed check under a tail-biting convolutional code.

The id and sixteen zero bits are enciphered together under the key (a Feistel network of four rounds; Luby and
Rackoff 1988, Bellare and Rogaway's encode-then-encipher 2000). So nobody without the key can aim at an id,
ids that are neighbours have unrelated codewords, and a word that was decoded wrongly shows zeros with
probability 2⁻¹⁶.

Constraint length 15, rate 1/6 (the Cassini and Galileo family), 80 information bits → 480 code bits. Decoding
is a wrap-around Viterbi that lists its best paths; the first that deciphers to a zero check is the answer
(list decoding, Seshadri and Sundberg 1994), so what the check takes in bits it gives back in reach.
"""

from __future__ import annotations

import hmac
from functools import cache

import numpy as np
from numpy.typing import NDArray

ID_BITS, CHECK_BITS, RATE = 64, 16, 6
INFO_BITS = ID_BITS + CHECK_BITS
CODE_BITS = INFO_BITS * RATE

_CONSTRAINT = 15
_POLYNOMIALS = (0o42631, 0o47245, 0o56507, 0o73363, 0o77267, 0o64537)  # each has its first and last tap
_HALF = 1 << (_CONSTRAINT - 2)
_PASSES = 3
_HALF_WORD, _TURNS = INFO_BITS // 2, 4
_LISTED = 64


def codeword(render_id: int, key: bytes) -> NDArray[np.float32]:
    """The 480 code bits of a render id under a key, as ±1 (a zero bit is +1). Raises `ValueError` beyond 64
    bits.
    """
    if not 0 <= render_id < 1 << ID_BITS:
        raise ValueError(f"a render id has 64 bits, not {render_id:#x}")
    info = np.array([int(bit) for bit in f"{_encipher(render_id << CHECK_BITS, key):080b}"])
    outputs = [
        sum(np.roll(info, delay) for delay in range(_CONSTRAINT) if polynomial >> delay & 1)
        for polynomial in _POLYNOMIALS
    ]
    return (1 - 2 * (np.stack(outputs, axis=1) % 2)).astype(np.float32).ravel()


def decode(soft_bits: NDArray[np.float32], key: bytes) -> int | None:
    """The render id that 480 soft bits (positive: a zero bit; any scale) most likely carry, or None if no
    check fits.
    """
    metrics = np.zeros(2 * _HALF, np.float32)
    branches = soft_bits.reshape(INFO_BITS, RATE).astype(np.float32) @ _signs().T  # (80, 64)
    outputs = _outputs()
    chosen = np.zeros((INFO_BITS, 2 * _HALF), np.bool_)
    for _ in range(_PASSES):
        for step in range(INFO_BITS):
            branch = branches[step][outputs]  # a new bit 1, or an oldest bit 1, turns all six outputs over
            old_zero, old_one = metrics[:_HALF], metrics[_HALF:]
            grown = np.empty((_HALF, 2), np.float32)
            for new_bit, value in ((0, branch), (1, -branch)):
                first, second = old_zero + value, old_one - value
                chosen[step, new_bit::2] = second > first
                np.maximum(first, second, out=grown[:, new_bit])
            metrics = grown.ravel()
        metrics -= metrics.max()
    for info in _paths(metrics, chosen):
        render_id, check = divmod(_decipher(info, key), 1 << CHECK_BITS)
        if check == 0:
            return render_id
    return None


def _encipher(word: int, key: bytes) -> int:
    """A keyed permutation of 80-bit words."""
    left, right = divmod(word, 1 << _HALF_WORD)
    for turn in range(_TURNS):
        left, right = right, left ^ _turn(right, turn, key)
    return left << _HALF_WORD | right


def _decipher(word: int, key: bytes) -> int:
    left, right = divmod(word, 1 << _HALF_WORD)
    for turn in reversed(range(_TURNS)):
        left, right = right ^ _turn(left, turn, key), left
    return left << _HALF_WORD | right


def _turn(half: int, turn: int, key: bytes) -> int:
    message = b"consonance watermark payload 1" + bytes([turn]) + half.to_bytes(_HALF_WORD // 8)
    return int.from_bytes(hmac.digest(key, message, "sha256")[: _HALF_WORD // 8])


def _paths(metrics: NDArray[np.float32], chosen: NDArray[np.bool_]) -> list[int]:
    """Information words of the best paths by their last state, best first; true circles before the others."""
    last = np.argsort(-metrics, kind="stable")[:_LISTED]
    state, words = last.copy(), [0] * len(last)
    for step in range(INFO_BITS - 1, -1, -1):
        for path, bit in enumerate((state & 1).tolist()):
            words[path] |= bit << (INFO_BITS - 1 - step)
        state = (state >> 1) + _HALF * chosen[step, state]
    circles = state == last
    order = np.argsort(~circles, kind="stable")
    return list(dict.fromkeys(words[path] for path in order))


@cache
def _outputs() -> NDArray[np.int64]:
    """(8192,): the six output bits, as a number, of each register whose oldest and newest bit are zero."""
    register = np.arange(_HALF) << 1
    word = np.zeros(_HALF, np.int64)
    for index, polynomial in enumerate(_POLYNOMIALS):
        tapped = register & polynomial
        for shift in (8, 4, 2, 1):
            tapped = tapped ^ (tapped >> shift)
        word |= (tapped & 1) << index
    return word


@cache
def _signs() -> NDArray[np.float32]:
    """(64, 6): ±1 of each output number's bits."""
    return (1 - 2 * (np.arange(1 << RATE)[:, None] >> np.arange(RATE) & 1)).astype(np.float32)
