"""Corpora: recordings with their phones, ready to train from.

`read_corpus` labels the UTAU banks (`utau.py`) once and keeps the labels; `synthesise_teacher`
(`festival.py`) adds an English speaker that nobody had to lend. Recordings are read with `read_samples`,
never directly.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from singer.training.corpora.audio import read_samples
from singer.training.corpora.festival import synthesise_teacher
from singer.training.corpora.model import (
    UNKNOWN,
    LabelledPhone,
    LabelsError,
    Utterance,
    is_held_out,
    load_labels,
    save_labels,
)
from singer.training.corpora.report import report
from singer.training.corpora.utau import BANKS, read_bank

__all__ = [
    "BANKS",
    "UNKNOWN",
    "LabelledPhone",
    "LabelsError",
    "Utterance",
    "is_held_out",
    "load_labels",
    "read_corpus",
    "read_samples",
    "report",
    "save_labels",
    "synthesise_teacher",
]

LABELS = "labels-utau.json"


def read_corpus(
    recordings: Path, work: Path, *, teacher: bool = True, progress: Callable[[str], None] | None = None
) -> list[Utterance]:
    """All utterances of the banks under `recordings`, and of the English teacher where `teacher` is set.

    What was labelled or synthesised before is read from the folder `work`; the rest is made and kept there.
    Raises LabelsError where a bank or a label file cannot be read, TeacherMissing where Festival is not
    installed.
    """
    labels = work / LABELS
    if labels.exists():
        utterances = load_labels(labels, recordings)
    else:
        utterances = [found for bank in BANKS for found in read_bank(recordings, bank, progress=progress)]
        save_labels(utterances, labels, recordings)
    return utterances + (synthesise_teacher(work / "english", progress=progress) if teacher else [])
