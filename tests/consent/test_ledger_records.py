"""Records that contradict the ledger, on both databases: the checker says which, and of which entry."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from acting import SONG, owner_of
from forged_ledgers import disarm
from made_registries import Place, a_release, a_request, grant_terms, voice_folder
from sqlalchemy import Connection, text

from consent.ledger.fsck import Report, check_ledger
from consent.registry import Refused, Registry
from consent.worker import WorkerKey


@pytest.fixture(scope="module")
def lived(lasting_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry in which somebody has done everything that leaves a record."""
    folder = tmp_path_factory.mktemp("lived")
    registry = lasting_place.open()
    registry.seed(voice_folder(folder / "voices"))
    owner_of(registry)
    registry.people.add("Nine Records", kind="organisation", handle="nine")
    registry.people.appoint("nine", "ada", "label", ["approve", "suspend"])
    authorization = registry.authorise(a_request())
    registry.seal_for(authorization, WorkerKey.generate().public_key)
    registry.commit(authorization, a_release(folder))
    approval = {"type": "approval", "people": 1}
    registry.grant("ada", grant_terms(approval), to="cleo")
    with pytest.raises(Refused):
        registry.authorise(a_request(user="cleo", purpose="commercial", song=SONG))
    registry.approvals.approve(registry.approvals.waiting()[-1].id, "ada")
    with pytest.raises(Refused):
        registry.authorise(a_request(user="cleo", purpose="commercial", song=SONG, territory="DE"))
    drawn = random.Random(0)
    notes = [[drawn.randrange(55, 75), drawn.choice([0.25, 0.5, 0.75])] for _ in range(100)]
    kept = registry.reservations.reserve("melody", holder="Eve", data={"notes": notes}, evidence="No.")
    registry.reservations.reserve(
        "melody", holder="Eve", data={"notes": notes[::-1]}, evidence="Not this one either."
    )
    registry.reservations.end(kept.id)
    registry.withdraw("ada", registry.grant("ada", grant_terms(), to="eve").id)
    assert registry.check_ledger().ok
    yield registry
    registry.close()


@contextmanager
def tampering(registry: Registry) -> Iterator[Connection]:
    """A connection without the guards, whose changes are gone afterwards."""
    with registry.proofs._store.database.engine.connect() as connection:
        disarm(connection)
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        else:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        yield connection
        connection.rollback()


def check(registry: Registry, connection: Connection) -> Report:
    return check_ledger(connection, registry.proofs._store.keys.ledger_public)


TAMPERINGS = [
    ("UPDATE grant_use SET renders = 0", "counts 0 songs"),
    ("UPDATE grant_use SET ms = ms + 1", "the ledger stand"),
    ("UPDATE grants SET state = 'active' WHERE state = 'withdrawn'", "the ledger says otherwise"),
    ("UPDATE authorisations SET state = 'issued'", "on record it could be used again"),
    ("DELETE FROM releases", "released a song that is not on record"),
    ("UPDATE renders SET work_digest = 'x'", "record of the release"),
    ("UPDATE released_files SET size_bytes = 1", "record of the release"),
    ("UPDATE rights SET state = 'withdrawn'", "differs from entry"),
    ('UPDATE rights SET actions = \'["sing", "train", "sell"]\'', "actions"),
    ("DELETE FROM rights", "permission of entry"),
    ("UPDATE mandates SET not_after_ms = 9999999999999", "not_after_ms"),
    ("UPDATE mandates SET state = 'ended'", "differs from entry"),
    ("DELETE FROM mandates", "mandate of entry"),
    ("UPDATE voices SET state = 'suspended'", "ada is suspended on record"),
    ("UPDATE approvals SET state = 'approved'", "The record of the approval"),
    ("DELETE FROM approvals WHERE state = 'waiting'", "approval of entry"),
    ("UPDATE approval_answers SET approves = NOT approves", "answers to the approval"),
    ("DELETE FROM approval_answers", "answers to the approval"),
    ("UPDATE reservations SET state = 'ended'", "The record of the reservation"),
    ("UPDATE reservations SET uses = '[]'", "uses"),
    ("DELETE FROM reservations WHERE state = 'active'", "reservation of entry"),
    ("DELETE FROM sealings", "sealed key of entry"),
    ("UPDATE sealings SET worker = 'x'", "sealed key of entry"),
    ("UPDATE receipts SET sha256 = 'x'", "receipt"),
    ("UPDATE receipts SET ledger_index = 5000", "that the ledger does not have"),
    ("UPDATE people SET name = 'Somebody'", None),
]


@pytest.mark.parametrize(("statement", "words"), TAMPERINGS)
def test_a_record_that_was_tampered_with_is_named(lived: Registry, statement: str, words: str | None) -> None:
    """Where `words` is None nothing was changed that the ledger speaks of: the checker is quiet."""
    with tampering(lived) as connection:
        connection.execute(text(statement))
        report = check(lived, connection)
    if words is None:
        assert report.ok
    else:
        assert any(words in finding.sentence for finding in report.findings), report.findings
    assert lived.check_ledger().ok


def test_records_that_no_entry_speaks_of_are_named(lived: Registry) -> None:
    copies = {
        "grants": ("id", "grant"),
        "rights": ("id", "permission"),
        "mandates": ("id", "mandate"),
        "reservations": ("id", "reservation"),
        "authorisations": ("id", "authorisation"),
    }
    for table, (column, what) in copies.items():
        with tampering(lived) as connection:
            names = list(connection.execute(text(f"SELECT * FROM {table} LIMIT 1")).keys())
            chosen = ", ".join({column: "'copied'", "number": "99"}.get(name, name) for name in names)
            query = f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} LIMIT 1"
            connection.execute(text(query))
            report = check(lived, connection)
        assert any(
            f"The {what} copied is on record and not on the ledger." == f.sentence for f in report.findings
        )


def test_the_ledger_holds_after_somebody_was_erased(lived: Registry) -> None:
    """And what is tampered with afterwards is named as before."""
    sha256 = next(row.body["files"][0]["sha256"] for row in lived.ledger_rows() if row.kind == "render")
    lived.personal_data.erase("ben@example.org", withdraw_voices=True)
    lived.personal_data.erase("ada", withdraw_voices=True)
    report = lived.check_ledger()
    assert report.ok, report.findings
    logged = str([row.body for row in lived.ledger_rows()])
    assert "ben@example.org" not in logged and "Ada Singer" not in logged
    with tampering(lived) as connection:
        connection.execute(text("UPDATE releases SET duration_ms = 1"))
        assert not check(lived, connection).ok
    assert lived.proofs.of_file(sha256).index > 0
