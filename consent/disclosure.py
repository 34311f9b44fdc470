"""What a voice was trained on, as a list: every set of recordings and every file of it.

The base's ledger entry holds the SHA-256 of each list, so that a list cannot be changed afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from consent.bases import BaseModel, to_base
from consent.errors import StoreError, UnknownName
from consent.recording_lists import TRAINED, ListedFile, RecordingList, parse_list
from consent.recordings import load_recordings
from consent.records import BaseModelRow, RecordingListRow, VoiceRow, VoiceVersionRow
from consent.store import Store
from consent.training import may_train


@dataclass(frozen=True)
class DisclosedSet:
    """A set of recordings that a voice was trained on.

    `in_base` says that the joint base was trained on it, `in_own_weights` that what is the voice's own was.
    The terms' hashes are of the texts that showed the yeses when it was trained. `list_sha256` is the hash of
    the list that `files` was read from, "" where no list is kept; `about` is what the list says of the set.
    `may_be_trained` says whether a model may be trained from it today.
    """

    recordings: str
    title: str
    performer: str
    owner: str
    source: str
    performer_terms_sha256: str
    owner_terms_sha256: str
    in_base: bool
    in_own_weights: bool
    may_be_trained: bool
    list_sha256: str
    about: Mapping[str, Any]
    files: tuple[ListedFile, ...]

    def trained(self) -> tuple[ListedFile, ...]:
        """The files that weights were trained on; the others were only measured with."""
        return tuple(file for file in self.files if file.use == TRAINED)


@dataclass(frozen=True)
class Disclosure:
    """Everything that a version of a voice was trained on. `base` is its joint base, if it has one."""

    voice: str
    name: str
    version: str
    base: BaseModel | None
    sets: tuple[DisclosedSet, ...]

    def describe(self) -> Iterator[str]:
        """The disclosure in sentences."""
        own = [found.title for found in self.sets if found.in_own_weights]
        yield f"{self.name} ({self.version}) was trained on {len(self.sets)} sets of recordings."
        if self.base is not None:
            shared = [found.title for found in self.sets if found.in_base]
            yield (
                f"The joint base that it shares with other voices ({self.base.id[:12]}, {self.base.state}) "
                f"was trained on: {'; '.join(shared) or 'nothing that anybody wrote down'}."
            )
            if not self.base.documented:
                yield "No record of the base's training says so: this is what the voices on it declare."
        yield f"What is the voice's own was trained on: {'; '.join(own) or 'nothing that it declares'}."
        for found in self.sets:
            if not found.list_sha256:
                yield f"No list of the files of {found.title} is kept."

    def find(self, sha256: str) -> Iterator[tuple[DisclosedSet, ListedFile]]:
        """Where a file is in the lists, by the SHA-256 (hex) of its bytes or of its samples."""
        for found in self.sets:
            for file in found.files:
                if sha256 in (file.sha256, file.pcm_sha256):
                    yield found, file

    def to_json(self) -> dict[str, Any]:
        """The whole disclosure as JSON values."""
        base = None
        if self.base is not None:
            base = {"sha256": self.base.id, "state": self.base.state, "documented": self.base.documented}
            base["ledger_index"] = self.base.ledger_index
        sets = []
        for found in self.sets:
            trained = found.trained()
            sets.append(
                {
                    **asdict(found),
                    "about": dict(found.about),
                    "trained_files": len(trained),
                    "trained_seconds": round(sum(file.seconds for file in trained), 3),
                }
            )
        return {
            "voice": self.voice,
            "name": self.name,
            "version": self.version,
            "base": base,
            "in_words": list(self.describe()),
            "sets": sets,
        }


def disclose(store: Store, session: Session, voice: str) -> Disclosure:
    """What the present version of a voice was trained on; of a withdrawn voice, its last.

    Raises UnknownName; StoreError for a list that was altered.
    """
    row = session.get(VoiceRow, voice)
    version = None if row is None else session.get(VoiceVersionRow, (voice, row.version))
    if row is None or version is None:
        raise UnknownName(f"The registry knows no voice {voice!r} with weights.")
    base_row = None if version.base_id is None else session.get(BaseModelRow, version.base_id)
    base = None if base_row is None else to_base(store, base_row, store.now(session))
    entries = {str(entry["recordings"]): entry for entry in (base_row.contributors if base_row else ())}
    own = [str(name) for name in version.recordings]
    names = [*entries, *(name for name in own if name not in entries)]
    sets = tuple(_disclosed(store, session, name, entries.get(name), name in own) for name in names)
    return Disclosure(row.id, row.name, row.version, base, sets)


def _disclosed(
    store: Store, session: Session, name: str, entry: Mapping[str, Any] | None, own: bool
) -> DisclosedSet:
    """One set, from the base's entry on it, its list, and what the registry knows of it now."""
    known = load_recordings(store, session, name)
    listed = _list(session, entry)
    about: Mapping[str, Any] = listed.head if listed else {}
    said = {key: str(about.get(key, "")) for key in ("title", "performer", "owner", "source")}
    if known is not None:
        said = {
            "title": known.title,
            "performer": known.performer.name,
            "owner": known.owner.name,
            "source": known.source,
        }
    terms = ("", "") if known is None else (known.performer.terms_sha256, known.owner.terms_sha256)
    if entry is not None:
        terms = (entry["performer_terms_sha256"] or "", entry["owner_terms_sha256"] or "")
    return DisclosedSet(
        recordings=name,
        title=said["title"] or name,
        performer=said["performer"],
        owner=said["owner"],
        source=said["source"],
        performer_terms_sha256=terms[0],
        owner_terms_sha256=terms[1],
        in_base=entry is not None,
        in_own_weights=own,
        may_be_trained=may_train(store, session, name).allow,
        list_sha256=(entry or {}).get("list_sha256") or "",
        about=about,
        files=listed.files if listed else (),
    )


def _list(session: Session, entry: Mapping[str, Any] | None) -> RecordingList | None:
    if entry is None or not entry["list_sha256"]:
        return None
    row = session.get_one(RecordingListRow, entry["list_sha256"])
    if hashlib.sha256(row.content.encode()).hexdigest() != row.sha256:
        raise StoreError(f"The list of {row.recordings} is not the one that stands on the ledger.")
    return parse_list(row.content, f"the list of {row.recordings}")
