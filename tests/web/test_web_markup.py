"""Every page, in every state, as markup: labels, names, order, one heading, one language."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from markup import faults_of
from visitors import Visitor, score_file, sing_all


@pytest.mark.parametrize(
    "path", ["/", "/songs/", "/voices", "/verify", "/nowhere", "/?voice=tiny-open&melody=sakura"]
)
def test_pages_are_whole_and_labelled(visitor: Visitor, path: str) -> None:
    assert faults_of(visitor.get(path).text) == []


def test_a_form_with_faults_is_whole_and_labelled(visitor: Visitor) -> None:
    page = visitor.sing(
        lyrics="much too many words for it", score=score_file(name='a "quoted" <name>.xml'), seed="3"
    )
    assert page.status_code == 422
    assert faults_of(page.text) == []


def test_a_song_is_whole_and_labelled_from_filing_to_verifying(app: Flask, visitor: Visitor) -> None:
    place = visitor.sing().location
    assert faults_of(visitor.get(place).text) == []
    sing_all(app)
    assert faults_of(visitor.get(place).text) == []
    assert faults_of(visitor.get("/songs/").text) == []
    file = visitor.get(f"{place}/save/song.wav").data
    assert faults_of(visitor.verify(file, "song.wav").text) == []
    assert faults_of(visitor.post("/verify", {"file": (io.BytesIO(b"x"), "x")}, form="/verify").text) == []
    app.extensions["consonance.registry"].withdraw("tiny-open")
    for path in ("/", "/voices"):
        assert faults_of(visitor.get(path).text) == []
    refused = visitor.sing(voice="tiny-open")
    assert refused.status_code == 403 and faults_of(refused.text) == []


def test_the_checks_see_an_offence() -> None:
    inside = '<h1>x</h1><input name="y"><img src="z"><p id="a"><b id="a"></p>'
    found = " ".join(faults_of(f'<html lang="en"><body><main>{inside}</main></body></html>'))
    assert (
        "has no label" in found and "has no text" in found and "stands twice" in found and "closes" in found
    )
