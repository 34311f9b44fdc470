"""Jobs for the web: the row in the registry's own database is the truth.

Consent is checked in the transaction that files a job and again in the one that starts it; withdrawal
cancels jobs in its own. A worker holds a job by a lease and a fencing token: one that died loses it, and can
no longer write to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select

from consent.clock import from_ms, to_ms
from consent.errors import JobLost, Refused, UnknownName
from consent.gate import judge, refuse
from consent.records import JobRow
from consent.request import Request
from consent.store import Store, Unit

ENDED = ("done", "failed", "cancelled")
WORDS_KEPT = timedelta(days=1)
"""How long a job that has ended keeps the song that was asked for, lyrics and melody."""
ROWS_KEPT = timedelta(days=30)
"""How long a job that has ended is remembered at all."""

MOST_ATTEMPTS = 3
"""How many workers may die over a job before it counts as failed."""


@dataclass(frozen=True)
class Job:
    """A job as it stands. `state` is queued, running, done, failed or cancelled; `progress` goes from 0 to 1.

    `stage` is a line for a person; `payload` is what was filed; `result` what the worker left (paths, or an
    error). `fence` is the token that the worker shows with everything it writes.
    """

    id: int
    user: str
    voice: str
    grant: str
    request: Request
    payload: Mapping[str, Any]
    state: str
    progress: float
    stage: str
    result: Mapping[str, Any]
    worker: str
    fence: int
    filed_at: datetime
    changed_at: datetime


class Jobs:
    """The queue of one registry."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def enqueue(self, request: Request, payload: Mapping[str, Any]) -> Job:
        """File a job if its request is allowed now. Raises Refused (logged) with every reason if not."""
        with self._store.write() as unit:
            judgement = judge(self._store, unit.session, request, unit.now)
            request, decision = judgement.request, judgement.decision
            if decision.grant_id is not None:
                row = JobRow(
                    user_id=request.user,
                    voice_id=request.voice,
                    grant_id=decision.grant_id,
                    request=asdict(request),
                    payload=dict(payload),
                    state="queued",
                    worker="",
                    fence=0,
                    lease_until_ms=0,
                    progress=0.0,
                    stage="",
                    result={},
                    filed_at_ms=to_ms(unit.now),
                    changed_at_ms=to_ms(unit.now),
                )
                unit.session.add(row)
                unit.session.flush()
                return _job(row)
            reasons = refuse(self._store, unit, "file-job", request, decision.reasons)
        raise Refused(reasons)

    def claim(self, worker: str, lease_s: float) -> Job | None:
        """Take the oldest job that waits, or whose worker let its lease run out; None if there is none.

        A job that consent no longer covers is cancelled on the way, and one that has cost `MOST_ATTEMPTS`
        workers fails.
        """
        while True:
            with self._store.write() as unit:
                row = unit.session.scalars(
                    select(JobRow)
                    .where(
                        or_(
                            JobRow.state == "queued",
                            and_(JobRow.state == "running", JobRow.lease_until_ms < to_ms(unit.now)),
                        )
                    )
                    .order_by(JobRow.id)
                    .limit(1)
                ).first()
                if row is None:
                    return None
                if self._start(unit, row, worker, lease_s):
                    return _job(row)

    def heartbeat(
        self, job: Job, lease_s: float, progress: float | None = None, stage: str | None = None
    ) -> None:
        """Keep a job, and say how far it is. Raises JobLost when it is no longer this worker's."""
        with self._store.write() as unit:
            row = _held(unit, job)
            row.lease_until_ms = _lease_end(unit, lease_s)
            row.progress = row.progress if progress is None else progress
            row.stage = row.stage if stage is None else stage

    def finish(self, job: Job, result: Mapping[str, Any]) -> None:
        """Mark a job done. Raises JobLost when it is no longer this worker's."""
        self._end(job, "done", result, progress=1.0)

    def fail(self, job: Job, result: Mapping[str, Any]) -> None:
        """Mark a job failed, with what went wrong. Raises JobLost when it is no longer this worker's."""
        self._end(job, "failed", result, progress=None)

    def cancel(self, job_id: int) -> bool:
        """Cancel a job that has not ended; its worker notices at its next heartbeat. Says whether it was
        cancelled."""
        with self._store.write() as unit:
            row = unit.session.get(JobRow, job_id)
            if row is None:
                raise UnknownName(f"There is no job {job_id}.")
            if row.state not in ("queued", "running"):
                return False
            _cancel(unit, row, "Cancelled.")
            return True

    def get(self, job_id: int) -> Job:
        """A job as it stands. Raises UnknownName."""
        with self._store.read() as session:
            row = session.get(JobRow, job_id)
            if row is None:
                raise UnknownName(f"There is no job {job_id}.")
            return _job(row)

    def of_user(self, user: str) -> list[Job]:
        """A user's jobs, newest first."""
        with self._store.read() as session:
            rows = session.scalars(select(JobRow).where(JobRow.user_id == user).order_by(JobRow.id.desc()))
            return [_job(row) for row in rows]

    def tidy(self) -> tuple[int, int]:
        """Empty the words out of jobs that ended `WORDS_KEPT` ago, and forget those that ended `ROWS_KEPT`
        ago; returns how many of each. Costs a query when there is nothing to do."""
        with self._store.read() as session:
            if session.scalars(_tidied(self._store.now(session), WORDS_KEPT).limit(1)).first() is None:
                return 0, 0
        with self._store.write() as unit:
            old = unit.session.scalars(_tidied(unit.now, ROWS_KEPT)).all()
            for row in old:
                unit.session.delete(row)
            unit.session.flush()
            emptied = [row for row in unit.session.scalars(_tidied(unit.now, WORDS_KEPT))]
            for row in emptied:
                row.request = {**row.request, "song": None}
        return len(emptied), len(old)

    def _start(self, unit: Unit, row: JobRow, worker: str, lease_s: float) -> bool:
        row.changed_at_ms = to_ms(unit.now)
        if row.fence >= MOST_ATTEMPTS:
            row.state, row.stage = "failed", "The program ended unexpectedly each time it was tried."
            row.fence += 1
            return False
        request = Request.from_json(row.request)
        decision = judge(self._store, unit.session, request, unit.now).decision
        if decision.grant_id is None:
            reasons = refuse(self._store, unit, "start-job", request, decision.reasons)
            _cancel(unit, row, " ".join(reason.sentence for reason in reasons))
            return False
        row.state, row.worker, row.grant_id = "running", worker, decision.grant_id
        row.fence += 1
        row.lease_until_ms = _lease_end(unit, lease_s)
        return True

    def _end(self, job: Job, state: str, result: Mapping[str, Any], progress: float | None) -> None:
        with self._store.write() as unit:
            row = _held(unit, job)
            row.state, row.result = state, dict(result)
            row.progress = row.progress if progress is None else progress
            row.changed_at_ms = to_ms(unit.now)


def _held(unit: Unit, job: Job) -> JobRow:
    row = unit.session.get(JobRow, job.id)
    if row is None or row.state != "running" or row.fence != job.fence:
        why = row.stage if row is not None and row.state == "cancelled" else "Another worker has it."
        raise JobLost(f"The job {job.id} is no longer this worker's. {why}")
    return row


def _tidied(now: datetime, kept: timedelta) -> Select[JobRow]:
    """The jobs that ended longer ago than they are kept; of those that lose their words, not yet emptied."""
    query = select(JobRow).where(JobRow.state.in_(ENDED), JobRow.changed_at_ms <= to_ms(now - kept))
    if kept < ROWS_KEPT:
        forgotten = JobRow.changed_at_ms <= to_ms(now - ROWS_KEPT)
        query = query.where(or_(forgotten, JobRow.request["song"].as_string().is_not(None)))
    return query.order_by(JobRow.id)


def _cancel(unit: Unit, row: JobRow, stage: str) -> None:
    row.state, row.stage = "cancelled", stage
    row.fence += 1
    row.changed_at_ms = to_ms(unit.now)


def _lease_end(unit: Unit, lease_s: float) -> int:
    return to_ms(unit.now + timedelta(seconds=lease_s))


def _job(row: JobRow) -> Job:
    return Job(
        id=row.id,
        user=row.user_id,
        voice=row.voice_id,
        grant=row.grant_id,
        request=Request.from_json(row.request),
        payload=row.payload,
        state=row.state,
        progress=row.progress,
        stage=row.stage,
        result=row.result,
        worker=row.worker,
        fence=row.fence,
        filed_at=from_ms(row.filed_at_ms),
        changed_at=from_ms(row.changed_at_ms),
    )
