"""Hostile files: each gives a clear answer, in bounded time and memory, and no process dies of one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_files import FORMATS, LABEL, OTHER_LABEL, hostile_files

from singer.audio_tags import read_labels

MEMORY_BYTES = 700 << 20
"""What looking at hostile files may take beside the libraries; the traps ask for far more."""

_LOOK = """
import json, resource, sys, time
from pathlib import Path
import av, mutagen, numpy, soundfile, soxr
from singer.audio_file import read
from singer.audio_tags import read_labels, read_tags
from singer.errors import AudioError

pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
answers = {}
for path in sorted(Path(sys.argv[1]).iterdir()):
    said = []
    start = time.process_time()
    for look in (lambda path: read(path, 16_000), read_tags, read_labels):
        try:
            look(path)
            said.append("")
        except AudioError as error:
            said.append(error.sentence)
    answers[path.name] = [time.process_time() - start, *said]
print(json.dumps(answers))
"""


@pytest.mark.parametrize(
    ("audio_format", "seed"),
    [*((name, 0) for name in FORMATS), ("mp3", 1122)],  # the last: frames that FFmpeg's resampler refuses
)
def test_hostile_files_get_an_answer_in_bounded_time_and_memory(
    tmp_path: Path, audio_format: str, seed: int
) -> None:
    files = hostile_files(audio_format, seed)
    assert len(files) >= 20
    for number, (_, content) in enumerate(files):
        (tmp_path / f"{number:02d}").write_bytes(content)
    looked = subprocess.run(
        [sys.executable, "-c", _LOOK, str(tmp_path), str(MEMORY_BYTES)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert looked.returncode == 0, looked.stderr[-2000:]
    answers = json.loads(looked.stdout.splitlines()[-1])
    assert len(answers) == len(files)
    for (name, _), number in zip(files, sorted(answers), strict=True):
        seconds, *sentences = answers[number]
        assert seconds < 5, (name, seconds)
        for sentence in sentences:
            assert sentence == "" or sentence.startswith(number), (name, sentence)
            assert len(sentence) < 300 and str(tmp_path) not in sentence, (name, sentence)
    assert len(looked.stderr) < 10_000, "what a file makes libraries write to the log has to stay small"


@pytest.mark.parametrize("audio_format", FORMATS)
def test_a_second_label_does_not_go_unseen(tmp_path: Path, audio_format: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(dict(hostile_files(audio_format))["two labels"])
    assert read_labels(path) == (LABEL, OTHER_LABEL)
