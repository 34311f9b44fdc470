"""Spectral controls → samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from singer.vocoder.synthesis import Synthesiser


def load(weights: Mapping[str, bytes]) -> Synthesiser:
    """The vocoder from a voice's weight files (name → bytes). Raises WeightsError."""
    from singer.acoustic.weights import load_vocoder
    from singer.vocoder.synthesis import Synthesiser

    return Synthesiser(load_vocoder(weights))
