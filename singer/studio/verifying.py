"""What a file is: its marks read, held against the registry, and weighed into one verdict.

Nothing here is believed because the file says so: what stands beside the sound can be copied, so it names a
song and proves none.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from consent.credentials import Credentials, sidecar_of
from consent.registry import Registry
from singer.errors import AudioError
from singer.evidence import digest_evidence, watermark_evidence
from singer.marks import USUAL_SCALED_S, Watermark
from singer.studio.fingerprints import find_recording
from singer.studio.layers import (
    PRODUCER,
    Looked,
    compare,
    look_at_credentials,
    look_at_labels,
    look_at_ledger,
)
from singer.verdict import DIGEST, FINGERPRINT, WATERMARK, Found, Verdict, judge

if TYPE_CHECKING:
    from consent.renders import RenderRecord

__all__ = ["PRODUCER", "verify"]


def verify(
    registry: Registry,
    path: Path,
    *,
    sidecar: Path | None = None,
    scaled_s: float = USUAL_SCALED_S,
    suggested: Sequence[int] = (),
) -> Verdict:
    """Say whose voice is in an audio file, under which grant, whether that still stands, and what shows it.

    1. The SHA-256 of the file is looked up among those that were released.
    2. Its labels are read, and its content credentials: in it, or in `sidecar` (left out: beside it).
    3. The watermark is searched in the sound with every key of the registry: blindly, then for what the other
       marks suggest, then in `scaled_s` seconds of the sound at other speeds and pitches.
    4. Where bytes and sound name no song, fingerprints of the songs whose melody is alike are compared.
    5. How the file differs from the song that it is found to be is listed, the path from its release to the
       ledger's signed head is followed, and all is judged.

    `suggested` are ids that the sound is held against beside those that its own marks name. Raises
    `AudioError` for a file that is no audio.
    """
    from singer.audio_file import MAX_BYTES
    from singer.marks import label_texts, read_watermarks, sha256_of

    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise AudioError(f"{path.name} is no file of at most {MAX_BYTES >> 20} MB.", "Give an audio file.")
    looked = Looked()
    sha256 = sha256_of(path)
    released = looked.songs[DIGEST] = registry.find_by_sha256(sha256)  # 1
    look_at_labels(registry, label_texts(path), looked)  # 2
    credentials = registry.credentials.read(path, sidecar)
    whole = credentials is not None and _is_whole(registry, path, sidecar, credentials, released)
    look_at_credentials(registry, credentials, whole, looked)
    candidates = list(dict.fromkeys((*looked.candidates(), *suggested)))
    keys = list(reversed(registry.watermark_keys()))
    found, search = read_watermarks(path, keys, candidates, 0.0 if released else scaled_s)  # 3
    marks, songs = _released_first(registry, found)
    sung = looked.songs[WATERMARK] = songs[0] if songs else None
    looked.evidence.insert(0, watermark_evidence(marks, songs, search))
    if sung is None and released is None:  # 4
        _look_for_fingerprint(registry, path, looked)
    song = sung or looked.songs.get(FINGERPRINT) or looked.signed_song()
    if song is not None and released is None:  # 5
        compare(registry, path, song, looked)
    looked.evidence.append(digest_evidence(released is not None))
    look_at_ledger(registry, path, sha256, released is not None, looked)
    return judge(
        Found(
            sha256=sha256,
            songs=looked.songs,
            watermark=marks[0] if marks else None,
            search=search,
            carries=tuple(looked.carries),
            changes=tuple(looked.changes),
            foreign=tuple(looked.foreign),
            evidence=tuple(looked.evidence),
            signed_here=looked.signed_here,
        )
    )


def _is_whole(
    registry: Registry,
    path: Path,
    sidecar: Path | None,
    found: Credentials,
    released: RenderRecord | None,
) -> bool:
    """Whether file and credentials are, byte for byte, what was released together."""
    from singer.marks import sha256_of

    if released is None or found.place == "embedded":
        return released is not None
    beside = registry.find_by_sha256(sha256_of(sidecar or sidecar_of(path)))
    return beside is not None and beside.render_id == released.render_id


def _released_first(
    registry: Registry, marks: Sequence[Watermark]
) -> tuple[list[Watermark], list[RenderRecord | None]]:
    """The marks in the order in which they are told, and their songs: those that were released first, and of
    these any that was withdrawn since; then the clearest."""
    known = [(mark, registry.render(mark.render_id)) for mark in marks]
    known.sort(key=lambda one: (one[1] is None, one[1] is not None and one[1].allowed_now))
    return [mark for mark, _ in known], [song for _, song in known]


def _look_for_fingerprint(registry: Registry, path: Path, looked: Looked) -> None:
    """Compare the sound's fingerprint with those of the songs whose melody comes nearest.

    A melody alone proves nothing, since anybody may sing it: only the recording's fingerprint names a song.
    """
    looked.songs[FINGERPRINT] = None
    found = find_recording(registry, path)
    looked.say(FINGERPRINT, "none" if found.render_id is None else "yes", found.sentence)
    if found.render_id is not None:
        looked.songs[FINGERPRINT] = registry.render(found.render_id)
