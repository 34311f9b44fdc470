"""What a file is: its marks read, held against the registry, and weighed into one verdict.

Nothing here is believed because the file says so: what stands beside the sound can be copied, so it names a
song and proves none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from consent.credentials import RENDER_ASSERTION, Credentials
from consent.labels import AigcLabel, LabelError, label_value, parse_label
from consent.registry import Registry
from singer.errors import AudioError
from singer.marks import USUAL_SCALED_S, Search, Watermark
from singer.sound_bytes import sound_sha256
from singer.verdict import CREDENTIALS, DIGEST, LABEL, WATERMARK, Change, Evidence, Found, Verdict, judge

if TYPE_CHECKING:
    from consent.renders import RenderRecord

PRODUCER = "Consonance"
"""What the AIGC label names as the content's producer."""

_RENDER_DIGITS = 16
_OTHER_BYTES = frozenset(("assertion.dataHash.mismatch", "assertion.bmffHash.mismatch"))
"""C2PA's codes for a manifest that is whole, and whose file is not the one that it was signed over."""


@dataclass
class _Looked:
    """What the layers say so far, one after another."""

    songs: dict[str, RenderRecord | None] = field(default_factory=dict)
    carries: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    signed_here: bool = False
    sound: str | None = None
    """SHA-256 of the sound that the credentials were signed with, where they are this registry's."""

    def candidates(self) -> list[int]:
        """The ids that are suggested by now, each once."""
        return list(dict.fromkeys(song.render_id for song in self.songs.values() if song is not None))


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
    2. Its label is read, and its content credentials: in it, or in `sidecar` (left out: beside it).
    3. The watermark is searched in the sound with every key of the registry: blindly, then for what the other
       marks suggest, then in `scaled_s` seconds of the sound at other speeds and pitches.
    4. What the marks name is looked up in the registry, how they differ from it is listed, and all is judged.

    `suggested` are ids that the sound is held against beside those that its own marks name. Raises
    `AudioError` for a file that is no audio.
    """
    from singer.audio_file import MAX_BYTES
    from singer.marks import label_text, read_watermark, sha256_of

    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise AudioError(f"{path.name} is no file of at most {MAX_BYTES >> 20} MB.", "Give an audio file.")
    looked = _Looked()
    sha256 = sha256_of(path)
    released = looked.songs[DIGEST] = registry.find_by_sha256(sha256)  # 1
    _read_label(registry, label_text(path), looked)  # 2
    _read_credentials(registry, registry.credentials.read(path, sidecar), looked)
    candidates = list(dict.fromkeys((*looked.candidates(), *suggested)))
    keys = list(reversed(registry.watermark_keys()))
    mark, search = read_watermark(path, keys, candidates, 0.0 if released else scaled_s)  # 3
    sung = looked.songs[WATERMARK] = registry.render(mark.render_id) if mark else None  # 4
    looked.evidence.insert(0, watermark_evidence(mark, sung is not None, search))
    if sung is not None and released is None:
        _compare(registry, path, sung, looked)
    looked.evidence.append(_digest_evidence(registry, released))
    return judge(
        Found(
            sha256=sha256,
            songs=looked.songs,
            watermark=mark,
            search=search,
            carries=tuple(looked.carries),
            changes=tuple(looked.changes),
            foreign=tuple(looked.foreign),
            evidence=tuple(looked.evidence),
            signed_here=looked.signed_here,
        )
    )


def watermark_evidence(mark: Watermark | None, released: bool, search: Search) -> Evidence:
    """What the sound says, and how it was asked."""
    if mark is None:
        return Evidence(
            WATERMARK, "none", f"No watermark of this registry was found in it. {searched(search)}"
        )
    minutes, seconds = divmod(int(mark.start_s), 60)
    surely = f"chance gives that at most once in {_odds(mark.false_positive_rate)} such files"
    known = "" if released else " No song was released under that id."
    scaled = " It was played at another speed or pitch." if mark.how == "scaled" else ""
    return Evidence(
        WATERMARK,
        "yes" if released else "no",
        f"Carries the watermark of render {mark.render_id:016x}, read from {minutes}:{seconds:02} on; "
        f"{mark.confidence:.0%} of its bits agree, and {surely}.{scaled}{known}",
    )


def searched(search: Search) -> str:
    """How far a sound was searched, for a person."""
    keys = "one key" if search.keys == 1 else f"{search.keys} keys"
    said = f"Searched: {_clock(search.duration_s)} at every place, with {keys}"
    if search.scaled_s:
        said += f"; {_clock(search.scaled_s)} of it also at speeds of ±12 % and pitches of ±3.5 semitones"
    return f"{said}."


def _read_label(registry: Registry, text: str | None, looked: _Looked) -> None:
    """Read the AIGC label, and hold it against the song that it names."""
    looked.songs[LABEL] = None
    if text is None:
        looked.evidence.append(Evidence(LABEL, "none", "It bears no AIGC label."))
        return
    try:
        label = parse_label(text)
    except LabelError as error:
        looked.evidence.append(Evidence(LABEL, "none", f"Its AIGC label is none: {error.sentence}"))
        return
    if label.content_producer != label_value(PRODUCER):
        maker = label.content_producer or "nobody"
        looked.foreign.append(LABEL)
        looked.evidence.append(Evidence(LABEL, "no", f"Its AIGC label names {maker} as the producer."))
        return
    looked.carries.append(LABEL)
    song = looked.songs[LABEL] = _song_of(registry, label)
    if song is None:
        looked.changes.append(Change("label-edited", "Its label names no song that was ever released."))
        looked.evidence.append(
            Evidence(LABEL, "no", f"Its AIGC label names {label.produce_id}, which was never released.")
        )
        return
    looked.evidence.append(Evidence(LABEL, "yes", f"Its AIGC label names render {label.produce_id}."))


def _read_credentials(registry: Registry, found: Credentials | None, looked: _Looked) -> None:
    """Weigh the content credentials, and hold them against the song that they name.

    Only what this registry signed is believed to name a song: the signature has to hold, and the signer to be
    its own. The bytes that it was signed over may be others: then the credentials were put here, or the file
    was changed.
    """
    looked.songs[CREDENTIALS] = None
    if found is None:
        looked.evidence.append(Evidence(CREDENTIALS, "none", "It bears no content credentials (C2PA)."))
        return
    place = "beside it" if found.place == "sidecar" else "in it"
    kept = registry.manifests.file_of(found.manifest)
    if found.state == "trusted" or _only_other_bytes(found):
        looked.carries.append(CREDENTIALS)
        song = registry.render(found.render_id) if found.render_id is not None else None
        looked.songs[CREDENTIALS] = song
        looked.sound = _signed_sound(found)
        names = f"render {found.render_id:016x}" if found.render_id is not None else "no render"
        if found.state == "trusted":
            looked.signed_here = True
            said = (
                f"The content credentials {place} were signed here, over these very bytes; they name {names}."
            )
            looked.evidence.append(Evidence(CREDENTIALS, "yes", said))
            return
        code, sentence = (
            ("sidecar-does-not-fit", "The credentials beside it were signed for another file.")
            if found.place == "sidecar"
            else ("credentials-do-not-fit", "Its credentials were signed over other bytes than these.")
        )
        looked.changes.append(Change(code, sentence))
        said = f"The content credentials {place} were signed here, for {names}, but over other bytes."
        looked.evidence.append(Evidence(CREDENTIALS, "no", said))
        return
    codes = f" ({', '.join(found.problems)})" if found.problems else ""
    if kept is not None or found.render_id is not None or not found.manifest:
        looked.carries.append(CREDENTIALS)
        looked.changes.append(Change("credentials-broken", "Its credentials were altered."))
        said = f"The content credentials {place} do not hold, so that what they say is nobody's word{codes}."
    else:
        looked.foreign.append(CREDENTIALS)
        maker = found.issuer or "who is not named"
        said = f"The content credentials {place} are those of another maker, {maker}{codes}."
    looked.evidence.append(Evidence(CREDENTIALS, "no", said))


def _only_other_bytes(found: Credentials) -> bool:
    """Whether this registry's signature holds, and the one thing wrong is that the bytes are others."""
    results = found.data.get("validation_results")
    active = results.get("activeManifest") if isinstance(results, Mapping) else None
    passed = active.get("success") if isinstance(active, Mapping) else None
    codes = {one.get("code") for one in passed or () if isinstance(one, Mapping)}
    return (
        bool(found.problems)
        and _OTHER_BYTES.issuperset(found.problems)
        and codes.issuperset(("claimSignature.validated", "signingCredential.trusted"))
    )


def _signed_sound(found: Credentials) -> str | None:
    """The digest of the sound that a manifest of ours was signed with."""
    manifest = found.data["manifests"][found.manifest]
    for assertion in manifest.get("assertions", ()):
        if assertion.get("label") == RENDER_ASSERTION:
            sound = assertion["data"].get("sound_sha256")
            return sound if isinstance(sound, str) else None
    return None


def _compare(registry: Registry, path: Path, song: RenderRecord, looked: _Looked) -> None:
    """How a file differs from the song that its sound is, though it is none of the released ones."""
    named = {name: found.render_id for name, found in looked.songs.items() if found is not None}
    if LABEL not in looked.carries and LABEL not in looked.foreign:
        looked.changes.append(Change("label-missing", "Its label was removed."))
    elif LABEL in looked.foreign:
        looked.changes.append(Change("label-replaced", "Its label was replaced by another maker's."))
    elif named.get(LABEL, song.render_id) != song.render_id:
        looked.changes.append(Change("label-of-another-song", "Its label is that of another song."))
    if CREDENTIALS not in looked.carries:
        if registry.manifests.of_render(song.render_id):
            looked.changes.append(Change("credentials-missing", "Its credentials were removed."))
    elif named.get(CREDENTIALS, song.render_id) != song.render_id:
        looked.changes.append(
            Change("credentials-of-another-song", "Its credentials are those of another song.")
        )
    elif looked.sound is not None and not looked.signed_here:
        same = sound_sha256(path) == looked.sound
        looked.changes.append(
            Change("tags-edited", "Its sound is untouched, bit for bit: what was edited stands beside it.")
            if same
            else Change("sound-changed", "Its sound is not the one that was signed.")
        )


def _song_of(registry: Registry, label: AigcLabel) -> RenderRecord | None:
    """The song that a label of ours names."""
    if len(label.produce_id) != _RENDER_DIGITS:
        return None
    try:
        return registry.render(int(label.produce_id, 16))
    except ValueError:
        return None


def _digest_evidence(registry: Registry, released: RenderRecord | None) -> Evidence:
    if released is None:
        return Evidence(DIGEST, "no", "Not a file that was released here, byte for byte.")
    head = registry.ledger_head()
    size = f" of {head.size}, under a signed head" if head else ""
    return Evidence(
        DIGEST,
        "yes",
        f"Exactly what was released, byte for byte. It is entry {released.ledger_index}{size}.",
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def _odds(rate: float) -> str:
    """A rate as the number of tries in which it is expected once, in a power of ten."""
    if rate <= 0:
        return "10³⁰⁰"
    import math

    power = max(0, math.floor(-math.log10(rate)))
    return "10" + str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
