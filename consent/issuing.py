"""The issuing of authorisations: each with the render id of its recipe, a row that remembers it, an entry."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

import rfc8785
from sqlalchemy import bindparam, insert, select

from consent.authorization import Authorization, derive_render_id, mac
from consent.clock import to_ms
from consent.records import AuthorisationRow, table_of
from consent.request import Request
from consent.standing import Standing
from consent.store import Store, Unit
from consent.subjects import pseudonym

LIFETIME = timedelta(hours=1)
"""How long an authorisation may be used, unless its grant ends sooner."""

_AUTHORISATIONS = table_of(AuthorisationRow)
_TAKEN = (
    select(_AUTHORISATIONS.c.id)
    .where(_AUTHORISATIONS.c.render_id == bindparam("render_id"))
    .where(_AUTHORISATIONS.c.recipe != bindparam("recipe"))
)
_ADD_AUTHORISATION = (
    insert(_AUTHORISATIONS)
    .from_select(
        [column.name for column in _AUTHORISATIONS.columns],
        select(*(bindparam(column.name, type_=column.type) for column in _AUTHORISATIONS.columns)).where(
            ~_TAKEN.exists()
        ),
    )
    .execution_options(preserve_rowcount=True)
)
"""Writes an authorisation down unless its render id belongs to another recipe."""


def issue(
    store: Store, unit: Unit, request: Request, standing: Standing, grant_id: str, digests: tuple[str, str]
) -> Authorization:
    """Log that a request is allowed under a grant, and hand out the authorisation.

    `digests` are those of the song that was shown: of all that is said of it, and of what is heard of it.
    """
    grant = next(grant for grant in standing.grants if grant.id == grant_id)
    user = pseudonym(store, unit, request.user)  # so that an erased user's songs cannot be guessed from ids
    recipe = {
        "voice": standing.voice,
        "version": standing.version,
        "grant": grant.id,
        "user": user,
        "work": request.work_digest,
    }
    ends_at = grant.terms.ends_at()
    expires_at = unit.now + LIFETIME if ends_at is None else min(unit.now + LIFETIME, ends_at)
    unsigned = Authorization(
        id=secrets.token_hex(16),
        voice=standing.voice,
        voice_version=standing.version,
        grant=grant.id,
        user=request.user,
        purpose=request.purpose,
        language=request.language,
        seconds=float(request.seconds),
        work_digest=request.work_digest,
        song_sha256=digests[0],
        sung_sha256=digests[1],
        territory=request.territory,
        project=request.project,
        accepted_price=request.accepted_price,
        further_training=request.further_training,
        credit=request.credit or "",
        presented_as=request.presented_as or "",
        render_id=0,
        issued_at=unit.now,
        expires_at=expires_at,
    )
    song = None if request.song is None else request.song.to_json()
    authorization = _register(store, unit, unsigned, recipe, song)
    unit.append(
        "authorisation",
        {
            "authorisation": authorization.id,
            "voice": standing.voice,
            "version": standing.version,
            "grant": grant.id,
            "user": user,
            "purpose": request.purpose,
            "work": request.work_digest,
            "render": f"{authorization.render_id:016x}",
            "duration_ms": round(authorization.seconds * 1000),
        },
    )
    return authorization


def _register(
    store: Store, unit: Unit, unsigned: Authorization, recipe: dict[str, str], song: dict[str, Any] | None
) -> Authorization:
    """Write an authorisation down under its recipe's own render id: derived, and derived again while the id
    belongs to another recipe. Its entry is the next one on the ledger."""
    row = {
        "id": unsigned.id,
        "voice_id": unsigned.voice,
        "grant_id": unsigned.grant,
        "recipe": hashlib.sha256(rfc8785.dumps(recipe)).hexdigest(),
        "state": "issued",
        "expires_at_ms": to_ms(unsigned.expires_at),
        "song": song,
        "ledger_index": unit.writing.size,
    }
    counter = 0
    while True:
        render_id = derive_render_id(store.keys.render_id, recipe, counter)
        numbered = replace(unsigned, render_id=render_id)
        authorization = replace(numbered, mac=mac(store.keys, numbered))
        row |= {"render_id": f"{render_id:016x}", "mac": authorization.mac}
        if render_id and unit.session.connection().execute(_ADD_AUTHORISATION, row).rowcount == 1:
            return authorization
        counter += 1
