"""From recordings to shipped voices: labels, features, vocoder, acoustic model, loudness, weights.

Every stage keeps its result in the work folder and goes on from there, so that a run may be stopped at any
moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from singer.acoustic.model import AcousticModel
from singer.acoustic.weights import VoiceWeights
from singer.errors import BadInput
from singer.training.acoustic import Material, refine_acoustic, train_acoustic
from singer.training.corpora.model import Utterance, is_held_out, source_of
from singer.training.examples import Example, load_example
from singer.training.global_variance import measure_global_variance, measure_noise_ceiling
from singer.training.listing import list_recordings
from singer.training.loop import Schedule
from singer.training.prepare import Source, feature_file, prepare
from singer.training.publish import clean_film, publish
from singer.training.recipe import CLEAN_CONDITION, Recipe, keep_recipe
from singer.training.vocoder import train_vocoder
from singer.vocoder.model import Vocoder

Progress = Callable[[str, int, int, str], None]
"""Told the stage, how much of it is done and is to do, and a remark."""

VOWEL_LEVEL_DB = -19.0
"""RMS in dB of full scale that a held vowel of every shipped voice is brought to."""

MEASURED_UTTERANCES = 25
"""Held-out utterances of each voice and condition that validation looks at during training."""


def quiet(stage: str, done: int, total: int, remark: str) -> None:
    """Progress for callers that do not want any."""


def examples_of(
    utterances: Sequence[Utterance], features: Path, recipe: Recipe
) -> tuple[list[Example], dict[str, list[Example]]]:
    """Training examples, and the held-out ones by "voice/condition"."""
    training: list[Example] = []
    held_out: dict[str, list[Example]] = {}
    for utterance in utterances:
        example = load_example(utterance, features, recipe.voices, recipe.conditions)
        if is_held_out(utterance):
            held_out.setdefault(f"{utterance.voice}/{utterance.condition}", []).append(example)
        else:
            training.append(example)
    return training, held_out


def voice_gain_db(examples: Sequence[Example], voice: int, conditions: Sequence[str]) -> float:
    """Gain that brings the held vowels of a voice's clean recordings to VOWEL_LEVEL_DB.

    The power of a frame is the mean of its density over frequency, so the bands are weighted by their width
    in Hz.
    """
    from singer.vocoder.controls import bands_from_bins

    width = bands_from_bins(1025).argmax(axis=1)
    share = np.bincount(width, minlength=64) / len(width)
    levels = []
    for example in examples:
        if example.voice == voice and conditions[example.condition] == CLEAN_CONDITION:
            power = (10.0 ** (example.levels_db[example.voiced].astype(np.float64) / 10.0)).sum(
                axis=1
            ) @ share
            levels.append(10.0 * np.log10(np.maximum(power, 1e-12)))
    if not levels:
        raise BadInput(f"No recording of voice {voice} in the condition {CLEAN_CONDITION}.", "Give some.")
    loud = np.concatenate(levels)
    return float(VOWEL_LEVEL_DB - np.median(loud[loud > np.median(loud) - 6.0]))


def run(
    utterances: Sequence[Utterance],
    work: Path,
    voices: Path,
    recipe: Recipe,
    allowed: Sequence[Mapping[str, object]],
    progress: Progress = quiet,
    workers: int = 2,
    features: Path | None = None,
) -> tuple[AcousticModel, Vocoder]:
    """Trains everything from labelled utterances; writes the weights, and the list of what they were trained
    on, into `voices`.

    Only for recordings whose use for training the registry has allowed: `consonance train` asks and then
    calls this. `features` is where features are kept, `work`/features where left out.
    """
    _require_permission(utterances, allowed)
    torch.set_num_threads(1)
    started = time.process_time()
    missing = sorted({utterance.voice for utterance in utterances} - set(recipe.voices))
    if missing:
        raise BadInput(
            f"The recipe has no row for {', '.join(missing)}.", "Add it to `voices` in the recipe."
        )
    keep_recipe(work, recipe)
    features = features or work / "features"
    prepare(
        [Source(utterance.id, utterance.audio, utterance.pitch_hz or None) for utterance in utterances],
        features,
        workers,
        lambda done, total: progress("features", done, total, ""),
    )
    clean = [u for u in utterances if u.condition == CLEAN_CONDITION]
    vocoder = train_vocoder(
        [feature_file(features, u.id) for u in clean if not is_held_out(u)],
        [feature_file(features, u.id) for u in clean if is_held_out(u)],
        work / "vocoder",
        recipe.vocoder_schedule,
        recipe.vocoder,
        recipe.vocoder_batch,
        lambda step, row: progress("vocoder", step, recipe.vocoder_schedule.steps, f"loss {row['loss']:.3f}"),
    )
    training, held_out = examples_of(utterances, features, recipe)
    acoustic = _train_acoustic(training, held_out, work, recipe, progress)
    own = {voice: measured_voice(acoustic.eval(), training, recipe, voice) for voice in recipe.shipped}
    facts = {
        "contributors": contributors(utterances),
        "allowed": list(allowed),
        "cpu_s_of_this_run": round(time.process_time() - started),
        "torch": torch.__version__,
    }
    lists = list_recordings(utterances, allowed)
    publish(acoustic, vocoder, recipe, own, work, voices, facts, lists)
    return acoustic, vocoder


def _train_acoustic(
    training: Sequence[Example],
    held_out: Mapping[str, Sequence[Example]],
    work: Path,
    recipe: Recipe,
    progress: Progress,
) -> AcousticModel:
    """The acoustic model after both of its stages: by distance, then against a discriminator."""

    def told(stage: str, schedule: Schedule) -> Callable[[int, dict[str, float]], None]:
        return lambda step, row: progress(stage, step, schedule.steps, f"loss {row['loss']:.3f}")

    measured = {name: examples[:MEASURED_UTTERANCES] for name, examples in held_out.items()}
    material = Material(training, measured, recipe.share_rows(), recipe.acoustic_batch)
    first, second = recipe.acoustic_schedule, recipe.adversarial_schedule
    model = train_acoustic(material, work / "acoustic", first, recipe.acoustic, told("acoustic", first))
    if second.steps:
        folder = work / "adversarial"
        refine_acoustic(model, material, folder, second, recipe.adversarial, told("adversarial", second))
    return model


def measured_voice(
    acoustic: AcousticModel, training: Sequence[Example], recipe: Recipe, voice: str
) -> VoiceWeights:
    """One voice's own weights from a trained model and the voice's clean training recordings."""
    clean = clean_examples(training, recipe, voice)
    return VoiceWeights(
        voice,
        clean_film(acoustic, recipe, voice),
        voice_gain_db(training, recipe.voices.index(voice), recipe.conditions),
        measure_global_variance(acoustic, clean),
        measure_noise_ceiling(clean),
    )


def clean_examples(training: Sequence[Example], recipe: Recipe, voice: str) -> list[Example]:
    """The examples of a voice in the condition that songs are rendered in."""
    row = recipe.voices.index(voice), recipe.conditions.index(CLEAN_CONDITION)
    return [example for example in training if (example.voice, example.condition) == row]


def _require_permission(utterances: Sequence[Utterance], allowed: Sequence[Mapping[str, object]]) -> None:
    """Raise BadInput for recordings that the registry was not asked for: the bank, or the voice where there
    is none."""
    known = {str(answer["source"]) for answer in allowed}
    used = {source_of(utterance) for utterance in utterances}
    if used - known:
        raise BadInput(
            f"Nobody has allowed training from {', '.join(sorted(used - known))}.",
            "Ask the registry first; `consonance train` does.",
        )


def contributors(utterances: Sequence[Utterance]) -> dict[str, dict[str, float]]:
    """Recordings and minutes that each voice gave to training, by "voice/condition"; held-out ones apart."""
    found: dict[str, dict[str, float]] = {}
    for utterance in utterances:
        row = found.setdefault(
            f"{utterance.voice}/{utterance.condition}", {"recordings": 0, "minutes": 0.0, "held_out": 0}
        )
        if is_held_out(utterance):
            row["held_out"] += 1
        else:
            row["recordings"] += 1
            row["minutes"] = round(row["minutes"] + utterance.duration_s / 60.0, 3)
    return found
