"""The authorisation itself: a value that only the registry can sign, and anybody may carry."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import rfc8785

from consent.keys import KeyStore
from consent.request import Request
from consent.song import Song


@dataclass(frozen=True)
class Authorization:
    """A yes to one song: for this voice and version, user, use and work, under this grant, until
    `expires_at`.

    `song_sha256` is the digest of the song that was shown (`Song.sung_sha256`), "" where none was.
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
    territory: str | None
    project: str | None
    credit: str
    presented_as: str
    render_id: int
    issued_at: datetime
    expires_at: datetime
    mac: str = ""

    def request(self, seconds: float | None = None, song: Song | None = None) -> Request:
        """The use that was allowed, as a request that can be decided again; `song` as the registry kept it."""
        return Request(
            voice=self.voice,
            user=self.user,
            purpose=self.purpose,
            work_digest=self.work_digest,
            seconds=self.seconds if seconds is None else seconds,
            language=self.language,
            territory=self.territory,
            project=self.project,
            credit=self.credit,
            presented_as=self.presented_as,
            song=song,
        )


def is_genuine(keys: KeyStore, authorization: Authorization) -> bool:
    """Whether a value is an authorisation whose MAC is this registry's over exactly its fields."""
    if type(authorization) is not Authorization or not isinstance(authorization.mac, str):
        return False
    try:
        expected = mac(keys, authorization)
        return hmac.compare_digest(expected.encode(), authorization.mac.encode())
    except (TypeError, ValueError, AttributeError, rfc8785.CanonicalizationError):
        return False  # a field of another type than we ever sign


def mac(keys: KeyStore, authorization: Authorization) -> str:
    """HMAC-SHA256, in hex, over every field but the MAC."""
    covered: dict[str, Any] = {}
    for field in fields(authorization):
        value = getattr(authorization, field.name)
        if field.name == "mac":
            continue
        if isinstance(value, datetime):
            value = value.isoformat()
        covered[field.name] = f"{value:016x}" if field.name == "render_id" else value
    return hmac.digest(keys.authorisation, b"authorisation\n" + rfc8785.dumps(covered), "sha256").hex()


def derive_render_id(key: bytes, recipe: dict[str, str], counter: int = 0) -> int:
    """The 64-bit id of a song: the first bits of HMAC-SHA256 over its recipe, and a counter if taken."""
    covered: dict[str, str | int] = {**recipe, "counter": counter} if counter else {**recipe}
    return int.from_bytes(hmac.digest(key, rfc8785.dumps(covered), "sha256")[:8], "big")
