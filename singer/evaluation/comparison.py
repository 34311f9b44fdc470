"""Two bases side by side: what leaving somebody out costs the voices that stay."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from singer.acoustic.conditioning import Conditions
from singer.acoustic.model import AcousticModel
from singer.acoustic.weights import VoiceWeights, load_acoustic, load_vocoder, load_voice
from singer.evaluation.held_out import measure_acoustic, measure_copy_synthesis, phone_means
from singer.evaluation.report import BASELINE_EXAMPLES, COPIED
from singer.training.corpora import Utterance, is_held_out, read_samples
from singer.training.examples import Example, load_example
from singer.training.publish import BASE_FILE, VOICE_FILE
from singer.training.recipe import CLEAN_CONDITION

Row = dict[str, object]


class PublishedVoice:
    """The acoustic model of a voices folder, singing with one voice's own weights; as rendering opens it."""

    def __init__(self, acoustic: AcousticModel, own: VoiceWeights) -> None:
        self._acoustic, self._own = acoustic, own

    def __call__(self, given: Conditions) -> Tensor:
        """Levels in dB, (batch, frames, 2, BANDS), whatever voice the conditions name."""
        return self._own.finished(self._acoustic(given, self._own.film[None]))


def compare_bases(
    old: Path, new: Path, voices: Sequence[str], utterances: Sequence[Utterance], features: Path
) -> list[Row]:
    """A row for each of `voices`: the published weights in the folders `old` and `new` against its clean
    recordings that neither was trained on.

    Gives MCD beside that of the phones' means, variance ratio, and the vocoder's copy-synthesis distance.
    `features` holds the features of the utterances. Raises WeightsError for a folder whose weights are
    damaged.
    """
    torch.set_num_threads(1)
    return [_compare(old, new, voice, utterances, features) for voice in voices]


def _compare(old: Path, new: Path, voice: str, utterances: Sequence[Utterance], features: Path) -> Row:
    mine = [u for u in utterances if (u.voice, u.condition) == (voice, CLEAN_CONDITION)]
    held_out = [u for u in mine if is_held_out(u)]
    row: Row = {"voice": voice, "held_out": len(held_out)}
    if not held_out:
        return row
    seen = [u for u in mine if not is_held_out(u)]
    measured = [_example(u, features) for u in held_out]
    means = phone_means([_example(u, features) for u in seen[:: max(1, len(seen) // BASELINE_EXAMPLES)]])
    for name, folder in (("old", old), ("new", new)):
        base = {BASE_FILE: (folder / "base" / BASE_FILE).read_bytes()}
        own = load_voice({VOICE_FILE: (folder / voice / VOICE_FILE).read_bytes()})
        figures = measure_acoustic(PublishedVoice(load_acoustic(base), own), measured, means)
        vocoder = load_vocoder(base)
        copies = [
            measure_copy_synthesis(vocoder, read_samples(u.audio), u.pitch_hz or None)[0]
            for u in held_out[:: max(1, len(held_out) // COPIED)][:COPIED]
        ]
        row["phone_mean_mcd_db"] = figures.phone_mean_mcd_db
        row[f"mcd_db_{name}"] = figures.mcd_db
        row[f"variance_ratio_{name}"] = figures.variance_ratio
        row[f"copy_synthesis_{name}"] = float(np.mean(copies))
    return row


def _example(utterance: Utterance, features: Path) -> Example:
    return load_example(utterance, features, (utterance.voice,), (utterance.condition,))
