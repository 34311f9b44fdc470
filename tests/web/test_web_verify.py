"""The verify page: any file in, one sentence and its evidence out, nothing kept."""

from __future__ import annotations

import io
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from flask import Flask
from visitors import MakePage, Visitor, sing_all, words_on

from singer import studio
from singer.performance.model import Performance
from singer.verdict import MADE_HERE, WITHDRAWN, Verdict
from web.evidence import finding_of
from web.hearing import LISTENING, MOST, kept_for_listening
from web.serve import THREADS
from web.soft_binding import PREFIX


@pytest.fixture
def song(app: Flask, visitor: Visitor) -> dict[str, bytes]:
    """A song that was sung on this page, as its two files."""
    place = visitor.sing().location
    sing_all(app)
    return {suffix: visitor.get(f"{place}/save/song.{suffix}").data for suffix in ("wav", "mp3")}


@pytest.mark.parametrize("suffix", ["wav", "mp3"])
def test_our_own_file_is_named_to_anybody(song: dict[str, bytes], stranger: Visitor, suffix: str) -> None:
    page = stranger.verify(song[suffix], f"found in the street.{suffix}")
    said = words_on(page)
    assert page.status_code == 200
    assert "Made here, with the voice of Tiny Open, whose owner is Nobody In Particular" in said
    assert "Exactly what was released, byte for byte." in said
    assert f"File found in the street.{suffix}" in said and "Still allowed yes" in said


def test_what_was_changed_is_still_known_by_its_sound(song: dict[str, bytes], stranger: Visitor) -> None:
    samples, rate = soundfile.read(io.BytesIO(song["wav"]), dtype="float32")
    changed = io.BytesIO()
    soundfile.write(changed, 0.7 * samples, rate, format="FLAC")
    said = words_on(stranger.verify(changed.getvalue(), "quieter.flac"))
    assert "Made here, with the voice of Tiny Open" in said and "stripped" in said
    assert (
        "Carries the watermark of render" in said
        and "Not a file that was released here, byte for byte." in said
    )


def test_after_a_withdrawal_the_file_says_so(app: Flask, song: dict[str, bytes], stranger: Visitor) -> None:
    app.extensions["consonance.registry"].withdraw("tiny-open")
    said = words_on(stranger.verify(song["mp3"], "song.mp3"))
    assert "The owner has since withdrawn it." in said and "Still allowed no, withdrawn" in said


@pytest.mark.parametrize(
    ("allowed", "ended", "headline", "standing"),
    [
        (True, False, "Made here, and allowed", "yes"),
        (True, True, "Made here, under a grant that has ended since", "it was; the grant has ended since"),
        (False, True, "Made here, since withdrawn", "no, withdrawn"),
    ],
)
def test_a_grant_that_has_ended_is_not_called_allowed(
    allowed: bool, ended: bool, headline: str, standing: str
) -> None:
    state = MADE_HERE if allowed else WITHDRAWN
    verdict = Verdict(state, "So it is.", True, ("digest",), "ab" * 32, True, allowed, ended)
    finding = finding_of(verdict, "song.wav")
    assert (finding.headline, dict(finding.facts)["Still allowed"]) == (headline, standing)


def test_credentials_that_lie_beside_the_song_are_looked_at(
    app: Flask, stranger: Visitor, tmp_path: Path, performance: Performance
) -> None:
    registry = app.extensions["consonance.registry"]
    first, second = (
        studio.render(
            registry,
            replace(performance, seed=seed),
            [tmp_path / f"{seed}.opus"],
            voice="tiny-open",
            use=studio.Use("me"),
        )
        for seed in (1, 2)
    )
    sound = first.files[0].read_bytes()
    for song, said in (
        (first, "were signed here, over these very bytes"),
        (second, "The credentials beside it were signed for another file."),
    ):
        page = stranger.verify(sound, "song.opus", song.sidecars[0].read_bytes())
        assert said in words_on(page) and "Exactly what was released" in words_on(page)
    assert "It bears no content credentials" in words_on(stranger.verify(sound, "song.opus"))
    assert "nobody's word" in words_on(stranger.verify(sound, "song.opus", b"\0" * 5_000))


def test_a_file_of_somebody_else_is_not_ours(visitor: Visitor) -> None:
    noise = io.BytesIO()
    samples = np.random.default_rng(3).normal(0.0, 0.1, 3 * 44100).astype(np.float32)
    soundfile.write(noise, samples, 44100, format="WAV")
    said = words_on(visitor.verify(noise.getvalue(), "noise.wav"))
    assert "Not made here, or nothing is left of its marks." in said
    assert "No watermark of this registry was found in it." in said


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "nothing.wav"),
        (b"just a letter to a friend", "letter.txt"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt ", "cut off.wav"),
        (b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + b"\0" * 40, "empty shell.mp3"),
        (b"PK\x03\x04" + bytes(range(256)) * 20, "../../../archive.zip"),
    ],
    ids=["empty", "text", "cut", "shell", "archive"],
)
def test_what_is_no_sound_is_said_by_its_own_name(app: Flask, content: bytes, name: str) -> None:
    visitor = Visitor(app.test_client())
    page = visitor.verify(content, name)
    said = words_on(page)
    assert page.status_code == 422
    assert name.rsplit("/", 1)[-1] in said
    assert "Traceback" not in said and "/home/" not in said


def test_nothing_stays_behind(app: Flask, visitor: Visitor, song: dict[str, bytes]) -> None:
    uploads: Path = app.extensions["consonance.settings"].uploads
    before = set(uploads.rglob("*"))
    visitor.verify(song["wav"], "song.wav")
    visitor.verify(b"no sound", "letter.txt")
    assert set(uploads.rglob("*")) == before


def test_while_many_files_are_heard_others_are_told_at_once(
    make_page: MakePage, song: dict[str, bytes]
) -> None:
    """And the page goes on answering: half of its threads are never taken by listening."""
    app = make_page(verify_patience_s=0.1)
    visitor, program = Visitor(app.test_client()), app.test_client(use_cookies=False)

    def ask() -> list[tuple[int, str]]:
        heard = program.post(f"{PREFIX}/matches/byContent", data=song["mp3"], content_type="audio/mpeg")
        page = visitor.verify(song["mp3"], "song.mp3")
        return [(page.status_code, words_on(page)), (heard.status_code, heard.text)]

    with ExitStack() as others, app.test_request_context():
        for number in range(MOST):
            if number < LISTENING:
                others.enter_context(kept_for_listening(lambda path: path.write_bytes(b""), "theirs"))
                continue
            assert [status for status, _ in ask()] == [503, 503]  # received, and waited in vain
        for status, said in ask():
            assert status == 503 and "Send yours again in a minute." in said
    assert [status for status, _ in ask()] == [200, 200]
    assert THREADS >= 2 * MOST


def test_no_file_is_a_sentence(visitor: Visitor) -> None:
    page = visitor.post("/verify", {"file": (io.BytesIO(b""), "")}, form="/verify")
    assert page.status_code == 422
    assert "No file came with the form." in words_on(page)
