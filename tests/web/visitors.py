"""Visitors of the page, each with cookies of their own, who send forms as a browser does."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

MakePage = Callable[..., Flask]
"""Makes a page; its arguments are fields of `web.settings.Settings`."""

SCORE = """<?xml version="1.0" encoding="UTF-8"?>
<score-partwise version="4.0"><work><work-title>Two Bells</work-title></work>
<defaults><lyric-language xml:lang="en"/></defaults>
<part-list><score-part id="P1"><part-name>Voice</part-name></score-part></part-list>
<part id="P1"><measure number="1">
<attributes><divisions>1</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>
<sound tempo="240"/>
<note><pitch><step>A</step><octave>4</octave></pitch><duration>2</duration>
<lyric><text>ding</text></lyric></note>
<note><pitch><step>F</step><octave>4</octave></pitch><duration>2</duration>
<lyric><text>dong</text></lyric></note>
</measure></part></score-partwise>
"""
"""Two notes, one second: what a song costs least."""


@dataclass
class Visitor:
    """Somebody with a browser of their own: sends forms as a browser would, token included."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def token(self, path: str = "/") -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.client.get(path).text)
        assert found, f"{path} has no form"
        return found[1]

    def post(self, path: str, fields: dict[str, Any], form: str = "/") -> TestResponse:
        data = {"csrf_token": self.token(form), **fields}
        return self.client.post(path, data=data, content_type="multipart/form-data")

    def sing(self, **fields: Any) -> TestResponse:
        """Ask for a song: the score above in the default voice, unless the fields say otherwise."""
        given = {
            "melody": "own",
            "voice": "tiny-open",
            "language": "auto",
            "purpose": "private",
            "style": "plain",
        }
        if "score" not in fields and fields.get("melody", "own") == "own" and "kept" not in fields:
            given["score"] = score_file()
        return self.post("/", {**given, **fields})

    def verify(self, content: bytes, name: str, credentials: bytes = b"") -> TestResponse:
        fields = {"file": (io.BytesIO(content), name)}
        if credentials:
            fields["credentials"] = (io.BytesIO(credentials), f"{name}.c2pa")
        return self.post("/verify", fields, form="/verify")


def score_file(text: str = SCORE, name: str = "two-bells.musicxml") -> tuple[io.BytesIO, str]:
    """A score as a form sends it."""
    return io.BytesIO(text.encode()), name


def words_on(page: TestResponse) -> str:
    """What a person reads on a page: no tags, no doubled blanks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def sing_all(app: Flask) -> None:
    """Let the worker sing everything that waits."""
    while app.extensions["consonance.worker"].sing_one():
        pass
