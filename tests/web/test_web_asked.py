"""Songs that wait for their owner's yes, as the visitor who asked sees them; voices' own pages; proofs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from markup import faults_of
from visitors import Visitor, sing_all, words_on
from werkzeug.test import TestResponse

from consent.ledger.proof import Proof, verify_proof
from consent.registry import Registry
from singer.marks import sha256_of

VOICE = "tiny-closed"


@pytest.fixture
def registry(app: Flask) -> Registry:
    """The page's registry, in which anybody may ask for the closed voice, but not for everything."""
    opened: Registry = app.extensions["consonance.registry"]
    terms = {
        "actions": ["sing"],
        "constraints": [
            {"type": "licensee", "anyone": True},
            {"type": "purpose", "anything": True},
            {"type": "content", "forbidden": ["explicit"]},
        ],
    }
    opened.grant(VOICE, terms)
    opened.people.set_handle(opened.voice(VOICE).owner.id, "nobody")
    return opened


def ask(visitor: Visitor, words: str = "ox ass") -> TestResponse:
    return visitor.sing(voice=VOICE, lyrics=words)


def test_a_doubtful_song_is_asked_for_and_sung_by_the_same_form_after_the_yes(
    app: Flask, registry: Registry, visitor: Visitor, stranger: Visitor
) -> None:
    page = ask(visitor)
    assert page.status_code == 202 and faults_of(page.text) == []
    (waiting,) = registry.approvals.waiting()
    said = words_on(page)
    assert "The owner has been asked." in said and f"has the number {waiting.id}." in said
    assert (
        "“ass” (line 1)" in said
        and "was not sung" not in said
        and ">ox ass</textarea>" in page.text.replace("\n", "")
    )
    assert "web:" not in said  # the closed grant is not made to this visitor, which is no news to them
    place = re.search(r'href="(/asked/\d+)"', page.text)[1]  # type: ignore[index]
    status = visitor.get(place)
    assert faults_of(status.text) == [] and "It waits for an answer" in words_on(status)
    assert "It waits for an answer" in words_on(visitor.get("/songs/"))
    assert stranger.get(place).status_code == visitor.get("/asked/999").status_code == 404
    registry.approvals.approve(waiting.id, "nobody", "With pleasure")
    status = visitor.get(place)
    assert "Approved: it may be sung now" in words_on(status) and "With pleasure" in words_on(status)
    filed = ask(visitor)
    assert filed.status_code == 303
    sing_all(app)
    assert "did. These are the terms" in words_on(visitor.get(filed.location))
    assert ask(stranger).status_code == 202  # the yes was for one visitor


def test_a_declined_song_says_so(registry: Registry, visitor: Visitor) -> None:
    ask(visitor)
    (waiting,) = registry.approvals.waiting()
    registry.approvals.decline(waiting.id, "nobody")
    assert "Declined: it will not be sung" in words_on(visitor.get(f"/asked/{waiting.id}"))
    again = ask(visitor)
    assert again.status_code == 403
    assert f"The request, number {waiting.id}, was declined." in words_on(again)


def test_a_forbidden_song_is_refused_with_rule_and_place(registry: Registry, visitor: Visitor) -> None:
    page = ask(visitor, "phuck ox")
    assert page.status_code == 403
    said = words_on(page)
    assert "any-obscene" in said and "“phuck” (line 1)" in said and "This was not sung." in said
    assert registry.approvals.waiting() == []


def test_a_voices_page_says_its_terms_and_permissions(registry: Registry, visitor: Visitor) -> None:
    page = visitor.get(f"/voices/{VOICE}")
    assert page.status_code == 200 and faults_of(page.text) == []
    said = words_on(page)
    assert "No explicit content." in said and "The performer’s consent: Nobody In Particular" in said
    assert "The recording owner’s permission" in said and "signed the terms" in said
    assert "Anybody may let this voice sing, for any purpose." in said and "SHA-256" in said
    assert "alice" not in said  # a grant to somebody named is theirs alone
    assert visitor.get("/voices/nowhere").status_code == 404
    registry.suspend(VOICE, reason="holiday")
    said = words_on(visitor.get(f"/voices/{VOICE}"))
    assert "has suspended the voice" in said and "Sing with" not in said
    assert "has suspended the voice" in words_on(visitor.get("/voices"))


def test_what_a_voice_was_trained_on_is_told(registry: Registry, visitor: Visitor) -> None:
    page = visitor.get(f"/voices/{VOICE}/disclosure")
    assert page.status_code == 200 and faults_of(page.text) == []
    assert "What Tiny Closed was trained on" in words_on(page)
    told = visitor.get(f"/voices/{VOICE}/disclosure.json")
    assert told.mimetype == "application/json"
    assert json.loads(told.data) == json.loads(json.dumps(registry.disclosure(VOICE).to_json()))
    assert visitor.get("/voices/nowhere/disclosure").status_code == 404


def test_a_song_comes_with_a_proof_that_holds_offline(
    app: Flask, visitor: Visitor, stranger: Visitor, tmp_path: Path
) -> None:
    place = visitor.sing().location
    assert visitor.get(f"{place}/save/song.wav.proof").status_code == 404
    sing_all(app)
    page = visitor.get(place)
    assert faults_of(page.text) == [] and "Proof of the WAV" in words_on(page)
    key = visitor.get("/songs/ledger-key").text.strip()
    for suffix in ("wav", "mp3"):
        answer = visitor.get(f"{place}/save/song.{suffix}.proof")
        assert f'filename="Two Bells.{suffix}.proof"' in answer.headers["Content-Disposition"]
        file = tmp_path / f"song.{suffix}"
        file.write_bytes(visitor.get(f"{place}/save/song.{suffix}").data)
        proven = verify_proof(Proof.from_json(answer.data), key, sha256_of(file))
        assert proven.voice == "tiny-open"
    assert stranger.get(f"{place}/save/song.wav.proof").status_code == 404
    assert visitor.get(f"{place}/save/song.flac.proof").status_code == 404
