"""What stands beside a song's sound, held against the registry: its label, its credentials, its proof.

Label and credentials can be copied onto another sound. So each names a song only where its signature is this
registry's, and whether the sound is that song's is for the sound to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from consent.credentials import RENDER_ASSERTION, Credentials
from consent.label_code import FORGED, OTHER_KEY, UNSIGNED
from consent.labels import AigcLabel, LabelError, label_value, parse_label
from consent.ledger.errors import ProofError
from consent.ledger.proof import LONGEST_BYTES, Proof, verify_proof
from consent.ledger.proof import SUFFIX as PROOF_SUFFIX
from consent.registry import Registry
from singer.evidence import quoted
from singer.sound_bytes import sound_sha256
from singer.verdict import CREDENTIALS, LABEL, LEDGER, Change, Evidence

if TYPE_CHECKING:
    from consent.renders import RenderRecord

PRODUCER = "Consonance"
"""What the AIGC label names as the content's producer."""

_RENDER_DIGITS = 16
_OTHER_BYTES = frozenset(("assertion.dataHash.mismatch", "assertion.bmffHash.mismatch"))
"""C2PA's codes for a manifest that is whole, and whose file is not the one that it was signed over."""
_EXPIRED = "signingCredential.expired"
_EXPIRY = frozenset((_EXPIRED, "signingCredential.untrusted"))
"""C2PA's codes for a manifest that is whole, and whose signer's certificate has ended."""


@dataclass
class Looked:
    """What the layers say so far, one after another; see `singer.verdict.Found`."""

    songs: dict[str, RenderRecord | None] = field(default_factory=dict)
    carries: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    signed_here: bool = False
    signed_sound: str | None = None
    """SHA-256 of the sound that the credentials were signed with, where they are this registry's."""

    def candidates(self) -> list[int]:
        """The ids that are suggested by now, each once."""
        return list(dict.fromkeys(song.render_id for song in self.songs.values() if song is not None))

    def signed_song(self) -> RenderRecord | None:
        """The song that the credentials name, where they hold for all that they cover."""
        return self.songs.get(CREDENTIALS) if self.signed_here else None

    def say(self, layer: str, found: str, sentence: str) -> None:
        """Note what a layer says."""
        self.evidence.append(Evidence(layer, found, sentence))


def look_at_labels(registry: Registry, texts: Sequence[str], looked: Looked) -> None:
    """Read the AIGC labels of a file, all that differ, and hold them against the songs that they name."""
    looked.songs[LABEL] = None
    if not texts:
        looked.say(LABEL, "none", "It bears no AIGC label.")
        return
    if len(texts) > 1:
        looked.changes.append(Change("labels-differ", f"It bears {len(texts)} labels that differ."))
    for text in texts:
        _look_at_label(registry, text, looked)


def _look_at_label(registry: Registry, text: str, looked: Looked) -> None:
    try:
        label = parse_label(text)
    except LabelError as error:
        looked.say(LABEL, "none", f"Its AIGC label is none: {quoted(error.sentence)}.")
        return
    code = registry.labels.check(label)
    if label.content_producer != label_value(PRODUCER) or code == OTHER_KEY:
        looked.foreign.append(LABEL)
        maker = quoted(label.content_producer) if label.content_producer else "nobody"
        other = ", of another registry" if label.content_producer == label_value(PRODUCER) else ""
        looked.say(LABEL, "no", f"Its AIGC label names {maker}{other} as the producer.")
        return
    looked.carries.append(LABEL)
    song = None if code == FORGED else _song_of(registry, label)
    if code == FORGED:
        looked.changes.append(
            Change("label-edited", "Its label was edited: the signature in it is another's.")
        )
        named = quoted(label.produce_id)
        looked.say(LABEL, "no", f"Its AIGC label names {named}, but its signature does not fit.")
    elif song is None:
        looked.changes.append(Change("label-edited", "Its label names no song that was ever released."))
        named = quoted(label.produce_id)
        looked.say(LABEL, "no", f"Its AIGC label names {named}, which was never released.")
    else:
        signed = "bears no signature" if code == UNSIGNED else "was signed by this registry"
        looked.say(LABEL, "yes", f"Its AIGC label names render {label.produce_id} and {signed}.")
        looked.songs[LABEL] = looked.songs[LABEL] or song


def _song_of(registry: Registry, label: AigcLabel) -> RenderRecord | None:
    """The song that a label of ours names."""
    if len(label.produce_id) != _RENDER_DIGITS:
        return None
    try:
        return registry.render(int(label.produce_id, 16))
    except ValueError:
        return None


def look_at_credentials(registry: Registry, found: Credentials | None, whole: bool, looked: Looked) -> None:
    """Weigh content credentials, and hold them against the song that they name.

    Only what this registry signed is believed to name a song: the signature has to hold, and the signer to be
    its own. The bytes that it was signed over may be others: then the credentials were put here, or the file
    was changed. `whole`: file and credentials are, byte for byte, what was released; then a signer whose
    certificate has expired since is believed, too.
    """
    looked.songs[CREDENTIALS] = None
    if found is None:
        looked.say(CREDENTIALS, "none", "It bears no content credentials (C2PA).")
        return
    place = "beside it" if found.place == "sidecar" else "in it"
    ours = registry.manifests.file_of(found.manifest) is not None
    expired = whole and _EXPIRED in found.problems and _EXPIRY.issuperset(found.problems)
    codes = f" ({', '.join(found.problems)})" if found.problems else ""
    if found.state == "trusted" or expired or _holds_over_other_bytes(found):
        looked.carries.append(CREDENTIALS)
        _look_inside(registry, found, place, whole, expired, looked)
    elif found.state == "invalid" and (ours or _names_a_song(registry, found) or not found.manifest):
        looked.carries.append(CREDENTIALS)
        looked.changes.append(Change("credentials-broken", "Its credentials were altered."))
        said = f"The content credentials {place} do not hold, so what they say is nobody's word{codes}."
        looked.say(CREDENTIALS, "no", said)
    else:
        looked.foreign.append(CREDENTIALS)
        maker = quoted(found.issuer) if found.issuer else "who is not named"
        said = f"The content credentials {place} are those of another maker, {maker}{codes}."
        looked.say(CREDENTIALS, "no", said)


def _look_inside(
    registry: Registry, found: Credentials, place: str, whole: bool, expired: bool, looked: Looked
) -> None:
    """Note what credentials of this registry's say, whose signature holds."""
    if found.render_id is not None:
        looked.songs[CREDENTIALS] = registry.render(found.render_id)
    looked.signed_sound = _signed_sound(found)
    names = "no render" if found.render_id is None else f"render {found.render_id:016x}"
    if found.state == "trusted" or expired:
        looked.signed_here = True
        covers = "over these very bytes" if whole else "and everything that they cover is as it was"
        said = f"The content credentials {place} were signed here, {covers}; they name {names}."
        said += " The signer's certificate has expired since." if expired else ""
        looked.say(CREDENTIALS, "yes", said)
        return
    looked.changes.append(
        Change("sidecar-does-not-fit", "The credentials beside it were signed for another file.")
        if found.place == "sidecar"
        else Change("credentials-do-not-fit", "Its credentials were signed over other bytes than these.")
    )
    said = f"The content credentials {place} were signed here, for {names}, but over other bytes."
    looked.say(CREDENTIALS, "no", said)


def _names_a_song(registry: Registry, found: Credentials) -> bool:
    return found.render_id is not None and registry.render(found.render_id) is not None


def _holds_over_other_bytes(found: Credentials) -> bool:
    """Whether this registry's signature holds, and the one thing wrong is that the bytes are others."""
    passed = _mapping(_mapping(found.data.get("validation_results")).get("activeManifest")).get("success")
    codes = {_mapping(one).get("code") for one in passed or ()}
    return (
        bool(found.problems)
        and _OTHER_BYTES.issuperset(found.problems)
        and codes.issuperset(("claimSignature.validated", "signingCredential.trusted"))
    )


def _signed_sound(found: Credentials) -> str | None:
    """The digest of the sound that a manifest of ours was signed with."""
    manifest = _mapping(_mapping(found.data.get("manifests")).get(found.manifest))
    for assertion in manifest.get("assertions", ()):
        if _mapping(assertion).get("label") == RENDER_ASSERTION:
            sound = _mapping(assertion.get("data")).get("sound_sha256")
            return sound if isinstance(sound, str) and sound else None
    return None


def look_at_ledger(registry: Registry, path: Path, sha256: str, released: bool, looked: Looked) -> None:
    """Follow the path of hashes from a release to the signed head, and check the proof beside the file."""
    if released:
        try:
            proven = verify_proof(registry.proofs.of_file(sha256), registry.proofs.public_keys, sha256)
        except ProofError as error:
            looked.say(LEDGER, "no", f"The ledger's proof of its release does not hold: {error.sentence}")
        else:
            place = f"entry {proven.index} of {proven.head_size}"
            said = f"Its release is {place} of the ledger, which leads to the head that the registry signed."
            looked.say(LEDGER, "yes", said)
    beside = path.with_name(path.name + PROOF_SUFFIX)
    if not beside.is_file():
        return
    with beside.open("rb") as file:
        text = file.read(LONGEST_BYTES + 1)
    try:
        verify_proof(Proof.from_json(text), registry.proofs.public_keys, sha256)
    except ProofError as error:
        looked.changes.append(Change("proof-does-not-fit", "The proof beside it is not that of this file."))
        looked.say(LEDGER, "no", f"The proof beside it does not hold: {error.sentence}")


def compare(registry: Registry, path: Path, song: RenderRecord, looked: Looked) -> None:
    """Note how a file differs from the song that its sound is, though it is none of the released ones."""
    named = {name: found.render_id for name, found in looked.songs.items() if found is not None}
    if LABEL not in looked.carries:
        looked.changes.append(
            Change("label-replaced", "Its label was replaced by another maker's.")
            if LABEL in looked.foreign
            else Change("label-missing", "Its label was removed.")
        )
    elif named.get(LABEL, song.render_id) != song.render_id:
        looked.changes.append(Change("label-of-another-song", "Its label is that of another song."))
    if CREDENTIALS in looked.foreign:
        looked.changes.append(
            Change("credentials-replaced", "Its credentials were replaced by another maker's.")
        )
    elif CREDENTIALS not in looked.carries:
        if registry.manifests.of_render(song.render_id):
            looked.changes.append(Change("credentials-missing", "Its credentials were removed."))
    elif named.get(CREDENTIALS, song.render_id) != song.render_id:
        looked.changes.append(
            Change("credentials-of-another-song", "Its credentials are those of another song.")
        )
    elif looked.signed_here:
        looked.changes.append(
            Change("uncovered-bytes-changed", "What was changed are bytes that its credentials do not cover.")
        )
    elif looked.signed_sound is not None:
        looked.changes.append(
            Change("tags-edited", "Its sound is untouched, bit for bit: what was edited stands beside it.")
            if sound_sha256(path) == looked.signed_sound
            else Change("sound-changed", "Its sound is not the one that was signed.")
        )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
