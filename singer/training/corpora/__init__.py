"""Corpora: recordings with their phones, ready to train from.

`read_corpus` labels the UTAU banks (`utau.py`) once and keeps the labels; `synthesise_teacher`
(`festival.py`) adds an English speaker that nobody had to lend, `synthesise_formant_teacher` (`formant.py`)
the sounds of seven more languages. Recordings are read with `read_samples`, never directly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from singer.training.corpora.audio import read_samples
from singer.training.corpora.festival import VOICE as TEACHER
from singer.training.corpora.festival import spoken_text, synthesise_teacher
from singer.training.corpora.formant import VOICE as FORMANT_TEACHER
from singer.training.corpora.formant import synthesise_formant_teacher
from singer.training.corpora.model import (
    UNKNOWN,
    LabelledPhone,
    LabelsError,
    Utterance,
    is_held_out,
    load_labels,
    name_in_source,
    save_labels,
    source_of,
)
from singer.training.corpora.report import report
from singer.training.corpora.utau import BANKS, read_bank

__all__ = [
    "BANKS",
    "FORMANT_TEACHER",
    "LABELS",
    "TEACHER",
    "UNKNOWN",
    "LabelledPhone",
    "LabelsError",
    "Utterance",
    "is_held_out",
    "load_labels",
    "name_in_source",
    "read_corpus",
    "read_samples",
    "report",
    "save_labels",
    "source_of",
    "spoken_text",
    "synthesise_formant_teacher",
    "synthesise_teacher",
]

LABELS = "labels-utau.json"


def read_corpus(
    recordings: Path,
    work: Path,
    *,
    sources: Collection[str] | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[Utterance]:
    """All utterances of the banks under `recordings`, and of both teachers; with `sources`, of these
    sets alone: nothing of any other is opened.

    What was labelled or synthesised before is read from the folder `work`; the rest is made and kept there.
    Raises LabelsError where a bank or a label file cannot be read, TeacherMissing where Festival is not
    installed.
    """
    labels = work / LABELS
    utterances = load_labels(labels, recordings) if labels.exists() else []
    labelled = {source_of(utterance) for utterance in utterances}
    missing = [bank for bank in BANKS if bank.source not in labelled and _wanted(bank.source, sources)]
    if missing and (sources is not None or not labels.exists()):
        utterances += [found for bank in missing for found in read_bank(recordings, bank, progress=progress)]
        save_labels(utterances, labels, recordings)
    if _wanted(TEACHER, sources):
        utterances = utterances + synthesise_teacher(work / "english", progress=progress)
    if _wanted(FORMANT_TEACHER, sources):
        utterances = utterances + synthesise_formant_teacher(work / "formant", progress=progress)
    return [utterance for utterance in utterances if _wanted(source_of(utterance), sources)]


def _wanted(source: str, sources: Collection[str] | None) -> bool:
    return sources is None or source in sources
