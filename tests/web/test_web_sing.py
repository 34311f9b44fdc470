"""The lyricist's form: what it files, what it refuses in which words, and that nothing typed is lost."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path

import pytest
from flask import Flask
from visitors import SCORE, MakePage, Visitor, score_file, sing_all, words_on

from consent.request import SONG_PURPOSES as KNOWN_PURPOSES
from singer import studio
from singer.errors import LyricsError, ScoreError
from singer.places import examples_folder
from web.forms import PURPOSES
from web.tunes import Songbook, Tune

SONGBOOK = Songbook(examples_folder())


def sentences(error: Exception) -> str:
    """An error as the page says it: blanks as a reader sees them."""
    return " ".join(str(error).split())


def test_the_form_offers_every_example_and_every_open_voice_with_its_terms(visitor: Visitor) -> None:
    page = visitor.get("/")
    assert page.status_code == 200
    assert len(SONGBOOK.tunes()) >= 6
    for tune in SONGBOOK.tunes():
        assert f'value="{tune.id}"' in page.text and html.escape(tune.title) in page.text
    said = words_on(page)
    assert "Tiny Open" in said and "Songs for any purpose, paid ones too" in said
    assert "Not allowed: Sell the voice itself" in said
    assert "Tiny Closed" not in said  # its owner lent it to alice alone


def test_every_purpose_of_the_registry_can_be_chosen() -> None:
    assert tuple(purpose for purpose, _ in PURPOSES) == KNOWN_PURPOSES


@pytest.mark.parametrize("tune", SONGBOOK.tunes(), ids=lambda tune: tune.id)
def test_shown_words_lay_themselves_as_the_score_has_them(tune: Tune) -> None:
    again = studio.plan(tune.path, tune.words).performance
    assert again == studio.plan(tune.path).performance


def test_words_of_an_example_are_shown_without_a_script(visitor: Visitor) -> None:
    page = visitor.post("/", {"melody": "sakura", "show": "words", "lyrics": ""})
    assert page.status_code == 200
    sakura = SONGBOOK.find("sakura")
    assert sakura is not None and html.escape(sakura.words) in page.text
    assert visitor.get("/words/sakura").json == {"words": sakura.words, "language": "ja"}
    assert visitor.get("/words/..%2Fsakura").status_code == 404


def test_a_song_belongs_to_its_visitor_alone(app: Flask, visitor: Visitor, stranger: Visitor) -> None:
    answer = visitor.sing()
    assert answer.status_code == 303
    place = answer.location
    assert re.fullmatch(r"/songs/[A-Za-z0-9_-]{43}", place)
    assert "Waiting for a singer" in words_on(visitor.get(place))
    assert visitor.get(f"{place}/song.wav").status_code == 404
    sing_all(app)
    for path in ("", "/state", "/song.wav", "/song.mp3", "/save/song.wav", "/picture.png"):
        assert visitor.get(place + path).status_code == 200, path
        assert stranger.get(place + path).status_code == 404, path
    cancelling = {"csrf_token": stranger.token()}
    assert stranger.client.post(f"{place}/cancel", data=cancelling).status_code == 404
    assert "Two Bells" in words_on(visitor.get("/songs/"))
    assert "Two Bells" not in words_on(stranger.get("/songs/"))


def test_without_a_token_nothing_is_filed(app: Flask, visitor: Visitor) -> None:
    visitor.get("/")
    answer = visitor.client.post("/", data={"melody": "sakura", "voice": "tiny-open"})
    assert answer.status_code == 400
    assert "Go back, load it anew" in words_on(answer)
    assert not app.extensions["consonance.worker"].sing_one()


def test_lyrics_that_do_not_fit_are_explained_and_kept(app: Flask, visitor: Visitor, tmp_path: Path) -> None:
    lyrics = "Ding dong ding dong & <b>ding</b>"
    score = tmp_path / "two-bells.musicxml"
    score.write_text(SCORE, encoding="utf-8")
    with pytest.raises(LyricsError) as told:
        studio.plan(score, lyrics)
    page = visitor.sing(lyrics=lyrics, language="de", transpose="3", purpose="commercial")
    assert page.status_code == 422
    assert sentences(told.value) in words_on(page)
    assert f">\n{html.escape(lyrics)}</textarea>" in page.text
    assert '<option value="de" selected>' in page.text and '<option value="commercial" selected>' in page.text
    assert 'value="3"' in page.text and 'aria-invalid="true"' in page.text
    assert not app.extensions["consonance.worker"].sing_one()


def test_a_score_is_kept_for_the_next_try_of_the_same_visitor(visitor: Visitor, stranger: Visitor) -> None:
    page = visitor.sing(lyrics="far too many words here", score=score_file(name="bells & whistles.musicxml"))
    assert "“bells & whistles.musicxml” is kept" in words_on(page)
    seal = re.search(r'name="kept" value="([^"]+)"', page.text)
    assert seal
    assert visitor.sing(lyrics="bim bam", kept=seal[1]).status_code == 303
    assert "No score came with the form." in words_on(stranger.sing(lyrics="bim bam", kept=seal[1]))
    assert "No score came with the form." in words_on(visitor.sing(lyrics="bim bam", kept=seal[1] + "x"))


def test_a_score_that_cannot_be_read_is_named_as_its_owner_names_it(visitor: Visitor, tmp_path: Path) -> None:
    broken = SCORE[: len(SCORE) // 2]
    score = tmp_path / "half a song.musicxml"
    score.write_text(broken, encoding="utf-8")
    with pytest.raises(ScoreError) as told:
        studio.plan(score)
    page = visitor.sing(score=score_file(broken, name="half a song.musicxml"))
    assert page.status_code == 422
    assert sentences(told.value) in words_on(page)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"score": (io.BytesIO(b""), "empty.mid")}, "empty.mid is empty."),
        ({"melody": "no-such-song"}, "No melody was chosen."),
        ({"transpose": "99"}, "Transpose by 24 semitones at most."),
        ({"seed": "-1"}, "A take is a number from 0 to"),
        ({"language": "xx-unknown"}, "Choose a language of the list."),
        ({"style": "shouted"}, "Choose a style of the list."),
        ({"lyrics": "la " * 7000}, "The lyrics are longer than 20000 characters."),
    ],
    ids=lambda value: str(value)[:24],
)
def test_odd_fields_are_refused_with_a_sentence(
    visitor: Visitor, fields: dict[str, object], sentence: str
) -> None:
    page = visitor.sing(**fields)
    assert page.status_code == 422
    assert sentence in words_on(page)


def test_a_refusal_is_shown_in_the_registrys_words_and_logged(app: Flask, visitor: Visitor) -> None:
    before = len(app.extensions["consonance.registry"].ledger_rows())
    page = visitor.sing(voice="tiny-closed", purpose="commercial", lyrics="bim bam")
    assert page.status_code == 403
    said = words_on(page)
    assert "The grant was not made to 'web:" in said
    assert "The owner allows private use; this is for commercial use." in said
    assert ">\nbim bam</textarea>" in page.text
    rows = app.extensions["consonance.registry"].ledger_rows()
    assert len(rows) == before + 1
    assert not list((app.extensions["consonance.settings"].songs).iterdir())
    assert "The registry knows no voice 'nobody'." in words_on(visitor.sing(voice="nobody"))


def test_long_songs_are_for_the_command_line(make_page: MakePage, tmp_path: Path) -> None:
    visitor = Visitor(make_page(song_s=0.5).test_client())
    page = visitor.sing()
    assert page.status_code == 422
    assert "two-bells.musicxml lasts 0:01; this page sings up to 0:00." in words_on(page)


def test_the_queue_is_bounded_for_all_and_for_each(make_page: MakePage) -> None:
    app = make_page(queue_length=3, songs_per_visitor=2)
    first, second = Visitor(app.test_client()), Visitor(app.test_client())
    assert [first.sing(seed=str(n)).status_code for n in range(3)] == [303, 303, 422]
    assert [second.sing(seed=str(n)).status_code for n in range(2)] == [303, 422]
    assert "2 of your songs still wait to be sung." in words_on(first.sing())
    assert "3 songs wait to be sung." in words_on(second.sing())
    sing_all(app)
    assert first.sing(seed="9").status_code == 303
