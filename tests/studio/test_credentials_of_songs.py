"""The credentials of real songs: what they say, what they keep to themselves, and that none goes without."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from consent.credentials import RENDER_ASSERTION, SOFT_BINDING, Credentials, sidecar_of
from consent.credentials_signing import CredentialsError
from consent.credentials_statement import BY_HAND, BY_MODEL, BY_RULE, CreditedSong
from consent.errors import ConsentError, KeyStoreError
from consent.registry import Registry
from singer import studio
from singer.audio_file import FORMATS
from singer.errors import BadInput, ConsonanceError
from singer.performance.model import Performance
from singer.performance.planned import Planned
from singer.places import CREDENTIALS_CHAIN, CREDENTIALS_KEY
from singer.studio.files import human_edits
from tests.consent.made_chains import KEYS, bought_chain

ME = studio.Use("somebody.in.particular@example.org", isrc="QZES72400001", iswc="T-034.524.680-1")
SCORE = Path(__file__).resolve().parents[2] / "examples" / "twinkle.musicxml"


@pytest.fixture
def registry(tmp_path: Path, tiny_voices: Path) -> Registry:
    return studio.open_registry(tmp_path / "home", tiny_voices)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def read(registry: Registry, path: Path) -> Credentials:
    found = registry.credentials.read(path)
    assert found is not None
    return found


def said(credentials: Credentials, label: str) -> Mapping[str, Any]:
    """What the assertion with this label says."""
    manifest = credentials.data["manifests"][credentials.manifest]
    (data,) = [one["data"] for one in manifest["assertions"] if one["label"] == label]
    assert isinstance(data, dict)
    return data


def test_every_format_says_where_it_comes_from(
    registry: Registry, performance: Performance, out: Path
) -> None:
    targets = [out / f"song.{name}" for name in FORMATS]
    song = studio.render(registry, performance, targets, voice="tiny-open", use=ME)
    terms = registry.lifecycle.get(song.grant).terms
    for target in targets:
        found = read(registry, target)
        assert (found.state, found.problems, found.title) == ("trusted", (), "Two phrases")
        assert found.render_id == int(song.render_id, 16)
        ours = said(found, RENDER_ASSERTION)
        assert ours["voice"] | {"version": ""} == {
            "id": "tiny-open",
            "name": "Tiny Open",
            "version": "",
            "credit": "Tiny Open by Nobody In Particular",
        }
        assert ours["grant"] == {"id": song.grant, "terms_sha256": terms.sha256}
        assert ours["ledger"]["key"] == str(registry.proofs.public_key)
        binding = said(found, "c2pa.soft-binding")
        assert (binding["alg"], binding["blocks"][0]["value"]) == (SOFT_BINDING, song.render_id)
        credits = said(found, "cawg.metadata")
        assert credits["dc:identifier"] == ["ISRC:QZES72400001", "ISWC:T-034.524.680-1"]
        first, *_, last = said(found, "c2pa.actions.v2")["actions"]
        assert (first["action"], first["digitalSourceType"]) == ("c2pa.created", BY_MODEL)
        assert last["action"] == "c2pa.watermarked.bound"
    kept = {one.sha256 for one in registry.manifests.of_render(int(song.render_id, 16))}
    record = registry.render(int(song.render_id, 16))
    assert record is not None and len(kept) == len(targets)
    released = {Path(file.path): file.sha256 for file in record.files}
    assert kept == {released[target] for target in targets}
    assert set(released) == {*targets, *song.sidecars}
    assert song.sidecars == (sidecar_of(out / "song.ogg"), sidecar_of(out / "song.opus"))


def test_nothing_is_said_of_who_asked(registry: Registry, performance: Performance, out: Path) -> None:
    """Not the user, nor a project, nor what stands for them on the ledger."""
    project = dataclasses.replace(ME, project="A secret album")
    targets = [out / "song.wav", out / "song.opus"]
    studio.render(registry, performance, targets, voice="tiny-open", use=project)
    (entry,) = registry.ledger_rows(kind="render")
    pseudonym = json.loads(entry.entry)["body"]["user"] if hasattr(entry, "entry") else entry.body["user"]
    for target in (*targets, sidecar_of(out / "song.opus")):
        content = target.read_bytes()
        for secret in (ME.user, "somebody", "A secret album", pseudonym):
            assert secret.encode() not in content


@pytest.mark.parametrize(("voice", "use"), [("tiny-open", "constrained"), ("tiny-closed", "notAllowed")])
def test_training_is_what_the_grant_says(
    voice: str, use: str, registry: Registry, performance: Performance, out: Path
) -> None:
    studio.render(registry, performance, [out / "song.wav"], voice=voice, use=studio.Use("alice"))
    entries = said(read(registry, out / "song.wav"), "cawg.training-mining")["entries"]
    assert set(entries) == {"cawg.ai_training", "cawg.ai_generative_training"}
    assert {entry["use"] for entry in entries.values()} == {use}


def test_what_a_person_did_is_an_action(registry: Registry, out: Path) -> None:
    planned = studio.plan(SCORE, "la " * 42, language="en", transpose=-2.0).performance
    first = planned.phrases[0]
    bent = dict(first.curves) | {"f0_hz": tuple(1.01 * hz for hz in first.curves["f0_hz"])}
    edited = dataclasses.replace(
        planned, phrases=(dataclasses.replace(first, curves=bent), *planned.phrases[1:])
    )
    by_hand = Performance.from_json(edited.to_json())
    for performance, parts in (
        (planned, ["lyrics", "melody"]),
        (by_hand, ["lyrics", "melody", "pitch"]),
        (studio.plan(SCORE).performance, []),
    ):
        studio.render(registry, performance, [out / "song.wav"], voice="tiny-open", use=ME)
        actions = said(read(registry, out / "song.wav"), "c2pa.actions.v2")["actions"]
        edits = [action for action in actions if action["action"] == "c2pa.edited"]
        assert [edit["parameters"]["vnd.consonance.part"] for edit in edits] == parts
        assert all(edit["digitalSourceType"] == BY_HAND for edit in edits)


def test_a_label_that_is_heard_is_no_persons_doing(
    registry: Registry, performance: Performance, out: Path
) -> None:
    label = studio.AudibleLabel("rhythm", "start")
    studio.render(registry, performance, [out / "song.wav"], voice="tiny-open", use=ME, label=label)
    (edit,) = [
        action
        for action in said(read(registry, out / "song.wav"), "c2pa.actions.v2")["actions"]
        if action["action"] == "c2pa.edited"
    ]
    assert edit["digitalSourceType"] == BY_RULE and edit["parameters"]["vnd.consonance.part"] == "label"


def test_the_same_song_has_the_same_credentials(
    registry: Registry, performance: Performance, out: Path
) -> None:
    for name in FORMATS:
        for number in (1, 2):
            target = out / f"{number}.{name}"
            studio.render(registry, performance, [target], voice="tiny-open", use=ME)
        assert (out / f"1.{name}").read_bytes() == (out / f"2.{name}").read_bytes()
    assert sidecar_of(out / "1.opus").read_bytes() == sidecar_of(out / "2.opus").read_bytes()


def test_only_authorised_songs_are_signed(registry: Registry, performance: Performance, out: Path) -> None:
    authorization = registry.authorise(studio.request_for(performance, "tiny-open", ME))
    forged = dataclasses.replace(authorization, credit="Somebody Else")
    (out / "song.wav").write_bytes(b"RIFF")
    with pytest.raises(CredentialsError, match="authorised"):
        registry.credentials.sign(out / "song.wav", forged, CreditedSong(), registry.credentials.signer())


def test_a_song_that_cannot_be_signed_is_not_released(
    registry: Registry, performance: Performance, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A web server's certificate is none that C2PA takes."""
    chain = bought_chain(tmp_path, KEYS["Es256"](), usages=[ExtendedKeyUsageOID.SERVER_AUTH])
    monkeypatch.setenv(CREDENTIALS_CHAIN, str(chain.chain))
    monkeypatch.setenv(CREDENTIALS_KEY, str(chain.key))
    with pytest.raises((ConsonanceError, ConsentError)):
        studio.render(registry, performance, [out / "song.wav"], voice="tiny-open", use=ME)
    assert not any(out.iterdir())
    assert [row.kind for row in registry.ledger_rows()].count("render") == 0


def test_bad_certificates_are_said_before_anybody_is_asked(
    registry: Registry, performance: Performance, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CREDENTIALS_CHAIN, str(out / "chain.pem"))
    monkeypatch.setenv(CREDENTIALS_KEY, str(out / "key.pem"))
    before = len(registry.ledger_rows())
    with pytest.raises(KeyStoreError, match=r"chain\.pem"):
        studio.render(registry, performance, [out / "song.wav"], voice="tiny-open", use=ME)
    assert len(registry.ledger_rows()) == before and not any(out.iterdir())


def test_half_a_setting_is_said(
    registry: Registry, performance: Performance, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CREDENTIALS_CHAIN, "chain.pem")
    with pytest.raises(BadInput, match=CREDENTIALS_KEY):
        studio.render(registry, performance, [out / "song.wav"], voice="tiny-open", use=ME)
    assert not any(out.iterdir())


def test_a_bought_certificate_signs_songs(
    registry: Registry, performance: Performance, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = bought_chain(tmp_path, KEYS["Es256"]())
    with monkeypatch.context() as configured:
        configured.setenv(CREDENTIALS_CHAIN, str(chain.chain))
        configured.setenv(CREDENTIALS_KEY, str(chain.key))
        studio.render(registry, performance, [out / "song.mp3"], voice="tiny-open", use=ME)
    found = read(registry, out / "song.mp3")
    assert (found.state, found.issuer) == ("trusted", "A record label")
    verdict = studio.verify(registry, out / "song.mp3")
    assert "credentials" in verdict.marks_found and verdict.allowed_now


def test_nothing_that_a_performance_says_of_itself_is_signed_as_it_stands(performance: Performance) -> None:
    """Names of styles and parts may be anybody's words."""
    digests = {f"a lie, number {number}": "0" * 16 for number in range(10_000)}
    claimed = Planned("score", 0.0, "for Client X", digests)
    found = human_edits(dataclasses.replace(performance, planned=claimed))
    assert [(edit.part, edit.sentence) for edit in found] == [
        ("style", "A person gave a style of their own."),
        ("other", "A person changed another part of it."),
    ]
