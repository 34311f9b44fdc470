"""Asked what a voice was trained on, the registry answers with a list that stands on the ledger."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from made_recordings import TRAINABLE, list_of, recordings_toml, two_voices, write_base
from made_registries import Place, database, voice_folder
from sqlalchemy import text

from consent.errors import StoreError, UnknownName
from consent.registry import Registry

SHIPPED = Path(__file__).parents[2] / "voices"


@pytest.fixture
def shared(place: Place, tmp_path: Path) -> Registry:
    registry = place.open()
    registry.seed(two_voices(tmp_path / "voices"))
    return registry


def test_every_set_and_file_is_named_with_owner_terms_and_hash(shared: Registry) -> None:
    found = shared.disclosure("ada")
    assert [(one.recordings, one.in_base, one.in_own_weights) for one in found.sets] == [
        ("ada-a3", True, True),
        ("bea-c4", True, False),
        ("teacher", True, False),
    ]
    own = found.sets[0]
    assert (own.title, own.performer, own.owner) == (
        "The ada-a3 takes",
        "Singer of ada-a3",
        "Studio of ada-a3",
    )
    assert (own.performer_terms_sha256, own.owner_terms_sha256) == ("1" * 64, "2" * 64)
    assert [(file.name, file.seconds, file.use) for file in own.files] == [
        ("0.wav", 1.5, "trained"),
        ("1.wav", 1.501, "trained"),
        ("2.wav", 1.502, "held-out"),
    ]
    assert [file.name for file in own.trained()] == ["0.wav", "1.wav"]
    entry = shared.ledger_rows()[found.base.ledger_index]
    assert own.list_sha256 in [logged["list_sha256"] for logged in entry.body["contributors"]]
    document = json.loads(json.dumps(found.to_json()))
    assert document["sets"][0]["files"][0]["sha256"] == hashlib.sha256(b"ada-a3 0").hexdigest()
    assert document["sets"][0]["trained_seconds"] == 3.001


def test_a_file_is_found_by_its_bytes_or_its_samples(shared: Registry) -> None:
    found = shared.disclosure("bea")
    for content in (b"teacher 1", b"teacher 1 samples"):
        ((where, file),) = found.find(hashlib.sha256(content).hexdigest())
        assert (where.recordings, file.name) == ("teacher", "1.wav")
    assert list(found.find(hashlib.sha256(b"never sung").hexdigest())) == []


def test_a_withdrawn_voice_is_still_answered_for(shared: Registry) -> None:
    shared.withdraw("ada")
    found = shared.disclosure("ada")
    assert found.base is not None and found.base.state == "marked"
    assert [one.may_be_trained for one in found.sets] == [False, True, True]
    assert len(found.sets[0].files) == 3


def test_the_list_is_kept_when_the_folder_has_changed(shared: Registry, tmp_path: Path) -> None:
    before = shared.disclosure("ada")
    shared.withdraw("ada")
    write_base(tmp_path / "voices", b"trained anew " * 50, ("bea-c4", "teacher"))
    shared.seed(tmp_path / "voices")
    assert shared.disclosure("ada").sets[0].files == before.sets[0].files
    assert [one.recordings for one in shared.disclosure("bea").sets] == ["bea-c4", "teacher"]


def test_an_altered_list_is_not_passed_on(shared: Registry, place: Place) -> None:
    altered = list_of("ada-a3").replace("1.wav", "7.wav")
    with database(place).begin() as raw:
        raw.execute(
            text("UPDATE recording_lists SET content = :content WHERE recordings = 'ada-a3'"),
            {"content": altered},
        )
    with pytest.raises(StoreError, match="not the one that stands on the ledger"):
        shared.disclosure("ada")


def test_what_nobody_wrote_down_is_said_to_be_so(tmp_path: Path) -> None:
    extra = recordings_toml("ada-a3", terms="TERMS.md")
    registry = Registry.open(tmp_path / "home")
    registry.seed(voice_folder(tmp_path / "voices", TRAINABLE, extra))
    sentences = " ".join(registry.disclosure("ada").describe())
    assert "No record of the base's training says so" in sentences
    assert "No list of the files of The ada-a3 takes is kept." in sentences
    with pytest.raises(UnknownName, match="'eve'"):
        registry.disclosure("eve")


def test_the_shipped_voices_are_disclosed_whole(tmp_path: Path) -> None:
    registry = Registry.open(tmp_path / "home")
    registry.seed(SHIPPED)
    record = json.loads((SHIPPED / "base" / "training.json").read_text(encoding="utf-8"))
    trained = {name: row["recordings"] for name, row in record["contributors"].items()}
    own = {"hitsune-kumi": ["kumi_pastel_ja", "kumi_zh"], "imagawa-yuki": ["yuki_ja"]}
    for voice, sets in own.items():
        found = registry.disclosure(voice)
        assert [one.recordings for one in found.sets if one.in_own_weights] == sets
        assert sum(len(one.trained()) for one in found.sets) == sum(trained.values())
        for one in found.sets:
            assert one.owner and one.performer and one.source and one.may_be_trained
            assert len(one.performer_terms_sha256) == len(one.owner_terms_sha256) == 64
    teacher = next(one for one in found.sets if one.recordings == "english-teacher")
    assert all(file.text_sha256 for file in teacher.files)
    assert str(teacher.about["hashed"]).startswith("No recordings: sentences that a published synthesiser")
    assert registry.check_ledger().ok
