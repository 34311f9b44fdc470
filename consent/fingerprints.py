"""Fingerprints of released songs: what each is known by when no mark is left in the sound.

This core keeps them and hands them out; what they say is the business of whoever made them
(`singer.fingerprint`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from consent.records import FingerprintRow, RenderRow, table_of

_PAGE = 5_000
_FINGERPRINTS, _RENDERS = table_of(FingerprintRow), table_of(RenderRow)
_CONTOURS = (
    select(_FINGERPRINTS.c.render_id, _FINGERPRINTS.c.contour)
    .where(_FINGERPRINTS.c.render_id > bindparam("after"))
    .order_by(_FINGERPRINTS.c.render_id)
    .limit(_PAGE)
)
_SOME = select(_FINGERPRINTS.c.render_id, _FINGERPRINTS.c.contour, _FINGERPRINTS.c.chromaprint).where(
    _FINGERPRINTS.c.render_id.in_(bindparam("renders", expanding=True))
)
_SAME_WORK = (
    select(_RENDERS.c.render_id)
    .where(_RENDERS.c.work_digest.in_(bindparam("works", expanding=True)))
    .order_by(_RENDERS.c.render_id)
)


@dataclass(frozen=True)
class Fingerprint:
    """What a song is known by: its melody's contour, and Chromaprint's items as little-endian 32-bit words
    (empty where the library is not installed)."""

    contour: bytes
    chromaprint: bytes = b""


def load_contours(session: Session) -> Iterator[tuple[int, bytes]]:
    """(render id, contour) of every render that has one, a page in memory at a time."""
    after = ""
    while rows := session.connection().execute(_CONTOURS, {"after": after}).all():
        for row in rows:
            yield int(row.render_id, 16), bytes(row.contour)
        after = rows[-1].render_id


def load_fingerprints(session: Session, render_ids: Sequence[int]) -> dict[int, Fingerprint]:
    """The fingerprints of some renders, by id; those that have none are left out."""
    if not render_ids:
        return {}
    wanted = {"renders": [f"{render_id:016x}" for render_id in render_ids]}
    rows = session.connection().execute(_SOME, wanted)
    return {int(row.render_id, 16): Fingerprint(bytes(row.contour), bytes(row.chromaprint)) for row in rows}


def renders_of_works(session: Session, work_digests: Sequence[str]) -> list[int]:
    """The renders of some works (hex digests of performance and voice), by id."""
    rows = session.connection().execute(_SAME_WORK, {"works": list(work_digests)})
    return [int(render_id, 16) for render_id in rows.scalars()]
