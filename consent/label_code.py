"""What binds an AIGC label to the ledger: the registry's signature in `ReservedCode1`.

GB 45438-2025 leaves that field to the producer's own protection. A label is written before its song's ledger
entry exists, so it is bound to what both name: the render id. The signature says that this registry wrote the
label for that render; the registry's records say what was released under it; the watermark says whether that
is the sound. A label with its signature can still be copied onto another sound: it names a song, no more.

    ReservedCode1 = "ed25519:" ‖ key id (8 hex digits) ‖ ":" ‖ base64(signature)

signed with the key of the ledger's heads over the RFC 8785 form of the ledger's origin and the label's Label,
ContentProducer and ProduceID. What a propagator may fill in later is not covered.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from consent.authorization import Authorization, is_genuine
from consent.canonical import canonical
from consent.labels import AigcLabel, LabelError, label_value
from consent.ledger.log_keys import LogKeys
from consent.ledger.notes import VerifierKey
from consent.store import Store

SIGNED, UNSIGNED, OTHER_KEY, FORGED = "signed", "unsigned", "other-key", "forged"
"""What a label's code is worth: signed here; none of our form; by a key of another registry; by one of ours,
but over another label."""

_FORM = re.compile(r"ed25519:([0-9a-f]{8}):([A-Za-z0-9+/]{86}==)")
_TYPE = "consonance-aigc-label/1"


class Labels:
    """The labels of one registry."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, authorization: Authorization, producer: str) -> AigcLabel:
        """The label of a song that was authorised, signed. The same authorised song gives the same label.

        `producer`: who made it; what the standard forbids in it becomes an underscore. Raises LabelError
        for an authorisation that is not this registry's.
        """
        if not is_genuine(self._store.keys, authorization):
            raise LabelError("A label is written only for a song that this registry authorised.")
        bare = AigcLabel(label_value(producer), f"{authorization.render_id:016x}")
        ledger = self._store.ledger
        key_id = ledger.keys.newest.id.hex()
        signature = base64.b64encode(ledger.signing_key.sign(_covered(bare, ledger.origin))).decode()
        return AigcLabel(bare.content_producer, bare.produce_id, f"ed25519:{key_id}:{signature}")

    def check(self, label: AigcLabel) -> str:
        """What the code of a label is worth here: SIGNED, UNSIGNED, OTHER_KEY or FORGED."""
        return check_code(label, self._store.ledger.keys)


def check_code(label: AigcLabel, keys: LogKeys) -> str:
    """The same from a registry's public keys alone: no registry, no network.

    1. The code is of our form. 2. The key that it names is one of these. 3. Its signature is that key's, over
    this very label.
    """
    written = _FORM.fullmatch(label.reserved_code1)  # 1
    if written is None:
        return UNSIGNED
    named = {key.id.hex(): key for key in _every(keys)}.get(written[1])  # 2
    if named is None:
        return OTHER_KEY
    try:  # 3
        signature = base64.b64decode(written[2], validate=True)
        if base64.b64encode(signature).decode() != written[2]:
            return FORGED
        Ed25519PublicKey.from_public_bytes(named.public).verify(signature, _covered(label, keys.name))
    except (InvalidSignature, ValueError, binascii.Error):
        return FORGED
    return SIGNED


def _every(keys: LogKeys) -> list[VerifierKey]:
    return [keys.newest, *(key for key, _ in keys.renewed)]


def _covered(label: AigcLabel, origin: str) -> bytes:
    covered: dict[str, Any] = {
        "type": _TYPE,
        "ledger": origin,
        "Label": label.label,
        "ContentProducer": label.content_producer,
        "ProduceID": label.produce_id,
    }
    return canonical(covered)
