"""Seeding: shipped voices come into the registry with owner, evidence, the grant their terms make, sealed
weights.

Looking again at folders that have not changed costs a few `stat` calls. A voice that was withdrawn stays
withdrawn.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from consent.clock import to_ms
from consent.errors import Reason, Refused, VoiceFileError
from consent.grants import end_grant, is_intact, log_grant, make_grant, renew_grant, standing_grant_id
from consent.keys import KEY_BYTES, shred
from consent.receipts import issue
from consent.recording_files import read_recordings_file
from consent.records import EvidenceRow, GrantRow, SeedRow, VoiceRow, VoiceVersionRow
from consent.sealing import pack, write_sealed
from consent.seeding_bases import base_of, seed_base, seed_recordings, tie_version
from consent.seeding_rights import seed_owner, seed_rights
from consent.store import Store, Unit
from consent.voice_files import VoiceFile, read_voice_file
from consent.voice_rows import is_voice_intact, seal_voice, touch


def seed(store: Store, voices: Path) -> tuple[str, ...]:
    """Take in every `voices/*/voice.toml` and `voices/recordings.toml` that changed; returns the names of
    those.

    Raises VoiceFileError or TermsError for a folder that cannot be used; voices before it are in. Raises
    Refused for voices on a base on which nothing new may be built; all others are in.
    """
    if not voices.is_dir():
        raise VoiceFileError(f"{voices} is not a folder of voices.")
    voices = voices.resolve()
    with store.read() as session:
        seen = {row.source: row.seen for row in session.scalars(select(SeedRow))}
    changed: list[str] = []
    refused: list[Reason] = []
    for path in [*sorted(voices.glob("*/voice.toml")), voices / "recordings.toml"]:
        if path.is_file() and not _is_unchanged(store, seen.get(str(path))):
            try:
                if path.name == "voice.toml":
                    _seed_voice(store, path, voices)
                else:
                    _seed_recordings(store, path, voices)
            except Refused as error:  # one that may not be built keeps no other from coming in
                refused.extend(error.reasons)
                continue
            changed.append(path.parent.name if path.name == "voice.toml" else path.stem)
    if refused:
        raise Refused(dict.fromkeys(refused))
    return tuple(changed)


def _seed_voice(store: Store, path: Path, voices: Path) -> None:
    file = read_voice_file(path, voices)
    looked_at = _look((*file.read_files, *file.weights))
    blob, digests, version = _weights(file)
    base = base_of(file, digests)
    looked_at |= _look(base.read_files if base else ())
    with store.write() as unit:
        voice = unit.session.get(VoiceRow, file.id)
        # nothing more is taken in for a voice that was withdrawn, nor for one whose record somebody altered:
        # a new MAC would make that stand
        if voice is not None and (voice.state == "withdrawn" or not is_voice_intact(store, voice)):
            _remember(unit, path, {"files": looked_at})
            return
        before = None if voice is None else voice.version
        _write_voice(store, unit, file, version)
        seed_rights(store, unit, file)
        seed_recordings(store, unit, file.recordings, file.id)
        seed_base(store, unit, file, version, base)
        sealed = _seal(store, unit, file.id, version, digests, blob)
        tie_version(unit, file, version, base)
        _write_standing_grant(store, unit, file)
        retired = _retire_versions(unit, file.id, version)
        if before != version:
            unit.append("voice", {"voice": file.id, "version": version, "weights": digests})
        _remember(unit, path, {"files": looked_at, "sealed": sealed})
    for old in retired:
        shred(store.home / old)


def _seed_recordings(store: Store, path: Path, voices: Path) -> None:
    recordings, files = read_recordings_file(path, voices)
    with store.write() as unit:
        seed_recordings(store, unit, recordings, None)
        _remember(unit, path, {"files": _look(files)})


def _weights(file: VoiceFile) -> tuple[bytes, dict[str, str], str]:
    """The weight files in one blob, the SHA-256 of each, and the version: its label and what the weights
    are."""
    contents = {weight.name: weight.read_bytes() for weight in file.weights}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    whole = hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()
    return pack(contents), digests, f"{file.version}-{whole[:12]}"


def _write_voice(store: Store, unit: Unit, file: VoiceFile, version: str) -> None:
    owner_id = seed_owner(store, unit, file)
    row = unit.session.get(VoiceRow, file.id)
    if row is None:  # an older row keeps its state: a suspended voice stays suspended
        row = VoiceRow(id=file.id, state="active", withdrawn_at_ms=None, reason="", revision=0)
        unit.session.add(row)
    row.name, row.owner_id, row.version = file.name, owner_id, version
    row.languages, row.credit, row.link = list(file.languages), file.credit, file.link
    seal_voice(store, row)
    touch(unit.session, file.id)
    said = select(EvidenceRow.name, EvidenceRow.sha256).where(EvidenceRow.voice_id == file.id)
    known = {(name, sha256) for name, sha256 in unit.session.execute(said)}
    for text in file.evidence:
        if (text.name, text.sha256) not in known:
            unit.session.add(
                EvidenceRow(
                    voice_id=file.id,
                    name=text.name,
                    sha256=text.sha256,
                    text=text.text,
                    source=file.source,
                    added_at_ms=to_ms(unit.now),
                )
            )
    unit.session.flush()


def _seal(store: Store, unit: Unit, voice: str, version: str, digests: dict[str, str], blob: bytes) -> str:
    """Seal the version if it is not sealed yet; a sealed file that went missing is sealed again under its
    key."""
    sealed = Path("voices") / voice / f"{version}.sealed"
    row = unit.session.get(VoiceVersionRow, (voice, version))
    if row is not None and row.wrapped_key is not None:
        if not (store.home / row.sealed_path).exists():
            data_key = store.keys.unwrap(voice, version, row.wrapped_key)
            write_sealed(store.home / row.sealed_path, blob, data_key, voice, version)
        return row.sealed_path
    data_key = secrets.token_bytes(KEY_BYTES)
    write_sealed(store.home / sealed, blob, data_key, voice, version)
    unit.session.merge(
        VoiceVersionRow(
            voice_id=voice,
            version=version,
            sealed_path=str(sealed),
            weights=digests,
            wrapped_key=store.keys.wrap(voice, version, data_key),
            added_at_ms=to_ms(unit.now),
            destroyed_at_ms=None,
        )
    )
    unit.session.flush()
    return str(sealed)


def _write_standing_grant(store: Store, unit: Unit, file: VoiceFile) -> None:
    """Make the grant that the terms make, in place of what older terms made; one that was withdrawn stays
    so."""
    standing = unit.session.scalars(
        select(GrantRow).where(GrantRow.voice_id == file.id, GrantRow.kind == "standing")
    ).all()
    if any(row.state == "withdrawn" for row in standing):
        return
    grant_id = None
    if file.terms is not None:
        grant_id = standing_grant_id(file.id, file.terms.to_json(), [text.sha256 for text in file.evidence])
    state = "suspended" if any(row.state == "suspended" for row in standing) else "active"
    for row in standing:
        if row.state in ("active", "suspended") and row.id != grant_id:
            before = row.state
            end_grant(store, unit, row, "superseded", "the published terms changed")
            log_grant(store, unit, row, before, None, None)
            _give_receipt(store, unit, row, "grant-superseded")
    if grant_id is None or file.terms is None:
        return
    known = unit.session.get(GrantRow, grant_id)
    if known is None:
        owner = unit.session.get_one(VoiceRow, file.id).owner_id
        known = make_grant(
            store, unit, file.id, "standing", file.terms, grant_id, given_by=owner, state=state
        )
    elif known.state == "superseded" and is_intact(store, known):
        renew_grant(store, unit, known, state)
    else:
        return
    _give_receipt(store, unit, known, "grant-activated" if state == "active" else "grant-suspended")


def _give_receipt(store: Store, unit: Unit, row: GrantRow, event: str) -> None:
    owner = unit.session.get_one(VoiceRow, row.voice_id).owner_id
    issue(store, unit, event=event, voice=row.voice_id, grant=row.id, person=owner)


def _retire_versions(unit: Unit, voice: str, version: str) -> list[str]:
    """Destroy the keys of versions that no longer sing; returns their sealed files."""
    rows = unit.session.scalars(
        select(VoiceVersionRow).where(
            VoiceVersionRow.voice_id == voice,
            VoiceVersionRow.version != version,
            VoiceVersionRow.wrapped_key.is_not(None),
        )
    ).all()
    for row in rows:
        row.wrapped_key = None
        row.destroyed_at_ms = to_ms(unit.now)
    return [row.sealed_path for row in rows]


def _remember(unit: Unit, path: Path, seen: dict[str, Any]) -> None:
    unit.session.merge(SeedRow(source=str(path), seen=seen))


def _look(files: Iterable[Path]) -> dict[str, list[int]]:
    """What tells that a file changed, without reading it (as git's index does)."""
    looked = {}
    for file in files:
        status = file.stat()
        looked[str(file)] = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
    return looked


def _is_unchanged(store: Store, seen: dict[str, Any] | None) -> bool:
    if seen is None:
        return False
    if "sealed" in seen and not (store.home / seen["sealed"]).exists():
        return False
    try:
        return bool(_look(Path(name) for name in seen["files"]) == seen["files"])
    except FileNotFoundError:
        return False
