"""The authorisation itself: a value that only the registry can sign, and anybody may carry."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints

import rfc8785

from consent.keys import KeyStore
from consent.request import Request
from consent.song import Song


@dataclass(frozen=True)
class Authorization:
    """A yes to one song: for this voice and version, user, use and work, under this grant, until
    `expires_at`.

    `song_sha256` and `sung_sha256` are the digests of the song that was shown and of what is heard of it
    (`consent.song`), "" where none was shown.
    `render_id` (64 bit, never 0) is the same for the same voice version, grant, user and work. `credit` and
    `presented_as` are what the song has to say about its voice. `mac` covers every other field.
    """

    id: str
    voice: str
    voice_version: str
    grant: str
    user: str
    purpose: str
    language: str
    seconds: float
    work_digest: str
    song_sha256: str
    sung_sha256: str
    territory: str | None
    project: str | None
    accepted_price: str | None
    further_training: bool
    credit: str
    presented_as: str
    render_id: int
    issued_at: datetime
    expires_at: datetime
    mac: str = ""

    def request(self, seconds: float | None = None, song: Song | None = None) -> Request:
        """The use that was allowed, as a request to decide again; `song` as the registry kept it."""
        return Request(
            voice=self.voice,
            user=self.user,
            purpose=self.purpose,
            work_digest=self.work_digest,
            seconds=self.seconds if seconds is None else seconds,
            language=self.language,
            territory=self.territory,
            project=self.project,
            accepted_price=self.accepted_price,
            further_training=self.further_training,
            credit=self.credit,
            presented_as=self.presented_as,
            song=song,
        )


def is_genuine(keys: KeyStore, authorization: Authorization) -> bool:
    """Whether a value is an authorisation whose MAC is this registry's over exactly its fields."""
    if type(authorization) is not Authorization:
        return False
    try:
        covered = _covered(authorization)
    except (TypeError, ValueError, AttributeError):
        return False  # a field of another type than we ever sign
    return keys.check_mac("authorisation", covered, authorization.mac)


def mac(keys: KeyStore, authorization: Authorization) -> str:
    """The MAC over every field but the MAC."""
    return keys.mac("authorisation", _covered(authorization))


def _covered(authorization: Authorization) -> dict[str, Any]:
    covered: dict[str, Any] = {}
    for name, types in _COVERED.items():
        value = getattr(authorization, name)
        if type(value) not in types:  # nothing that only says that it is one of them
            raise TypeError(name)
        if isinstance(value, datetime):
            if value.tzinfo is not UTC:
                raise TypeError(name)
            value = value.isoformat()
        covered[name] = f"{value:016x}" if name == "render_id" else value
    return covered


_COVERED = {
    name: get_args(hint) or (hint,) for name, hint in get_type_hints(Authorization).items() if name != "mac"
}
"""Every field but the MAC, and the types that it may be of."""


def derive_render_id(key: bytes, recipe: dict[str, str], counter: int = 0) -> int:
    """The 64-bit id of a song: the first bits of HMAC-SHA256 over its recipe, and a counter if taken."""
    covered: dict[str, str | int] = {**recipe, "counter": counter} if counter else {**recipe}
    return int.from_bytes(hmac.digest(key, rfc8785.dumps(covered), "sha256")[:8], "big")
