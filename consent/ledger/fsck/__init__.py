"""The checker beside the writer: recomputes the whole ledger from its raw rows and shares no code with it.

It hashes, canonicalises and verifies on its own, names each entry that was edited, dropped, moved or put in,
then holds the entries against the registry's records, both ways. It reads a page at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, text

from consent.ledger.fsck.asked import Asked
from consent.ledger.fsck.files import look_at_files
from consent.ledger.fsck.handovers import Handovers
from consent.ledger.fsck.heads import Heads, KeptNote
from consent.ledger.fsck.keys import Keys
from consent.ledger.fsck.report import Finding, Findings, Report
from consent.ledger.fsck.songs import Songs
from consent.ledger.fsck.standing import Standing
from consent.ledger.fsck.trained import Trained
from consent.ledger.fsck.walk import Walk

__all__ = ["Finding", "KeptNote", "Report", "check_ledger"]


def check_ledger(
    connection: Connection,
    public_keys: bytes | Sequence[tuple[bytes, int | None]],
    notes: Sequence[KeptNote] = (),
    pseudonym_of: Callable[[str], str | None] | None = None,
) -> Report:
    """Check every entry, head and record.

    `public_keys` are the registry's Ed25519 keys (32 bytes each) in the order in which they signed, each with
    the size of the last head that it signed, None for the present one; or the only one.
    `notes` are signed heads from outside the database: a log that was set back, rewritten or forked does not
    reach them, even where the key signed it anew.
    `pseudonym_of` gives what stands for a user in the log, None where nothing does; without it nobody can say
    whose a song is. Never raises for a damaged log.
    """
    findings = Findings()
    listed = [(public_keys, None)] if isinstance(public_keys, bytes) else list(public_keys)
    keys, handovers = Keys(listed), Handovers(listed, findings)
    registry_id = connection.execute(text("SELECT value FROM facts WHERE name = 'registry_id'")).scalar()
    origin = f"consonance/{registry_id}"
    heads = Heads(connection, keys, origin, notes, findings)
    walk = Walk(connection, keys, origin, findings, heads.sizes)
    songs, standing = Songs(connection, findings, pseudonym_of), Standing(connection, findings)
    trained, asked = Trained(connection, findings), Asked(connection, findings)
    for page in walk.pages():
        heads.take(page)
        handovers.compare(page)
        songs.compare(page)
        standing.compare(page)
        trained.compare(page)
        asked.compare(page)
    handovers.end()
    heads.compare(walk.roots, walk.length)
    songs.end()
    standing.end(songs.use)
    trained.end()
    asked.end(walk.length)
    look_at_files(connection, findings)
    return findings.report(walk.length)
