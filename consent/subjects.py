"""Pseudonyms that can be erased: who the ledger mentions, tied to a name by a random salt and nothing else.

A pseudonym is HMAC(registry key, salt ‖ name). The salt rests in the database and is erased with the person:
from then on nobody, the registry included, can tell whose entries they are, and the ledger still verifies.
Salts are read afresh in every transaction, so that one erased by another process is never used again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from consent.clock import to_ms
from consent.records import SubjectRow
from consent.store import Store, Unit

SALT_BYTES = 16
TOMBSTONE = "erased:"
"""What stands in a record where an erased person's handle stood; nobody's pseudonym is made from it."""

_LONGEST = 256  # characters of a name that is kept as it stands; a longer one is known by its digest
_SUBJECTS = SubjectRow.__table__
_SALT = select(_SUBJECTS.c.salt).where(_SUBJECTS.c.handle == bindparam("name"))
_ADD = insert(SubjectRow)
_SEEN = "pseudonyms"


def pseudonym(store: Store, unit: Unit, handle: object) -> str:
    """What stands for `handle` (a user name or a person's id) in the ledger: 32 hex digits; its salt is made
    on first use, in the same transaction."""
    name = _name(handle)
    seen: dict[str, str] = unit.session.info.setdefault(_SEEN, {})
    if name not in seen:
        connection = unit.session.connection()
        salt = connection.execute(_SALT, {"name": name}).scalar()
        if salt is None:
            salt = secrets.token_bytes(SALT_BYTES)
            row = {"handle": name, "salt": salt, "added_at_ms": to_ms(unit.now)}
            connection.execute(_ADD, row)
        seen[name] = store.keys.pseudonym(name, bytes(salt))
    return seen[name]


def known_pseudonym(store: Store, session: Session, handle: object) -> str | None:
    """What stands for `handle` in the ledger; None where nothing does, or its salt was erased."""
    name = _name(handle)
    salt = session.connection().execute(_SALT, {"name": name}).scalar()
    return None if salt is None else store.keys.pseudonym(name, bytes(salt))


def pseudonyms(store: Store, session: Session) -> dict[str, str]:
    """Every name that the ledger's pseudonyms can still be tied to, with its pseudonym."""
    rows = session.connection().execute(select(_SUBJECTS.c.handle, _SUBJECTS.c.salt))
    return {name: store.keys.pseudonym(name, bytes(salt)) for name, salt in rows}


def reader(store: Store, session: Session) -> Callable[[str], str | None]:
    """A quick way to ask for many: what stands for a name in the ledger, or None, as of this session."""
    known = pseudonyms(store, session)
    return lambda handle: known.get(_name(handle))


def erase(unit: Unit, handle: object) -> bool:
    """Erase the salt of a name: its entries are tied to nobody any more. Says whether there was one."""
    name = _name(handle)
    unit.session.info.get(_SEEN, {}).pop(name, None)
    gone = unit.session.connection().execute(delete(SubjectRow).where(_SUBJECTS.c.handle == name))
    return bool(gone.rowcount)


def _name(handle: object) -> str:
    """The name itself, or the digest of one that is too long, or that a database would not hold."""
    name = handle if isinstance(handle, str) else str(handle)
    storable = "\0" not in name and not any("\ud800" <= sign <= "\udfff" for sign in name)
    if storable and len(name) <= _LONGEST and name != TOMBSTONE:
        return name
    return f"sha256:{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()}"
