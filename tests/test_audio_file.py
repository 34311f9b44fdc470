"""Files out with their marks, any sound in within limits."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from singer import SAMPLE_RATE
from singer.audio_encoding import OPUS_RATE
from singer.audio_file import FORMATS, MAX_BYTES, MAX_SECONDS, Tags, hear, read, sniff, write
from singer.audio_tags import read_label, read_tags
from singer.errors import AudioError

LABEL = '{"Label":"1","ContentProducer":"consonance","ProduceID":"0123456789abcdef"}'
TAGS = Tags(
    title="Sakura 桜",
    artist="Hitsune Kumi",
    comment="AI-generated singing, voice “Kumi” under grant 1",
    aigc=LABEL,
    credit="Voice: Hitsune Kumi",
    isrc="JPX012600001",
    iswc="T0345246801",
    copyright="℗ 2026 Sakura Records",
    encoder="Consonance",
)


def tone(seconds: float = 1.0, rate: int = SAMPLE_RATE):
    time = np.arange(round(seconds * rate)) / rate
    return (0.4 * np.sin(2 * np.pi * 330 * time)).astype(np.float32)


@pytest.mark.parametrize("audio_format", FORMATS)
def test_tags_and_sound_come_back(tmp_path: Path, audio_format):
    path = tmp_path / f"song.{audio_format}"
    write(path, tone(), TAGS)
    assert read_tags(path) == TAGS
    assert read_label(path) == LABEL
    audio = read(path)
    rate = OPUS_RATE if audio_format == "opus" else SAMPLE_RATE
    assert (audio.format, audio.sample_rate) == (audio_format, rate)
    assert abs(audio.duration_s - 1.0) < 0.02
    middle = slice(10_000, 30_000)
    tolerance = 1e-6 if audio_format in ("wav", "flac") else 0.02
    assert np.abs(audio.samples[middle] - tone(rate=rate)[middle]).max() < tolerance


@pytest.mark.parametrize("audio_format", FORMATS)
def test_the_same_song_gives_the_same_bytes_and_nothing_else(tmp_path: Path, audio_format):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / f"song.{audio_format}", tone(), TAGS)
    first, second = sorted(tmp_path.rglob("*.*"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("audio_format", FORMATS)
def test_bytes_read_as_the_file_does_and_at_another_rate(tmp_path: Path, audio_format):
    path = tmp_path / f"song.{audio_format}"
    write(path, tone(), TAGS)
    assert np.array_equal(read(path.read_bytes()).samples, read(path).samples)
    slow = read(path, 16_000)
    assert slow.sample_rate == 16_000
    assert abs(len(slow.samples) - 16_000) < 400
    assert np.abs(slow.samples[4_000:12_000] - tone(rate=16_000)[4_000:12_000]).max() < 0.03


@pytest.mark.parametrize("audio_format", FORMATS)
def test_a_file_without_tags_has_none(tmp_path: Path, audio_format):
    path = tmp_path / f"song.{audio_format}"
    write(path, tone(0.1), Tags())
    assert read_tags(path) == Tags()
    assert read_label(path) is None


def test_the_label_stands_where_the_standard_wants_it(tmp_path: Path):
    for audio_format in FORMATS:
        write(tmp_path / f"song.{audio_format}", tone(0.2), TAGS)
    wav = (tmp_path / "song.wav").read_bytes()
    at = wav.index(b"AIGC")
    (size,) = struct.unpack_from("<I", wav, at + 4)
    assert wav[at + 8 : at + 8 + size].decode() == LABEL
    assert struct.unpack_from("<I", wav, 4)[0] == len(wav) - 8
    for audio_format in ("mp3", "flac", "m4a"):
        with av.open(str(tmp_path / f"song.{audio_format}")) as container:
            tags = {**container.metadata, **container.streams.audio[0].metadata}
            assert tags["AIGC"] == LABEL


def test_a_label_under_a_metadata_key_of_an_mp4_is_found(tmp_path: Path):
    path = tmp_path / "other.m4a"
    with av.open(str(path), "w", format="mp4", options={"movflags": "use_metadata_tags"}) as container:
        container.metadata["AIGC"] = LABEL
        stream = container.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert read_label(path) == LABEL


def test_a_loud_song_is_clipped_and_not_wrapped(tmp_path: Path):
    write(tmp_path / "loud.wav", 5 * tone(), Tags())
    samples = read(tmp_path / "loud.wav").samples
    assert np.abs(samples - np.clip(5 * tone(), -1, 1)).max() < 1e-6


@pytest.mark.parametrize(
    ("name", "samples", "said"),
    [
        ("song.xyz", tone(), "xyz is not a format"),
        ("song", tone(), "no suffix is not a format"),
        ("song.wav", np.array([np.nan], np.float32), "finite"),
        ("song.wav", np.zeros((2, 2), np.float32), "one channel"),
        ("song.wav", np.zeros(0, np.float32), "no sound"),
        ("missing/song.flac", tone(), "cannot be written"),
        ("missing/song.m4a", tone(), "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path, name, samples, said):
    with pytest.raises(AudioError, match=said):
        write(tmp_path / name, samples, TAGS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("container", "expected"), [("OGG", "ogg"), ("AIFF", "aiff"), ("AU", "au"), ("CAF", "caf")]
)
def test_other_formats_are_read(tmp_path: Path, container, expected):
    path = tmp_path / "upload"
    soundfile.write(path, np.stack([tone(), tone()], axis=1), SAMPLE_RATE, format=container)
    audio = read(path)
    assert audio.format == expected
    assert abs(np.std(audio.samples) - np.std(tone())) < 0.01


@pytest.mark.parametrize(("suffix", "codec", "rate"), [("webm", "libopus", 48_000), ("aac", "aac", 44_100)])
def test_what_browsers_and_phones_record_is_read(tmp_path: Path, suffix, codec, rate):
    path = tmp_path / "upload.bin"
    with av.open(str(path), "w", format={"aac": "adts"}.get(suffix, suffix)) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone(2.0, rate)[None, :], format="fltp", layout="mono")
        frame.sample_rate = rate
        fifo = av.AudioFifo()
        fifo.write(frame)
        while block := fifo.read(stream.codec_context.frame_size or 960):
            container.mux(stream.encode(block))
        container.mux(stream.encode(None))
    audio = read(path)
    assert audio.format == suffix
    assert abs(audio.duration_s - 2.0) < 0.1
    assert abs(np.std(audio.samples) - np.std(tone())) < 0.02


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"not audio at all, only text",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"<?xml version='1.0'?><score-partwise/>",
        b"\x00" * 5_000,
        b"\x00\x00\x00\x18ftypM4A " + b"\xff" * 4_000,
        b"\x1a\x45\xdf\xa3" + b"\x01" * 4_000,
        b"OggS" + b"\x07" * 4_000,
        b"fLaC" + b"\x09" * 4_000,
        b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + b"\x00" * 4_000,
        b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff" + b"\x01" * 400,
    ],
)
def test_what_is_no_audio_is_refused_in_a_sentence(content):
    with pytest.raises(AudioError) as refusal:
        read(content, name="upload.wav")
    assert str(refusal.value).startswith("upload.wav ")


@pytest.mark.parametrize("audio_format", FORMATS)
def test_a_file_cut_short_gives_what_is_whole_or_says_so(tmp_path: Path, audio_format):
    path = tmp_path / f"song.{audio_format}"
    write(path, tone(2), TAGS)
    whole = path.read_bytes()
    for share in (0.02, 0.3, 0.7, 0.95):
        try:
            assert read(whole[: int(len(whole) * share)]).duration_s <= 2.1
        except AudioError as refusal:
            assert "The file" in str(refusal)


@settings(max_examples=60, deadline=None)
@given(
    audio_format=st.sampled_from(FORMATS),
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=40),
)
def test_damage_never_brings_anything_but_a_sentence(damaged_from, audio_format, flips):
    content = bytearray(damaged_from(audio_format))
    for place, value in flips:
        content[int(place * (len(content) - 1))] = value
    path = damaged_from.folder / f"damaged.{audio_format}"
    path.write_bytes(content)
    for look in (read, read_tags):
        try:
            look(path)
        except AudioError as refusal:
            assert refusal.sentence


@pytest.fixture(scope="module")
def damaged_from(tmp_path_factory):
    folder = tmp_path_factory.mktemp("damaged")

    def content(audio_format: str) -> bytes:
        path = folder / f"whole.{audio_format}"
        if not path.exists():
            write(path, tone(0.5), TAGS)
        return path.read_bytes()

    content.folder = folder
    return content


def test_limits_of_size_length_and_channels_are_said(tmp_path: Path):
    path = tmp_path / "large.wav"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(AudioError, match="200 MB"):
        read(path)
    long = tmp_path / "long.flac"
    soundfile.write(long, np.zeros((MAX_SECONDS + 1) * 4_000, np.int16), 4_000, subtype="PCM_16")
    with pytest.raises(AudioError, match="30 minutes"):
        read(long)
    wide = tmp_path / "wide.wav"
    soundfile.write(wide, np.zeros((100, 9)), SAMPLE_RATE)
    with pytest.raises(AudioError, match="9 channels"):
        read(wide)
    slow = tmp_path / "slow.wav"
    soundfile.write(slow, np.zeros(100), 1_000)
    with pytest.raises(AudioError, match="1000 Hz"):
        read(slow)
    with pytest.raises(AudioError, match=r"gone\.wav cannot be read"):
        read(tmp_path / "gone.wav")


def test_numbers_that_are_not_finite_are_read_as_sound(tmp_path: Path):
    path = tmp_path / "odd.wav"
    soundfile.write(path, np.array([0.5, np.nan, np.inf, -np.inf]), SAMPLE_RATE, subtype="FLOAT")
    assert read(path).samples.tolist() == [0.5, 0.0, 1.0, -1.0]


def test_the_format_is_told_by_content():
    assert sniff(b"RIFF\x00\x00\x00\x00WAVE") == "wav"
    assert sniff(b"\xff\xfb\x90\x00") == "mp3"
    assert sniff(b"\xff\xf1\x50\x80") == "aac"
    assert sniff(b"#EXTM3U") is None
    assert sniff(b"") is None


@pytest.mark.parametrize("audio_format", ["mp3", "m4a"])
def test_what_is_heard_comes_in_blocks_that_are_worth_their_cost(tmp_path: Path, audio_format: str):
    file = tmp_path / f"song.{audio_format}"
    seconds = np.arange(6 * SAMPLE_RATE) / SAMPLE_RATE
    write(file, (0.3 * np.sin(2 * np.pi * 330 * seconds)).astype(np.float32), Tags())
    blocks = list(hear(file, SAMPLE_RATE))
    assert [len(block) >= SAMPLE_RATE for block in blocks[:-1]] == [True] * (len(blocks) - 1)
    assert np.array_equal(np.concatenate(blocks), read(file).samples)
