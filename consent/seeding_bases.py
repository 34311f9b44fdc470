"""Seeding what voices were trained from: sets of recordings with both answers, and the base they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from consent.bases import mark_recordings, require_buildable, take_in
from consent.errors import VoiceFileError
from consent.recording_files import RecordingSource
from consent.recording_lists import Contribution, TrainingRecord, read_training_record
from consent.recordings import write_recording
from consent.records import VoiceVersionRow
from consent.store import Store, Unit
from consent.voice_files import VoiceFile


@dataclass(frozen=True)
class BaseFile:
    """The weight file that a voice shares with others, its SHA-256, and the record of its training."""

    path: Path
    sha256: str
    record: TrainingRecord | None

    @property
    def read_files(self) -> tuple[Path, ...]:
        """What was read beside the weight file."""
        return self.record.read_files if self.record else ()


def base_of(file: VoiceFile, digests: Mapping[str, str]) -> BaseFile | None:
    """The base that a voice rests on: the weight file outside its own folder; None for one that shares none.

    Raises VoiceFileError for two of them, or a training record that is not the base's.
    """
    shared = [weight for weight in file.weights if not weight.is_relative_to(file.folder.resolve())]
    if not shared:
        return None
    if len(shared) > 1:
        names = ", ".join(weight.name for weight in shared)
        raise VoiceFileError(f"{file.folder / 'voice.toml'}: the voice rests on more than one base: {names}.")
    sha256 = digests[shared[0].name]
    return BaseFile(shared[0], sha256, read_training_record(shared[0], sha256))


def seed_recordings(store: Store, unit: Unit, sources: Iterable[RecordingSource], voice: str | None) -> None:
    """Record both answers about each set; one that is no yes (any more) marks the bases that hold it."""
    unwilling = [source.name for source in sources if not write_recording(store, unit, source, voice)]
    mark_recordings(store, unit, unwilling)


def seed_base(store: Store, unit: Unit, file: VoiceFile, version: str, base: BaseFile | None) -> None:
    """Record the base of a voice's version; a version that is new is built on it.

    Raises Refused where nothing new may be built on the base any more.
    """
    if base is None:
        return
    documented = base.record is not None
    contributions = base.record.contributions if base.record else tuple(map(_own, file.recordings))
    take_in(store, unit, base.sha256, base.path.stem, documented, contributions)
    known = unit.session.get(VoiceVersionRow, (file.id, version))
    if known is None or known.wrapped_key is None:
        require_buildable(store, unit.session, base.sha256, unit.now)


def tie_version(unit: Unit, file: VoiceFile, version: str, base: BaseFile | None) -> None:
    """Note on a voice's version which base it rests on, and from which recordings its own weights come."""
    row = unit.session.get_one(VoiceVersionRow, (file.id, version))
    row.base_id = base.sha256 if base else None
    row.recordings = [source.name for source in file.recordings]
    unit.session.flush()


def _own(source: RecordingSource) -> Contribution:
    return Contribution(
        source.name, source.performer.terms_sha256, source.owner.terms_sha256, list_sha256="", content=""
    )
