"""Somebody leaves: the joint base is trained anew without them, for real, and the others sing on."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_corpus import make_corpus

from singer import studio
from singer.acoustic.model import AcousticConfig
from singer.cli import main
from singer.cli_retraining import remaining
from singer.errors import BadInput
from singer.performance.model import Performance
from singer.training.corpora import LABELS, load_labels, read_corpus, save_labels
from singer.training.loop import Schedule
from singer.training.pipeline import run
from singer.training.prepare import feature_file
from singer.training.recipe import Recipe
from singer.training.retraining import begin_retraining, finish_installing
from singer.vocoder.model import VocoderConfig

VOICES = ("low", "anna", "deep")
STAYING = ("low", "deep")
TINY = Recipe(
    voices=VOICES,
    shipped=VOICES,
    conditions=("16-bit",),
    sources=VOICES,
    acoustic=AcousticConfig(channels=24, layers=1, phone_channels=16, phone_layers=1, voices=3, conditions=1),
    vocoder=VocoderConfig(channels=16, layers=1, detail=48),
    acoustic_schedule=Schedule(steps=40, rate=4e-3, warmup=5, save_every=20, average=0.9),
    adversarial_schedule=Schedule(steps=0),
    vocoder_schedule=Schedule(steps=12, rate=5e-3, warmup=2, save_every=6, average=0.5),
    acoustic_batch=4,
    vocoder_batch=2,
    shares={f"{voice}/16-bit": 1 / 3 for voice in VOICES},
)
TERMS = "Let it sing, and train what you like from it.\n"
RIGHT = """\
[rights.{kind}]
name = "{name}'s maker"
basis = "The maker signed the terms."
quote = "Let it sing, and train what you like from it."
evidence = "terms.txt"
actions = ["sing", "train"]
"""
ANSWER = """\
[recordings.{who}]
name = "{name}'s maker"
training = "allowed"
quote = "train what you like from it"
terms = "terms.txt"
"""
VOICE = """\
[voice]
id = "{name}"
name = "{name}"
version = "1"
languages = ["en"]
credit = "{name} by its maker"
weights = ["../base/base.safetensors", "voice.safetensors"]

[owner]
name = "{name}'s maker"

[evidence]
terms = ["terms.txt"]

[grant]
actions = ["sing", "train"]
constraints = [{{ type = "licensee", anyone = true }}, {{ type = "purpose", anything = true }}]

[[recordings]]
name = "{name}"
"""


class Place:
    """A machine with recordings, a work folder, a folder of voices, and a registry."""

    def __init__(self, folder: Path) -> None:
        self.recordings, self.work = folder / "recordings", folder / "work"
        self.voices, self.home = folder / "voices", folder / "home"

    def command(self, *arguments: object) -> list[str]:
        return ["--home", str(self.home), *map(str, arguments)]

    def train(self, *options: str) -> int:
        places = ("train", self.recordings, "--work", self.work, "--voices", self.voices)
        return main(self.command(*places, *options))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Three made voices, trained together into one base and taken in by a registry."""
    place = Place(tmp_path_factory.mktemp("retraining"))
    utterances = make_corpus(place.recordings, VOICES, files=4)
    place.work.mkdir()
    save_labels(utterances, place.work / LABELS, place.recordings)
    for name in VOICES:
        (place.voices / name).mkdir(parents=True)
        (place.voices / name / "terms.txt").write_text(TERMS, encoding="utf-8")
        parts = [VOICE, *(ANSWER.replace("{who}", who) for who in ("performer", "owner"))]
        parts += [RIGHT.replace("{kind}", kind) for kind in ("performer", "recording-owner")]
        declared = "\n".join(parts).format(name=name)
        (place.voices / name / "voice.toml").write_text(declared, encoding="utf-8")
    answers = [
        {"source": name, "title": name, "performer": "its maker", "owner": "its maker", "from": ""}
        for name in VOICES
    ]
    run(utterances, place.work, place.voices, TINY, answers, workers=1)
    studio.open_registry(place.home, place.voices).close()
    return place


@pytest.fixture(scope="module")
def old(place: Place) -> dict[str, bytes]:
    """The published weights before anybody left."""
    files = [place.voices / "base" / "base.safetensors"]
    files += [place.voices / name / "voice.safetensors" for name in VOICES]
    return {str(file.relative_to(place.voices)): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def left(place: Place, old: dict[str, bytes]) -> Place:
    """The same after Anna left: her recordings are gone, and `train --due` has run."""
    assert place.train("--due") == 0  # nothing is due yet
    assert (place.voices / "base" / "base.safetensors").read_bytes() == old["base/base.safetensors"]
    studio.open_registry(place.home, place.voices).withdraw("anna")
    for file in place.recordings.glob("anna-*"):
        file.unlink()  # whoever still read them would fail
    assert place.train("--due", "--workers", "1") == 0
    return place


def test_the_marked_base_is_replaced_and_the_new_one_holds_the_others_alone(left: Place) -> None:
    registry = studio.open_registry(left.home, left.voices)
    before, after = registry.bases.all()
    assert (before.state, before.because_of, before.replaced_by) == ("replaced", ("anna",), after.id)
    assert (after.state, after.contributors) == ("current", ("deep", "low"))
    assert set(registry.bases.voices_on(after.id)) == set(STAYING)
    assert registry.bases.due() == []
    assert registry.check_ledger().ok


def test_the_new_weights_are_others_and_the_one_who_left_gets_none(
    left: Place, old: dict[str, bytes]
) -> None:
    changed = {name for name, content in old.items() if (left.voices / name).read_bytes() != content}
    assert changed == set(old) - {"anna/voice.safetensors"}
    record = json.loads((left.voices / "base" / "training.json").read_text(encoding="utf-8"))
    assert record["recipe"]["voices"] == list(STAYING)
    assert [answer["source"] for answer in record["allowed"]] == ["deep", "low"]
    assert {entry["recordings"] for entry in record["recordings"]} == set(STAYING)
    assert not (left.voices / "base" / "recordings" / "anna.jsonl").exists()


def test_the_voices_that_stay_sing(left: Place, tmp_path: Path, performance: Performance) -> None:
    registry = studio.open_registry(left.home, left.voices)
    for voice in STAYING:
        song = studio.render(
            registry, performance, [tmp_path / f"{voice}.wav"], use=studio.Use("ben"), voice=voice
        )
        assert abs(song.samples).max() > 0.01
    assert [one.recordings for one in registry.disclosure("low").sets] == ["deep", "low"]


def test_both_bases_are_compared_on_what_neither_saw(left: Place) -> None:
    comparison = json.loads((left.voices / "base" / "comparison.json").read_text(encoding="utf-8"))
    assert comparison["left_out"] == ["anna"]
    assert [(row["voice"], row["held_out"]) for row in comparison["voices"]] == [("low", 1), ("deep", 1)]
    for row in comparison["voices"]:
        for figure in ("mcd_db", "variance_ratio", "copy_synthesis"):
            assert row[f"{figure}_old"] > 0 and row[f"{figure}_new"] > 0
            assert row[f"{figure}_old"] != row[f"{figure}_new"]


def test_what_earlier_runs_kept_of_the_one_who_left_is_erased(left: Place) -> None:
    features = {file.stem for file in (left.work / "features").glob("*.npz")}
    assert features == {feature_file(Path(), f"{v}/{n}").stem for v in STAYING for n in range(4)}
    assert {u.voice for u in load_labels(left.work / LABELS, left.recordings)} == set(STAYING)
    checkpoints = {file.parents[1].name[:4] for file in left.work.rglob("checkpoint.pt")}
    assert checkpoints == {"due-"}


def test_an_installation_that_was_killed_is_finished_by_the_next_run(left: Place) -> None:
    base = left.voices / "base" / "base.safetensors"
    installed = base.read_bytes()
    (folder,) = left.work.glob("due-*")
    (folder / "installing").write_text(str(left.voices.resolve()), encoding="utf-8")
    base.write_bytes(b"half")
    finish_installing(left.work, left.voices)
    assert base.read_bytes() == installed
    assert not (folder / "installing").exists()
    assert left.train("--due") == 0


def test_who_left_is_not_listened_to_even_where_recordings_are_reserved(left: Place, tmp_path: Path) -> None:
    shutil.copytree(left.home, tmp_path / "home")
    registry = studio.open_registry(tmp_path / "home", left.voices)
    items = np.random.default_rng(5).integers(0, 2**32, 200).tolist()
    registry.reservations.reserve("recording", holder="Somebody", data={"items": items}, evidence="No.")
    asked: list[str] = []

    def folder_of(name: str) -> Path:
        asked.append(name)
        raise FileNotFoundError(name)

    with pytest.raises(FileNotFoundError, match="deep"):
        remaining(registry, ("anna", "deep"), folder_of)
    assert asked == ["deep"]
    assert remaining(registry, ("anna",), folder_of)[1]["anna"].startswith("The owner of anna has withdrawn")


def test_another_base_in_the_folder_is_not_trained_over(left: Place, tmp_path: Path) -> None:
    utterances = read_corpus(left.recordings, left.work, sources=STAYING)
    shutil.copytree(left.voices, tmp_path / "voices")
    with pytest.raises(BadInput, match="not the one that is marked"):
        begin_retraining("0" * 64, tmp_path / "voices", tmp_path, utterances, STAYING)


def test_a_recipe_comes_back_from_its_record_and_shrinks() -> None:
    recipe = Recipe.from_json(json.loads(json.dumps(TINY.as_json())))
    assert recipe == TINY
    pairs = {(voice, "16-bit") for voice in STAYING}
    smaller = recipe.for_contributors(STAYING, pairs)
    assert (smaller.voices, smaller.sources, smaller.acoustic.voices) == (STAYING, STAYING, 2)
    assert set(smaller.share_rows()) == {(0, 0), (1, 0)}
    with pytest.raises(BadInput, match="No voice is left"):
        recipe.for_contributors((), ())
    with pytest.raises(BadInput, match="cannot be read"):
        Recipe.from_json({**TINY.as_json(), "acoustic": {"strange": 1}})
    assert replace(smaller, shares={}).share_rows() == {}
