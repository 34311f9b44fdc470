"""What stands before the rooms: tokens, limits, headers, cookies, and no path from outside on our disk."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from visitors import SCORE, MakePage, Visitor, score_file, sing_all, words_on

from web.secret import session_key
from web.uploads import kept_melody, plain_name

PAGES = ("/", "/songs/", "/voices", "/verify", "/nowhere")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_hardened_and_carries_no_inline_code(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    text = answer.text
    assert "style=" not in text and "<style" not in text and "javascript:" not in text
    assert all(f" on{event}=" not in text for event in ("click", "load", "submit", "change", "error"))
    assert text.count("<script") == text.count('<script src="/static/')


def test_the_cookie_is_for_this_page_only(visitor: Visitor, make_page: MakePage) -> None:
    flags = visitor.get("/").headers["Set-Cookie"]
    assert "HttpOnly" in flags and "SameSite=Lax" in flags and "Secure" not in flags
    safer = Visitor(make_page(secure_cookies=True).test_client())
    assert "Secure" in safer.get("/").headers["Set-Cookie"]


def test_the_session_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    key = session_key(tmp_path)
    assert len(key) == 32 and session_key(tmp_path) == key
    file = tmp_path / "session-key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    os.chmod(file, 0o644)
    assert session_key(tmp_path) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["session-key"]


@pytest.mark.parametrize("path", ["/", "/verify", "/songs/" + "a" * 43 + "/cancel"])
def test_forms_need_their_token(visitor: Visitor, stranger: Visitor, path: str) -> None:
    assert visitor.client.post(path, data={}).status_code == 400
    foreign = {"csrf_token": stranger.token()}
    visitor.get("/")
    assert visitor.client.post(path, data=foreign).status_code == 400


def test_bodies_are_bounded_before_they_are_read(make_page: MakePage) -> None:
    app = make_page(melody_bytes=1 << 20, verify_bytes=2 << 20)
    visitor = Visitor(app.test_client())
    big = io.BytesIO(b"x" * (4 << 20))
    answer = visitor.sing(score=(big, "big.mid"))
    assert answer.status_code == 413
    assert "files up to 1 MB" in words_on(answer)
    answer = visitor.verify(b"x" * (4 << 20), "big.wav")
    assert answer.status_code == 413
    assert "files up to 2 MB" in words_on(answer)
    within = visitor.sing(score=(io.BytesIO(b"x" * ((1 << 20) + 1)), "a bit too big.mid"))
    assert within.status_code == 422
    assert "a bit too big.mid is larger than 1 MB." in words_on(within)


def test_forms_have_only_so_many_parts(visitor: Visitor) -> None:
    many = {f"field-{number}": "x" for number in range(100)}
    assert visitor.sing(**many).status_code == 413


def test_floods_are_slowed_down(make_page: MakePage) -> None:
    visitor = Visitor(make_page(sing_rate="3 per minute", verify_rate="2 per minute").test_client())
    assert [visitor.sing(melody="none").status_code for _ in range(4)] == [422, 422, 422, 429]
    assert [visitor.verify(b"", "a").status_code for _ in range(3)] == [422, 422, 429]
    assert "A little slower, please" in words_on(visitor.verify(b"", "a"))
    assert visitor.get("/").status_code == 200


def test_only_known_host_names_are_answered(make_page: MakePage) -> None:
    client = make_page(trusted_hosts=("localhost", "127.0.0.1")).test_client()
    assert client.get("/", headers={"Host": "localhost:8000"}).status_code == 200
    turned_away = client.get("/", headers={"Host": "evil.example"})
    assert turned_away.status_code == 400 and "evil" not in turned_away.text


@pytest.mark.parametrize(
    "name", ["../../outside.mid", "/etc/outside.mid", "..\\outside.mid", "o\0side.mid", "~"]
)
def test_names_of_visitors_never_reach_the_disk(app: Flask, tmp_path: Path, name: str) -> None:
    visitor = Visitor(app.test_client())
    answer = visitor.sing(score=score_file(SCORE.replace("Two Bells", name.replace("\0", "")), name=name))
    assert answer.status_code == 303
    sing_all(app)
    visitor.verify(SCORE.encode(), name)
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert not any("side" in file for file in files)
    home = tmp_path / "home"
    assert {path.name for path in (home / "uploads").rglob("*") if path.is_file()} == {"melody.musicxml"}
    assert {path.name for path in (home / "songs").rglob("*") if path.is_file()} == {
        "performance.json",
        "picture.png",
        "song.mp3",
        "song.mp3.proof",
        "song.wav",
        "song.wav.proof",
    }


@pytest.mark.parametrize("token", ["", ".", "..", "a" * 42, "../" + "a" * 40, "a" * 42 + "/", "*" * 43])
def test_only_tokens_open_what_was_kept(tmp_path: Path, token: str) -> None:
    (tmp_path / "melody.mid").write_bytes(b"MThd")
    (tmp_path / ("a" * 42)).mkdir()
    assert kept_melody(tmp_path, token) is None


@given(st.text(max_size=300))
def test_plain_names_are_one_safe_line(name: str) -> None:
    plain = plain_name(name, "song")
    assert 0 < len(plain) <= 80
    assert plain.isprintable() and not set(plain) & set('<>:"/\\|?*') and not plain.startswith(".")
