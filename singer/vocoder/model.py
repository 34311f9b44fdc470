"""The vocoder: comb and noise through time-varying minimum-phase filters whose detail a small network
adds."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from singer import HOP
from singer.networks import ConvNeXtBlock
from singer.vocoder.controls import BANDS, bins_from_bands
from singer.vocoder.excitation import harmonic_comb

WINDOW = 2 * HOP
"""Samples of excitation filtered at once: Hann windows that add up to one."""

FFT = 4 * HOP
"""Room for the window and the filter's decay, so that nothing wraps around."""

BINS = FFT // 2 + 1
LN_PER_DB = 0.2302585092994046
"""Natural logarithm of power per dB."""


@dataclass(frozen=True)
class VocoderConfig:
    """Size of the network: `channels`, `layers`, and `detail`, the mel-spaced points of each correction."""

    channels: int = 160
    layers: int = 4
    detail: int = 128


class Vocoder(nn.Module):
    """Spectral controls → samples.

    The filters start analytically from the controls' bands; the network adds at most 20 dB of correction at
    `detail` mel-spaced points, for the harmonic and the noise filter each.
    """

    def __init__(self, config: VocoderConfig) -> None:
        super().__init__()
        self.config = config
        self.inlet = nn.Linear(2 * BANDS + 2, config.channels)
        self.blocks = nn.ModuleList(ConvNeXtBlock(config.channels) for _ in range(config.layers))
        self.norm = nn.LayerNorm(config.channels)
        self.outlet = nn.Linear(config.channels, 2 * config.detail)
        nn.init.zeros_(self.outlet.weight)
        nn.init.zeros_(self.outlet.bias)
        self.coarse: Tensor
        self.fine: Tensor
        self.window: Tensor
        self.register_buffer("coarse", torch.from_numpy(bins_from_bands(BANDS, BINS)), persistent=False)
        self.register_buffer("fine", torch.from_numpy(bins_from_bands(config.detail, BINS)), persistent=False)
        self.register_buffer("window", torch.hann_window(WINDOW), persistent=False)

    def filters_db(self, f0_hz: Tensor, harmonic_db: Tensor, noise_db: Tensor) -> Tensor:
        """Power gains in dB, (batch, frames, 2, BINS): harmonic first, noise second."""
        octave = torch.log2(f0_hz / 220.0).unsqueeze(-1)
        inputs = torch.cat([harmonic_db / 30.0 + 2.0, noise_db / 30.0 + 2.0, octave, octave.abs()], dim=-1)
        hidden = self.inlet(inputs)
        for block in self.blocks:
            hidden = block(hidden)
        correction = 20.0 * torch.tanh(self.outlet(self.norm(hidden)))
        detail = correction.reshape(*correction.shape[:-1], 2, self.config.detail) @ self.fine
        filters: Tensor = torch.stack([harmonic_db, noise_db], dim=-2) @ self.coarse + detail
        return filters

    def forward(self, f0_hz: Tensor, harmonic_db: Tensor, noise_db: Tensor, noise: Tensor) -> Tensor:
        """(batch, frames) Hz, two (batch, frames, BANDS) dB, (batch, frames * HOP) noise → (batch, frames *
        HOP)."""
        response = minimum_phase(self.filters_db(f0_hz, harmonic_db, noise_db))
        excitation = torch.stack([harmonic_comb(f0_hz), noise], dim=1)
        padded = nn.functional.pad(excitation, (HOP // 2, HOP // 2))
        pieces = padded.unfold(-1, WINDOW, HOP) * self.window
        spectrum = torch.fft.rfft(pieces, n=FFT).transpose(1, 2)
        filtered = torch.fft.irfft((spectrum * response).sum(dim=2), n=FFT)
        return overlap_add(filtered)[:, HOP // 2 : HOP // 2 + noise.shape[-1]]


def minimum_phase(power_db: Tensor) -> Tensor:
    """Complex frequency response (…, BINS) of the minimum-phase filter with that power gain (Oppenheim &
    Schafer, ch. 12)."""
    cepstrum = torch.fft.irfft(power_db * LN_PER_DB, n=FFT)
    # of the log power: twice that of the log magnitude
    fold = torch.zeros(FFT, dtype=power_db.dtype, device=power_db.device)
    fold[0], fold[1 : FFT // 2], fold[FFT // 2] = 0.5, 1.0, 0.5
    log_response = torch.fft.rfft(cepstrum * fold, n=FFT)
    # two real functions: the complex exponential takes twice as long
    magnitude, phase = torch.exp(log_response.real), log_response.imag
    return torch.complex(magnitude * torch.cos(phase), magnitude * torch.sin(phase))


def overlap_add(pieces: Tensor) -> Tensor:
    """Sums pieces (batch, frames, FFT) that start HOP samples apart → (batch, (frames - 1) * HOP + FFT)."""
    batch, frames, length = pieces.shape
    shares = length // HOP
    out = pieces.new_zeros(batch, frames + shares - 1, HOP)
    for share in range(shares):
        out[:, share : share + frames] += pieces[:, :, share * HOP : (share + 1) * HOP]
    return out.reshape(batch, -1)
