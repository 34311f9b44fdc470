"""Law 3: training is a use, too. Two people are asked for each set of recordings; silence is not a yes."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_recordings import TRAINABLE, recordings_toml
from made_registries import Place, database, voice_folder
from sqlalchemy import text

from consent.errors import VoiceFileError
from consent.registry import Refused, Registry

TERMS = "TERMS.md"


@pytest.fixture
def asked(place: Place, tmp_path: Path) -> Registry:
    """A registry, on each database in turn, that was told of recordings of every kind."""
    extra = recordings_toml("ada-a3", terms=TERMS) + recordings_toml("ada-unproved")
    voices = voice_folder(tmp_path / "voices", TRAINABLE, extra)
    (voices / "terms.txt").write_text("Yes.\n", encoding="utf-8")
    sets = [
        recordings_toml("scottpoid", "silent", "silent"),
        recordings_toml("performer-silent", "silent", "allowed", "terms.txt"),
        recordings_toml("owner-silent", "allowed", "silent", "terms.txt"),
        recordings_toml("strict", "forbidden", "forbidden"),
    ]
    (voices / "recordings.toml").write_text("".join(sets), encoding="utf-8")
    registry = place.open()
    registry.seed(voices)
    return registry


def codes(registry: Registry, name: str) -> list[str]:
    return [reason.code for reason in registry.may_train(name).reasons]


def test_allowed_recordings_may_be_trained_on_and_it_is_logged(asked: Registry) -> None:
    permission = asked.authorise_training("ada-a3", by="the operator")
    assert (permission.title, permission.purpose) == ("The ada-a3 takes", "model-training")
    assert (permission.performer.name, permission.owner.name) == ("Singer of ada-a3", "Studio of ada-a3")
    assert permission.performer.terms == permission.owner.terms == TERMS
    entry = asked.ledger_rows()[permission.ledger_index]
    assert (entry.kind, entry.body["recordings"], entry.body["purpose"]) == (
        "authorisation",
        "ada-a3",
        "model-training",
    )
    evidence = asked.voice("ada").evidence[0].sha256
    assert entry.body["performer_terms_sha256"] == entry.body["owner_terms_sha256"] == evidence
    assert entry.body["grant"] == permission.grant == asked.voice("ada").grants[0].id
    (receipt,) = asked.receipts.of(voice="ada")[-1:]
    assert (receipt.event, receipt.ledger_index) == ("training-permitted", permission.ledger_index)
    assert asked.check_ledger().ok


def test_two_are_asked_and_what_is_not_a_yes_is_a_no(asked: Registry) -> None:
    for name, expected in {
        "scottpoid": ["performer-training-silent", "owner-training-silent"],
        "performer-silent": ["performer-training-silent"],
        "owner-silent": ["owner-training-silent"],
        "strict": ["performer-training-forbidden", "owner-training-forbidden"],
        "ada-unproved": ["performer-no-evidence", "owner-no-evidence"],
        "found-on-the-web": ["unknown-recording"],
    }.items():
        assert codes(asked, name) == expected
        rows = len(asked.ledger_rows())
        with pytest.raises(Refused) as refused:
            asked.authorise_training(name)
        assert [reason.code for reason in refused.value.reasons] == expected
        last = asked.ledger_rows()[-1]
        assert (len(asked.ledger_rows()), last.kind) == (rows + 1, "refusal")
        assert last.body["recordings"] == (None if name == "found-on-the-web" else name)


def test_a_no_says_why(asked: Registry) -> None:
    sentences = [reason.sentence for reason in asked.may_train("scottpoid").reasons]
    beginning = "The terms of The scottpoid takes say nothing of training a model, and silence is not a yes: "
    assert sentences == [
        beginning + "the performer has not agreed.",
        beginning + "the owner of the recordings has not agreed.",
    ]


def test_the_shipped_recordings_answer_for_themselves(tmp_path: Path) -> None:
    registry = Registry.open(tmp_path / "home")
    registry.seed(Path(__file__).parents[2] / "voices")
    allowed = [found.name for found in registry.recordings() if registry.may_train(found.name).allow]
    assert allowed == [
        "dorodoro_ja", "english-teacher", "formant-teacher", "kumi_pastel_ja", "kumi_zh", "yuki_ja",
    ]  # fmt: skip
    with pytest.raises(Refused, match="SCOTTPOID say nothing of training a model, and silence is not a yes"):
        registry.authorise_training("scottpoid")


def test_another_purpose_than_model_training_is_not_answered_for(asked: Registry) -> None:
    decision = asked.may_train("ada-a3", purpose="fun")
    assert [reason.code for reason in decision.reasons] == ["unknown-purpose"]


def test_a_withdrawn_voice_is_not_trained_on(asked: Registry) -> None:
    asked.withdraw("ada")
    with pytest.raises(Refused, match="owner of Ada has withdrawn"):
        asked.authorise_training("ada-a3")


def test_withdrawn_recordings_are_not_trained_on_whatever_a_file_says_later(
    asked: Registry, tmp_path: Path
) -> None:
    asked.authorise_training("ada-a3")
    assert asked.withdraw_recordings("ada-a3", "sold the studio")
    assert not asked.withdraw_recordings("ada-a3")
    assert "withdrawn" in codes(asked, "ada-a3")
    voice_folder(tmp_path / "voices", TRAINABLE, recordings_toml("ada-a3", terms=TERMS) + "\n# said again\n")
    assert asked.seed(tmp_path / "voices") == ("ada",)
    assert "withdrawn" in codes(asked, "ada-a3")
    assert asked.voice("ada").state == "active"
    assert asked.check_ledger().ok


def test_a_grant_that_does_not_say_train_is_no_yes(tmp_path: Path) -> None:
    singing_only = TRAINABLE.replace('["sing", "train"]', '["sing"]')
    voices = voice_folder(tmp_path / "voices", singing_only, recordings_toml("ada-a3", terms=TERMS))
    registry = Registry.open(tmp_path / "home")
    registry.seed(voices)
    assert codes(registry, "ada-a3") == ["no-grant"]


def test_a_grant_to_somebody_binds_training_too(tmp_path: Path) -> None:
    to_ben = TRAINABLE.replace("anyone = true", 'users = ["ben"]')
    voices = voice_folder(tmp_path / "voices", to_ben, recordings_toml("ada-a3", terms=TERMS))
    registry = Registry.open(tmp_path / "home")
    registry.seed(voices)
    assert [reason.code for reason in registry.may_train("ada-a3", by="cleo").reasons] == ["licensee"]
    assert registry.may_train("ada-a3", by="ben").allow


@pytest.mark.parametrize(
    ("kind", "code"),
    [("performer", "no-performer-consent"), ("recording-owner", "no-recording-permission")],
)
def test_each_of_the_two_rights_has_to_cover_training(tmp_path: Path, kind: str, code: str) -> None:
    voices = voice_folder(tmp_path / "voices", TRAINABLE, recordings_toml("ada-a3", terms=TERMS))
    file = voices / "ada" / "voice.toml"
    head, mark, rest = file.read_text(encoding="utf-8").partition(f"[rights.{kind}]")
    file.write_text(head + mark + rest.replace('"sing", "train"', '"sing"', 1), encoding="utf-8")
    registry = Registry.open(tmp_path / "home")
    registry.seed(voices)
    assert codes(registry, "ada-a3") == [code]


def test_an_answer_changed_in_the_raw_database_is_no_yes(asked: Registry, place: Place) -> None:
    raw = database(place)
    for column, name, value in (
        ("performer_training", "performer-silent", "allowed"),
        ("owner_training", "owner-silent", "allowed"),
        ("owner_terms_sha256", "ada-unproved", "0" * 64),
        ("performer_quote", "ada-a3", "whatever you like"),
        ("performer", "ada-a3", "somebody else"),
        ("voice_id", "ada-a3", None),
    ):
        assert "damaged" not in codes(asked, name)
        where = {"name": name}
        with raw.begin() as connection:
            read = text(f"SELECT {column} FROM recording_sources WHERE name = :name")
            before = connection.execute(read, where).scalar_one()
            write = text(f"UPDATE recording_sources SET {column} = :value WHERE name = :name")
            connection.execute(write, {**where, "value": value})
        assert "damaged" in codes(asked, name), column
        with raw.begin() as connection:
            connection.execute(write, {**where, "value": before})
    raw.dispose()


def test_a_second_declaration_cannot_take_recordings_from_their_voice(
    asked: Registry, tmp_path: Path
) -> None:
    asked.withdraw("ada")
    (tmp_path / "voices" / "recordings.toml").write_text(
        recordings_toml("ada-a3", terms="terms.txt"), encoding="utf-8"
    )
    with pytest.raises(VoiceFileError, match="declare the recordings 'ada-a3'"):
        asked.seed(tmp_path / "voices")
    assert not asked.may_train("ada-a3").allow


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"allowed"', '"probably"', r"\[recordings 1 performer\] training is 'probably'"),
        ("[recordings.owner]", "[recordings.keeper]", "keeper is not understood"),
        ('title = "The', 'tilte = "The', "tilte is not understood"),
        ('name = "ada-a3"', 'name = "../a"', "'../a' is not letters"),
        ('source = "', 'training = "allowed"\nsource = "', "two people are asked"),
        ('terms = "TERMS.md"', 'terms = "TERMS.md"\nquote = "Sell it"', "quote does not stand in TERMS.md"),
        ('terms = "TERMS.md"', 'terms = "../../x"', "lies outside the folder"),
    ],
)
def test_a_declaration_that_is_not_understood_is_named(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    said = recordings_toml("ada-a3", terms=TERMS)
    assert old in said
    voices = voice_folder(tmp_path / "voices", TRAINABLE, said.replace(old, new, 1))
    with pytest.raises(VoiceFileError, match=words):
        Registry.open(tmp_path / "home").seed(voices)
