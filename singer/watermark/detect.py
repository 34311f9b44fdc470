"""Detection: which render id a sound carries, where, and how likely a sound without it would say the same.

The statistic of a hypothesis (id u, place o) is

    z(u, o) = Σ b_j(u) · v_j / √(Σ v_j²),   v_j = Σ s_c · r_c over the cells c that carry code bit j

where r_c is what the field says about cell c if the pattern lies at o (the sound alone fixes it, the key has
no part in it), s_c = ±1 is the key's sign of the cell and b(u) = ±1 the codeword of u. The pilot has no part
in it.

**Theorem.** For a sound made without knowledge of the key, P(any of H hypotheses has z ≥ t) ≤ H · exp(−t²/2).

*Proof.* Given the sound, all r_c are constants, and the s_c are independent and uniform on ±1, so the v_j are
independent and symmetric: given their sizes too, their signs are independent and uniform, and z(u, o) is a
normalised Rademacher sum. Hoeffding's inequality (1963, theorem 2) gives P(z ≥ t) ≤ exp(−t²/2) for each
hypothesis, whatever the sound; the union bound multiplies by H. ∎ (The signs come from HMAC-SHA-256 and
SHAKE-256: that they look random is the assumption.)

Blind detection counts every id, H = 2⁶⁴ · places searched, and says yes from z ≈ 11.4 on (of √480 ≈ 21.9 at
most). A known candidate counts once and is confirmed from z ≈ 6 on. Since v is measured by its own size, a
strong mark of another id gives a candidate no more than noise does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from singer.watermark import field as front
from singer.watermark import search as searching
from singer.watermark.code import CODE_BITS, ID_BITS, codeword, decode
from singer.watermark.pattern import keyed_pattern

FALSE_POSITIVE_RATE = 1e-6
"""Bound that `detect` and `identify` stay under, for each call, with all hypotheses counted."""

_STRETCHES_S = (
    61.44,
    10.24,
)  # twelve periods, and two where twelve say nothing: cut or partly replaced sounds
_PLACES_TRIED = 3
_LEAST_PILOT_SCORE = 4.0  # of noise, one stretch in thirty reaches it; what can be decoded reaches 5
_ANYWHERE = np.arange(searching.OFFSETS)
_AT_THE_START = np.r_[0:12, searching.OFFSETS - 12 : searching.OFFSETS]  # ±60 ms: codec delays


@dataclass(frozen=True)
class Detection:
    """An id that was read. `start_s`: where in the sound the stretch begins from which it was read."""

    render_id: int
    confidence: float
    """Share of the code bits that agree with the id's codeword: 0.5 is chance, 1 all of them."""
    false_positive_rate: float
    """Bound on the probability that a sound made without the key gives this or more, all hypotheses counted.
    """
    start_s: float
    score: float
    """The statistic z of the theorem."""


def detect(
    samples: NDArray[np.float32],
    sample_rate: int,
    key: bytes,
    search: Literal["offset", "full"] = "offset",
) -> Detection | None:
    """Read the render id from any excerpt, knowing nothing but the key; None if none is there beyond doubt.

    `samples`: (n,) or (n, channels) at any rate. All time offsets are searched; `search="full"` adds speeds
    of ±12 % and pitches of ±3.5 semitones, at some twenty times the work. Looks at minutes, then at tens of
    seconds where no minute says anything, and gives the stretch that says it most clearly. Its false-positive
    rate is below 10⁻⁶.
    """
    sound = front.to_field_rate(samples, sample_rate)
    passes = [_stretches(len(sound), seconds) for seconds in _STRETCHES_S]
    if len(passes[0]) == len(passes[1]) == 1:
        passes.pop()
    looks = sum(map(len, passes))
    for stretches in passes:
        fields = ((start, front.field(sound[start:stop])) for start, stop in stretches)
        found = [_read(field, start / front.RATE_HZ, key, search, looks) for start, field in fields]
        clearest = max(filter(None, found), key=lambda detection: detection.score, default=None)
        if clearest:
            return clearest
    return None


def confirm(samples: NDArray[np.float32], sample_rate: int, key: bytes, render_id: int) -> Detection:
    """How well a sound fits one known id: accept it where `false_positive_rate` is small enough (10⁻⁶, say).

    Needs about a second of singing where `detect` needs two. `samples` as in `detect`; the first minute of
    them is looked at, at every offset. Raises `ValueError` for an id beyond 64 bits.
    """
    return _best_candidate(samples, sample_rate, key, [render_id])


def identify(
    samples: NDArray[np.float32], sample_rate: int, key: bytes, render_ids: Sequence[int]
) -> Detection | None:
    """Which of the known `render_ids` a sound carries, or None: with all of them counted, wrong at most once
    in 10⁶.

    As `confirm`, some two milliseconds for each id.
    """
    if not render_ids:
        return None
    best = _best_candidate(samples, sample_rate, key, render_ids)
    return best if best.false_positive_rate <= FALSE_POSITIVE_RATE else None


def _best_candidate(
    samples: NDArray[np.float32], sample_rate: int, key: bytes, render_ids: Sequence[int]
) -> Detection:
    longest = round(_STRETCHES_S[0] * sample_rate)
    field = front.field(front.to_field_rate(samples[:longest], sample_rate))
    folded = searching.grid(field, 1.0, 1.0)
    fits = []
    for render_id in render_ids:
        nearness = searching.pattern_scores(folded, keyed_pattern(key).carrying(render_id, key))
        # One half of the error is spent on "from its start", where our own files have it, one on "from
        # anywhere".
        for offsets in (_AT_THE_START, _ANYWHERE):
            place = searching.Place(0.0, 1.0, 1.0, int(offsets[np.argmax(nearness[offsets])]))
            soft_bits = _soft_bits(searching.chips_at(field, place), key)
            fits.append(_judge(soft_bits, render_id, key, 2 * len(offsets) * len(render_ids)))
    return min(fits, key=lambda fit: (fit.false_positive_rate, -fit.score))


def _stretches(length: int, seconds: float) -> list[tuple[int, int]]:
    """(start, stop) of stretches of `seconds` in `length` samples at 16 kHz, overlapping by half."""
    size = round(seconds * front.RATE_HZ)
    if length <= 1.5 * size:
        return [(0, length)]
    return [(start, min(length, start + size)) for start in range(0, length - size // 2, size // 2)]


def _read(
    field: NDArray[np.float32], start_s: float, key: bytes, search: Literal["offset", "full"], looks: int
) -> Detection | None:
    """The id in one of `looks` stretches."""
    found = _decode(field, searching.best_offsets(field, key, _PLACES_TRIED), key, searching.OFFSETS * looks)
    if found is None and search == "full":
        place, more = searching.best_scales(field, key)
        found = _decode(field, [place], key, (searching.OFFSETS + more) * looks)
    return None if found is None else replace(found, start_s=start_s)


def _decode(
    field: NDArray[np.float32], places: list[searching.Place], key: bytes, hypotheses: int
) -> Detection | None:
    """The id at the first of `places` that carries one, with the bound that all `hypotheses` places leave."""
    for place in places:
        if place.score < _LEAST_PILOT_SCORE:
            continue
        soft_bits = _soft_bits(searching.chips_at(field, place), key)
        render_id = decode(soft_bits, key)
        if render_id is None:
            continue
        judged = _judge(soft_bits, render_id, key, hypotheses * 2.0**ID_BITS)
        if judged.false_positive_rate <= FALSE_POSITIVE_RATE:
            return judged
    return None


def _judge(soft_bits: NDArray[np.float32], render_id: int, key: bytes, hypotheses: float) -> Detection:
    """The theorem's statistic for one id, and its bound with all `hypotheses` counted."""
    agreeing = soft_bits * codeword(render_id, key)
    score = float(agreeing.sum() / np.sqrt(np.square(soft_bits).sum() + 1e-12))
    rate = math.exp(min(math.log(hypotheses) - max(score, 0.0) ** 2 / 2, 0.0))
    return Detection(render_id, float(np.mean(agreeing > 0)), rate, 0.0, score)


def _soft_bits(chips: NDArray[np.float32], key: bytes) -> NDArray[np.float32]:
    """(480,): what the cells of each code bit say together."""
    pattern = keyed_pattern(key)
    carriers = ~pattern.pilot
    sums = np.bincount(pattern.bit[carriers], (chips * pattern.signs)[carriers], CODE_BITS)
    return sums.astype(np.float32)
