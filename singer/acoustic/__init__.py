"""Phones in time, pitch and a voice → the spectral controls of a phrase."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from singer.acoustic.phrase import VoiceModel


def load(weights: Mapping[str, bytes]) -> VoiceModel:
    """The acoustic model of one voice from its weight files (name → bytes). Raises WeightsError."""
    from singer.acoustic.phrase import VoiceModel
    from singer.acoustic.weights import load_acoustic, load_voice

    return VoiceModel(load_acoustic(weights), load_voice(weights))
