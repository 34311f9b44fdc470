"""The checker beside the writer: recomputes the whole ledger from its raw rows and shares no code with it.

It hashes, canonicalises and verifies on its own, names each entry that was edited, dropped, moved or put in,
then holds the entries against the registry's records, both ways. It reads a page at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, text

from consent.ledger.fsck.files import look_at_files
from consent.ledger.fsck.heads import Heads, KeptNote
from consent.ledger.fsck.report import Finding, Findings, Report
from consent.ledger.fsck.songs import Songs
from consent.ledger.fsck.standing import Standing
from consent.ledger.fsck.trained import Trained
from consent.ledger.fsck.walk import Walk

__all__ = ["Finding", "KeptNote", "Report", "check_ledger"]


def check_ledger(
    connection: Connection,
    public_key: bytes,
    notes: Sequence[KeptNote] = (),
    pseudonym_of: Callable[[str], str | None] | None = None,
) -> Report:
    """Check every entry, head and record.

    `public_key` is the registry's Ed25519 key (32 bytes); `notes` are signed heads from outside the database:
    a log that was set back, rewritten or forked does not reach them, even where the key signed it anew.
    `pseudonym_of` gives what stands for a user in the log, None where nothing does; without it nobody can say
    whose a song is. Never raises for a damaged log.
    """
    findings = Findings()
    key = Ed25519PublicKey.from_public_bytes(public_key)
    registry_id = connection.execute(text("SELECT value FROM facts WHERE name = 'registry_id'")).scalar()
    origin = f"consonance/{registry_id}"
    heads = Heads(connection, key, origin, notes, findings)
    walk = Walk(connection, key, origin, findings, heads.sizes)
    songs, standing = Songs(connection, findings, pseudonym_of), Standing(connection, findings)
    trained = Trained(connection, findings)
    for page in walk.pages():
        heads.take(page)
        songs.compare(page)
        standing.compare(page)
        trained.compare(page)
    heads.compare(walk.roots, walk.length)
    songs.end()
    standing.end(songs.use)
    trained.end()
    look_at_files(connection, findings)
    return findings.report(walk.length)
