"""Law 3: training is a use, too. Each set of recordings is asked for, and silence is not a yes."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_registries import STANDING, voice_folder

from consent.errors import VoiceFileError
from consent.registry import Refused, Registry

RECORDINGS = """
[[recordings]]
name = "ada-a3"
title = "Ada, A3"
owner = "Ada Singer"
performer = "Ada Singer"
training = "allowed"
quote = "Train what you like"
terms = "TERMS.md"

[[recordings]]
name = "ada-unproved"
owner = "Ada Singer"
performer = "Ada Singer"
training = "allowed"
"""
WITHOUT_VOICE = """
[[recordings]]
name = "scottpoid"
title = "SCOTTPOID"
owner = "its author"
performer = "its author"
training = "silent"

[[recordings]]
name = "strict"
title = "Strict"
owner = "its author"
performer = "its author"
training = "forbidden"
quote = "No AI training"
"""


@pytest.fixture
def asked(tmp_path: Path) -> Registry:
    voices = voice_folder(tmp_path / "voices", extra=RECORDINGS)
    (voices / "recordings.toml").write_text(WITHOUT_VOICE, encoding="utf-8")
    registry = Registry.open(tmp_path / "home")
    registry.seed(voices)
    return registry


def test_allowed_recordings_may_be_trained_on_and_it_is_logged(asked: Registry) -> None:
    permission = asked.authorise_training("ada-a3")
    assert (permission.title, permission.owner, permission.performer) == (
        "Ada, A3",
        "Ada Singer",
        "Ada Singer",
    )
    entry = asked.ledger_rows()[permission.ledger_index]
    assert (entry.kind, entry.body["recordings"]) == ("authorisation", "ada-a3")
    assert entry.body["terms_sha256"] == asked.voice("ada").evidence[0].sha256
    assert asked.check_ledger().ok


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("scottpoid", "The terms of SCOTTPOID say nothing of training a model, and silence is not a yes."),
        ("strict", "The owner of Strict forbids to train a model: “No AI training”."),
        ("ada-unproved", "No text shows that the owner of ada-unproved allows training."),
        ("found-on-the-web", "Nobody has said anything about the recordings 'found-on-the-web'."),
    ],
)
def test_what_is_not_a_yes_is_a_no_with_its_sentence(asked: Registry, name: str, sentence: str) -> None:
    assert [reason.sentence for reason in asked.may_train(name).reasons] == [sentence]
    with pytest.raises(Refused) as refused:
        asked.authorise_training(name)
    assert refused.value.sentence == sentence
    assert asked.ledger_rows()[-1].kind == "refusal"


def test_a_withdrawn_voice_is_not_trained_on(asked: Registry) -> None:
    asked.withdraw("ada")
    with pytest.raises(Refused, match="owner of Ada has withdrawn"):
        asked.authorise_training("ada-a3")


def test_a_grant_that_does_not_say_train_is_no_yes(tmp_path: Path) -> None:
    singing_only = STANDING.replace('["sing", "train"]', '["sing"]')
    voices = voice_folder(tmp_path / "voices", grant=singing_only, extra=RECORDINGS)
    registry = Registry.open(tmp_path / "home")
    registry.seed(voices)
    assert [reason.code for reason in registry.may_train("ada-a3").reasons] == ["no-grant"]


def test_a_second_declaration_cannot_take_recordings_from_their_voice(
    asked: Registry, tmp_path: Path
) -> None:
    asked.withdraw("ada")
    (tmp_path / "voices" / "recordings.toml").write_text(
        '[[recordings]]\nname = "ada-a3"\nowner = "me"\nperformer = "me"\ntraining = "allowed"\n',
        encoding="utf-8",
    )
    with pytest.raises(VoiceFileError, match="declare the recordings 'ada-a3'"):
        asked.seed(tmp_path / "voices")
    assert not asked.may_train("ada-a3").allow


def test_a_word_for_training_that_is_not_known_is_named(tmp_path: Path) -> None:
    voices = voice_folder(tmp_path / "voices", extra=RECORDINGS.replace('"allowed"', '"probably"'))
    with pytest.raises(VoiceFileError, match="training is 'probably'"):
        Registry.open(tmp_path / "home").seed(voices)
