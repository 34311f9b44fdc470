"""Every group of figures, over a made corpus and voices that are real and small."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import soundfile
from formants import said

from singer import SAMPLE_RATE
from singer.evaluation.bars import Figure
from singer.evaluation.bench import Bench
from singer.evaluation.measures import MEASURES
from singer.evaluation.resung import stage
from singer.training.corpora import Utterance, is_held_out
from singer.training.prepare import Source, prepare

VOICE = "tiny-open"
SAID = ("saisu", "usias", "iasui", "asusi")


def named(number: int, held_out: bool, voice: str) -> str:
    """A name that the hash of training puts where it is wanted."""
    for attempt in count():
        name = f"{voice}/{number}-{attempt}"
        if is_held_out(Utterance(name, voice, "16-bit", "ja", Path(), 200.0, ())) == held_out:
            return name
    raise AssertionError("names run out")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, tiny_voices: Path) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("bench")
    voices = folder / "voices"
    shutil.copytree(tiny_voices, voices)
    (voices / "base").mkdir()
    shutil.copy(voices / "base.safetensors", voices / "base" / "base.safetensors")
    corpus = []
    for number, phones in enumerate(SAID * 2):
        take = said(phones, 200.0, number)
        audio = folder / f"{number}.wav"
        soundfile.write(audio, take.samples, SAMPLE_RATE, subtype="PCM_16")
        name = named(number, number < len(SAID), VOICE)
        corpus.append(Utterance(name, VOICE, "16-bit", "ja", audio, 200.0, take.phones))
    prepare([Source(u.id, u.audio, u.pitch_hz) for u in corpus], folder / "features", workers=1)
    with stage(voices) as sing:
        yield Bench(corpus, folder, folder, voices, (VOICE,), sing)


def figures(bench: Bench, name: str) -> dict[str, Figure]:
    return {one.measure: one for one in MEASURES[name](bench)}


def test_the_bench_holds_what_training_never_saw(bench: Bench) -> None:
    (material,) = bench.materials
    assert len(material.utterances) == len(SAID) and all(map(is_held_out, material.utterances))
    assert len(bench.seen(VOICE)) == len(SAID)
    assert bench.made(material) is bench.made(material), "what was sung once is not sung again"


def test_spectra_and_noises_stand_beside_the_copies(bench: Bench) -> None:
    spectra = figures(bench, "spectrum")
    worst = spectra["spectrum_worst_db"]
    assert worst.counted == len(SAID) and "WORLD" in worst.baselines
    assert worst.floor is not None and worst.floor < worst.value, "a random voice is worse than a copy"
    noises = figures(bench, "noises")
    assert noises["hisses_kept"].counted == sum(phones.count("s") for phones in SAID)
    assert "bursts_kept" not in noises, "there are no stops to count"


def test_copies_are_nearer_than_nothing(bench: Bench) -> None:
    pytest.importorskip("pesq")
    found = figures(bench, "vocoder")
    assert 0.0 < found["mr_stft"].value < 3.0 and 1.0 < found["pesq_wb"].value < 4.65
    assert 0.0 < found["mr_stft"].baselines["WORLD"] < 3.0


def test_phones_are_shares_of_the_copies(bench: Bench) -> None:
    rows = list(MEASURES["phones"](bench))
    own = rows[0]
    assert own.counted == sum(map(len, SAID)) and own.floor is not None and own.floor > 0.5
    assert own.value < 0.9, "a random voice says nothing"
    assert own.baselines["recorded"] > 0.9


def test_a_single_voice_is_nearest_to_itself(bench: Bench) -> None:
    for one in MEASURES["identity"](bench):
        assert one.value in (0.0, 1.0) and one.of.startswith(VOICE)


def test_joins_are_counted(bench: Bench) -> None:
    found = figures(bench, "joins")
    assert found["clicks"].counted >= 16
    assert math.isfinite(found["loudest_rest_db"].value)
