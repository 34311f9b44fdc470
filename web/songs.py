"""A song's room: how far it is, the player, the picture, the files, and who allowed it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from consent.ledger.proof import MEDIA_TYPE, SUFFIX
from consent.ledger.proving import beside
from web import extensions
from web.asked import view_of
from web.faults import Fault
from web.forms import ActionForm
from web.jobs import PICTURE, SONG_FILES, WebSong
from web.security import settings, visitor
from web.tunes import clock
from web.uploads import plain_name

room = Blueprint("songs", __name__, url_prefix="/songs")

TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg"}
STAGES = {
    "queued": "Waiting for a singer",
    "running": "Singing",
    "done": "Sung",
    "failed": "This song could not be sung",
    "refused": "Refused",
    "cancelled": "Cancelled",
}


@dataclass(frozen=True)
class FileView:
    """A file of a song as the page offers it."""

    format: str
    type: str
    play: str
    save: str
    name: str
    weight: str
    proof: str = ""


@dataclass(frozen=True)
class SongView:
    """What the templates show of a song."""

    token: str
    title: str
    voice_name: str
    stage: str
    share: float
    over: bool
    done: bool
    length: str
    notices: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    files: tuple[FileView, ...] = ()
    picture: str | None = None
    picture_words: str = ""
    picture_size: tuple[int, int] | None = None
    owner: str = ""
    terms: tuple[str, ...] = ()
    command: str = ""
    offline: str = ""
    facts: tuple[tuple[str, str, str], ...] = field(default=())


@room.get("/")
def mine() -> str:
    """Every song that this browser asked for and that has not been deleted."""
    views = [_view(song) for song in extensions.queue().of(visitor())]
    asked = extensions.registry().approvals.of_user(visitor())
    waiting = [view_of(extensions.registry(), found) for found in asked]
    return render_template("songs.html", songs=views, asked=waiting, keep=_hours(settings().keep_s))


@room.get("/<token>")
def song(token: str) -> str:
    """One song: progress while it is sung, then all of it."""
    return render_template("song.html", song=_view(_own(token), whole=True), form=ActionForm())


@room.get("/<token>/state")
def state(token: str) -> Response:
    """How far a song is, as JSON. Asked again and again rather than streamed: a stream would hold a server
    thread.
    """
    view = _view(_own(token))
    return jsonify(stage=view.stage, share=view.share, over=view.over)


@room.post("/<token>/cancel")
def cancel(token: str) -> AnyResponse:
    """Stop a song that waits or runs; one that is out already stays out."""
    extensions.queue().cancel(_own(token))
    return redirect(url_for("songs.song", token=token), 303)


@room.get("/<token>/song.<suffix>")
def play(token: str, suffix: str) -> Response:
    """A song's WAV or MP3, to play in the page; byte ranges are answered."""
    _, path = _file(token, suffix)
    return send_file(path, mimetype=TYPES[suffix], conditional=True)


@room.get("/<token>/save/song.<suffix>")
def save(token: str, suffix: str) -> Response:
    """The same file to keep, under the song's title."""
    found, path = _file(token, suffix)
    return send_file(
        path, mimetype=TYPES[suffix], as_attachment=True, download_name=_file_name(found, suffix)
    )


@room.get("/<token>/save/song.<suffix>.proof")
def proof(token: str, suffix: str) -> Response:
    """The proof of a file of the song: with it and the registry's key, anybody verifies the file offline."""
    found, path = _file(token, suffix)
    kept = beside(path)
    if not kept.is_file():
        abort(404)
    name = f"{_file_name(found, suffix)}{SUFFIX}"
    return send_file(kept, mimetype=MEDIA_TYPE, as_attachment=True, download_name=name)


@room.get("/ledger-key")
def ledger_key() -> Response:
    """The public keys that verify every proof of this registry, as text."""
    return Response(f"{extensions.registry().proofs.public_keys}\n", mimetype="text/plain")


@room.get("/<token>/picture.png")
def picture(token: str) -> Response:
    """Piano roll, pitch, phones and spectrogram."""
    path = extensions.queue().folder(_own(token)) / PICTURE
    if not path.is_file():
        abort(404)
    return send_file(path, mimetype="image/png", conditional=True)


def _own(token: str) -> WebSong:
    """The visitor's own song of that token; anybody else's does not exist for them."""
    found = extensions.queue().find(visitor(), token)
    if found is None:
        abort(404)
    return found


def _file(token: str, suffix: str) -> tuple[WebSong, Path]:
    found = _own(token)
    if suffix not in TYPES or found.state != "done":
        abort(404)
    path = extensions.queue().folder(found) / SONG_FILES[suffix]
    if not path.is_file():
        abort(404)
    return found, path


def _file_name(found: WebSong, suffix: str) -> str:
    return f"{plain_name(found.title, 'song')}.{suffix}"


def _view(found: WebSong, *, whole: bool = False) -> SongView:
    done = found.state == "done"
    brief = SongView(
        token=found.token,
        title=found.title or "Untitled",
        voice_name=found.voice_name,
        stage=_stage(found),
        share=round(found.share, 3),
        over=found.state not in ("queued", "running"),
        done=done,
        length=clock(found.duration_s),
        notices=found.notices,
        faults=found.faults,
    )
    if not (whole and done):
        return brief
    folder = extensions.queue().folder(found)
    wav = shlex.quote(_file_name(found, "wav"))
    has_picture = (folder / PICTURE).is_file()
    return SongView(
        **{
            **brief.__dict__,
            "files": tuple(_file_views(found, folder)),
            "picture": url_for("songs.picture", token=found.token) if has_picture else None,
            "picture_words": found.picture_words,
            "picture_size": _png_size(folder / PICTURE) if has_picture else None,
            "owner": found.owner,
            "terms": found.terms,
            "command": f"consonance verify {wav}",
            "offline": f"consonance verify --offline {wav} --public-key KEY",
            "facts": tuple(_facts(found)),
        }
    )


def _stage(found: WebSong) -> str:
    if found.state == "queued" and found.ahead:
        return (
            f"{STAGES['queued']}; {found.ahead} before it"
            if found.ahead > 1
            else f"{STAGES['queued']}; one before it"
        )
    if found.state == "running" and found.stage:
        return found.stage[:1].upper() + found.stage[1:]
    return STAGES.get(found.state, found.state)


def _file_views(found: WebSong, folder: Path) -> list[FileView]:
    return [
        FileView(
            format=suffix.upper(),
            type=TYPES[suffix],
            play=url_for("songs.play", token=found.token, suffix=suffix),
            save=url_for("songs.save", token=found.token, suffix=suffix),
            name=_file_name(found, suffix),
            weight=_weight((folder / name).stat().st_size),
            proof=_proof_place(found, suffix, folder / name),
        )
        for suffix, name in SONG_FILES.items()
        if (folder / name).is_file()
    ]


def _proof_place(found: WebSong, suffix: str, path: Path) -> str:
    return url_for("songs.proof", token=found.token, suffix=suffix) if beside(path).is_file() else ""


def _facts(found: WebSong) -> list[tuple[str, str, str]]:
    listed = [
        ("Voice", found.voice_name, ""),
        ("Owner", found.owner, ""),
        ("Credit", found.credit, ""),
        ("Used for", found.purpose_words, ""),
        ("Grant", found.grant, "mono"),
        ("Render id", found.render_id, "mono"),
        ("Ledger row", found.ledger_row, "mono"),
    ]
    return [fact for fact in listed if fact[1]]


def _png_size(path: Path) -> tuple[int, int]:
    """Width and height in pixels, from the IHDR chunk (PNG, section 11.2.1)."""
    with path.open("rb") as file:
        head = file.read(24)
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _weight(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1e6 else f"{max(1, round(size_bytes / 1e3))} kB"


def _hours(seconds: float) -> str:
    hours = round(seconds / 3600)
    return "an hour" if hours == 1 else f"{hours} hours"
