"""The formant teacher: espeak-ng speaks, and its own events say when."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from singer import SAMPLE_RATE
from singer.language import phones
from singer.training.corpora import formant
from singer.training.corpora.audio import read_samples
from singer.training.corpora.model import UNKNOWN


@pytest.fixture(scope="module")
def speaker() -> formant.Speaker:
    return formant.Speaker()


def test_a_hiss_lies_where_its_label_says(speaker: formant.Speaker) -> None:
    samples, phonemes = speaker.say("casa, casa.", "it")
    labels = formant.phones_of(phonemes, len(samples) / speaker.sample_rate, "it")
    hisses = [label for label in labels if label.phone in ("s", "z")]
    vowels = [label for label in labels if label.phone == "a"]
    assert len(hisses) == 2 and len(vowels) == 4

    def crossings(start_s: float, end_s: float) -> float:
        inside = samples[round(start_s * speaker.sample_rate) : round(end_s * speaker.sample_rate)]
        return float(np.mean(np.diff(np.sign(inside)) != 0))

    quietest_hiss = min(crossings(label.start_s + 0.01, label.end_s - 0.01) for label in hisses)
    assert quietest_hiss > 2 * max(crossings(label.start_s + 0.02, label.end_s - 0.02) for label in vowels)


@pytest.mark.parametrize(
    ("voice", "word", "wanted"),
    [
        ("fr", "bonne un", {"ɔ", "œ̃"}),
        ("de", "schön pflanzen", {"ø", "pf"}),
        ("ru", "был сырья", {"ɨ", "lˠ", "r"}),
        ("ko", "빨리 때", {"p͈", "t͈"}),
        ("es", "guerra calle", {"r"}),
    ],
)
def test_it_says_what_the_banks_do_not(
    speaker: formant.Speaker, voice: str, word: str, wanted: set[str]
) -> None:
    samples, phonemes = speaker.say(word, voice)
    labels = formant.phones_of(phonemes, len(samples) / speaker.sample_rate, voice)
    assert wanted <= {label.phone for label in labels}


def test_nearly_every_phoneme_of_every_line_is_one_of_ours(speaker: formant.Speaker) -> None:
    unknown, known = 0, set()
    for voice, words in formant.lines()[::6]:
        samples, phonemes = speaker.say(", ".join(words) + ".", voice)
        labels = formant.phones_of(phonemes, len(samples) / speaker.sample_rate, voice)
        unknown += sum(label.phone == UNKNOWN for label in labels)
        known |= {label.phone for label in labels if label.phone != UNKNOWN}
        assert labels[0].start_s == 0.0 and all(a.end_s == b.start_s for a, b in pairwise(labels))
    assert unknown == 0 and all(phones.is_known(phone) for phone in known)


def test_an_unknown_language_is_said(speaker: formant.Speaker) -> None:
    with pytest.raises(formant.FormantTeacherMissing, match="xx-none"):
        speaker.say("la", "xx-none")


def test_its_utterances_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formant, "lines", lambda: [("it", ("casa", "mare")), ("fr", ("bonne", "lune"))])
    made = formant.synthesise_formant_teacher(tmp_path)
    assert [utterance.language for utterance in made] == ["it", "fr"]
    for utterance in made:
        assert abs(len(read_samples(utterance.audio)) / SAMPLE_RATE - utterance.duration_s) < 0.01
    before = (tmp_path / "0001.flac").stat().st_mtime_ns
    again = formant.synthesise_formant_teacher(tmp_path)
    assert [u.id for u in again] == [u.id for u in made]
    assert (tmp_path / "0001.flac").stat().st_mtime_ns == before
