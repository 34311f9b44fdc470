"""What a voice's levels are brought to after the model: the spread and the long-term average of its own
recordings.

A model that learns from distances gives something near the mean of what is likely, so that its envelopes move
less than a voice does. Each cepstral coefficient is therefore spread about its mean by as much as it lacks
(Toda & Tokuda 2007; as a filter after the model: Silén et al. 2012).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from singer.vocoder.controls import BANDS

ORDERS = BANDS - 1
"""Cepstral coefficients; the level itself, the one of order 0, stays as it is."""

SHAPES = {"gains": (ORDERS,), "centre_db": (2, BANDS), "offset_db": (BANDS,)}
"""The shapes of a correction's three parts."""


@dataclass(frozen=True)
class GlobalVariance:
    """One voice's correction: `gains` (ORDERS,) of the cepstral coefficients 1 …, `centre_db` (2, BANDS)
    about which they spread, `offset_db` (BANDS,) which the average level of each band lacks."""

    gains: Tensor
    centre_db: Tensor
    offset_db: Tensor

    def apply(self, levels_db: Tensor) -> Tensor:
        """The levels (…, 2, BANDS) in dB after the correction."""
        analysis, synthesis = (torch.from_numpy(matrix) for matrix in cosines())
        spread = analysis @ torch.diag(self.gains - 1.0) @ synthesis
        corrected: Tensor = levels_db + (levels_db - self.centre_db) @ spread + self.offset_db
        return corrected


@cache
def cosines() -> tuple[np.ndarray, np.ndarray]:
    """Levels → cepstrum (BANDS, ORDERS), and back without order 0 (ORDERS, BANDS), both float32."""
    place, order = np.arange(BANDS) + 0.5, np.arange(1, BANDS)
    waves = np.cos(np.pi * place[:, None] * order / BANDS).astype(np.float32)
    return waves * np.float32(2.0 / BANDS), np.ascontiguousarray(waves.T)
