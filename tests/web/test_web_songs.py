"""A song's life on the page: sung, cancelled, refused on the way, cut off, delivered, cleared away."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

from flask import Flask
from visitors import SCORE, Visitor, score_file, sing_all, words_on
from werkzeug.test import TestResponse

from singer.studio import verify
from web.uploads import sweep


def sung(app: Flask, visitor: Visitor, **fields: object) -> str:
    """The place of a song that has been sung."""
    place = visitor.sing(**fields).location
    sing_all(app)
    return place


def test_wav_and_mp3_come_from_the_same_release(app: Flask, visitor: Visitor, tmp_path: Path) -> None:
    place = sung(app, visitor)
    registry = app.extensions["consonance.registry"]
    said = words_on(visitor.get(place))
    verdicts = []
    for suffix, kind in (("wav", "audio/wav"), ("mp3", "audio/mpeg")):
        answer = visitor.get(f"{place}/save/song.{suffix}")
        assert answer.mimetype == kind
        assert answer.headers["Content-Disposition"] == f'attachment; filename="Two Bells.{suffix}"'
        file = tmp_path / f"kept.{suffix}"
        file.write_bytes(answer.data)
        assert visitor.get(f"{place}/song.{suffix}").data == answer.data
        verdicts.append(verify(registry, file))
    assert [verdict.state for verdict in verdicts] == ["made-here", "made-here"]
    assert verdicts[0].render_id == verdicts[1].render_id
    assert verdicts[0].ledger_index == verdicts[1].ledger_index
    render_id, grant = verdicts[0].render_id, verdicts[0].grant
    assert render_id and grant and render_id in said and grant in said
    assert f"Ledger row {verdicts[0].ledger_index}" in said
    assert "Nobody In Particular did." in said and "For any purpose." in said
    assert visitor.get(f"{place}/picture.png").data.startswith(b"\x89PNG")


def test_the_player_may_ask_for_a_part(app: Flask, visitor: Visitor) -> None:
    place = sung(app, visitor)
    part = visitor.client.get(f"{place}/song.wav", headers={"Range": "bytes=4-7"})
    assert part.status_code == 206 and len(part.data) == 4
    assert visitor.get(f"{place}/song.flac").status_code == 404
    assert visitor.get(f"{place}/song...%2f..%2fsession-key").status_code == 404


def test_the_same_request_gives_the_same_samples(app: Flask, visitor: Visitor) -> None:
    first, second = sung(app, visitor), sung(app, visitor)
    assert first != second
    assert visitor.get(f"{first}/song.wav").data == visitor.get(f"{second}/song.wav").data


def test_a_waiting_song_can_be_cancelled(app: Flask, visitor: Visitor) -> None:
    place = visitor.sing().location
    answer = visitor.post(f"{place}/cancel", {}, form=place)
    assert answer.status_code == 303 and answer.location == place
    sing_all(app)
    assert "Cancelled" in words_on(visitor.get(place))
    assert visitor.get(f"{place}/state").json["over"] is True
    assert visitor.get(f"{place}/song.wav").status_code == 404


def test_a_song_that_is_being_sung_can_be_cancelled(app: Flask, visitor: Visitor) -> None:
    place = visitor.sing(melody="silent-night").location
    singer = threading.Thread(target=sing_all, args=(app,))
    singer.start()
    while visitor.get(f"{place}/state").json["stage"].startswith("Waiting"):
        time.sleep(0.01)
    assert visitor.post(f"{place}/cancel", {}, form=place).status_code == 303
    singer.join()
    assert "Cancelled" in words_on(visitor.get(place))
    folder = app.extensions["consonance.settings"].songs / place.rsplit("/", 1)[1]
    assert [path.name for path in folder.iterdir()] == ["performance.json"]


def test_withdrawal_stops_what_waits_and_says_so(app: Flask, visitor: Visitor) -> None:
    place = visitor.sing().location
    app.extensions["consonance.registry"].withdraw("tiny-open")
    sing_all(app)
    said = words_on(visitor.get(place))
    assert "Refused" in said and "withdrawn" in said
    assert visitor.get(f"{place}/song.wav").status_code == 404
    folder = app.extensions["consonance.settings"].songs / place.rsplit("/", 1)[1]
    assert [path.name for path in folder.iterdir()] == ["performance.json"]
    assert "No voice may be sung with" in words_on(visitor.get("/"))
    assert "withdrawn the voice" in words_on(visitor.get("/voices"))


def test_a_grant_that_ends_before_the_start_stops_the_song(app: Flask, visitor: Visitor) -> None:
    registry = app.extensions["consonance.registry"]
    place = visitor.sing().location
    registry.withdraw("tiny-open", registry.voice("tiny-open").grants[0].id)
    sing_all(app)
    assert "Refused" in words_on(visitor.get(place))
    assert visitor.get(f"{place}/song.mp3").status_code == 404


def test_a_song_whose_singer_died_is_sung_by_the_next(app: Flask, visitor: Visitor) -> None:
    place = visitor.sing().location
    dead = app.extensions["consonance.registry"].jobs.claim("a worker that dies", lease_s=0.05)
    assert dead is not None
    assert "Singing" in words_on(visitor.get(place))
    time.sleep(0.1)
    sing_all(app)
    assert visitor.get(f"{place}/song.wav").status_code == 200


def test_a_performance_that_was_damaged_on_disk_fails_with_its_reason(app: Flask, visitor: Visitor) -> None:
    place = visitor.sing().location
    token = place.rsplit("/", 1)[1]
    (app.extensions["consonance.settings"].songs / token / "performance.json").write_text(
        "{}", encoding="utf-8"
    )
    sing_all(app)
    said = words_on(visitor.get(place))
    assert "This song could not be sung" in said and "performance.json" in said


def test_a_fault_of_our_own_names_no_folder_of_ours(app: Flask, visitor: Visitor) -> None:
    """Something lies where a file of the song belongs; the registry's settings or its key are spoilt."""
    home = app.extensions["consonance.settings"].home
    for spoil in (
        lambda token: (home / "songs" / token / "song.wav").mkdir(),
        lambda _: (home / "settings.toml").write_text('audible_label = "whistled"'),
        lambda _: next((home / "keys" / "voices").rglob("tiny-open*")).unlink(),
    ):
        place = visitor.sing().location
        spoil(place.rsplit("/", 1)[1])
        sing_all(app)
        said = words_on(visitor.get(place))
        assert "it is our fault, not yours" in said, said
        assert str(home) not in said and "key" not in said and "whistled" not in said
        (home / "settings.toml").unlink(missing_ok=True)


def test_titles_are_made_safe_for_file_names(app: Flask, visitor: Visitor) -> None:
    titled = SCORE.replace("Two Bells", "../../etc/passwd&#13;&#10;X-Evil: 1 “ö”")
    answer: TestResponse = visitor.get(f"{sung(app, visitor, score=score_file(titled))}/save/song.wav")
    assert "X-Evil" not in answer.headers
    given = answer.headers["Content-Disposition"]
    assert "/" not in given.split("filename", 1)[1].replace("UTF-8''", "") and "\r" not in given


def test_what_is_old_is_cleared_away_and_the_ledger_stays(app: Flask, visitor: Visitor) -> None:
    place = sung(app, visitor)
    songs = app.extensions["consonance.settings"].songs
    render_rows = len(app.extensions["consonance.registry"].ledger_rows())
    assert sweep(songs, keep_s=3600.0) == 0
    folder = songs / place.rsplit("/", 1)[1]
    os.utime(folder, (time.time() - 7200, time.time() - 7200))
    assert sweep(songs, keep_s=3600.0) == 1
    assert not folder.exists()
    assert "The files have been deleted" in words_on(visitor.get(place))
    assert "Two Bells" not in words_on(visitor.get("/songs/"))
    assert len(app.extensions["consonance.registry"].ledger_rows()) == render_rows
