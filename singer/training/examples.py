"""Labelled recordings as batches for the acoustic model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from singer import HOP, SAMPLE_RATE
from singer.acoustic.conditioning import STEP_FRAMES, Conditions, phone_table, step_positions
from singer.training.corpora.model import BAND_LIMIT_HZ, UNKNOWN, LabelledPhone, Utterance
from singer.training.prepare import feature_file, load
from singer.vocoder.controls import band_centres_mel, hz_to_mel

SILENCE_WEIGHT = 0.1
BURST_WEIGHT = 1.5
_PLOSIVE = ("stop", "affricate")


@dataclass(frozen=True)
class Example:
    """One recording: its phones, controls (frames, 2, BANDS) float16, f0 (frames,), and a weight (frames,)
    for the loss; `bands` (BANDS,) is False where the recording's sample rate leaves nothing to learn."""

    phones: tuple[LabelledPhone, ...]
    levels_db: np.ndarray
    f0_hz: np.ndarray
    voiced: np.ndarray
    weight: np.ndarray
    voice: int
    condition: int
    bands: np.ndarray


@dataclass(frozen=True)
class Batch:
    """Inputs and targets: `levels_db` and `weight`, both (batch, frames, 2, BANDS)."""

    given: Conditions
    levels_db: Tensor
    weight: Tensor


def _frame_weights(phones: Sequence[LabelledPhone], frames: int) -> np.ndarray:
    from singer.language.phones import FEATURE_NAMES, features

    plosive = [FEATURE_NAMES.index(name) for name in _PLOSIVE]
    weight = np.zeros(frames, dtype=np.float32)
    for span in phones:
        first, last = (round(second * SAMPLE_RATE / HOP) for second in (span.start_s, span.end_s))
        if span.phone == UNKNOWN:
            value = 0.0
        elif span.phone == "SP":
            value = SILENCE_WEIGHT
        else:
            value = BURST_WEIGHT if any(features(span.phone)[at] for at in plosive) else 1.0
        weight[first:last] = value
    return weight


def load_example(
    utterance: Utterance, folder: Path, voices: Sequence[str], conditions: Sequence[str]
) -> Example:
    """The example of one labelled utterance whose features lie in `folder`."""
    features = load(feature_file(folder, utterance.id))
    frames = len(features.f0_hz) // STEP_FRAMES * STEP_FRAMES
    levels = np.stack([features.harmonic_db, features.noise_db], axis=1)[:frames]
    known = tuple(
        LabelledPhone("SP", span.start_s, span.end_s) if span.phone == UNKNOWN else span
        for span in utterance.phones
    )
    return Example(
        phones=known,
        levels_db=levels.astype(np.float16),
        f0_hz=features.f0_hz[:frames],
        voiced=features.voiced[:frames],
        weight=_frame_weights(utterance.phones, frames),
        voice=voices.index(utterance.voice),
        condition=conditions.index(utterance.condition),
        bands=heard_bands(utterance.condition),
    )


def heard_bands(condition: str) -> np.ndarray:
    """Which bands a recording of that condition has any sound in, (BANDS,) bool."""
    limit_hz = BAND_LIMIT_HZ.get(condition, SAMPLE_RATE / 2)
    return band_centres_mel() <= hz_to_mel(np.array(limit_hz)) + 1e-6


class Sampler:
    """Random crops of examples, each voice and condition drawn by `share`; a batch depends on seed and step
    alone.

    `pitch_jitter` (octaves) moves the pitch that the model is told, so that a voice recorded on one pitch
    is not tied to it.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        frames: int,
        seed: int,
        share: dict[tuple[int, int], float] | None = None,
        pitch_jitter: float = 0.08,
    ) -> None:
        self.examples, self.frames, self.seed, self.jitter = examples, frames, seed, pitch_jitter
        weights = np.array([float((example.weight > SILENCE_WEIGHT).sum()) for example in examples])
        for key, part in (share or {}).items():
            mine = np.array([(example.voice, example.condition) == key for example in examples])
            if mine.any():
                weights[mine] *= part / weights[mine].sum()
        self.cumulative = np.cumsum(weights / weights.sum())

    def batch(self, step: int, size: int) -> Batch:
        """`size` crops of `frames` frames; shorter recordings are padded with weight 0."""
        random = np.random.default_rng([self.seed, step])
        rows = []
        for place in random.random(size):
            example = self.examples[min(int(np.searchsorted(self.cumulative, place)), len(self.examples) - 1)]
            spare = max(0, len(example.f0_hz) - self.frames)
            start = int(random.integers(spare // STEP_FRAMES + 1)) * STEP_FRAMES
            shift = float(random.normal()) * self.jitter if random.random() < 0.5 else 0.0
            rows.append(_row(example, slice(start, start + self.frames), 2.0**shift))
        return collate(rows)


@dataclass(frozen=True)
class _Row:
    symbols: np.ndarray
    articulation: np.ndarray
    index: np.ndarray
    position: np.ndarray
    levels_db: np.ndarray
    weight: np.ndarray
    voice: int
    condition: int


def _row(example: Example, part: slice, pitch_factor: float = 1.0) -> _Row:
    f0 = example.f0_hz[part] * pitch_factor
    start_s = part.start * HOP / SAMPLE_RATE
    end_s = start_s + len(f0) * HOP / SAMPLE_RATE
    inside = [n for n, span in enumerate(example.phones) if span.end_s > start_s and span.start_s < end_s]
    # two phones of context on either side, so that an edge of the crop is no edge of the language
    phones = example.phones[max(0, inside[0] - 2) : inside[-1] + 3]
    symbols, articulation = phone_table(phones)
    index, position = step_positions(phones, start_s, f0)
    weight = example.weight[part]
    both = np.stack([weight * np.where(example.voiced[part], 1.0, 0.3), weight], axis=1).astype(np.float32)
    both = both[:, :, None] * example.bands.astype(np.float32)
    return _Row(
        symbols,
        articulation,
        index,
        position,
        example.levels_db[part],
        both,
        example.voice,
        example.condition,
    )


def collate(rows: Sequence[_Row]) -> Batch:
    """Pads rows of different lengths to one batch."""
    phones = max(len(row.symbols) for row in rows)
    steps = max(len(row.index) for row in rows)

    def padded(arrays: Sequence[np.ndarray], length: int) -> Tensor:
        out = np.zeros((len(arrays), length, *arrays[0].shape[1:]), dtype=arrays[0].dtype)
        for number, array in enumerate(arrays):
            out[number, : len(array)] = array
        return torch.from_numpy(out)

    return Batch(
        given=Conditions(
            symbols=padded([row.symbols for row in rows], phones),
            articulation=padded([row.articulation for row in rows], phones),
            phone_of_step=padded([row.index for row in rows], steps),
            position=padded([row.position for row in rows], steps),
            voice=torch.tensor([row.voice for row in rows]),
            condition=torch.tensor([row.condition for row in rows]),
        ),
        levels_db=padded([row.levels_db for row in rows], steps * STEP_FRAMES).float(),
        weight=padded([row.weight for row in rows], steps * STEP_FRAMES),
    )


def whole(example: Example) -> Batch:
    """One recording from start to end, as a batch of one."""
    return collate([_row(example, slice(0, len(example.f0_hz)))])
