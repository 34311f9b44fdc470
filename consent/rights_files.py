"""`[rights]` of voice.toml: the performer's consent and the recording owner's permission, each with what
shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from consent.errors import VoiceFileError
from consent.persons import KINDS
from consent.request import ACTIONS
from consent.rights import PERFORMER, RECORDING_OWNER
from consent.toml_files import Table

_FIELDS = ("name", "kind", "contact", "basis", "quote", "evidence", "actions")
_LEFT_OUT = re.compile(r"\[(?:…|\.\.\.)\]")


class Text(Protocol):
    """A text of the evidence: its file's name, its words, its SHA-256 (hex)."""

    @property
    def name(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True)
class PublishedRight:
    """One permission as a voice's folder shows it; `right` is PERFORMER or RECORDING_OWNER.

    `basis` says in plain words what shows it, and what does not; `quote` are the words, out of `evidence`.
    """

    right: str
    name: str
    kind: str
    contact: str
    basis: str
    quote: str
    evidence: Text
    actions: tuple[str, ...]


def read_rights(path: Path, table: Mapping[str, Any], evidence: Sequence[Text]) -> tuple[PublishedRight, ...]:
    """The permissions that a voice.toml shows; what it does not show is left out and denies.

    Raises VoiceFileError with the entry at fault: also where a quote does not stand in its evidence.
    """
    if "rights" not in table:
        return ()
    values = Table(path, table, "rights")
    values.only((PERFORMER, RECORDING_OWNER))
    return tuple(
        _right(Table(path, values.values, right, f"rights.{right}"), right, evidence)
        for right in (PERFORMER, RECORDING_OWNER)
        if right in values.values
    )


def _right(values: Table, right: str, evidence: Sequence[Text]) -> PublishedRight:
    values.only(_FIELDS)
    kind = values.text("kind", "person")
    if kind not in KINDS:
        raise VoiceFileError(f"{values.place} kind is {kind!r}, not one of {', '.join(KINDS)}.")
    actions = values.texts("actions")
    strange = [action for action in actions if action not in ACTIONS]
    if strange:
        raise VoiceFileError(
            f"{values.place} actions {strange} are not known.", f"Known: {', '.join(ACTIONS)}."
        )
    name = values.text("evidence")
    text = next((text for text in evidence if text.name == name), None)
    if text is None:
        raise VoiceFileError(
            f"{values.place} evidence {name!r} is none of the texts under [evidence].", "Add it to its terms."
        )
    quote = values.text("quote")
    if not stands_in(quote, text.text):
        raise VoiceFileError(
            f"{values.place} quote does not stand in {name}.",
            "Quote it word for word, with […] where words are left out.",
        )
    return PublishedRight(
        right=right,
        name=values.text("name"),
        kind=kind,
        contact=values.text("contact", ""),
        basis=values.text("basis"),
        quote=quote,
        evidence=text,
        actions=tuple(dict.fromkeys(actions)),
    )


def stands_in(quote: str, text: str) -> bool:
    """Whether a quote stands in a text word for word and in order; […] leaves words out, and line breaks and
    spaces do not count."""
    where, searched = 0, "".join(text.split())
    pieces = ["".join(piece.split()) for piece in _LEFT_OUT.split(quote)]
    if not any(pieces):
        return False
    for piece in pieces:
        found = searched.find(piece, where)
        if found < 0:
            return False
        where = found + len(piece)
    return True
