"""Trained models → the folders in `voices/`: weights, how they were trained, and the curves of the run."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import torch

from singer.acoustic.model import AcousticModel
from singer.acoustic.weights import save_base, save_voice
from singer.training.recipe import CLEAN_CONDITION, Recipe
from singer.vocoder.model import Vocoder

BASE_FILE = "base.safetensors"
VOICE_FILE = "voice.safetensors"
RECORD_FILE = "training.json"


def clean_film(acoustic: AcousticModel, recipe: Recipe, voice: str) -> torch.Tensor:
    """The film (film_values,) that sings `voice` as if recorded in the clean condition."""
    row = recipe.voices.index(voice)
    clean = recipe.conditions.index(CLEAN_CONDITION)
    return (acoustic.voice_film.weight[row] + acoustic.condition_film.weight[clean]).detach()


def publish(
    acoustic: AcousticModel,
    vocoder: Vocoder,
    recipe: Recipe,
    gains_db: Mapping[str, float],
    work: Path,
    voices: Path,
    facts: Mapping[str, object],
) -> None:
    """Writes `voices/base/` and each shipped voice's weights; the voices' own words (terms, voice.toml) are
    not touched.

    `facts` (contributors, CPU seconds …) go into `training.json` beside the recipe, in the base's folder
    and in each voice's.
    """
    base = save_base(acoustic, vocoder)
    _write(voices / "base" / BASE_FILE, base)
    record = {
        "base_sha256": hashlib.sha256(base).hexdigest(),
        "recipe": recipe.as_json(),
        **facts,
        "curves": {name: _curve(work / name / "curve.jsonl") for name in ("vocoder", "acoustic")},
    }
    text = (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode()
    _write(voices / "base" / RECORD_FILE, text)
    for voice in recipe.shipped:
        weights = save_voice(voice, clean_film(acoustic, recipe, voice), gains_db.get(voice, 0.0))
        _write(voices / voice / VOICE_FILE, weights)
        _write(voices / voice / RECORD_FILE, text)


def _curve(file: Path) -> list[dict[str, float]]:
    """The validation rows of a run's curve, and every tenth row of its losses."""
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    losses = [row for row in rows if "loss" in row]
    return losses[::10] + [row for row in rows if "loss" not in row]


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(file.name + ".part")
    partial.write_bytes(content)
    os.replace(partial, file)
