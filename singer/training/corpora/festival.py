"""An English teacher without recordings: Festival's HTS voice speaks our sentences and times every phone.

Needs the Debian packages `festival` and `festvox-us-slt-hts` (CMU ARCTIC slt, free of charge, also
commercially). It gives 32 kHz; nothing is heard above 16 kHz, hence the condition "synthetic". Half of the
sentences are afterwards sung (`sung.py`): vowels held on notes, so that singing voices also learn English at
the pitches of songs.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from singer import SAMPLE_RATE
from singer.errors import ConsonanceError
from singer.language.english import ARPABET
from singer.training.corpora.model import LabelledPhone, Utterance, gapless, load_labels, save_labels
from singer.training.corpora.sentences import sentences
from singer.training.corpora.sung import sing

VOICE = "english-teacher"
CONDITION = "synthetic"
LABELS = "labels-english.json"
PITCH_HZ = 175.0
_FESTIVAL_VOICE = "voice_cmu_us_slt_arctic_hts"
_MAIN_SHARE = 0.6  # of a diphthong's or syllabic consonant's time
_BATCH = 25
_TIMEOUT_S = 600


class TeacherMissing(ConsonanceError):
    """Festival or its voice is not installed, or failed: says what to install or what it said."""

    code = "no-teacher"


def synthesise_teacher(
    work: Path, *, count: int = 800, progress: Callable[[str], None] | None = None
) -> list[Utterance]:
    """The teacher's utterances; what already lies in `work` is not made again.

    Writes `NNNN.flac` (spoken, or sung for odd numbers) and LABELS into `work`, batch by batch, so that an
    interrupted run goes on where it stopped. Raises TeacherMissing when Festival is missing or fails.
    """
    work.mkdir(parents=True, exist_ok=True)
    labels = work / LABELS
    done = load_labels(labels, work) if labels.exists() else []
    texts = sentences(count)
    for first in range(len(done), count, _BATCH):
        done += _batch(texts[first : first + _BATCH], first, work)
        save_labels(done, labels, work)
        if progress:
            progress(f"{len(done)} of {count} English sentences")
    return done[:count]


def spoken_text(utterance: Utterance) -> str:
    """The sentence that an utterance of the teacher says."""
    number = int(utterance.id)
    return _first_sentences(800 * (1 + number // 800))[number]


@cache
def _first_sentences(count: int) -> tuple[str, ...]:
    return tuple(sentences(count))


def _batch(texts: Sequence[str], first: int, work: Path) -> list[Utterance]:
    with tempfile.TemporaryDirectory() as folder:
        spoken = speak(texts, Path(folder))
        return [
            _finished(wave, segments, first + index, work) for index, (wave, segments) in enumerate(spoken)
        ]


def speak(texts: Sequence[str], folder: Path) -> list[tuple[Path, list[tuple[str, float]]]]:
    """Let Festival speak; (WAV file, [(ARPABET name, end in seconds), …]) per text. Raises TeacherMissing."""
    if shutil.which("festival") is None:
        raise TeacherMissing("Festival is not installed.", "apt install festival festvox-us-slt-hts")
    lines = [f"({_FESTIVAL_VOICE})"]
    for index, text in enumerate(texts):
        lines += [
            f'(set! u (Utterance Text "{text}"))',
            "(utt.synth u)",
            f'(utt.save.wave u "{folder / f"{index}.wav"}" (quote riff))',
            f'(format t "#{index}\\n")',
            '(mapcar (lambda (s) (format t "%s %f\\n" (item.name s) (item.feat s "end")))'
            ' (utt.relation.items u "Segment"))',
        ]
    script = folder / "speak.scm"
    script.write_text("\n".join(lines), encoding="ascii")
    ran = subprocess.run(
        ["festival", "-b", str(script)], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
    )
    if ran.returncode or not (folder / f"{len(texts) - 1}.wav").exists():
        raise TeacherMissing(
            f"Festival failed: {ran.stderr.strip()[-300:]}", "apt install festvox-us-slt-hts"
        )
    segments: list[list[tuple[str, float]]] = []
    for line in ran.stdout.splitlines():
        if line.startswith("#"):
            segments.append([])
        elif segments and line.strip():
            name, end_s = line.split()
            segments[-1].append((name, float(end_s)))
    return [(folder / f"{index}.wav", found) for index, found in enumerate(segments)]


def phones_of(segments: Sequence[tuple[str, float]]) -> list[LabelledPhone]:
    """Festival's segments in our phones: diphthongs and syllabic consonants split 60 to 40."""
    labels: list[LabelledPhone] = []
    start_s = 0.0
    for name, end_s in segments:
        parts = ARPABET[name]
        middle_s = start_s + _MAIN_SHARE * (end_s - start_s)
        edges = (start_s, end_s) if len(parts) == 1 else (start_s, middle_s, end_s)
        labels += [LabelledPhone(part, a, b) for part, a, b in zip(parts, edges[:-1], edges[1:], strict=True)]
        start_s = end_s
    return labels


def _finished(wave: Path, segments: Sequence[tuple[str, float]], number: int, work: Path) -> Utterance:
    import soundfile
    import soxr

    samples, sample_rate = soundfile.read(wave, dtype="float64")
    labels, pitch_hz = phones_of(segments), PITCH_HZ
    if number % 2:
        samples, labels, pitch_hz = sing(samples, sample_rate, labels, seed=number)
    samples = soxr.resample(samples, sample_rate, SAMPLE_RATE)
    samples *= 0.5 / max(abs(samples).max(), 1e-6)
    path = work / f"{number:04d}.flac"
    soundfile.write(path, samples, SAMPLE_RATE, subtype="PCM_16")
    duration_s = len(samples) / SAMPLE_RATE
    return Utterance(path.stem, VOICE, CONDITION, "en", path, pitch_hz, gapless(labels, duration_s))
