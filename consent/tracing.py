"""Tracing: what the registry knows of released songs, and the reopening of a voice to hold one against a
suspect recording.

A song that is sung again for a trace is no use under a grant: it was released before, nothing of it leaves
the process, and it serves whoever owns the voice. So no grant is asked and none is used up; but the voice
must not be withdrawn, the very version must still be there, and the ledger says each time who looked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from consent.errors import KeyStoreError, Reason, Refused, UnknownName
from consent.fingerprints import Fingerprint, load_contours, load_fingerprints, renders_of_works
from consent.recipes import Recipe, load_recipe, load_words
from consent.records import RenderRow, VoiceRow, VoiceVersionRow
from consent.sealing import read_sealed
from consent.store import Store, Unit
from consent.subjects import pseudonym
from consent.voice_rows import is_voice_intact


@dataclass(frozen=True)
class Reopened:
    """A released song, opened to be sung again: its recipe, its voice's weight files by name, and the key
    that marked it. `sung_sha256` is empty: its performance is known by the work's digest."""

    render_id: int
    voice: str
    voice_version: str
    work_digest: str
    recipe: Recipe
    watermark_key: bytes
    weights: Mapping[str, bytes]
    sung_sha256: str = ""


class Tracing:
    """What released songs are known by, in one registry."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def contours(self) -> Iterator[tuple[int, bytes]]:
        """(render id, melody's contour) of every render that has one, in order of ids."""
        with self._store.read() as session:
            yield from load_contours(session)

    def fingerprints(self, render_ids: Sequence[int]) -> dict[int, Fingerprint]:
        """The fingerprints of some renders, by id."""
        with self._store.read() as session:
            return load_fingerprints(session, render_ids)

    def words(self) -> Iterator[tuple[int, bytes]]:
        """(render id, what its lyrics are recognised by) of every render whose recipe has it, by id.

        The recipes themselves stay closed. Raises KeyStoreError where a key is gone or a row was changed.
        """
        with self._store.read() as session:
            yield from load_words(self._store.keys, session)

    def renders_of_works(self, work_digests: Sequence[str]) -> list[int]:
        """The renders of some works (`singer.planning.work_digest`), by id."""
        with self._store.read() as session:
            return renders_of_works(session, work_digests)

    def objections(self, render_id: int) -> list[Reason]:
        """Everything that stands against singing a released song again for a trace; logs nothing.

        Raises UnknownName for a render that was never released.
        """
        with self._store.read() as session:
            return _objections(self._store, session, _render(session, render_id))

    def reopen(self, render_id: int, by: str, suspect_sha256: str) -> Reopened:
        """Open a released song to be sung again. `by` is who asks, `suspect_sha256` (hex) the file in hand.

        Logged as `trace` in the same transaction, or as a refusal. Raises UnknownName for a render that was
        never released; Refused for a voice that is withdrawn or damaged, a version whose key is destroyed, a
        song without a recipe; StoreError or KeyStoreError for a store that is damaged.
        """
        if not re.fullmatch(r"[0-9a-f]{64}", suspect_sha256):
            raise UnknownName("The suspect file is named by its SHA-256 in hex.")
        store = self._store
        with store.write() as unit:
            render = _render(unit.session, render_id)
            reasons = _objections(store, unit.session, render)
            recipe = None if reasons else load_recipe(store.keys, unit.session, render.render_id)
            if recipe is not None:
                version = unit.session.get_one(VoiceVersionRow, (render.voice_id, render.voice_version))
                if version.wrapped_key is None:
                    raise KeyStoreError(f"The key of {version.voice_id} {version.version} is destroyed.")
                data_key = store.keys.unwrap(version.voice_id, version.version, version.wrapped_key)
                sealed = store.home / version.sealed_path
                weights = read_sealed(sealed, data_key, version.voice_id, version.version)
                key = _watermark_key(store, recipe.watermark_key)
                unit.append("trace", {**_body(store, unit, render, by), "suspect": suspect_sha256})
                return Reopened(
                    render_id,
                    render.voice_id,
                    render.voice_version,
                    render.work_digest,
                    recipe,
                    key,
                    weights,
                )
            _log_refusal(unit, render, reasons)
        raise Refused(reasons)


def _body(store: Store, unit: Unit, render: RenderRow, by: str) -> dict[str, str]:
    return {
        "render": render.render_id,
        "voice": render.voice_id,
        "version": render.voice_version,
        "by": pseudonym(store, unit, by),
    }


def _render(session: Session, render_id: int) -> RenderRow:
    row = session.get(RenderRow, f"{render_id:016x}")
    if row is None:
        raise UnknownName(f"No song was ever released as {render_id:016x}.")
    return row


def _objections(store: Store, session: Session, render: RenderRow) -> list[Reason]:
    """What stands against it: the voice's state (a suspension does not: nothing new is made), its version,
    the recipe."""
    voice = session.get_one(VoiceRow, render.voice_id)
    if not is_voice_intact(store, voice):
        return [Reason("damaged", f"The stored record of {voice.name} is not what the registry wrote.")]
    if voice.state == "withdrawn":
        sentence = f"{voice.name} was withdrawn: its keys are destroyed, and nobody can sing the song again."
        return [Reason("withdrawn", sentence)]
    version = session.get(VoiceVersionRow, (render.voice_id, render.voice_version))
    if version is None or version.wrapped_key is None:
        sentence = f"The key of {render.voice_id} {render.voice_version} is destroyed."
        return [Reason("key-destroyed", sentence)]
    if load_recipe(store.keys, session, render.render_id) is None:
        return [Reason("no-recipe", f"The recipe of {render.render_id} was not kept, or was erased.")]
    return []


def _watermark_key(store: Store, version: int) -> bytes:
    key = dict(store.keys.watermark_keys()).get(version)
    if key is None:
        raise KeyStoreError(f"The watermark key {version} of this registry is gone.")
    return key


def _log_refusal(unit: Unit, render: RenderRow, reasons: Sequence[Reason]) -> None:
    unit.append(
        "refusal",
        {
            "stage": "trace",
            "voice": render.voice_id,
            "work": render.work_digest,
            "reasons": [{"code": reason.code, "grant": None} for reason in reasons],
        },
    )
