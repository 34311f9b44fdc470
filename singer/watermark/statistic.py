"""The statistic that says yes or no, and what chance can make of it.

For a hypothesis (id u, place o)

    z(u, o) = Σ b_j(u) · v_j / √(Σ v_j²),   v_j = Σ s_c · r_c over the cells and blocks c that carry bit j

where b(u) = ±1 is the codeword of u, s_c = ±1 the key's sign of a cell of the gain mask or of a block of the
keyed noise, and r_c what is heard there if the mark lies at o: for a cell the field, for a block the
residual's product with the payload stream, each weighted by how well its layer's pilot is heard. Neither the
signs s_c nor the codeword have a part in r_c.

**Theorem.** For a sound made without knowledge of the key, P(any of H hypotheses has z ≥ t) ≤ H · exp(−t²/2),
where H counts the ids and the places at which they are read, not those at which only the pilots are looked
for.

*Proof.* Given the sound, the pilots and the payload stream, all r_c are constants, and so are the places, as
the pilots alone choose them. The s_c are independent of all that and uniform on ±1, so the v_j are
independent and symmetric: given their sizes too, their signs are independent and uniform, and z(u, o) is a
normalised Rademacher sum. Hoeffding's inequality (1963, theorem 2) gives P(z ≥ t) ≤ exp(−t²/2) for each
hypothesis, whatever the sound; the union bound multiplies by H. ∎ (The signs come from HMAC-SHA-256 and
SHAKE-256: that they look random is the assumption.)

Blind detection counts every id at each place that is read, H = 2⁶⁴ · places, and says yes from z ≈ 11 on (of
√480 ≈ 21.9 at most). A known candidate counts once and is confirmed from z ≈ 6 on. Since v is measured by its
own size, a strong mark of another id gives a candidate no more than noise does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from singer.watermark.code import CODE_BITS, codeword

FALSE_POSITIVE_RATE = 1e-6
"""Bound that `detect`, `detect_stream` and `identify` stay under, for each call, with all hypotheses
counted."""

_MASK_PAYLOAD_PER_PILOT = 0.84 / 0.16
_LEAST_WEIGHT = 0.05


@dataclass(frozen=True)
class Detection:
    """An id that was read. `start_s` and `end_s`: where in the sound it was heard."""

    render_id: int
    confidence: float
    """Share of the code bits that agree with the id's codeword: 0.5 is chance, 1 all of them."""
    false_positive_rate: float
    """Bound on the probability that a sound made without the key gives this or more, all hypotheses counted.
    """
    start_s: float
    score: float
    """The statistic z of the theorem."""
    end_s: float = 0.0
    time_scale: float = 1.0
    """How much slower than the song the sound runs."""
    pitch_scale: float = 1.0
    """How much higher than the song it sounds."""


def judge(soft_bits: NDArray[np.float32], render_id: int, key: bytes, log_hypotheses: float) -> Detection:
    """The theorem's statistic for one id, and its bound with exp(`log_hypotheses`) hypotheses counted."""
    agreeing = soft_bits * codeword(render_id, key)
    score = float(agreeing.sum() / np.sqrt(np.square(soft_bits).sum() + 1e-12))
    rate = math.exp(min(log_hypotheses - max(score, 0.0) ** 2 / 2, 0.0))
    return Detection(render_id, float(np.mean(agreeing > 0)), rate, 0.0, score)


def together(
    noise_bits: NDArray[np.float32] | None,
    noise_pilot: float,
    mask_bits: NDArray[np.float32] | None,
    mask_pilot: float,
) -> NDArray[np.float32]:
    """(480,) soft bits of both layers, each weighted as its pilot says.

    A bit of a layer whose mean is s standard deviations weighs 2 s of them in its log likelihood ratio. The
    pilot scores are those of the layers, less what the best of many places reaches by chance.
    """
    total = np.zeros(CODE_BITS)
    for bits, gained in (
        (noise_bits, max(noise_pilot, 0.0)),
        (mask_bits, max(mask_pilot, 0.0) * math.sqrt(_MASK_PAYLOAD_PER_PILOT)),
    ):
        if bits is not None and (size := float(np.sqrt(np.mean(np.square(bits))))) > 0:
            mean = gained / math.sqrt(CODE_BITS)
            total += bits * (max(mean * math.sqrt(1 + mean * mean), _LEAST_WEIGHT) / size)
    return total.astype(np.float32)
