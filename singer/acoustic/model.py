"""The acoustic model: phones in time, f0 and a voice → spectral controls. One model, many voices and
languages."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from singer.acoustic.conditioning import POSITION_VALUES, STEP_FRAMES, Conditions
from singer.language.phones import BASES, FEATURE_NAMES
from singer.networks import ConvNeXtBlock
from singer.vocoder.controls import BANDS

LEVEL_CENTRE_DB = -60.0
LEVEL_SCALE_DB = 20.0


@dataclass(frozen=True)
class AcousticConfig:
    """Size of the model.

    `channels` and `layers` of the trunk over time, `phone_channels` and `phone_layers` of the encoder over
    phones, `voices` and `conditions` (of recording) that it was trained on jointly.
    """

    channels: int = 320
    layers: int = 8
    phone_channels: int = 192
    phone_layers: int = 2
    voices: int = 4
    conditions: int = 3


class AcousticModel(nn.Module):
    """A ConvNeXt trunk over steps of two frames, fed by an encoder over phones.

    A voice is one row of `voice_film`: a gain and a shift for every channel of every layer, and of the
    output. Phones enter as articulatory features beside their symbol, so that what one voice knows of a
    phone helps all others say it.
    """

    def __init__(self, config: AcousticConfig) -> None:
        super().__init__()
        self.config = config
        wide = config.channels
        self.symbol = nn.Embedding(len(BASES), config.phone_channels)
        self.articulation = nn.Linear(len(FEATURE_NAMES), config.phone_channels)
        self.phone_blocks = nn.ModuleList(
            ConvNeXtBlock(config.phone_channels, expansion=2, kernel=5) for _ in range(config.phone_layers)
        )
        self.phone_outlet = nn.Linear(config.phone_channels, wide)
        self.position = nn.Linear(POSITION_VALUES, wide)
        self.film_values = 2 * wide * (config.layers + 1)
        self.voice_film = nn.Embedding(config.voices, self.film_values)
        self.condition_film = nn.Embedding(config.conditions, self.film_values)
        self.blocks = nn.ModuleList(ConvNeXtBlock(wide) for _ in range(config.layers))
        self.norm = nn.LayerNorm(wide)
        self.outlet = nn.Linear(wide, STEP_FRAMES * 2 * BANDS)
        nn.init.normal_(self.voice_film.weight, std=0.02)
        nn.init.zeros_(self.condition_film.weight)

    def forward(self, given: Conditions, film: Tensor | None = None) -> Tensor:
        """Levels in dB, (batch, steps * STEP_FRAMES, 2, BANDS): harmonic first, noise second.

        `film` (batch, film_values) replaces the looked-up voice and condition: how a voice package sings.
        """
        if film is None:
            film = self.voice_film(given.voice) + self.condition_film(given.condition)
        return self.trunk(self.encode(given), given.phone_of_step, given.position, film)

    def encode(self, given: Conditions) -> Tensor:
        """What each phone is, among its neighbours: (batch, phones, channels)."""
        phones = self.symbol(given.symbols) + self.articulation(given.articulation)
        for block in self.phone_blocks:
            phones = block(phones)
        encoded: Tensor = self.phone_outlet(phones)
        return encoded

    def trunk(self, phones: Tensor, phone_of_step: Tensor, position: Tensor, film: Tensor) -> Tensor:
        """Levels in dB of some steps, (batch, steps * STEP_FRAMES, 2, BANDS), from encoded phones."""
        index = phone_of_step.unsqueeze(-1).expand(-1, -1, phones.shape[-1])
        hidden = torch.gather(phones, 1, index) + self.position(position)
        films = film.chunk(self.config.layers + 1, dim=-1)
        for block, colour in zip(self.blocks, films, strict=False):
            hidden = block(hidden, colour)
        gain, shift = films[-1].unsqueeze(1).chunk(2, dim=-1)
        hidden = self.norm(hidden) * (1.0 + gain) + shift
        levels: Tensor = self.outlet(hidden).float() * LEVEL_SCALE_DB + LEVEL_CENTRE_DB
        batch, steps, _ = levels.shape
        return levels.reshape(batch, steps * STEP_FRAMES, 2, BANDS)
