"""Heads that witnesses have cosigned: taken back in, kept in the database and beside it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from consent.ledger.checkpoint import Head, open_head
from consent.ledger.errors import BadSignature, Fork, ProofFormatError
from consent.ledger.fsck.heads import KeptNote
from consent.ledger.log import Ledger, head_from
from consent.ledger.notes import COSIGNATURE, Signature, SignedNote, VerifierKey
from consent.ledger.paths import read_root
from consent.records import CosignatureRow, table_of
from consent.store import HEAD_FILE, Store

FOLDER = "cosigned"
"""Where in the registry's home the notes rest that witnesses cosigned."""

_COSIGNED_FROM = (
    select(CosignatureRow.size)
    .where(CosignatureRow.size >= bindparam("size"))
    .order_by(CosignatureRow.size)
    .limit(1)
)
_ADD = insert(table_of(CosignatureRow))


def take_cosigned(store: Store, note: SignedNote, witness: VerifierKey) -> int:
    """Take in a head that a witness cosigned; returns the entry's place, or that of the one that says so
    already.

    Raises AnotherLog or BadSignature for a note that registry or witness did not sign, ProofFormatError for
    one that bears no signature of the witness, Fork when this ledger does not hold that head.
    """
    if witness.kind != COSIGNATURE:
        raise ProofFormatError("This is a registry's key where a witness's is needed.")
    head = open_head(note, store.ledger.keys)
    line = note.find(witness)
    if line is None or note.verify(witness) is None:
        raise ProofFormatError(f"The note bears no cosignature of {witness.name}.")
    with store.write() as unit:
        _refuse_fork(unit.session, head)
        known = unit.session.get(CosignatureRow, (head.size, str(witness)))
        if known is not None:
            return known.ledger_index
        place = unit.append(
            "witness",
            {
                "witness": str(witness),
                "size": head.size,
                "root": head.root.hex(),
                "signature": line.signature.hex(),
            },
        )
        row = {
            "size": head.size,
            "witness": str(witness),
            "signature": line.signature,
            "ledger_index": place,
        }
        unit.session.connection().execute(_ADD, row)
    own = note.find(store.ledger.keys.of(head.size))
    if own is not None:
        _keep(store, head.size, SignedNote(note.text, (own, line)), witness)
    return place


def cosigned_note(
    session: Session, ledger: Ledger, size: int
) -> tuple[int, SignedNote, tuple[VerifierKey, ...]] | None:
    """The first cosigned head over at least `size` entries: its size, its note and its witnesses."""
    found = session.execute(_COSIGNED_FROM, {"size": size}).scalar()
    head = None if found is None else head_from(session, found)
    if head is None or head.size != found:
        return None
    rows = session.scalars(
        select(CosignatureRow).where(CosignatureRow.size == found).order_by(CosignatureRow.witness)
    )
    note, witnesses = ledger.note(head), []
    for row in rows:
        key = VerifierKey.parse(row.witness)
        signed = note.cosigned(Signature(key.name, key.id, bytes(row.signature)))
        try:
            signed.verify(key)
        except BadSignature:
            continue  # one that was altered proves nothing; `fsck` names it
        note = signed
        witnesses.append(key)
    return (head.size, note, tuple(witnesses)) if witnesses else None


def kept_notes(home: Path, brought: Sequence[Path] = ()) -> list[KeptNote]:
    """Every head that is kept outside the database: the newest, the cosigned ones, and those that are
    brought."""
    own = [home / HEAD_FILE] if (home / HEAD_FILE).exists() else []
    files = [*own, *sorted((home / FOLDER).glob("*.note")), *brought]
    return [KeptNote(file.read_text(encoding="utf-8", errors="replace"), f"kept in {file}") for file in files]


def _refuse_fork(session: Session, head: Head) -> None:
    stored = head_from(session, head.size)
    root = None if stored is None or stored.size != head.size else read_root(session, head.size)
    if root != head.root:
        raise Fork(
            f"This ledger does not hold the head over {head.size} entries that the witness cosigned: it was "
            "set back, rewritten or forked.",
            "Keep the note, and run: consonance ledger fsck",
        )


def _keep(store: Store, size: int, note: SignedNote, witness: VerifierKey) -> None:
    folder = store.home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"{size}-{witness.id.hex()}.note"
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    draft.write_text(str(note), encoding="utf-8")
    os.replace(draft, target)
