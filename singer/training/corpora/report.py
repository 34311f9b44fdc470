"""What there is to train from: minutes, phones, how much is masked, and how well the labels fit the sound."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from singer import SAMPLE_RATE
from singer.language import phones
from singer.training.corpora.acoustics import voicing
from singer.training.corpora.audio import read_samples
from singer.training.corpora.model import UNKNOWN, Utterance, is_held_out
from singer.training.corpora.refinement import is_unvoiced, voice_onset_s

_LONGEST_CONSONANT_S = 0.27
_SHORTEST_VOWEL_S = 0.03


@dataclass(frozen=True)
class BankReport:
    """Figures of one bank; onset errors are label minus measured onset of voice, in milliseconds."""

    name: str
    files: int
    held_out: int
    minutes: float
    masked_minutes: float
    silent_minutes: float
    phones: dict[str, int]
    doubtful_files: int
    onsets: int
    onsets_measured: int
    onset_error_ms: tuple[float, float, float]

    def __str__(self) -> str:
        low, middle, high = self.onset_error_ms
        rarest = sorted(self.phones.items(), key=lambda item: item[1])[:5]
        return (
            f"{self.name}: {self.files} files ({self.held_out} held out), {self.minutes:.1f} min,"
            f" of these {self.silent_minutes:.1f} silent and {self.masked_minutes:.1f} masked;"
            f" {len(self.phones)} phones, rarest {rarest};"
            f" {self.doubtful_files} files with a doubtful length;"
            f" voice measured at {self.onsets_measured} of {self.onsets} onsets,"
            f" label − voice {low:+.0f} / {middle:+.0f} / {high:+.0f} ms (5th, 50th, 95th centile)"
        )


def report(utterances: Iterable[Utterance]) -> list[BankReport]:
    """One report for each voice, condition, language and pitch folder; reads all audio."""
    groups: dict[str, list[Utterance]] = {}
    for utterance in utterances:
        folder = utterance.id.rpartition("/")[0]
        name = f"{utterance.voice} {folder} ({utterance.language}, {utterance.condition})"
        groups.setdefault(name, []).append(utterance)
    return [_bank(name, members) for name, members in groups.items()]


def _bank(name: str, members: Sequence[Utterance]) -> BankReport:
    counts = Counter(label.phone for member in members for label in member.phones)
    errors: list[float] = []
    onsets = 0
    for member in members:
        curve = voicing(read_samples(member.audio), SAMPLE_RATE, member.pitch_hz)
        for before, after in zip(member.phones[:-1], member.phones[1:], strict=True):
            if is_unvoiced(before.phone) and after.phone not in (phones.SILENCE, phones.BREATH, UNKNOWN):
                if not phones.is_vowel(after.phone):
                    continue
                onsets += 1
                measured_s = voice_onset_s(before, after, curve)
                errors += [] if measured_s is None else [1000.0 * (after.start_s - measured_s)]
    low, middle, high = np.percentile(errors, (5, 50, 95)) if errors else (0.0, 0.0, 0.0)
    return BankReport(
        name=name,
        files=len(members),
        held_out=sum(map(is_held_out, members)),
        minutes=sum(member.duration_s for member in members) / 60.0,
        masked_minutes=_minutes(members, (UNKNOWN,)),
        silent_minutes=_minutes(members, (phones.SILENCE,)),
        phones=dict(counts),
        doubtful_files=sum(map(_is_doubtful, members)),
        onsets=onsets,
        onsets_measured=len(errors),
        onset_error_ms=(float(low), float(middle), float(high)),
    )


def _minutes(members: Sequence[Utterance], names: Sequence[str]) -> float:
    labels = (label for member in members for label in member.phones)
    return sum(label.end_s - label.start_s for label in labels if label.phone in names) / 60.0


def _is_doubtful(utterance: Utterance) -> bool:
    """Whether a consonant is longer or a vowel shorter than people sing them."""
    for label in utterance.phones:
        length_s = label.end_s - label.start_s
        if label.phone in (phones.SILENCE, phones.BREATH, UNKNOWN, "ɴ", "n", "ŋ"):
            continue
        if length_s < _SHORTEST_VOWEL_S if phones.is_vowel(label.phone) else length_s > _LONGEST_CONSONANT_S:
            return True
    return False
