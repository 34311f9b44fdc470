"""Other people's watermarks, in their classic forms: our detector must take none of them for ours."""

from __future__ import annotations

import numpy as np

from singer import SAMPLE_RATE
from singer.evaluation.attacks.sounds import Sound, convolved, rms


def with_spread_spectrum(samples: Sound, random: np.random.Generator, level_db: float = -24.0) -> Sound:
    """A ±1 sequence that turns over with each bit of 0.25 s, as loud as the sound's own envelope less 24 dB
    (Boney, Tewfik and Hamdy 1996, without their masking filter).
    """
    chips = random.choice([-1.0, 1.0], len(samples))
    bits = random.choice([-1.0, 1.0], 4 * len(samples) // SAMPLE_RATE + 1)
    envelope = np.sqrt(convolved(samples**2, np.full(441, 1 / 441)).clip(0))
    turned = bits[4 * np.arange(len(samples)) // SAMPLE_RATE]
    return np.asarray(samples + 10 ** (level_db / 20) * envelope * chips * turned, np.float32)


def with_spread_gains(samples: Sound, random: np.random.Generator, depth_db: float = 1.0) -> Sound:
    """Spread-spectrum gains of ±1 dB on blocks of time and frequency (Kirovski and Malvar 2003): the nearest
    relation of our own mark.
    """
    window, step = 2048, 1024
    shape = np.sqrt(np.hanning(window + 1)[:-1])
    padded = np.pad(samples.astype(np.float64), (window, window))
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::step]
    gains = random.choice([-depth_db, depth_db], (len(frames) // 2 + 1, 171)).repeat(2, 0).repeat(6, 1)
    spectrum = np.fft.rfft(frames * shape) * 10 ** (gains[: len(frames), : window // 2 + 1] / 20)
    marked = np.fft.irfft(spectrum, window) * shape
    out = np.zeros(len(padded))
    for number, frame in enumerate(marked):
        out[number * step : number * step + window] += frame
    return np.asarray(out[window : window + len(samples)], np.float32)


def with_echoes(samples: Sound, random: np.random.Generator, level: float = 0.3) -> Sound:
    """Echo hiding (Gruhl, Lu and Bender 1996): an echo after 1.0 or 1.3 ms says each bit of an eighth of a
    second.
    """
    versions = []
    for delay_s in (0.001, 0.0013):
        delay = round(delay_s * SAMPLE_RATE)
        versions.append(samples + level * np.pad(samples, (delay, 0))[: len(samples)])
    bits = random.integers(0, 2, 8 * len(samples) // SAMPLE_RATE + 2).astype(np.float64)
    at = np.arange(len(samples)) * 8 / SAMPLE_RATE
    said = np.interp(at, np.arange(len(bits)), bits)
    return np.asarray((1 - said) * versions[0] + said * versions[1], np.float32)


def with_tone(samples: Sound, random: np.random.Generator, level_db: float = -40.0) -> Sound:
    """A tone between 5 and 15 kHz, turned by half a cycle at each bit of 0.1 s: a broadcaster's mark."""
    time = np.arange(len(samples)) / SAMPLE_RATE
    bits = random.choice([-1.0, 1.0], 10 * len(samples) // SAMPLE_RATE + 1)
    tone = np.sin(2 * np.pi * random.uniform(5000, 15_000) * time) * bits[(10 * time).astype(np.int64)]
    return np.asarray(samples + rms(samples) * 10 ** (level_db / 20) * np.sqrt(2) * tone, np.float32)


SCHEMES = {
    "spread spectrum": with_spread_spectrum,
    "spread gains": with_spread_gains,
    "echo hiding": with_echoes,
    "pilot tone": with_tone,
}
