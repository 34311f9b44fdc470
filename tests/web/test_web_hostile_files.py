"""Hostile uploads: whatever is dropped on the verify page is answered in bounded time, and nothing leaks."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from hostile_files import FORMATS, hostile_files
from visitors import Visitor, words_on

from web.soft_binding import PREFIX

LONGEST_S = 30.0
"""CPU seconds that one file may take: what decodes is searched for our marks, too."""


@pytest.mark.parametrize("audio_format", FORMATS)
def test_each_upload_is_answered_in_a_sentence(app: Flask, audio_format: str) -> None:
    visitor = Visitor(app.test_client())
    files = hostile_files(audio_format)
    assert len(files) >= 20
    for name, content in files:
        started_s = time.process_time()
        page = visitor.verify(content, f"{name}.{audio_format}")
        said = words_on(page)
        assert page.status_code in (200, 422), name
        assert time.process_time() - started_s < LONGEST_S, name
        assert "Traceback" not in said and str(app.extensions["consonance.settings"].home) not in said, name
        if page.status_code == 200:  # it sounds: then it is nobody's, whatever its label says
            assert "Made here" not in said, name


@pytest.mark.parametrize("audio_format", FORMATS)
def test_each_question_by_content_is_answered(app: Flask, audio_format: str) -> None:
    client = app.test_client(use_cookies=False)
    for name, content in hostile_files(audio_format, seed=1)[::4]:
        page = client.post(f"{PREFIX}/matches/byContent", data=content, content_type="audio/x-any")
        assert page.status_code in (200, 415), name
        assert page.json == {"matches": []} if page.status_code == 200 else page.json["error"], name


def test_sidecars_that_are_none_are_answered(app: Flask) -> None:
    visitor = Visitor(app.test_client())
    (_, sound), *_ = [one for one in hostile_files("ogg") if one[1][:4] == b"OggS"][-1:]
    for sidecar in (b"\0" * 100, b"jumb" * 100_000, bytes(range(256)) * 100, b"\xff" * 900_000):
        page = visitor.verify(sound, "song.ogg", sidecar)
        assert page.status_code in (200, 422) and "Made here" not in words_on(page)
