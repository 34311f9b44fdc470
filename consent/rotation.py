"""Key rotation: new keys in the place of old ones, whole or not at all, wherever a process is killed.

Every rotation makes the new key's file, then writes in one transaction all that names the new key, then
destroys the old key. What a killed process left is settled by the next one that opens the registry: a new
voice key that nothing names is destroyed, an old key that nothing needs too.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from consent.clock import to_ms
from consent.errors import KeyStoreError, Reason, Refused, StoreError, UnknownName
from consent.key_records import SIGNER, certificates_of, entry_of, record, take_in
from consent.keys import KEY_BYTES, decrypt, generation_of, shred
from consent.macs import covered_tables
from consent.records import AuthorisationRow, KeyRow, VoiceRow, VoiceVersionRow
from consent.sealing import write_sealed
from consent.store import Store


def rotate_voice(store: Store, voice: str) -> tuple[str, ...]:
    """Put a voice's weights under a new data key and a new key-encryption key; returns the versions.

    Authorisations that were made before go on: they open what the registry names when they are used. Raises
    UnknownName; Refused for a voice without weights; KeyStoreError or StoreError, and nothing has changed,
    for a sealed voice that is damaged.
    """
    with store.read() as session:
        if session.get(VoiceRow, voice) is None:
            raise UnknownName(f"The registry knows no voice {voice!r}.")
    try:
        with store.write() as unit:
            versions = _sealed_versions(unit.session, voice)
            if not versions:
                raise Refused([Reason("no-weights", f"No weights of {voice} rest in the registry.")])
            generation = store.keys.new_voice_key(voice)
            for version in versions:
                _seal_anew(store, version, generation)
            names = [version.version for version in versions]
            body = {"key": "voice", "voice": voice, "version": generation, "sealed": names}
            unit.append("key-rotation", body)
    finally:
        settle_voice(store, voice)
    return tuple(names)


def rotate_macs(store: Store, at_once: bool = False) -> int:
    """Give every row that bears a MAC one by a new key; returns how many.

    A row whose MAC does not fit keeps it, and stays damaged. Authorisations under way carry the old key's
    MAC: it is kept until the last of them has expired, or, `at_once`, they are revoked and it goes now.
    """
    tables, renewed = list(covered_tables()), 0
    with store.write() as unit:
        version = store.keys.new_registry_key("mac")
        for table, purpose, covered in tables:
            for row in unit.session.scalars(select(table)).all():
                if store.keys.check_mac(purpose, covered(row), row.mac):
                    row.mac = store.keys.mac(purpose, covered(row))
                    renewed += 1
            unit.session.flush()
        under_way = (AuthorisationRow.state == "issued") & (AuthorisationRow.expires_at_ms > to_ms(unit.now))
        revoked = 0
        if at_once:
            revoked = unit.session.scalar(select(func.count()).where(under_way)) or 0
            unit.session.execute(update(AuthorisationRow).where(under_way).values(state="revoked"))
        body = {"key": "mac", "version": version, "renewed": renewed, "revoked": revoked}
        record(store, unit, "mac", version, retire=True, place=unit.append("key-rotation", body))
    settle_macs(store)
    return renewed


def rotate_watermark(store: Store) -> int:
    """Make the watermark key of the songs to come; returns its version. Older songs stay readable."""
    with store.write() as unit:
        version = store.keys.new_registry_key("watermark")
        place = unit.append("key-rotation", {"key": "watermark", "version": version})
        record(store, unit, "watermark", version, retire=True, place=place)
    return version


def rotate_recipes(store: Store) -> int:
    """Make the key that seals the recipes of the songs to come; returns its version. Older ones stay
    readable."""
    with store.write() as unit:
        version = store.keys.new_registry_key("recipe")
        place = unit.append("key-rotation", {"key": "recipe", "version": version})
        record(store, unit, "recipe", version, retire=True, place=place)
    return version


def rotate_credentials(store: Store, if_due: bool = False) -> int:
    """Make the signer of the credentials to come, under the registry's own root; returns its number.

    What the earlier one signed stays trusted; its key is destroyed. `if_due`: only where it is about to end.
    """
    certificates = certificates_of(store)
    with store.write() as unit:
        if if_due and not certificates.due():  # another process has just done it
            return 0
        recorded = select(func.max(KeyRow.version)).where(KeyRow.kind == SIGNER)
        number = certificates.renew(above=unit.session.scalar(recorded) or 0).number
        place = unit.append("key-rotation", entry_of(store, SIGNER, number))
        record(store, unit, SIGNER, number, retire=True, place=place)
    certificates.forget_older()
    return number


def rotate_ledger_key(store: Store) -> int:
    """Sign the ledger's heads with a new key; returns its version.

    The old key signs the entry that names the new one, then it is destroyed; its public half is kept, with
    the size of the last head that it signed: whoever verifies needs both.
    """
    try:
        with store.write() as unit:
            version = store.keys.new_registry_key("ledger")
            place = unit.append("key-rotation", entry_of(store, "ledger", version))
            record(store, unit, "ledger", version, retire=True, place=place)
    finally:
        settle_ledger_keys(store)
    return version


def settle(store: Store) -> None:
    """Finish what a killed rotation left, and hold the key files against what is on record of them.

    Raises KeyStoreError when a key that is in use is gone or another.
    """
    if len(store.keys.registry_keys("ledger")) > 1:
        settle_ledger_keys(store)
    take_in(store)
    if len(store.keys.registry_keys("mac")) > 1:
        settle_macs(store)
    certificates_of(store).forget_older()
    for voice in store.keys.voices_with_keys():
        if len(store.keys.voice_keys(voice)) > 1:
            settle_voice(store, voice)


def settle_voice(store: Store, voice: str) -> None:
    """Shred every key and sealed file of a voice that no version of it needs."""
    with store.write() as unit:  # a rotation holds this lock: none is half done here
        versions = _sealed_versions(unit.session, voice)
        needed = {generation_of(version.wrapped_key) for version in versions if version.wrapped_key}
        sealed = {store.home / version.sealed_path for version in versions}
        folder = store.home / "voices" / voice
        for path in (*folder.glob("*.sealed"), *folder.glob(".*.sealed.*")):
            if path not in sealed:
                shred(path)
        for generation, key in store.keys.voice_keys(voice).items():
            if generation not in needed:
                shred(key)
    store.database.scrub()


def settle_macs(store: Store) -> None:
    """Destroy the retired MAC keys by which no authorisation can be used any more."""
    with store.write() as unit:
        retired = select(KeyRow.version).where(KeyRow.kind == "mac", KeyRow.retired_at_ms.is_not(None))
        for version in unit.session.scalars(retired).all():
            still_used = select(func.count()).where(
                AuthorisationRow.state == "issued",
                AuthorisationRow.expires_at_ms > to_ms(unit.now),
                AuthorisationRow.mac.startswith(f"{version}:"),
            )
            if not unit.session.scalar(still_used):
                store.keys.destroy_registry_key("mac", version)


def settle_ledger_keys(store: Store) -> None:
    """Keep the public half of renewed ledger keys and destroy the private one; destroy a new one that the
    ledger does not name."""
    with store.write() as unit:
        query = select(KeyRow).where(KeyRow.kind == "ledger").order_by(KeyRow.version)
        rows = unit.session.scalars(query).all()
        there = store.keys.registry_keys("ledger")
        for row, following in pairwise(rows):
            if row.version in there and following.ledger_index is not None:
                last = following.ledger_index + 1
                store.keys.keep_renewed_ledger_key(row.version, bytes.fromhex(row.fingerprint), last)
                store.keys.destroy_registry_key("ledger", row.version)
        for version in there.keys() - {row.version for row in rows}:
            if version > 1:
                store.keys.destroy_registry_key("ledger", version)


def _seal_anew(store: Store, version: VoiceVersionRow, generation: int) -> None:
    if version.wrapped_key is None:
        raise KeyStoreError(f"The key of {version.voice_id} {version.version} is destroyed.")
    old_key = store.keys.unwrap(version.voice_id, version.version, version.wrapped_key)
    path = store.home / version.sealed_path
    try:
        sealed = path.read_bytes()
    except FileNotFoundError:
        raise StoreError(f"The sealed voice {path} is gone.", "Seed the registry again.") from None
    blob = decrypt(old_key, sealed, version.voice_id, version.version)
    data_key = secrets.token_bytes(KEY_BYTES)
    place = Path("voices") / version.voice_id / f"{version.version}@{generation}.sealed"
    write_sealed(store.home / place, blob, data_key, version.voice_id, version.version)
    version.sealed_path = str(place)
    version.wrapped_key = store.keys.wrap(version.voice_id, version.version, data_key)


def _sealed_versions(session: Session, voice: str) -> Sequence[VoiceVersionRow]:
    query = select(VoiceVersionRow).where(
        VoiceVersionRow.voice_id == voice, VoiceVersionRow.wrapped_key.is_not(None)
    )
    return session.scalars(query.order_by(VoiceVersionRow.version)).all()
