"""Trained models → the folders in `voices/`: weights, how they were trained, and the curves of the run."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from singer.acoustic.model import AcousticModel
from singer.acoustic.weights import VoiceWeights, save_base, save_voice
from singer.errors import BadInput
from singer.training.recipe import CLEAN_CONDITION, Recipe
from singer.vocoder.model import Vocoder

BASE_FILE = "base.safetensors"
VOICE_FILE = "voice.safetensors"
RECORD_FILE = "training.json"
LISTS_FOLDER = "recordings"


STAGES = ("vocoder", "acoustic", "adversarial")
"""The stages of a run, each a folder of its own in the work folder."""


def clean_film(acoustic: AcousticModel, recipe: Recipe, voice: str) -> torch.Tensor:
    """The film (film_values,) that sings `voice` as if recorded in the clean condition."""
    row = recipe.voices.index(voice)
    clean = recipe.conditions.index(CLEAN_CONDITION)
    return (acoustic.voice_film.weight[row] + acoustic.condition_film.weight[clean]).detach()


def publish(
    acoustic: AcousticModel,
    vocoder: Vocoder,
    recipe: Recipe,
    own: Mapping[str, VoiceWeights],
    work: Path,
    voices: Path,
    facts: Mapping[str, object],
    lists: Mapping[str, str],
) -> None:
    """Writes `voices/base/` and each shipped voice's weights; the voices' own words (terms, voice.toml) are
    not touched.

    `facts` (contributors, CPU seconds …) go into `training.json` beside the recipe, in the base's folder
    and in each voice's; `lists` are what `list_recordings` gave.
    """
    base = save_base(acoustic, vocoder)
    record = {
        "base_sha256": hashlib.sha256(base).hexdigest(),
        "recipe": recipe.as_json(),
        **facts,
        "curves": {name: _curve(work / name / "curve.jsonl") for name in STAGES if (work / name).is_dir()},
    }
    publish_record(record, lists, voices)
    for voice in recipe.shipped:
        _write(voices / voice / VOICE_FILE, save_voice(own[voice]))
    # last: until then the record is not that of the base that lies there, and no registry takes anything in
    _write(voices / "base" / BASE_FILE, base)


def publish_record(record: Mapping[str, Any], lists: Mapping[str, str], voices: Path) -> None:
    """Writes the lists of recordings beside the base, and the record of the run, which names them, there and
    in each shipped voice's folder."""
    folder = voices / "base" / LISTS_FOLDER
    for stale in folder.glob("*.jsonl"):
        if stale.stem not in lists:
            stale.unlink()
    named = []
    for source, content in lists.items():
        _write(folder / f"{source}.jsonl", content.encode())
        digest = hashlib.sha256(content.encode()).hexdigest()
        entry = {"recordings": source, "list": f"{LISTS_FOLDER}/{source}.jsonl", "sha256": digest}
        named.append({**entry, "files": content.count("\n") - 1})
    curves = {"curves": record["curves"]} if "curves" in record else {}
    text = json.dumps(
        {**{key: value for key, value in record.items() if key != "curves"}, "recordings": named, **curves},
        indent=1,
        ensure_ascii=False,
    )
    recipe = Recipe.from_json(record["recipe"])
    for room in ("base", *recipe.shipped):
        _write(voices / room / RECORD_FILE, (text + "\n").encode())


def read_record(voices: Path) -> dict[str, Any]:
    """The record of the run that the base in `voices` came from. Raises BadInput where there is none."""
    path = voices / "base" / RECORD_FILE
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(
            f"{path} cannot be read ({error}).", "Train a base first: consonance train."
        ) from error
    if not isinstance(record, dict) or "recipe" not in record or "base_sha256" not in record:
        raise BadInput(
            f"{path} is not the record of a training run.", "Train a base first: consonance train."
        )
    return record


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
