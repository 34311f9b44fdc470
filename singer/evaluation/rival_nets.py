"""Two published networks in their published sizes, with random weights: what singing costs elsewhere.

Only their cost is measured, so only their shapes are here: the denoiser of DiffSinger (Liu et al., AAAI 2022:
20 residual layers of 256 channels, asked 20 times) behind its encoder (FastSpeech 2: 4 blocks, 256 channels,
2 heads, kernel 9), and HiFi-GAN V1 (Kong et al. 2020) with a harmonic source (NSF; Wang, Takaki and Yamagishi
2019), as OpenVPI trains it for 44.1 kHz: 128 mels, hop 512.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

HOP, MELS, STEPS = 512, 128, 20
_ENCODER, _RESIDUAL, _LAYERS = 256, 256, 20
_WIDEST = 512
_UPSAMPLING = ((8, 16), (8, 16), (2, 4), (2, 4), (2, 4))  # factor and kernel
_KERNELS, _DILATIONS = (3, 7, 11), (1, 3, 5)


class _TransformerBlock(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(_ENCODER, 2, batch_first=True)
        self.norms = nn.ModuleList(nn.LayerNorm(_ENCODER) for _ in range(2))
        self.wide = nn.Conv1d(_ENCODER, 4 * _ENCODER, 9, padding=4)
        self.narrow = nn.Linear(4 * _ENCODER, _ENCODER)

    def forward(self, frames: Tensor) -> Tensor:
        normed = self.norms[0](frames)
        frames = frames + self.attention(normed, normed, normed, need_weights=False)[0]
        wide = torch.relu(self.wide(self.norms[1](frames).transpose(1, 2))).transpose(1, 2)
        out: Tensor = frames + self.narrow(wide)
        return out


class DiffSingerAcoustic(nn.Module):
    """Encoded phones (batch, phones, 256) and frames → mel (batch, MELS, frames), in STEPS of denoising."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(*(_TransformerBlock() for _ in range(4)))
        self.inlet = nn.Conv1d(MELS, _RESIDUAL, 1)
        self.step = nn.Sequential(
            nn.Linear(_RESIDUAL, 4 * _RESIDUAL), nn.Mish(), nn.Linear(4 * _RESIDUAL, _RESIDUAL)
        )
        self.dilated = nn.ModuleList(
            nn.Conv1d(_RESIDUAL, 2 * _RESIDUAL, 3, padding=2 ** (n % 4), dilation=2 ** (n % 4))
            for n in range(_LAYERS)
        )
        self.told = nn.ModuleList(nn.Conv1d(_ENCODER, 2 * _RESIDUAL, 1) for _ in range(_LAYERS))
        self.timed = nn.ModuleList(nn.Linear(_RESIDUAL, _RESIDUAL) for _ in range(_LAYERS))
        self.split = nn.ModuleList(nn.Conv1d(_RESIDUAL, 2 * _RESIDUAL, 1) for _ in range(_LAYERS))
        self.skip = nn.Conv1d(_RESIDUAL, _RESIDUAL, 1)
        self.outlet = nn.Conv1d(_RESIDUAL, MELS, 1)

    def forward(self, phones: Tensor, phone_of_frame: Tensor) -> Tensor:
        told = self.encoder(phones)[:, phone_of_frame].transpose(1, 2)
        mel = torch.randn(told.shape[0], MELS, told.shape[2])
        for step in range(STEPS):
            mel = mel - self._noise(mel, told, torch.full((1, _RESIDUAL), float(step))) / STEPS
        return mel

    def _noise(self, mel: Tensor, told: Tensor, step: Tensor) -> Tensor:
        hidden, timed, skipped = torch.relu(self.inlet(mel)), self.step(step), torch.zeros(1)
        for dilated, condition, time, split in zip(
            self.dilated, self.told, self.timed, self.split, strict=True
        ):
            both = dilated(hidden + time(timed).unsqueeze(-1)) + condition(told)
            gate, value = both.chunk(2, dim=1)
            residual, skip = split(torch.sigmoid(gate) * torch.tanh(value)).chunk(2, dim=1)
            hidden, skipped = (hidden + residual) / 2**0.5, skipped + skip
        out: Tensor = self.outlet(torch.relu(self.skip(skipped / _LAYERS**0.5)))
        return out


class _ResidualBlock(nn.Module):
    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.dilated = nn.ModuleList(
            nn.Conv1d(channels, channels, kernel, dilation=d, padding=d * (kernel - 1) // 2)
            for d in _DILATIONS
        )
        self.plain = nn.ModuleList(
            nn.Conv1d(channels, channels, kernel, padding=(kernel - 1) // 2) for _ in _DILATIONS
        )

    def forward(self, signal: Tensor) -> Tensor:
        for dilated, plain in zip(self.dilated, self.plain, strict=True):
            inner = dilated(nn.functional.leaky_relu(signal, 0.1))
            signal = signal + plain(nn.functional.leaky_relu(inner, 0.1))
        return signal


class HarmonicHifiGan(nn.Module):
    """Mel (batch, MELS, frames) and pitch in Hz (batch, frames) → samples (batch, frames * HOP)."""

    def __init__(self) -> None:
        super().__init__()
        self.inlet = nn.Conv1d(MELS, _WIDEST, 7, padding=3)
        self.upward, self.sourced, self.blocks = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        left, channels = HOP, _WIDEST
        for factor, kernel in _UPSAMPLING:
            channels, left = channels // 2, left // factor
            self.upward.append(
                nn.ConvTranspose1d(2 * channels, channels, kernel, factor, (kernel - factor) // 2)
            )
            width = 1 if left == 1 else 2 * left
            self.sourced.append(nn.Conv1d(1, channels, width, left, 0 if left == 1 else left // 2))
            self.blocks.append(nn.ModuleList(_ResidualBlock(channels, kernel) for kernel in _KERNELS))
        self.mixed = nn.Linear(9, 1)
        self.outlet = nn.Conv1d(channels, 1, 7, padding=3)

    def forward(self, mel: Tensor, f0_hz: Tensor) -> Tensor:
        pitch = nn.functional.interpolate(f0_hz.unsqueeze(1), scale_factor=HOP).squeeze(1)
        phase = 2.0 * torch.pi * torch.cumsum(pitch / 44_100.0, dim=-1)
        harmonics = torch.sin(phase.unsqueeze(-1) * torch.arange(1, 10))
        source = torch.tanh(self.mixed(harmonics)).transpose(1, 2)
        signal = self.inlet(mel)
        for upward, sourced, blocks in zip(self.upward, self.sourced, self.blocks, strict=True):
            signal = upward(nn.functional.leaky_relu(signal, 0.1))
            signal = signal + sourced(source)[..., : signal.shape[-1]]
            signal = torch.stack([block(signal) for block in blocks]).mean(dim=0)  # type: ignore[attr-defined]
        return torch.tanh(self.outlet(nn.functional.leaky_relu(signal))).squeeze(1)


def cpu_seconds_per_second(seconds: float = 2.0) -> tuple[float, float]:
    """What both networks take for a second of song on one thread, in CPU seconds: acoustic, vocoder."""
    import time

    frames = round(seconds * 44_100 / HOP)
    torch.manual_seed(0)
    acoustic, vocoder = DiffSingerAcoustic().eval(), HarmonicHifiGan().eval()
    phones = torch.randn(1, max(1, round(8 * seconds)), _ENCODER)
    of_frame = torch.arange(frames) * phones.shape[1] // frames
    spent = []
    with torch.inference_mode():
        mel = acoustic(phones, of_frame)  # once to warm up
        vocoder(mel[..., :8], torch.full((1, 8), 220.0))
        for work in (
            lambda: acoustic(phones, of_frame),
            lambda: vocoder(mel, torch.full((1, frames), 220.0)),
        ):
            started = time.process_time()
            work()
            spent.append((time.process_time() - started) / seconds)
    return spent[0], spent[1]
