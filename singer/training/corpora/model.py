"""What a corpus is to training: sung or spoken files, and which phone sounds when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from singer.errors import BadInput

UNKNOWN = "?"
"""The phone of a part whose label is unknown or not to be trusted: training masks it."""

HELD_OUT_SHARE = 0.05

BAND_LIMIT_HZ = {"synthetic": 15_500.0, "formant": 10_500.0}
"""Below which frequency a recording condition has sound, where that is not all: what is missing above teaches
nobody that it is silent."""

_FORMAT = "consonance-labels-1"


class LabelsError(BadInput):
    """A corpus or its label file cannot be read: names the file and what is wrong in it."""

    code = "bad-labels"


@dataclass(frozen=True)
class LabelledPhone:
    """One phone and its place in the file, in seconds."""

    phone: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Utterance:
    """One recording with its phones, gapless from 0 to the file's end; silence is "SP", breath "AP".

    `voice` is a voice's id, `condition` how it was recorded ("16-bit", "8-bit", "synthetic": nothing above
    16 kHz, "formant": nothing above 11 kHz), `language` an ISO 639-1 code, `pitch_hz` the nominal pitch,
    around which f0 is to be searched.
    """

    id: str
    voice: str
    condition: str
    language: str
    audio: Path
    pitch_hz: float
    phones: tuple[LabelledPhone, ...]

    @property
    def duration_s(self) -> float:
        """Length of the recording in seconds."""
        return self.phones[-1].end_s if self.phones else 0.0


def is_held_out(utterance: Utterance) -> bool:
    """Whether the utterance is kept out of all training, to measure with (about 5 % of each voice).

    Decided by a hash of voice and id, so that it never depends on order, machine or the rest of the corpus.
    """
    digest = hashlib.sha256(f"{utterance.voice}/{utterance.id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < HELD_OUT_SHARE * 2**64


def source_of(utterance: Utterance) -> str:
    """The set of recordings that an utterance is of, by the name under which the registry knows it."""
    return utterance.id.split("/")[0] if "/" in utterance.id else utterance.voice


def name_in_source(utterance: Utterance) -> str:
    """The name of the utterance's file within its set of recordings, with folders."""
    folders = utterance.id.split("/")[1:-1]
    return "/".join([*folders, utterance.audio.name])


def gapless(phones: Sequence[LabelledPhone], duration_s: float) -> tuple[LabelledPhone, ...]:
    """Close small gaps, merge equal silences, and stretch the sequence to 0 … `duration_s`."""
    joined: list[LabelledPhone] = []
    for phone in phones:
        start_s = joined[-1].end_s if joined else 0.0
        if phone.end_s <= start_s:
            continue
        if joined and phone.phone == joined[-1].phone and phone.phone in ("SP", "AP", UNKNOWN):
            joined[-1] = LabelledPhone(phone.phone, joined[-1].start_s, phone.end_s)
        else:
            joined.append(LabelledPhone(phone.phone, start_s, phone.end_s))
    if not joined:
        return (LabelledPhone("SP", 0.0, duration_s),)
    joined[-1] = LabelledPhone(joined[-1].phone, joined[-1].start_s, duration_s)
    return tuple(joined)


def save_labels(utterances: Iterable[Utterance], path: Path, root: Path) -> None:
    """Write the labels as JSON; audio paths are kept relative to `root`, so that a corpus can be moved."""
    rows = [
        {
            "id": u.id,
            "voice": u.voice,
            "condition": u.condition,
            "language": u.language,
            "audio": u.audio.relative_to(root).as_posix(),
            "pitch_hz": u.pitch_hz,
            "phones": [[p.phone, round(p.start_s, 5), round(p.end_s, 5)] for p in u.phones],
        }
        for u in utterances
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(
        json.dumps({"format": _FORMAT, "utterances": rows}, ensure_ascii=False), encoding="utf-8"
    )
    partial.replace(path)


def load_labels(path: Path, root: Path) -> list[Utterance]:
    """Read what `save_labels` wrote; `root` is the folder that the audio paths are relative to.

    Raises LabelsError when the file is missing, is no label file, or a row is damaged.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LabelsError(
            f"{path}: the labels cannot be read ({error}).", "Label the corpus again."
        ) from error
    if not isinstance(document, dict) or document.get("format") != _FORMAT:
        raise LabelsError(f"{path} is not a label file of ours.", "Label the corpus again.")
    try:
        return [_utterance(row, root) for row in document["utterances"]]
    except (KeyError, TypeError, ValueError) as error:
        raise LabelsError(f"{path}: a row is damaged ({error!r}).", "Label the corpus again.") from error


def _utterance(row: dict, root: Path) -> Utterance:
    phones = tuple(LabelledPhone(str(phone), float(start), float(end)) for phone, start, end in row["phones"])
    return Utterance(
        id=row["id"],
        voice=row["voice"],
        condition=row["condition"],
        language=row["language"],
        audio=root / row["audio"],
        pitch_hz=float(row["pitch_hz"]),
        phones=phones,
    )
