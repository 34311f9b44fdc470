"""The figures of a training run on recordings that it never saw, one row for each voice and recording
condition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from singer.acoustic.conditioning import Conditions
from singer.acoustic.model import AcousticModel
from singer.errors import BadInput
from singer.evaluation.held_out import measure_acoustic, measure_copy_synthesis, phone_means
from singer.training.corpora import is_held_out, read_corpus, read_samples
from singer.training.examples import Example, load_example
from singer.training.global_variance import measure_global_variance
from singer.training.recipe import CLEAN_CONDITION, Recipe, recipe_of
from singer.vocoder.model import Vocoder

COPIED = 4
"""Held-out recordings of each voice that are analysed and synthesised again by both vocoders."""

BASELINE_EXAMPLES = 150
"""Training recordings of each voice that the phone means are taken from."""


def load_run(work: Path, recipe: Recipe) -> tuple[AcousticModel, Vocoder]:
    """The averaged models of the run in `work`, as its checkpoints hold them. Raises BadInput where there is
    none."""
    acoustic = "adversarial" if (work / "adversarial" / "checkpoint.pt").exists() else "acoustic"
    models = ((acoustic, AcousticModel(recipe.acoustic)), ("vocoder", Vocoder(recipe.vocoder)))
    for name, model in models:
        file = work / name / "checkpoint.pt"
        if not file.exists():
            raise BadInput(f"{file} is not there.", "Run `consonance train` with the same work folder first.")
        average = torch.load(file, weights_only=True)["average"]
        model.load_state_dict({**model.state_dict(), **average})
        model.eval().requires_grad_(False)
    return models[0][1], models[1][1]


def _as_sung(acoustic: AcousticModel, clean: Sequence[Example]) -> Callable[[Conditions], Tensor]:
    """The model with what is measured of a voice's clean recordings after training; alone where there are
    none."""
    if not clean:
        return acoustic
    lacking = measure_global_variance(acoustic, clean)
    return lambda given: lacking.apply(acoustic(given))


def report_voices(recordings: Path, work: Path, recipe: Recipe | None = None) -> list[dict[str, object]]:
    """One row per voice and condition: MCD beside the phone means', variance ratio, copy-synthesis beside
    WORLD's."""
    torch.set_num_threads(1)
    recipe = recipe or recipe_of(work)
    acoustic, vocoder = load_run(work, recipe)
    groups: dict[str, tuple[list, list]] = {}
    for utterance in read_corpus(recordings, work, sources=recipe.sources):
        held_out, seen = groups.setdefault(f"{utterance.voice}/{utterance.condition}", ([], []))
        (held_out if is_held_out(utterance) else seen).append(utterance)
    rows: list[dict[str, object]] = []
    for name, (held_out, seen) in sorted(groups.items()):

        def examples(utterances: list) -> list[Example]:
            return [load_example(u, work / "features", recipe.voices, recipe.conditions) for u in utterances]

        step = max(1, len(seen) // BASELINE_EXAMPLES)
        baseline = phone_means(examples(seen[::step]))
        sung = _as_sung(acoustic, examples([u for u in seen if u.condition == CLEAN_CONDITION]))
        figures = measure_acoustic(sung, examples(held_out), baseline)
        copies = [
            measure_copy_synthesis(vocoder, read_samples(u.audio), u.pitch_hz or None)
            for u in held_out[:: max(1, len(held_out) // COPIED)][:COPIED]
        ]
        ours, world = np.mean(copies, axis=0)
        rows.append(
            {
                "voice": name,
                "held_out": figures.utterances,
                "mcd_db": figures.mcd_db,
                "phone_mean_mcd_db": figures.phone_mean_mcd_db,
                "variance_ratio": figures.variance_ratio,
                "copy_synthesis": float(ours),
                "world": float(world),
            }
        )
    return rows
