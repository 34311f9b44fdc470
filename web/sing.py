"""The lyricist's room: the form, and what is checked before a song is filed."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as AnyResponse

from consent.errors import ConsentError, Refused
from singer import studio
from singer.errors import BadInput, ConsonanceError
from singer.performance.styles import STYLES
from web import extensions
from web.asked import Asked, request_behind, view_of
from web.faults import Fault, faults_of, field_of, status_of
from web.forms import PURPOSES, SingForm
from web.languages import AUTO, CHOICES
from web.security import limiter, settings, visitor
from web.tunes import Tune, clock
from web.uploads import keep_melody, kept_melody, plain_name

room = Blueprint("sing", __name__)
OWN = "own"
_reading = threading.BoundedSemaphore(2)  # scores that are read and planned at the same time


@dataclass(frozen=True)
class Melody:
    """What will be sung: a score on our disk and the name that the visitor knows it by."""

    path: Path
    name: str
    tune: Tune | None = None


@room.get("/")
def sing() -> str:
    """The form, with an example's words in it."""
    tunes = extensions.songbook().tunes()
    form = _form()
    tune = extensions.songbook().find(request.args.get("melody", "")) or (tunes[0] if tunes else None)
    form.melody.data = tune.id if tune else OWN
    form.lyrics.data = tune.words if tune else ""
    wanted = request.args.get("voice", "")
    if wanted in [card.id for card in extensions.voices().open_cards()]:
        form.voice.data = wanted
    return _page(form)


@room.post("/")
@limiter.limit(lambda: settings().sing_rate)
def file_song() -> AnyResponse | tuple[str, int]:
    """Read, plan and file the song; on any fault give the form back with what the visitor typed still in
    it.
    """
    form = _form()
    if request.form.get("show"):
        tune = extensions.songbook().find(form.melody.data or "")
        form.lyrics.data = tune.words if tune else form.lyrics.data
        return _page(form), 200
    kept: Kept | None = None
    try:
        kept = _keep(form)
        if not form.validate():
            return _page(form, [Fault(text) for text in form.complaints()], kept=kept), 422
        melody = _melody(form, kept)
        planned = _plan(form, melody)
        token = extensions.queue().file(
            planned.performance,
            voice=form.voice.data,
            use=studio.Use(user=visitor(), purpose=form.purpose.data),
            notices=planned.notices,
        )
    except Refused as refused:
        waiting = request_behind(extensions.registry(), visitor(), refused)
        if waiting is not None:
            return _page(form, kept=kept, waiting=view_of(extensions.registry(), waiting)), 202
        return _page(form, faults_of(refused), kept=kept, wrong="voice"), 403
    except (ConsonanceError, ConsentError) as error:
        return _page(form, faults_of(error), kept=kept, wrong=field_of(error)), status_of(error)
    return redirect(url_for("songs.song", token=token), 303)


@room.get("/words/<tune>")
def words(tune: str) -> Response:
    """A songbook song's words as JSON, for the form's script."""
    found = extensions.songbook().find(tune)
    if found is None:
        abort(404)
    return jsonify(words=found.words, language=found.language)


@dataclass(frozen=True)
class Kept:
    """A score that the visitor brought at an earlier try; `seal` is its token, signed for this visitor."""

    token: str
    name: str
    seal: str


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(extensions.session_key(), salt="kept melody")


def _keep(form: SingForm) -> Kept | None:
    """Keep the score that came with the form, or find the one that an earlier try brought."""
    brought = form.score.data
    if brought is not None and brought.filename:
        limit = settings().melody_bytes
        content = brought.stream.read(limit + 1)
        name = plain_name(brought.filename, "your score")
        if not content:
            raise BadInput(f"{name} is empty.", "Choose the file again.")
        if len(content) > limit:
            raise BadInput(
                f"{name} is larger than {limit >> 20} MB.", "A score as MusicXML or MIDI is far smaller."
            )
        form.melody.data = OWN
        token = keep_melody(settings().uploads, content)
        return Kept(token, name, str(_sealer().dumps([visitor(), token, name])))
    if not form.kept.data:
        return None
    try:
        whose, token, name = _sealer().loads(form.kept.data, max_age=int(settings().keep_s))
    except (BadSignature, ValueError):
        return None  # an old or foreign seal: the visitor is asked for the file again
    if whose != visitor() or kept_melody(settings().uploads, token) is None:
        return None
    return Kept(token, name, form.kept.data)


def _melody(form: SingForm, kept: Kept | None) -> Melody:
    if form.melody.data != OWN:
        tune = extensions.songbook().find(form.melody.data or "")
        if tune is None:
            raise BadInput("No melody was chosen.", "Pick a song of the songbook or bring a score.")
        return Melody(tune.path, tune.title, tune)
    path = kept_melody(settings().uploads, kept.token) if kept else None
    if kept is None or path is None:
        raise BadInput("No score came with the form.", "Choose a MusicXML, .mxl, MIDI or KAR file.")
    return Melody(path, kept.name)


def _plan(form: SingForm, melody: Melody) -> studio.Plan:
    """Score and words → performance. Raises `BadInput` that names the score as the visitor does."""
    typed = (form.lyrics.data or "").replace("\r\n", "\n").strip()
    as_printed = melody.tune is not None and typed == melody.tune.words.strip()
    longest = settings().song_s
    if not _reading.acquire(timeout=30):
        raise BadInput("Many scores are being read at the moment.", "Send the form again in a minute.")
    try:
        planned = studio.plan(
            melody.path,
            None if as_printed or not typed else typed,
            language=None if form.language.data == AUTO else form.language.data,
            transpose=float(form.transpose.data or 0),
            style=form.style.data,
            seed=form.seed.data or 0,
        )
    except BadInput as error:
        renamed = error.sentence.replace(melody.path.name, melody.name)
        raise type(error)(renamed, error.remedy) from error
    finally:
        _reading.release()
    performance = planned.performance
    if performance.duration_s > longest:
        told = f"{melody.name} lasts {clock(performance.duration_s)}; this page sings up to {clock(longest)}."
        raise BadInput(told, "The command line, `consonance sing`, has no such limit.")
    if performance.title in ("", melody.path.stem):
        performance = replace(performance, title=melody.name.rsplit(".", 1)[0])
    return replace(planned, performance=performance)


def _form() -> SingForm:
    form = SingForm()
    cards = extensions.voices().open_cards()
    form.longest_lyrics = settings().lyrics_characters
    if not form.voice.data and cards:
        form.voice.data = cards[0].id
    return form


def _page(
    form: SingForm,
    faults: list[Fault] | None = None,
    kept: Kept | None = None,
    wrong: str = "",
    waiting: Asked | None = None,
) -> str:
    tune = extensions.songbook().find(form.melody.data or "")
    return render_template(
        "sing.html",
        form=form,
        faults=faults or [],
        kept=kept,
        wrong=wrong,
        waiting=waiting,
        tunes=extensions.songbook().tunes(),
        tune_language=tune.language if tune else "",
        cards=extensions.voices().open_cards(),
        languages=CHOICES,
        purposes=PURPOSES,
        styles=tuple(STYLES),
        more_open=bool(form.transpose.data or form.seed.data or form.style.data not in (None, "plain")),
        limits=settings(),
    )
