"""Training is real: small models learn from made recordings, resume exactly, and end as voices that can be
opened."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from made_corpus import make_corpus

from consent.errors import Refused
from singer.acoustic.model import AcousticConfig, AcousticModel
from singer.acoustic.weights import WeightsError, load_acoustic, load_vocoder, load_voice
from singer.errors import BadInput
from singer.evaluation.held_out import measure_acoustic, phone_means
from singer.studio import allow_training, open_registry
from singer.training.acoustic import Material, refine_acoustic
from singer.training.adversarial import AdversarialConfig
from singer.training.corpora.audio import read_samples
from singer.training.corpora.model import LabelledPhone, Utterance
from singer.training.examples import Sampler, load_example, whole
from singer.training.features import extract
from singer.training.global_variance import measure_global_variance
from singer.training.loop import Schedule, rate_at, train
from singer.training.pipeline import run
from singer.training.prepare import feature_file
from singer.training.recipe import Recipe, recipe_of
from singer.training.vocoder import CROP_FRAMES, Crops, spectral_loss
from singer.vocoder.controls import band_centres_mel
from singer.vocoder.model import Vocoder, VocoderConfig

TINY = Recipe(
    voices=("low", "high"),
    shipped=("low", "high"),
    conditions=("16-bit",),
    acoustic=AcousticConfig(channels=48, layers=2, phone_channels=32, phone_layers=1, voices=2, conditions=1),
    vocoder=VocoderConfig(channels=16, layers=1, detail=48),
    acoustic_schedule=Schedule(steps=120, rate=4e-3, warmup=10, save_every=60, average=0.95),
    adversarial=AdversarialConfig(channels=(8, 8, 8)),
    adversarial_schedule=Schedule(steps=20, rate=4e-4, warmup=2, save_every=10, average=0.5),
    vocoder_schedule=Schedule(steps=40, rate=5e-3, warmup=4, save_every=20, average=0.5),
    acoustic_batch=4,
    vocoder_batch=2,
    shares={},
)


RECORDINGS = """\
[[recordings]]
name = "{name}"

[recordings.performer]
name = "a formant synthesiser"
training = "{training}"
terms = "terms.txt"

[recordings.owner]
name = "Nobody In Particular"
training = "{training}"
terms = "terms.txt"
"""


def permissions(folder: Path, sources: tuple[str, ...] = TINY.voices) -> list[dict[str, object]]:
    """What a real registry answers when it is asked to train from the made recordings."""
    declared = folder / "declared"
    declared.mkdir(parents=True)
    (declared / "terms.txt").write_text("Train what you like from these.\n")
    said = [("low", "allowed"), ("high", "allowed"), ("stranger", "silent")]
    text = "\n".join(RECORDINGS.format(name=name, training=training) for name, training in said)
    (declared / "recordings.toml").write_text(text)
    return allow_training(open_registry(folder / "home", declared), sources)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory):
    """The tiny recipe, run for real from recordings to weight files."""
    folder = tmp_path_factory.mktemp("training")
    utterances = make_corpus(folder / "recordings", files=8)
    models = run(utterances, folder / "work", folder / "voices", TINY, permissions(folder), workers=1)
    return folder, utterances, models


def test_features_find_pitch_voicing_and_levels(tmp_path: Path) -> None:
    utterance = make_corpus(tmp_path, files=1)[0]
    features = extract(read_samples(utterance.audio), utterance.pitch_hz)
    vowels = [span for span in utterance.phones if span.phone in "ai"]
    middle = [round((span.start_s + span.end_s) / 2 * 44100 / 256) for span in vowels]
    assert features.voiced[middle].all()
    np.testing.assert_allclose(features.f0_hz[middle], 150.0, rtol=0.005)
    hiss = next(span for span in utterance.phones if span.phone == "s")
    inside = round((hiss.start_s + hiss.end_s) / 2 * 44100 / 256)
    assert not features.voiced[inside]
    assert features.noise_db[inside].max() > features.harmonic_db[inside].max() + 30.0
    assert features.harmonic_db[middle[0]].max() > features.noise_db[middle[0]].max() + 10.0


def test_the_model_learns_and_beats_the_phone_means(trained) -> None:
    folder, utterances, (acoustic, _) = trained
    rows = [json.loads(line) for line in (folder / "work/acoustic/curve.jsonl").read_text().splitlines()]
    losses = [row["loss"] for row in rows if "loss" in row]
    assert losses[-1] < 0.35 * losses[0]
    examples = [load_example(u, folder / "work/features", TINY.voices, TINY.conditions) for u in utterances]
    figures = measure_acoustic(acoustic.eval(), examples[:4], phone_means(examples))
    assert figures.mcd_db < figures.phone_mean_mcd_db


def test_the_vocoder_learns_beyond_its_analytic_start(trained) -> None:
    folder, utterances, (_, vocoder) = trained
    crops = Crops([feature_file(folder / "work/features", u.id) for u in utterances], CROP_FRAMES, seed=9)
    f0, harmonic, noise, samples = crops.batch(0, 8)
    white = torch.randn(samples.shape, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        start, learned = (
            spectral_loss(model(f0, harmonic, noise, white), samples).item()
            for model in (Vocoder(vocoder.config), vocoder)
        )
    assert learned < 0.95 * start


def test_what_was_published_opens_and_is_what_was_trained(trained) -> None:
    folder, utterances, (acoustic, vocoder) = trained
    voices = folder / "voices"
    files = {"base": (voices / "base/base.safetensors").read_bytes()}
    files["voice"] = (voices / "high/voice.safetensors").read_bytes()
    example = load_example(utterances[-1], folder / "work/features", TINY.voices, TINY.conditions)
    given = whole(example).given
    with torch.no_grad():
        published = load_acoustic(files)(given, load_voice(files).film[None])
        wanted = acoustic(given)
    assert (published - wanted).abs().max() < 0.5  # dB: what float16 rounds away
    assert load_vocoder(files).config == vocoder.config
    record = json.loads((voices / "base/training.json").read_text())
    assert (
        record["contributors"]["high/16-bit"]["recordings"]
        + record["contributors"]["high/16-bit"]["held_out"]
        == 8
    )
    assert [answer["source"] for answer in record["allowed"]] == ["low", "high"]
    assert record["recipe"]["acoustic_schedule"]["seed"] == 1


def test_the_voices_differ(trained) -> None:
    folder, _, _ = trained
    films = [
        load_voice({"v": (folder / f"voices/{v}/voice.safetensors").read_bytes()}).film for v in TINY.shipped
    ]
    assert (films[0] - films[1]).abs().max() > 0.01


def test_damaged_weights_are_refused_in_words(trained) -> None:
    folder, _, _ = trained
    base = (folder / "voices/base/base.safetensors").read_bytes()
    for damaged in (b"", b"\x00" * 64, base[: len(base) // 2], b"PK\x03\x04" + base):
        with pytest.raises(WeightsError):
            load_acoustic({"base": damaged})
    with pytest.raises(WeightsError, match="voice"):
        load_voice({"base": base})


def loss_curve(folder: Path, steps: int) -> tuple[list[float], torch.nn.Module]:
    """Fits a line with the training loop; the losses that it saw."""
    torch.manual_seed(3)
    model = torch.nn.Linear(3, 1)
    seen = []

    def loss_of(step: int) -> tuple[torch.Tensor, dict[str, float]]:
        inputs = torch.randn(16, 3, generator=torch.Generator().manual_seed(step))
        loss = ((model(inputs)[:, 0] - inputs.sum(dim=1)) ** 2).mean()
        seen.append(loss.item())
        return loss, {"loss": loss.item()}

    train(model, Schedule(steps=steps, rate=0.02, warmup=5, save_every=20), folder, loss_of)
    return seen, model


def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_run, _ = loss_curve(tmp_path / "whole", 60)

    class Killed(Exception):
        pass

    original = torch.save
    saves = []

    def save_then_die(state, file):
        original(state, file)
        saves.append(file)
        if len(saves) == 2:
            raise Killed  # the second checkpoint never gets its name: the run resumes from the first

    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", save_then_die)
        with pytest.raises(Killed):
            loss_curve(tmp_path / "killed", 60)
    resumed, _ = loss_curve(tmp_path / "killed", 60)
    assert len(resumed) == 40
    np.testing.assert_allclose(resumed, whole_run[20:], rtol=1e-6)


def test_the_rate_warms_up_and_falls() -> None:
    schedule = Schedule(steps=100, rate=1.0, warmup=10, final=0.1)
    rates = [rate_at(schedule, step) for step in range(100)]
    assert rates[0] == pytest.approx(0.1) and max(rates) == pytest.approx(1.0)
    assert rates[-1] == pytest.approx(0.1, abs=0.01)
    assert all(later <= earlier for earlier, later in pairwise(rates[10:]))


def test_unlabelled_parts_weigh_nothing_and_batches_repeat(trained) -> None:
    folder, utterances, _ = trained
    first = utterances[0]
    masked = replace(
        first,
        phones=tuple(
            LabelledPhone("?" if span.phone == "s" else span.phone, span.start_s, span.end_s)
            for span in first.phones
        ),
    )
    example = load_example(masked, folder / "work/features", TINY.voices, TINY.conditions)
    hiss = next(span for span in masked.phones if span.phone == "?")
    inside = slice(round(hiss.start_s * 44100 / 256) + 1, round(hiss.end_s * 44100 / 256) - 1)
    assert (example.weight[inside] == 0).all()
    sampler = Sampler([example], 64, seed=5)
    one, two = sampler.batch(3, 4), sampler.batch(3, 4)
    assert torch.equal(one.levels_db, two.levels_db)
    assert not torch.equal(one.levels_db, sampler.batch(4, 4).levels_db)


def test_what_a_sample_rate_cuts_off_is_not_learned(trained) -> None:
    folder, utterances, _ = trained
    cut = replace(utterances[0], condition="synthetic")
    example = load_example(cut, folder / "work/features", TINY.voices, ("synthetic",))
    hz = 700.0 * (10.0 ** (band_centres_mel() / 2595.0) - 1.0)
    weight = whole(example).weight[0].amax(dim=(0, 1)).numpy()
    assert (weight[hz > 15_500.0] == 0.0).all() and (weight[hz < 15_500.0] >= 1.0).all()


def test_the_second_stage_trains_against_a_discriminator_and_resumes(trained, tmp_path: Path) -> None:
    folder, utterances, _ = trained
    examples = [load_example(u, folder / "work/features", TINY.voices, TINY.conditions) for u in utterances]
    material = Material(examples, {"all": examples[:2]}, batch=2)

    def refined(room: str, steps: int) -> torch.nn.Module:
        torch.manual_seed(0)
        schedule = Schedule(steps=steps, rate=1e-3, warmup=0, final=1.0, save_every=4)
        return refine_acoustic(
            AcousticModel(TINY.acoustic), material, tmp_path / room, schedule, TINY.adversarial
        )

    whole_run = refined("whole", 8)
    refined("halves", 4)
    for (name, once), twice in zip(
        whole_run.state_dict().items(), refined("halves", 8).state_dict().values(), strict=True
    ):
        torch.testing.assert_close(once, twice, rtol=1e-4, atol=1e-5, msg=name)
    rows = [json.loads(line) for line in (folder / "work/adversarial/curve.jsonl").read_text().splitlines()]
    assert any({"made_judged", "recorded_judged"} <= set(row) for row in rows)


def test_a_voice_gets_back_the_spread_and_the_average_that_the_model_lacks(trained) -> None:
    folder, utterances, (acoustic, _) = trained
    mine = [u for u in utterances if u.voice == "high"]
    examples = [load_example(u, folder / "work/features", TINY.voices, TINY.conditions) for u in mine]
    lacking = measure_global_variance(acoustic.eval(), examples)
    plain = measure_acoustic(acoustic, examples, phone_means(examples))
    given_back = measure_acoustic(
        lambda given: lacking.apply(acoustic(given)), examples, phone_means(examples)
    )
    assert plain.variance_ratio < given_back.variance_ratio < 1.15
    stored = load_voice({"v": (folder / "voices/high/voice.safetensors").read_bytes()}).lacking
    assert stored is not None
    torch.testing.assert_close(stored.gains, lacking.gains, rtol=0.02, atol=0.02)


def test_a_run_goes_on_with_the_recipe_that_it_began_with(trained, tmp_path: Path) -> None:
    folder, _, _ = trained
    assert recipe_of(folder / "work") == TINY
    assert recipe_of(tmp_path) == Recipe()
    (tmp_path / "recipe.json").write_text('{"voices": ["low"]')
    with pytest.raises(BadInput, match=r"recipe\.json"):
        recipe_of(tmp_path)


def test_an_old_recipe_has_no_second_stage() -> None:
    old = TINY.as_json()
    del old["adversarial"], old["adversarial_schedule"]
    assert Recipe.from_json(old).adversarial_schedule.steps == 0
    assert Recipe.from_json(json.loads(json.dumps(TINY.as_json()))) == TINY


def test_recordings_that_nobody_was_asked_for_train_nothing(tmp_path: Path) -> None:
    utterances = make_corpus(tmp_path / "recordings", voices=("low", "stranger"), files=1)
    with pytest.raises(BadInput, match="stranger"):
        run(utterances, tmp_path / "work", tmp_path / "voices", TINY, permissions(tmp_path), workers=1)
    assert not (tmp_path / "work").exists()


def test_silence_is_not_a_yes_to_training(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="silence is not a yes"):
        permissions(tmp_path, ("low", "stranger"))


def test_utterances_name_their_files(tmp_path: Path) -> None:
    utterance: Utterance = make_corpus(tmp_path, files=1)[0]
    assert utterance.duration_s == pytest.approx(len(read_samples(utterance.audio)) / 44100, abs=1e-3)
