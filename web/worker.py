"""The singers behind the page: threads that claim jobs and sing them through the studio."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from consent.errors import ConsentError, JobLost, Refused
from consent.jobs import Job
from consent.ledger.proving import beside
from singer import studio
from singer.errors import Cancelled, ConsonanceError
from web.faults import UNKNOWN, Fault, faults_of, to_json
from web.jobs import PERFORMANCE, PICTURE, SONG_FILES, Queue
from web.uploads import sweep

LEASE_S = 30.0
HEARTBEAT_S = 0.5
IDLE_S = 1.0
SWEEP_S = 600.0

log = logging.getLogger(__name__)


class Worker:
    """Sings what the queue holds, in as many threads as the settings say, and clears away what is old."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._name = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"

    def start(self) -> None:
        """Begin to sing, in threads that end with the process.

        A job that is cut off is claimed again, by whoever asks first, when its lease ends.
        """
        rounds = [self._sing_on] * self._queue.settings.singers + [self._sweep_on]
        for number, work in enumerate(rounds):
            thread = threading.Thread(target=work, name=f"worker-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, timeout_s: float = 30.0) -> None:
        """End after the phrase that is being sung; its song is sung again by the next worker."""
        self._ending.set()
        self._queue.filed.set()
        for thread in self._threads:
            thread.join(timeout_s)
        self._threads.clear()

    def sing_one(self) -> bool:
        """Claim the oldest job and sing it; False where none waits."""
        job = self._queue.registry.jobs.claim(self._name, LEASE_S)
        if job is None:
            return False
        with _Hold(self._queue, job, self._ending) as hold:
            try:
                result = self._sing(job, hold)
            except (Cancelled, JobLost):
                log.info("job %d was given up", job.id)
            except (ConsonanceError, ConsentError) as error:
                self._fail(job, hold, self._shown(faults_of(error)), refused=isinstance(error, Refused))
            except Exception:
                log.exception("job %d failed", job.id)
                self._fail(job, hold, [UNKNOWN])
            else:
                if not hold.end(lambda: self._queue.registry.jobs.finish(job, result)):
                    self._take_back(job)
        return True

    def _sing(self, job: Job, hold: _Hold) -> Mapping[str, Any]:
        """Sing a job's performance into its folder.

        The studio asks for consent again: before the voice opens, and in the commit that releases the files.
        """
        registry = self._queue.registry
        folder = self._folder(job)
        performance = studio.read_performance(folder / PERFORMANCE)
        song = studio.render(
            registry,
            performance,
            [folder / name for name in SONG_FILES.values()],
            voice=job.voice,
            use=studio.use_of(job.request),
            progress=hold.tell,
            cancelled=hold.is_lost,
        )
        hold.tell(1.0, "drawing the picture")
        from singer.picture import draw

        draw(performance, song.sung, folder / PICTURE)
        voice = registry.voice(song.voice)
        record = registry.render(int(song.render_id, 16))
        return {
            "render_id": song.render_id,
            "owner": song.owner,
            "grant": song.grant,
            "credit": record.credit if record else voice.credit,
            "ledger_row": str(record.ledger_index) if record else "",
            "terms": next((grant.terms.describe() for grant in voice.grants if grant.id == song.grant), []),
        }

    def _fail(self, job: Job, hold: _Hold, faults: list[Fault], *, refused: bool = False) -> None:
        result = {"faults": to_json(faults), "refused": refused}
        hold.end(lambda: self._queue.registry.jobs.fail(job, result))

    def _shown(self, faults: list[Fault]) -> list[Fault]:
        """What of the faults a visitor may see: none that names our folders, as when a disk is full."""
        home = str(self._queue.settings.home.absolute())
        if not any(home in fault.sentence + fault.remedy for fault in faults):
            return faults
        log.error("a song failed: %s", faults)
        return [UNKNOWN]

    def _take_back(self, job: Job) -> None:
        """A job cancelled in the moment of its release: its files are on the ledger, but go to nobody."""
        for name in (*SONG_FILES.values(), PICTURE):
            (self._folder(job) / name).unlink(missing_ok=True)
            beside(self._folder(job) / name).unlink(missing_ok=True)

    def _folder(self, job: Job) -> Path:
        return self._queue.settings.songs / str(job.payload["token"])

    def _sing_on(self) -> None:
        while not self._ending.is_set():
            try:
                sung = self.sing_one()
            except Exception:
                log.exception("the singer could not reach its queue")
                sung = False
            if not sung:
                self._queue.filed.wait(IDLE_S)
                self._queue.filed.clear()

    def _sweep_on(self) -> None:
        settings = self._queue.settings
        while not self._ending.is_set():
            for folder in (settings.uploads, settings.songs):
                sweep(folder, settings.keep_s)
            self._keep_house()
            self._ending.wait(SWEEP_S)

    def _keep_house(self) -> None:
        """Let the registry do what is due; what goes wrong is tried again in the next round."""
        try:
            done = self._queue.registry.housekeeping()
        except Exception:
            log.exception("the registry's housekeeping failed; it is tried again")
            return
        for base in done.bases_overdue:
            log.warning("the base %s is overdue: run `consonance train --due`", base)
        for item in done.destroyed:
            log.info("destroyed as scheduled: %s (number %d)", item.what, item.id)


class _Hold:
    """A worker's hold on a job: a thread renews the lease, and learns when the job is lost."""

    def __init__(self, queue: Queue, job: Job, ending: threading.Event) -> None:
        self._jobs = queue.registry.jobs
        self._job = job
        self._ending = ending
        self._lost = threading.Event()
        self._over = threading.Event()
        self._told: tuple[float, str] = (0.0, "singing")
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{job.id}", daemon=True)

    def __enter__(self) -> _Hold:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def tell(self, share: float, stage: str) -> None:
        """How far the song is; the next heartbeat writes it down."""
        self._told = (share, stage)

    def is_lost(self) -> bool:
        """Whether the song should end: cancelled, withdrawn, claimed by another, or the worker stops."""
        return self._lost.is_set() or self._ending.is_set()

    def end(self, write: Callable[[], None]) -> bool:
        """Write how the job ended; False where it is no longer ours."""
        self._over.set()
        self._thread.join()
        try:
            write()
        except JobLost:
            return False
        return True

    def _beat(self) -> None:
        while not self._over.wait(HEARTBEAT_S):
            try:
                self._jobs.heartbeat(self._job, LEASE_S, *self._told)
            except JobLost:
                self._lost.set()
                return
            except Exception:
                log.exception("job %d: the heartbeat failed; it is tried again", self._job.id)
