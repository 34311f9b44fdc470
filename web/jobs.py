"""The songs that wait and run: filed in the registry's database under consent, found again by their visitor
only.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consent.errors import UnknownName
from consent.jobs import Job
from consent.registry import Registry
from singer.errors import ConsonanceError
from singer.performance.model import Performance
from singer.studio import Use, request_for
from web.faults import Fault
from web.forms import PURPOSES
from web.settings import Settings
from web.uploads import TOKEN, new_token

PERFORMANCE = "performance.json"
PICTURE = "picture.png"
SONG_FILES = {"wav": "song.wav", "mp3": "song.mp3"}
"""What lies in a song's folder, always under these names."""

WAITING = ("queued", "running")


class Crowded(ConsonanceError):
    """The queue, or the visitor's share of it, is full."""

    code = "crowded"
    exit_status = 4


@dataclass(frozen=True)
class WebSong:
    """A job as its visitor sees it. `state` is queued, running, done, failed, refused or cancelled; `ahead`
    counts the songs that wait before it. What is known after the release only is empty before it.
    """

    job: int
    token: str
    title: str
    voice: str
    voice_name: str
    state: str
    stage: str
    share: float
    duration_s: float
    ahead: int
    notices: tuple[str, ...]
    purpose_words: str
    picture_words: str
    faults: tuple[Fault, ...] = ()
    owner: str = ""
    credit: str = ""
    grant: str = ""
    render_id: str = ""
    ledger_row: str = ""
    terms: tuple[str, ...] = ()


class Queue:
    """The web's songs over one registry. A song's folder is named by a token of 256 random bits, which is
    also the only name that the visitor learns; the job's row says whose it is.
    """

    def __init__(self, registry: Registry, settings: Settings) -> None:
        self.registry = registry
        self.settings = settings
        self.filed = threading.Event()
        self._waiting: set[int] = set()
        self._counting = threading.Lock()

    def file(self, performance: Performance, *, voice: str, use: Use, notices: Sequence[str] = ()) -> str:
        """File a song and return its token. Raises `Refused` with every reason, or `Crowded`."""
        with self._counting:
            self._bound(use.user)
            token = new_token()
            folder = self.settings.songs / token
            folder.mkdir(parents=True, mode=0o700)
            try:
                (folder / PERFORMANCE).write_text(performance.to_json(), encoding="utf-8")
                job = self.registry.jobs.enqueue(
                    request_for(performance, voice, use),
                    self._payload(token, performance, voice, use, notices),
                )
            except BaseException:
                shutil.rmtree(folder)
                raise
            self._waiting.add(job.id)
        self.filed.set()
        return token

    def find(self, user: str, token: str) -> WebSong | None:
        """The user's own song of that token, or None: for a stranger's song just as for none at all."""
        if not TOKEN.fullmatch(token):
            return None
        jobs = self.registry.jobs.of_user(user)
        return next((self._song(job) for job in jobs if job.payload.get("token") == token), None)

    def of(self, user: str) -> list[WebSong]:
        """The user's songs whose folders are still there, newest first."""
        songs = [self._song(job) for job in self.registry.jobs.of_user(user) if "token" in job.payload]
        return [song for song in songs if self.folder(song).is_dir()]

    def cancel(self, song: WebSong) -> None:
        """Cancel a song that is not out yet; its worker notices between two phrases."""
        self.registry.jobs.cancel(song.job)

    def folder(self, song: WebSong) -> Path:
        """Where a song's files lie."""
        return self.settings.songs / song.token

    def _bound(self, user: str) -> None:
        """Count what waits, in this process; raise `Crowded` at the limits of the settings."""
        standing = [
            job for job in map(self._job, sorted(self._waiting)) if job is not None and job.state in WAITING
        ]
        self._waiting = {job.id for job in standing}
        own = sum(job.user == user for job in self.registry.jobs.of_user(user) if job.state in WAITING)
        if own >= self.settings.songs_per_visitor:
            raise Crowded(
                f"{own} of your songs still wait to be sung.", "Wait for one of them, or cancel it."
            )
        if len(standing) >= self.settings.queue_length:
            raise Crowded(f"{len(standing)} songs wait to be sung.", "Try again in a few minutes.")

    def _job(self, job_id: int) -> Job | None:
        try:
            return self.registry.jobs.get(job_id)
        except UnknownName:
            return None

    def _payload(
        self, token: str, performance: Performance, voice: str, use: Use, notices: Sequence[str]
    ) -> Mapping[str, Any]:
        return {
            "token": token,
            "title": performance.title,
            "voice_name": self.registry.voice(voice).name,
            "duration_s": performance.duration_s,
            "notices": list(notices),
            "purpose": use.purpose,
            "picture_words": picture_words(performance),
        }

    def _song(self, job: Job) -> WebSong:
        filed, result = job.payload, job.result
        state, faults = _ended(job)
        before = sum(other < job.id for other in tuple(self._waiting)) if state == "queued" else 0
        return WebSong(
            job=job.id,
            token=filed["token"],
            title=filed["title"],
            voice=job.voice,
            voice_name=filed["voice_name"],
            state=state,
            stage=job.stage,
            share=job.progress,
            duration_s=filed["duration_s"],
            ahead=before,
            notices=tuple(filed["notices"]),
            purpose_words=dict(PURPOSES).get(filed["purpose"], filed["purpose"]),
            picture_words=filed["picture_words"],
            faults=faults,
            **{name: result[name] for name in RESULT_TEXTS if name in result},
            terms=tuple(result.get("terms", ())),
        )


RESULT_TEXTS = ("owner", "credit", "grant", "render_id", "ledger_row")
"""What a worker leaves about a song that is out, beside the terms of its grant."""


def _ended(job: Job) -> tuple[str, tuple[Fault, ...]]:
    """The state as a visitor should read it, and why a song did not come to be."""
    faults = tuple(Fault(fault["sentence"], fault["remedy"]) for fault in job.result.get("faults", ()))
    if job.state == "failed" and not faults:
        return "failed", (Fault(job.stage),)
    if job.state == "failed" and job.result.get("refused"):
        return "refused", faults
    if job.state == "cancelled" and job.stage != "Cancelled.":
        return "refused", (Fault(job.stage),)
    return job.state, faults


def picture_words(performance: Performance) -> str:
    """What a song's picture shows, for who cannot see it."""
    notes = [note for phrase in performance.phrases for note in phrase.notes]
    pitches = [round(note.pitch) for note in notes]
    phrases = len(performance.phrases)
    return (
        f"Piano roll and spectrogram of “{performance.title}”: {len(notes)} notes in "
        f"{phrases} {'phrase' if phrases == 1 else 'phrases'}, from {note_name(min(pitches))} to "
        f"{note_name(max(pitches))}, over {performance.duration_s:.0f} seconds."
    )


def note_name(pitch: int) -> str:
    """A MIDI note number as a name: 60 is C4."""
    names = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
    return f"{names[pitch % 12]}{pitch // 12 - 1}"
