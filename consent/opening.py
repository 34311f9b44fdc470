"""The opening of a voice: its data key, sealed to one worker for one authorisation that still stands.

There is one way to the weights: the key is sealed to a worker's key (HPKE), and the worker opens the sealed
file with it. A song that is sung in this process has a worker key of its own, made for it and then forgotten.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consent.authorization import Authorization
from consent.clock import to_ms
from consent.errors import KeyStoreError, Reason, Refused, StoreError
from consent.gate import log_turned_away, objections
from consent.records import ReleaseRow, SealingRow, VoiceVersionRow
from consent.store import Store
from consent.worker import SealedKey, WorkerKey, open_voice, seal_to_worker

MOST_WORKERS = 3
"""To how many workers one authorisation is sealed: a song may move to another machine, not to a crowd."""


def unseal(store: Store, authorization: Authorization) -> dict[str, bytes]:
    """The weight files that an authorisation opens, by name, opened in this process.

    The authorisation is checked as `objections` says, in a database that was not set back. Raises Refused,
    and logs it, for one that opens nothing; StoreError or KeyStoreError for a store that is damaged.
    """
    tried: bytes | None = None
    failure: KeyStoreError | StoreError | None = None
    while True:
        with store.read() as session:
            store.ledger.require_continued(session)
            reasons = _objections(store, session, authorization, store.now(session))
            version = None if reasons else _version(session, authorization)
        if version is None or version.wrapped_key is None:
            break
        if failure is not None and version.wrapped_key == tried:  # no rotation came between: it is damaged
            raise failure
        try:
            worker = WorkerKey.generate()
            sealed = _seal(store, version, authorization, worker.public_key)
            return open_voice(sealed, authorization, store.home / version.sealed_path, worker)
        except (KeyStoreError, StoreError) as error:  # withdrawn, or under new keys, this very moment?
            tried, failure = version.wrapped_key, error
    reasons = reasons or [_destroyed(authorization)]
    with store.write() as unit:
        log_turned_away(store, unit, "unseal", authorization, reasons)
    raise Refused(reasons)


def seal_for(store: Store, authorization: Authorization, worker_public_key: bytes) -> SealedKey:
    """Seal a voice's data key to a worker elsewhere, for one authorisation; logged once for each worker.

    Consent is looked at in the same transaction, as for `unseal`. Raises Refused (logged) when it does not
    stand or when MOST_WORKERS have the key already, KeyStoreError for what is no X25519 public key.
    """
    with store.write() as unit:
        reasons = _objections(store, unit.session, authorization, unit.now)
        version = None if reasons else _version(unit.session, authorization)
        if version is None or version.wrapped_key is None:
            reasons = reasons or [_destroyed(authorization)]
        else:
            sealed = _seal(store, version, authorization, worker_public_key)
            if unit.session.get(SealingRow, (authorization.id, sealed.worker)) is not None:
                return sealed
            query = select(func.count()).where(SealingRow.authorisation_id == authorization.id)
            if (unit.session.scalar(query) or 0) < MOST_WORKERS:
                body = {
                    "authorisation": authorization.id,
                    "voice": authorization.voice,
                    "worker": sealed.worker,
                }
                position = unit.append("sealing", body)
                unit.session.add(
                    SealingRow(
                        authorisation_id=authorization.id,
                        worker=sealed.worker,
                        sealed_at_ms=to_ms(unit.now),
                        ledger_index=position,
                    )
                )
                return sealed
            sentence = f"The voice's key was sealed to {MOST_WORKERS} workers for this song already."
            reasons = [Reason("too-many-workers", sentence)]
        log_turned_away(store, unit, "seal", authorization, reasons)
    raise Refused(reasons)


def _objections(store: Store, session: Session, authorization: Authorization, now: datetime) -> list[Reason]:
    """What stands against opening: besides what consent says, a song that is out under it already, whatever
    the authorisation's own row says."""
    reasons = objections(store, session, authorization, now)
    if reasons:
        return reasons
    released = select(ReleaseRow.id).where(ReleaseRow.authorisation_id == authorization.id)
    if session.execute(released).first() is None:
        return []
    return [Reason("used-up", "This authorisation has been used for a release already.")]


def _seal(
    store: Store, version: VoiceVersionRow, authorization: Authorization, worker_public_key: bytes
) -> SealedKey:
    if version.wrapped_key is None:
        raise KeyStoreError(f"The key of {version.voice_id} {version.version} is destroyed.")
    data_key = store.keys.unwrap(version.voice_id, version.version, version.wrapped_key)
    return seal_to_worker(data_key, authorization, worker_public_key)


def _version(session: Session, authorization: Authorization) -> VoiceVersionRow:
    return session.get_one(VoiceVersionRow, (authorization.voice, authorization.voice_version))


def _destroyed(authorization: Authorization) -> Reason:
    return Reason(
        "key-destroyed", f"The key of {authorization.voice} {authorization.voice_version} is destroyed."
    )
