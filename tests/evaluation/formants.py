"""Takes made of formants and hiss: small voices of which every phone, note and throat is known."""

from __future__ import annotations

import numpy as np

from singer import SAMPLE_RATE
from singer.evaluation.resung import Take
from singer.training.corpora import LabelledPhone

FORMANTS_HZ = {"a": (800.0, 1300.0), "i": (300.0, 2400.0), "u": (320.0, 900.0)}


def vowel(phone: str, f0_hz: float, seconds: float, size: float = 1.0) -> np.ndarray:
    """Harmonics under two formants, moved by `size`: how long the throat is, (n,)."""
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    out = np.zeros(len(times))
    for number in range(1, int(7000 / f0_hz)):
        hz = number * f0_hz
        level = sum(1.0 / (1.0 + ((hz - size * formant) / 120.0) ** 2) for formant in FORMANTS_HZ[phone])
        out += (level + 0.003) * np.sin(2 * np.pi * hz * times + number**2)
    return 0.08 * out


def said(phones: str, f0_hz: float, seed: int, size: float = 1.0) -> Take:
    """Vowels and hisses (s) of 0.25 s each between silences."""
    random = np.random.default_rng(seed)
    pieces = [("SP", np.zeros(SAMPLE_RATE // 4))]
    for phone in phones:
        hiss = 0.05 * np.diff(random.standard_normal(SAMPLE_RATE // 4 + 1))
        pieces.append((phone, hiss if phone == "s" else vowel(phone, f0_hz, 0.25, size)))
    pieces.append(("SP", np.zeros(SAMPLE_RATE // 4)))
    edges = np.cumsum([0] + [len(piece) for _, piece in pieces]) / SAMPLE_RATE
    spans = zip(pieces, edges[:-1], edges[1:], strict=True)
    labels = tuple(LabelledPhone(name, float(start), float(end)) for (name, _), start, end in spans)
    sound = np.concatenate([piece for _, piece in pieces]) + 1e-4 * random.standard_normal(
        round(edges[-1] * SAMPLE_RATE)
    )
    return Take(sound.astype(np.float32), labels, f0_hz)
