"""The list of recordings: hashes that whoever published a file can compare with their own."""

from __future__ import annotations

import hashlib
import json
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile
from made_corpus import make_corpus

from consent.recording_lists import parse_list
from singer.cli import main
from singer.errors import AudioError
from singer.training.corpora import is_held_out, name_in_source, source_of
from singer.training.corpora.festival import CONDITION, spoken_text
from singer.training.corpora.model import LabelledPhone, Utterance
from singer.training.corpora.sentences import sentences
from singer.training.listing import list_recordings, pcm_sha256

ANSWERS = [
    {
        "source": "low",
        "title": "Low",
        "performer": "Lo",
        "owner": "A studio",
        "from": "https://example.org/low",
    },
    {"source": "high", "title": "High", "performer": "Hi", "owner": "A studio", "from": ""},
]


@pytest.mark.parametrize(("width", "subtype"), [(1, "PCM_S8"), (2, "PCM_16"), (3, "PCM_24")])
def test_a_wav_and_its_flac_share_the_hash_of_the_wavs_data_chunk(
    tmp_path: Path, width: int, subtype: str
) -> None:
    data = np.random.default_rng(width).integers(0, 256, 3000 * width, dtype=np.uint8).tobytes()
    with wave.open(str(tmp_path / "take.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(width)
        file.setframerate(44100)
        file.writeframes(data)
    samples, rate = soundfile.read(tmp_path / "take.wav", dtype="int32")
    soundfile.write(tmp_path / "take.flac", samples, rate, subtype=subtype)
    digest = hashlib.sha256(data).hexdigest()
    assert pcm_sha256(tmp_path / "take.wav") == pcm_sha256(tmp_path / "take.flac") == digest


def test_what_is_no_recording_is_named(tmp_path: Path) -> None:
    (tmp_path / "take.wav").write_bytes(b"RIFF, or so it says")
    with pytest.raises(AudioError, match=r"take\.wav: the recording cannot be read"):
        pcm_sha256(tmp_path / "take.wav")


def test_each_set_is_listed_file_by_file_as_the_registry_reads_it(tmp_path: Path) -> None:
    utterances = make_corpus(tmp_path, files=3)
    lists = list_recordings(utterances, ANSWERS)
    assert sorted(lists) == ["high", "low"]
    read = parse_list(lists["low"], "low.jsonl")
    assert (read.recordings, read.head["owner"], read.head["performer"]) == ("low", "A studio", "Lo")
    mine = [utterance for utterance in utterances if utterance.voice == "low"]
    assert [file.name for file in read.files] == [utterance.audio.name for utterance in mine]
    for utterance, file in zip(mine, read.files, strict=True):
        assert file.sha256 == hashlib.sha256(utterance.audio.read_bytes()).hexdigest()
        assert file.seconds == pytest.approx(utterance.duration_s, abs=5e-4)
        assert file.use == ("held-out" if is_held_out(utterance) else "trained")
    assert {file.use for file in read.files} == {"held-out", "trained"}
    assert list_recordings(utterances, ANSWERS) == lists


def test_a_synthesised_sentence_is_listed_with_the_hash_of_its_text(tmp_path: Path) -> None:
    audio = tmp_path / "0005.flac"
    soundfile.write(audio, np.zeros(44100), 44100)
    spoken = Utterance(
        "0005", "english-teacher", CONDITION, "en", audio, 175.0, (LabelledPhone("SP", 0.0, 1.0),)
    )
    assert spoken_text(spoken) == sentences(6)[5]
    (content,) = list_recordings([spoken], [{"source": "english-teacher"}]).values()
    (file,) = parse_list(content, "teacher").files
    assert file.text_sha256 == hashlib.sha256(sentences(6)[5].encode()).hexdigest()
    assert json.loads(content.splitlines()[0])["hashed"].startswith("No recordings: sentences")


def test_a_file_keeps_its_folder_within_its_set() -> None:
    sung = Utterance(
        "kumi_zh/A3/_a_a", "hitsune-kumi", "8-bit", "zh", Path("x/kumi_zh/A3/_a_a.flac"), 220.0, ()
    )
    assert (source_of(sung), name_in_source(sung)) == ("kumi_zh", "A3/_a_a.flac")


def test_a_recording_of_ones_own_is_looked_for_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfile.write(tmp_path / "mine.wav", np.zeros(4410), 44100)
    asked = ["--home", str(tmp_path / "home"), "disclosure", "hitsune-kumi"]
    assert main([*asked, "--has", str(tmp_path / "mine.wav")]) == 1
    assert "mine.wav is none of the files that Hitsune Kumi was trained on." in capsys.readouterr().out
    assert main(asked) == 0
    told = capsys.readouterr().out
    assert "193 trained on, 23.3 min; 7 only measured with" in told
    assert "Performer: Cubialpha" in told and "Owner:     MoeMoe Tea Time" in told
    assert main([*asked, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {one["recordings"]: len(one["files"]) for one in document["sets"]} == {
        "dorodoro_ja": 153,
        "english-teacher": 800,
        "kumi_pastel_ja": 200,
        "kumi_zh": 2629,
        "yuki_ja": 255,
    }
