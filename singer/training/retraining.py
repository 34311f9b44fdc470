"""A base trained anew from the contributors that remain: in a folder of its own first, then in the place of
the old one.

Every step leaves its result on disk, so that a run that was stopped goes on with the same command.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from singer.errors import BadInput
from singer.training.corpora import LABELS, Utterance, load_labels, save_labels, source_of
from singer.training.corpora.festival import LABELS as TEACHER_LABELS
from singer.training.corpora.formant import LABELS as FORMANT_LABELS
from singer.training.pipeline import Progress, quiet, run
from singer.training.prepare import feature_file
from singer.training.publish import BASE_FILE, LISTS_FOLDER, RECORD_FILE, VOICE_FILE, read_record
from singer.training.recipe import Recipe

COMPARISON_FILE = "comparison.json"
_INSTALLING = "installing"


@dataclass(frozen=True)
class Retraining:
    """One marked base on its way to its successor: the old weights in `voices`, the new ones in `staged`.

    `recipe` is the old one for what remains; `left_out` names the sets that may not be trained from any more.
    """

    base: str
    voices: Path
    work: Path
    recipe: Recipe
    left_out: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where checkpoints and the new weights lie until they are installed."""
        said = "\n".join((self.base, *self.recipe.sources)).encode()
        return self.work / f"due-{hashlib.sha256(said).hexdigest()[:12]}"

    @property
    def staged(self) -> Path:
        """The folder of voices that holds the new base."""
        return self.folder / "voices"

    @property
    def features(self) -> Path:
        """The features, which runs share."""
        return self.work / "features"

    def is_trained(self) -> bool:
        """Whether the new base lies there, compared with the old one."""
        return (self.staged / "base" / COMPARISON_FILE).is_file()


def begin_retraining(
    base: str, voices: Path, work: Path, utterances: Sequence[Utterance], allowed: Collection[str]
) -> Retraining:
    """What it takes to train the base in `voices` (SHA-256 `base`) anew from the sets that are `allowed`.

    `utterances` are of these sets alone. Raises BadInput where another base lies in `voices` and none was
    trained in its place, or where nothing remains to train a voice from.
    """
    record = read_record(voices)
    recipe = Recipe.from_json(record["recipe"])
    pairs = {(utterance.voice, utterance.condition) for utterance in utterances}
    left = recipe.for_contributors(allowed, pairs)
    out = tuple(source for source in recipe.sources if source not in allowed)
    retraining = Retraining(base, voices, work, left, out)
    if record["base_sha256"] != base and not retraining.is_trained():
        raise BadInput(
            f"The base in {voices} is not the one that is marked ({base[:12]}).",
            "Give the folder of voices that the registry took it from.",
        )
    return retraining


def train_remaining(
    retraining: Retraining,
    utterances: Sequence[Utterance],
    allowed: Sequence[Mapping[str, object]],
    progress: Progress = quiet,
    workers: int = 2,
) -> None:
    """Train the new base and compare it with the old one; the old one stays where it is."""
    from singer.evaluation.comparison import compare_bases

    if retraining.is_trained():
        return
    staged, recipe = retraining.staged, retraining.recipe
    run(utterances, retraining.folder, staged, recipe, allowed, progress, workers, retraining.features)
    progress("comparison", 0, 1, "")
    rows = compare_bases(retraining.voices, staged, recipe.shipped, utterances, retraining.features)
    comparison = {
        "old_base_sha256": retraining.base,
        "new_base_sha256": read_record(staged)["base_sha256"],
        "left_out": list(retraining.left_out),
        "voices": rows,
    }
    text = json.dumps(comparison, indent=1, ensure_ascii=False) + "\n"
    draft = retraining.folder / COMPARISON_FILE
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, staged / "base" / COMPARISON_FILE)


def install(retraining: Retraining) -> str:
    """Put the new weights in the place of the old ones; gives the new base's SHA-256 (hex)."""
    marker = retraining.folder / _INSTALLING
    marker.write_text(str(retraining.voices.resolve()), encoding="utf-8")
    _copy(retraining.staged, retraining.voices)
    marker.unlink()
    return str(read_record(retraining.voices)["base_sha256"])


def finish_installing(work: Path, voices: Path) -> None:
    """Finish what a process that was killed while installing left half done in `voices`."""
    for marker in work.glob(f"due-*/{_INSTALLING}"):
        if marker.read_text(encoding="utf-8") == str(voices.resolve()):
            _copy(marker.parent / "voices", voices)
            marker.unlink()


def _copy(staged: Path, voices: Path) -> None:
    """The record first and the base last: in between the record is not the one of the base that lies there,
    and no registry takes anything in."""
    _put(staged / "base" / RECORD_FILE, voices / "base" / RECORD_FILE)
    lists = voices / "base" / LISTS_FOLDER
    shutil.rmtree(lists, ignore_errors=True)
    shutil.copytree(staged / "base" / LISTS_FOLDER, lists)
    _put(staged / "base" / COMPARISON_FILE, voices / "base" / COMPARISON_FILE)
    for weights in sorted(staged.glob(f"*/{VOICE_FILE}")):
        for name in (VOICE_FILE, RECORD_FILE):
            _put(weights.with_name(name), voices / weights.parent.name / name)
    _put(staged / "base" / BASE_FILE, voices / "base" / BASE_FILE)


def comparison_of(voices: Path) -> dict[str, object]:
    """The comparison beside the base in a folder of voices."""
    found: dict[str, object] = json.loads((voices / "base" / COMPARISON_FILE).read_text(encoding="utf-8"))
    return found


def forget(retraining: Retraining, recordings: Path) -> int:
    """Erase from the work folder what earlier runs kept of the sets that were left out: labels, features, and
    every checkpoint that holds a row of theirs. Gives the number of files.

    `recordings` is the folder that the labels' paths are relative to.
    """
    gone = []
    for labels, root in (
        (retraining.work / LABELS, recordings),
        (retraining.work / "english" / TEACHER_LABELS, retraining.work / "english"),
        (retraining.work / "formant" / FORMANT_LABELS, retraining.work / "formant"),
    ):
        known = load_labels(labels, root) if labels.exists() else []
        out = [utterance for utterance in known if source_of(utterance) in retraining.left_out]
        gone += [feature_file(retraining.features, utterance.id) for utterance in out]
        if out:
            save_labels([utterance for utterance in known if utterance not in out], labels, root)
    for checkpoint in retraining.work.rglob("checkpoint.pt"):
        if not checkpoint.is_relative_to(retraining.folder):
            gone.append(checkpoint)
    erased = [path for path in gone if path.is_file()]
    for path in erased:
        path.unlink()
    return len(erased)


def _put(source: Path, target: Path) -> None:
    partial = target.with_name(target.name + ".part")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, partial)
    os.replace(partial, target)
