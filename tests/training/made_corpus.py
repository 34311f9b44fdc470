"""A corpus small enough to train on in a test: two vowels and a hiss, made of formants, with exact labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from singer import SAMPLE_RATE
from singer.training.corpora.model import LabelledPhone, Utterance

FORMANTS_HZ = {"a": (800.0, 1300.0), "i": (300.0, 2400.0)}


def vowel(phone: str, f0_hz: float, seconds: float) -> np.ndarray:
    """Harmonics under two formants, (n,)."""
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    out = np.zeros(len(times))
    for number in range(1, int(8000 / f0_hz)):
        hz = number * f0_hz
        level = sum(1.0 / (1.0 + ((hz - formant) / 120.0) ** 2) for formant in FORMANTS_HZ[phone])
        out += (level + 0.003) * np.sin(2 * np.pi * hz * times + number**2)
    return 0.08 * out


def hiss(seconds: float, random: np.random.Generator) -> np.ndarray:
    """Noise that rises with frequency, (n,)."""
    return 0.05 * np.diff(random.standard_normal(round(seconds * SAMPLE_RATE) + 1))


def make_corpus(folder: Path, voices: tuple[str, ...] = ("low", "high"), files: int = 6) -> list[Utterance]:
    """Utterances "s a s i …" with silence around them; each voice has its own pitch."""
    folder.mkdir(parents=True, exist_ok=True)
    utterances = []
    for number, voice in enumerate(voices):
        f0_hz = 150.0 * (1 + number)
        for file in range(files):
            random = np.random.default_rng([number, file])
            pieces: list[tuple[str, np.ndarray]] = [("SP", np.zeros(SAMPLE_RATE // 5))]
            for phone in ("a", "i") if file % 2 else ("i", "a"):
                pieces += [("s", hiss(0.12, random)), (phone, vowel(phone, f0_hz, 0.4 + 0.05 * file))]
            pieces.append(("SP", np.zeros(SAMPLE_RATE // 5)))
            sound = np.concatenate([piece for _, piece in pieces])
            sound += 1e-5 * random.standard_normal(len(sound))
            audio = folder / f"{voice}-{file}.wav"
            soundfile.write(audio, sound, SAMPLE_RATE, subtype="PCM_16")
            edges = np.cumsum([0] + [len(piece) for _, piece in pieces]) / SAMPLE_RATE
            phones = tuple(
                LabelledPhone(phone, float(start), float(end))
                for (phone, _), start, end in zip(pieces, edges, edges[1:], strict=False)
            )
            utterances.append(Utterance(f"{voice}/{file}", voice, "16-bit", "en", audio, f0_hz, phones))
    return utterances
