"""A joint base lists its contributors; a withdrawal marks it, and after its date nothing is built on it."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from acting import turn_clock
from made_recordings import TRAINABLE, add_voice, list_of, recordings_toml, two_voices, write_base
from made_registries import BASE, Place, a_request, database, voice_folder
from sqlalchemy import text

from consent.errors import UnknownName, VoiceFileError
from consent.registry import Refused, Registry

BASE_ID = hashlib.sha256(BASE).hexdigest()


@pytest.fixture
def shared(place: Place, tmp_path: Path) -> Registry:
    """A registry, on each database in turn, in which Ada and Bea rest on one base."""
    registry = place.open()
    registry.seed(two_voices(tmp_path / "voices"))
    return registry


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Registry:
    registry = Registry.open(tmp_path / "home")
    registry.seed(two_voices(tmp_path / "voices"))
    return registry


def states(registry: Registry) -> list[str]:
    return [base.state for base in registry.bases.all()]


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_a_base_is_on_the_ledger_with_its_contributors_and_their_lists(shared: Registry) -> None:
    (base,) = shared.bases.all()
    assert (base.id, base.name, base.state) == (BASE_ID, "base", "current")
    assert base.contributors == ("ada-a3", "bea-c4", "teacher") and base.documented
    assert shared.bases.voices_on(BASE_ID) == ("ada", "bea")
    entry = shared.ledger_rows()[base.ledger_index]
    assert (entry.kind, entry.body["base"]) == ("base", BASE_ID)
    lists = {found["recordings"]: found["list_sha256"] for found in entry.body["contributors"]}
    assert lists == {name: hashlib.sha256(list_of(name).encode()).hexdigest() for name in base.contributors}
    assert lists == base.lists
    assert shared.check_ledger().ok


def test_a_withdrawal_marks_the_base_and_says_by_when_it_has_to_go(shared: Registry) -> None:
    shared.withdraw("ada")
    (base,) = shared.bases.due()
    assert (base.state, base.because_of) == ("marked", ("ada-a3",))
    assert base.due_at is not None and base.due_at - base.marked_at == timedelta(days=90)
    entry = shared.ledger_rows()[base.ledger_index]
    assert (entry.kind, entry.body["state"], entry.body["voice"]) == ("base", "marked", "ada")
    told = [receipt.event for receipt in shared.receipts.of(voice="ada")]
    assert told.count("base-marked") == 1
    assert shared.check_ledger().ok


def test_a_second_withdrawal_names_its_recordings_and_leaves_the_date(
    shared: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared.withdraw("ada")
    stated = shared.bases.get(BASE_ID).due_at
    turn_clock(monkeypatch, timedelta(days=30))
    shared.bases.set_retraining_days(7)
    assert shared.withdraw_recordings("teacher")
    base = shared.bases.get(BASE_ID)
    assert (base.due_at, base.because_of) == (stated, ("ada-a3", "teacher"))
    assert shared.check_ledger().ok


def test_the_operator_sets_the_days_for_the_withdrawals_to_come(on_sqlite: Registry) -> None:
    on_sqlite.bases.set_retraining_days(7)
    on_sqlite.withdraw_recordings("teacher", "found to be somebody else's")
    (base,) = on_sqlite.bases.due()
    assert base.due_at is not None and base.due_at - base.marked_at == timedelta(days=7)
    for wrong in (0, 366, 1.5, True):
        with pytest.raises(ValueError, match="1 to 365 days"):
            on_sqlite.bases.set_retraining_days(wrong)  # type: ignore[arg-type]


def test_past_the_date_nothing_new_is_built_and_the_voices_keep_singing(
    shared: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared.withdraw("ada")
    due_at = shared.bases.get(BASE_ID).due_at
    add_voice(tmp_path / "voices", "cleo", "Cleo")
    assert "cleo" in shared.seed(tmp_path / "voices")  # before the date it may still be built on
    shared.bases.require_buildable(BASE_ID)
    turn_clock(monkeypatch, timedelta(days=90))
    assert states(shared) == ["overdue"]
    add_voice(tmp_path / "voices", "dora", "Dora")
    (tmp_path / "voices" / "bea" / "weights.safetensors").write_bytes(b"a new version of Bea")
    before = shared.voice("bea").version
    with pytest.raises(Refused, match=f"holds ada-a3.* by {due_at:%Y-%m-%d}: nothing new is built on it"):
        shared.seed(tmp_path / "voices")
    assert [voice.id for voice in shared.voices()] == ["ada", "bea", "cleo"]
    assert shared.voice("bea").version == before
    with pytest.raises(Refused) as refused:
        shared.bases.require_buildable(BASE_ID)
    assert codes(refused) == ["base-overdue"]
    for voice in ("bea", "cleo"):
        authorization = shared.authorise(a_request(voice=voice, purpose="private"))
        assert shared.unseal(authorization)["base.safetensors"] == BASE
    assert shared.check_ledger().ok


def test_one_voice_that_may_not_be_built_keeps_no_other_out(
    on_sqlite: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_sqlite.withdraw("ada")
    turn_clock(monkeypatch, timedelta(days=91))
    voices = tmp_path / "voices"
    add_voice(voices, "cleo", "Cleo")
    add_voice(voices, "dora", "Dora")
    own = voices / "dora" / "voice.toml"
    own.write_text(own.read_text().replace('"../base/base.safetensors"', '"all.safetensors"'), "utf-8")
    (voices / "dora" / "all.safetensors").write_bytes(b"Dora shares nothing")
    with pytest.raises(Refused):
        on_sqlite.seed(voices)
    assert [voice.id for voice in on_sqlite.voices()] == ["ada", "bea", "dora"]


def test_a_retrained_base_takes_the_place_of_the_marked_one(shared: Registry, tmp_path: Path) -> None:
    shared.withdraw("ada")
    new = write_base(tmp_path / "voices", b"trained anew " * 50, ("bea-c4", "teacher"))
    assert shared.seed(tmp_path / "voices") == ("ada", "bea")
    shared.bases.replace(BASE_ID, new)
    old, successor = shared.bases.get(BASE_ID), shared.bases.get(new)
    assert (old.state, old.replaced_by, successor.state) == ("replaced", new, "current")
    assert shared.bases.due() == []
    authorization = shared.authorise(a_request(voice="bea", purpose="private"))
    assert shared.unseal(authorization)["base.safetensors"] == b"trained anew " * 50
    with pytest.raises(Refused) as refused:
        shared.bases.require_buildable(BASE_ID)
    assert codes(refused) == ["base-replaced"]
    write_base(tmp_path / "voices")  # somebody brings the old one back
    with pytest.raises(Refused, match="was replaced: nothing new is built on it"):
        shared.seed(tmp_path / "voices")
    assert shared.check_ledger().ok


def test_a_base_that_holds_what_was_withdrawn_takes_nobodys_place(
    on_sqlite: Registry, tmp_path: Path
) -> None:
    on_sqlite.withdraw("ada")
    write_base(tmp_path / "voices", b"trained anew, with Ada", ("ada-a3", "bea-c4"))
    with pytest.raises(Refused, match="holds ada-a3"):
        on_sqlite.seed(tmp_path / "voices")
    with pytest.raises(UnknownName, match="knows no base"):
        on_sqlite.bases.replace(BASE_ID, hashlib.sha256(b"trained anew, with Ada").hexdigest())
    with pytest.raises(Refused) as refused:
        on_sqlite.bases.replace(BASE_ID, BASE_ID)
    assert codes(refused) == ["base-not-clean"]
    assert states(on_sqlite) == ["marked"]


def test_only_a_marked_base_is_replaced(on_sqlite: Registry, tmp_path: Path) -> None:
    new = write_base(tmp_path / "voices", b"trained further", ("bea-c4", "teacher"))
    on_sqlite.seed(tmp_path / "voices")
    with pytest.raises(Refused) as refused:
        on_sqlite.bases.replace(BASE_ID, new)
    assert codes(refused) == ["base-not-marked"]


def test_an_answer_that_changes_to_no_marks_the_base(on_sqlite: Registry, tmp_path: Path) -> None:
    changed = recordings_toml("teacher", owner="forbidden", terms="teacher.txt")
    (tmp_path / "voices" / "recordings.toml").write_text(changed, encoding="utf-8")
    on_sqlite.seed(tmp_path / "voices")
    (base,) = on_sqlite.bases.due()
    assert base.because_of == ("teacher",)
    assert not on_sqlite.may_train("teacher").allow


def test_a_base_without_a_record_holds_what_its_voices_declare(tmp_path: Path) -> None:
    voices = voice_folder(tmp_path / "voices", TRAINABLE, recordings_toml("ada-a3", terms="TERMS.md"))
    registry = Registry.open(tmp_path / "home")
    registry.seed(voices)
    (base,) = registry.bases.all()
    assert (base.documented, base.contributors, base.lists) == (False, ("ada-a3",), {})
    registry.withdraw("ada")
    assert states(registry) == ["marked"]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda base: (base / "training.json").write_text("{"), "is not JSON"),
        (lambda base: (base / "training.json").write_text("[" * 100_000), "is not JSON"),
        (lambda base: (base / "base.safetensors").write_bytes(b"another base"), "not the record of"),
        (lambda base: (base / "recordings/ada-a3.jsonl").write_text("{}\n"), "not the list that"),
        (lambda base: (base / "recordings/ada-a3.jsonl").unlink(), "is not beside it"),
        (lambda base: edit(base, "recordings", "list", "../../ada/TERMS.md"), "is not beside it"),
        (lambda base: edit(base, "allowed", "source", "nobody"), "lists the recordings ada-a3, which nobody"),
        (lambda base: edit(base, "allowed", "source", 7), "does not say its source"),
    ],
)
def test_a_record_that_is_not_the_bases_is_named(tmp_path: Path, damage: object, words: str) -> None:
    voices = two_voices(tmp_path / "voices")
    damage(voices / "base")  # type: ignore[operator]
    with pytest.raises(VoiceFileError, match=words):
        Registry.open(tmp_path / "home").seed(voices)


def edit(base: Path, part: str, key: str, value: object) -> None:
    record = json.loads((base / "training.json").read_text(encoding="utf-8"))
    record[part][0][key] = value
    (base / "training.json").write_text(json.dumps(record), encoding="utf-8")


@pytest.mark.parametrize("row", ["[]", '["a.wav"]', '["a.wav", -1, "0", "0", "trained"]', "{", "7", "null"])
def test_a_list_with_a_strange_line_is_named(tmp_path: Path, row: str) -> None:
    voices = two_voices(tmp_path / "voices")
    file = voices / "base" / "recordings" / "ada-a3.jsonl"
    content = file.read_text(encoding="utf-8") + row + "\n"
    file.write_text(content, encoding="utf-8")
    edit(voices / "base", "recordings", "sha256", hashlib.sha256(content.encode()).hexdigest())
    with pytest.raises(VoiceFileError, match=r"ada-a3\.jsonl, line 5"):
        Registry.open(tmp_path / "home").seed(voices)


def test_a_contributor_does_not_vanish_from_a_base(on_sqlite: Registry, tmp_path: Path) -> None:
    write_base(tmp_path / "voices", sets=("bea-c4", "teacher"))
    with pytest.raises(VoiceFileError, match="no longer names ada-a3"):
        on_sqlite.seed(tmp_path / "voices")
    assert on_sqlite.bases.get(BASE_ID).contributors == ("ada-a3", "bea-c4", "teacher")


def test_a_base_changed_in_the_raw_database_is_built_on_no_more(shared: Registry, place: Place) -> None:
    shared.withdraw("ada")
    for column, value in (("state", "current"), ("due_at_ms", 2**42), ("because_of", "[]")):
        with database(place).begin() as raw:
            before = raw.execute(text(f"SELECT {column} FROM bases")).scalar_one()
            raw.execute(text(f"UPDATE bases SET {column} = :value"), {"value": value})
        assert states(shared) == ["damaged"], column
        with pytest.raises(Refused, match="not stored as the registry wrote it"):
            shared.bases.require_buildable(BASE_ID)
        with database(place).begin() as raw:
            kept = json.dumps(before) if column == "because_of" and not isinstance(before, str) else before
            raw.execute(text(f"UPDATE bases SET {column} = :value"), {"value": kept})
    assert states(shared) == ["marked"]


def test_nothing_makes_an_altered_base_or_answer_stand_again(on_sqlite: Registry, tmp_path: Path) -> None:
    on_sqlite.withdraw_recordings("teacher")
    with database(Place(tmp_path / "home", None)).begin() as raw:
        raw.execute(text("UPDATE bases SET state = 'current', because_of = '[]'"))
        raw.execute(text("UPDATE recording_sources SET state = 'active' WHERE name = 'teacher'"))
    (tmp_path / "voices" / "bea" / "weights.safetensors").write_bytes(b"a new version of Bea")
    declared = tmp_path / "voices" / "recordings.toml"
    declared.write_text(declared.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(Refused, match="not stored as the registry wrote it"):
        on_sqlite.seed(tmp_path / "voices")
    on_sqlite.withdraw("ada")
    assert states(on_sqlite) == ["damaged"]
    assert "damaged" in [reason.code for reason in on_sqlite.may_train("teacher").reasons]


def test_the_check_names_bases_and_recordings_that_were_altered_or_dropped(
    shared: Registry, place: Place
) -> None:
    shared.withdraw("ada")
    assert shared.check_ledger().ok
    for damage, words in (
        ("UPDATE bases SET state = 'current'", "base .* differs from entry .* in: state"),
        ("UPDATE bases SET state = 'marked', due_at_ms = due_at_ms + 1", "in: due_at_ms"),
        (
            "UPDATE recording_sources SET owner_training = 'silent' WHERE name = 'bea-c4'",
            "in: owner_training",
        ),
        ("UPDATE voice_versions SET base_id = NULL", ""),
        ("DELETE FROM bases", "are not on record"),
        ("DELETE FROM recording_sources WHERE name = 'teacher'", "are not on record: teacher"),
    ):
        with database(place).begin() as raw:
            raw.execute(text(damage))
        told = " ".join(finding.sentence for finding in shared.check_ledger().findings)
        assert re.search(words, told), damage
