"""The list of every recording that a model is trained on: one file for each set, written beside the base.

A list is JSON Lines. The first line says which set it is, whose, and what is hashed; every other line is a
file: name, milliseconds, SHA-256 of its bytes, SHA-256 of its samples, use, and for a synthesised file the
SHA-256 of the sentence that it says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from singer.errors import AudioError
from singer.training.corpora import TEACHER, Utterance, is_held_out, name_in_source, source_of, spoken_text
from singer.training.recipe import CLEAN_CONDITION

FORMAT = "consonance-recordings-1"
ROW = ("file", "milliseconds", "sha256", "pcm_sha256", "use", "text_sha256")
HASHED = (
    "sha256 is over the bytes of the file that was read. pcm_sha256 is over its samples as the data chunk of"
    " a WAV file holds them (8 bit unsigned, else signed little-endian), so a WAV and a FLAC of the same"
    " samples share it. Held-out files were segmented and measured with; no weight was trained on them."
)
SYNTHETIC = (
    "No recordings: sentences that a published synthesiser spoke, half of them sung by resynthesis."
    " text_sha256 is over the sentence in ASCII."
)

_BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}


def pcm_sha256(path: Path) -> str:
    """SHA-256 (hex) of the samples of an audio file, as the data chunk of a WAV file holds them.

    Floating point is hashed as 32 bit. Raises AudioError for a file that cannot be read.
    """
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            bits = _BITS.get(file.subtype)
            samples = file.read(dtype="int32" if bits else "float32", always_2d=True)
    except (OSError, RuntimeError) as error:
        raise AudioError(f"{path}: the recording cannot be read ({error}).", "Use WAV or FLAC.") from error
    return hashlib.sha256(_data_chunk(samples, bits)).hexdigest()


def _data_chunk(samples: np.ndarray, bits: int | None) -> bytes:
    """Samples (frames, channels) at full scale as a WAV file of so many bits holds them; None: float32."""
    if bits is None:
        return samples.astype("<f4").tobytes()
    whole = samples >> (32 - bits)
    if bits == 8:
        return (whole + 128).astype(np.uint8).tobytes()
    width = bits // 8
    return whole.astype("<i4").tobytes() if width == 4 else _low_bytes(whole, width)


def _low_bytes(samples: np.ndarray, width: int) -> bytes:
    return samples.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :width].tobytes()


def list_recordings(
    utterances: Sequence[Utterance], allowed: Sequence[Mapping[str, object]]
) -> dict[str, str]:
    """The list of each set that the utterances are of, by its name; `allowed` are the registry's answers.

    Reads and hashes every file. Raises AudioError for one that cannot be read.
    """
    answers = {str(answer["source"]): answer for answer in allowed}
    found: dict[str, list[Utterance]] = {}
    for utterance in utterances:
        found.setdefault(source_of(utterance), []).append(utterance)
    return {source: _list(source, mine, answers[source]) for source, mine in sorted(found.items())}


def _list(source: str, utterances: Sequence[Utterance], answer: Mapping[str, object]) -> str:
    synthetic = source == TEACHER
    rows = [_row(utterance, synthetic) for utterance in sorted(utterances, key=name_in_source)]
    trained = [utterance for utterance in utterances if not is_held_out(utterance)]
    head = {
        "format": FORMAT,
        "recordings": source,
        **{key: answer.get(key, "") for key in ("title", "performer", "owner")},
        "source": answer.get("from", ""),
        "performer_terms_sha256": answer.get("performer_terms_sha256", answer.get("terms_sha256", "")),
        "owner_terms_sha256": answer.get("owner_terms_sha256", answer.get("terms_sha256", "")),
        "files": len(rows),
        "trained": len(trained),
        "trained_minutes": round(sum(utterance.duration_s for utterance in trained) / 60.0, 3),
        "voices": sorted({utterance.voice for utterance in utterances}),
        "conditions": sorted({utterance.condition for utterance in utterances}),
        "models": ["acoustic", "vocoder"]
        if any(utterance.condition == CLEAN_CONDITION for utterance in utterances)
        else ["acoustic"],
        "hashed": f"{SYNTHETIC} {HASHED}" if synthetic else HASHED,
        "row": list(ROW if synthetic else ROW[:5]),
    }
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (head, *rows))


def _row(utterance: Utterance, synthetic: bool) -> list[object]:
    row: list[object] = [
        name_in_source(utterance),
        round(utterance.duration_s * 1000),
        hashlib.sha256(utterance.audio.read_bytes()).hexdigest(),
        pcm_sha256(utterance.audio),
        "held-out" if is_held_out(utterance) else "trained",
    ]
    if synthetic:
        row.append(hashlib.sha256(spoken_text(utterance).encode("ascii")).hexdigest())
    return row
