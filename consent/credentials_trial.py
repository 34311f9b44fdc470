"""Tries a signer on a moment of silence: what no reader would accept is known before anybody sings."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from consent.claim_signer import Signer
from consent.credentials import read_credentials
from consent.credentials_signing import CredentialsError, sign_credentials

_RATE, _FRAMES = 8000, 800
_DEFINITION: dict[str, Any] = {
    "claim_generator_info": [{"name": "Consonance"}],
    "title": "Trial",
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia",
                    }
                ]
            },
        }
    ],
}


def objection_to(signer: Signer, trusted: Sequence[bytes]) -> str:
    """Why songs that this signer signs would not be accepted by a reader who trusts these certificates (PEM);
    empty where they would."""
    with TemporaryDirectory(prefix="consonance-trial-") as folder:
        path = Path(folder) / "trial.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(_RATE)
            file.writeframes(bytes(2 * _FRAMES))
        try:
            sign_credentials(path, _DEFINITION, signer)
        except CredentialsError as error:
            return error.sentence.partition("signed: ")[2] or error.sentence
        found = read_credentials(path, None, trusted)
    if found is None:
        return "nothing could be read back"
    return "" if found.state == "trusted" else ", ".join(found.problems) or found.state
