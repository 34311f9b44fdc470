"""Jobs: consent when filed and when started, one worker at a time, none lost when a worker dies."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from made_registries import a_request, grant_terms

from consent.errors import JobLost, UnknownName
from consent.jobs import MOST_ATTEMPTS
from consent.registry import Refused, Registry


def test_a_job_is_filed_claimed_and_done(registry: Registry) -> None:
    filed = registry.jobs.enqueue(a_request(), {"lyrics": "la la"})
    assert (filed.state, filed.user, filed.request.voice) == ("queued", "ben@example.org", "ada")
    job = registry.jobs.claim("worker 1", 60)
    assert job is not None and job.id == filed.id
    assert (job.state, job.payload, job.worker) == ("running", {"lyrics": "la la"}, "worker 1")
    assert registry.jobs.claim("worker 2", 60) is None
    registry.jobs.heartbeat(job, 60, progress=0.5, stage="singing")
    assert (registry.jobs.get(job.id).progress, registry.jobs.get(job.id).stage) == (0.5, "singing")
    registry.jobs.finish(job, {"render": "00ff"})
    assert (registry.jobs.get(job.id).state, registry.jobs.get(job.id).result) == ("done", {"render": "00ff"})
    assert registry.jobs.get(job.id).progress == 1.0
    with pytest.raises(JobLost):
        registry.jobs.finish(job, {})
    assert [known.id for known in registry.jobs.of_user("ben@example.org")] == [job.id]
    assert registry.jobs.of_user("cleo") == []


def test_a_job_that_is_not_allowed_is_not_filed(registry: Registry) -> None:
    with pytest.raises(Refused, match="for political use"):
        registry.jobs.enqueue(a_request(purpose="political"), {})
    assert registry.jobs.claim("worker", 60) is None
    assert registry.ledger_rows()[-1].body["stage"] == "file-job"


def test_consent_is_asked_again_when_a_job_starts(registry: Registry) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=0.5)
    registry.grant(
        "ada", grant_terms({"type": "period", "not_after": ends.isoformat()}), to="ben@example.org"
    )
    expiring = registry.jobs.enqueue(a_request(purpose="commercial"), {})
    lasting = registry.jobs.enqueue(a_request(), {})
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()) + 0.01)
    job = registry.jobs.claim("worker", 60)
    assert job is not None and job.id == lasting.id
    cancelled = registry.jobs.get(expiring.id)
    assert cancelled.state == "cancelled" and "The grant ended at" in cancelled.stage
    assert registry.ledger_rows()[-1].body["stage"] == "start-job"


def test_a_withdrawn_or_cancelled_job_is_lost_to_its_worker(registry: Registry) -> None:
    for end in (lambda job_id: registry.jobs.cancel(job_id), lambda job_id: registry.withdraw("ada")):
        filed = registry.jobs.enqueue(a_request(), {})
        job = registry.jobs.claim("worker", 60)
        assert job is not None and job.id == filed.id
        end(job.id)
        with pytest.raises(JobLost):
            registry.jobs.heartbeat(job, 60)
        with pytest.raises(JobLost):
            registry.jobs.finish(job, {})
        assert registry.jobs.get(job.id).state == "cancelled"
        assert not registry.jobs.cancel(job.id)


def test_a_dead_workers_job_goes_to_the_next_and_the_dead_writes_nothing(registry: Registry) -> None:
    filed = registry.jobs.enqueue(a_request(), {})
    dead = registry.jobs.claim("worker 1", 0.01)
    time.sleep(0.03)
    living = registry.jobs.claim("worker 2", 60)
    assert dead is not None and living is not None and living.id == dead.id == filed.id
    with pytest.raises(JobLost, match="Another worker has it"):
        registry.jobs.finish(dead, {"from": "the dead"})
    registry.jobs.finish(living, {"from": "the living"})
    assert registry.jobs.get(filed.id).result == {"from": "the living"}


def test_a_job_that_kills_its_workers_fails_at_last(registry: Registry) -> None:
    filed = registry.jobs.enqueue(a_request(), {})
    for _ in range(MOST_ATTEMPTS):
        assert registry.jobs.claim("worker", 0.001) is not None
        time.sleep(0.005)
    assert registry.jobs.claim("worker", 60) is None
    assert registry.jobs.get(filed.id).state == "failed"


def test_workers_share_the_queue_without_taking_a_job_twice(registry: Registry) -> None:
    filed = [registry.jobs.enqueue(a_request(), {"number": number}).id for number in range(24)]
    taken: list[int] = []

    def work(name: str) -> None:
        while (job := registry.jobs.claim(name, 60)) is not None:
            taken.append(job.id)
            registry.jobs.finish(job, {})

    workers = [threading.Thread(target=work, args=(f"worker {number}",)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == filed
    assert {registry.jobs.get(job_id).state for job_id in filed} == {"done"}


def test_a_failed_job_keeps_its_error_and_an_unknown_one_is_named(registry: Registry) -> None:
    registry.jobs.enqueue(a_request(), {})
    job = registry.jobs.claim("worker", 60)
    assert job is not None
    registry.jobs.fail(job, {"sentence": "No note carries a word."})
    assert registry.jobs.get(job.id).result["sentence"] == "No note carries a word."
    for ask in (registry.jobs.get, registry.jobs.cancel):
        with pytest.raises(UnknownName):
            ask(10_000)
