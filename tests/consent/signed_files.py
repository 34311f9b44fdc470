"""Sound files of every format, and a statement to sign over them, for the tests of content credentials."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from consent.credentials import RENDER_ASSERTION, SOFT_BINDING
from singer import SAMPLE_RATE
from singer.audio_file import Tags, write

FORMATS = ("wav", "flac", "mp3", "m4a", "ogg", "opus")
EMBEDDED = ("wav", "flac", "mp3", "m4a")
RENDER_ID = 0x0123456789ABCDEF


def sound_file(path: Path, seed: int = 0) -> Path:
    """A second of coloured noise, drawn by a seed, in the format of the path's suffix."""
    noise = np.random.default_rng(seed).normal(size=SAMPLE_RATE).astype(np.float32)
    write(path, np.convolve(noise, np.ones(8, np.float32) / 40, "same"), Tags("Noise", "Nobody"))
    return path


def statement(render_id: int = RENDER_ID, title: str = "A song") -> dict[str, Any]:
    """What a manifest says, in short."""
    return {
        "claim_generator_info": [{"name": "Consonance", "version": "1"}],
        "title": title,
        "assertions": [
            {
                "label": "c2pa.actions.v2",
                "data": {
                    "actions": [
                        {
                            "action": "c2pa.created",
                            "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/"
                            "trainedAlgorithmicMedia",
                        },
                        {"action": "c2pa.watermarked.bound"},
                    ]
                },
            },
            {
                "label": "c2pa.soft-binding",
                "data": {"alg": SOFT_BINDING, "blocks": [{"scope": {}, "value": f"{render_id:016x}"}]},
            },
            {"label": RENDER_ASSERTION, "data": {"render": f"{render_id:016x}"}},
        ],
    }
