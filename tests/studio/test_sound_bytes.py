"""The part of a file that sounds: tags come and go without it, one flipped bit of sound changes it."""

from __future__ import annotations

from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile

from singer import SAMPLE_RATE
from singer.audio_file import FORMATS, write
from singer.audio_tags import Tags, write_tags
from singer.sound_bytes import sound_sha256

SECOND = (0.3 * np.sin(np.arange(SAMPLE_RATE) / 20)).astype(np.float32)
WRITTEN = [name for name in FORMATS if name in ("wav", "flac", "mp3", "m4a")]


@pytest.mark.parametrize("suffix", WRITTEN)
def test_tags_are_no_part_of_it(tmp_path: Path, suffix: str) -> None:
    plain, tagged = tmp_path / f"plain.{suffix}", tmp_path / f"tagged.{suffix}"
    write(plain, SECOND, Tags(title="One", aigc='{"Label":"1"}'))
    write(
        tagged, SECOND, Tags(title="Another title, and a longer one", artist="Somebody", aigc='{"Label":"2"}')
    )
    assert plain.read_bytes() != tagged.read_bytes()
    assert sound_sha256(plain) == sound_sha256(tagged) is not None


@pytest.mark.parametrize("suffix", WRITTEN)
def test_every_bit_of_the_sound_is_a_part_of_it(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"song.{suffix}"
    write(file, SECOND, Tags(title="One"))
    before, content = sound_sha256(file), bytearray(file.read_bytes())
    middle = {"wav": 1000, "flac": -1000, "mp3": -1000, "m4a": 2000}[suffix]
    content[middle] ^= 1
    file.write_bytes(content)
    assert sound_sha256(file) != before


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_the_headers_of_ogg_are_no_part_of_it(tmp_path: Path, subtype: str) -> None:
    file = tmp_path / "song.ogg"
    soundfile.write(file, np.tile(SECOND, 5)[: 4 * 48_000], 48_000, format="OGG", subtype=subtype)
    before = sound_sha256(file)
    tags = mutagen.File(file)
    tags["title"] = "A title that is new, and long enough for other pages " * 2000
    tags.save()
    assert sound_sha256(file) == before is not None
    assert soundfile.read(file)[0].shape == (4 * 48_000,)


def test_id3_at_both_ends_and_ape_are_no_part_of_it(tmp_path: Path) -> None:
    from mutagen.apev2 import APEv2
    from mutagen.id3 import ID3, TIT2

    file = tmp_path / "song.mp3"
    write(file, SECOND, Tags(title="One"))
    before = sound_sha256(file)
    tags = ID3(file)
    tags.add(TIT2(text="Two"))
    tags.save(file, v1=2)
    assert file.read_bytes()[-128:-125] == b"TAG" and sound_sha256(file) == before
    tags.save(file, v1=0)
    ape = APEv2()
    ape["Title"] = "Three"
    ape.save(file)
    assert b"APETAGEX" in file.read_bytes() and sound_sha256(file) == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a letter",
        b"RIFF\xff\xff\xff\xffWAVEdata\xff\xff\xff\xff",
        b"RIFF\0\0\0\0WAVE" + b"junk\0\0\0\0" * 1000,
        b"fLaC\x00\xff\xff\xff",
        b"\0\0\0\x10ftypM4A \0\0\0\0" + b"\0\0\0\x00mdat",
        b"\0\0\0\x10ftypM4A \0\0\0\0" + b"\0\0\0\x01mdat" + b"\xff" * 8,
        b"OggS" + b"\xff" * 23,
        b"ID3\x04\0\0\x7f\x7f\x7f\x7f",
        b"\0\0\0\x10ftypM4A \0\0\0\0" + b"\0\x10\0\0moov" * 100_000,
        b"\0\0\0\x10ftypM4A \0\0\0\0" + b"\0\x80\0\0moov\0\x7f\0\0stco" + b"\1" * 8_300_000,
        b"\xff\xfb" + b"\0" * 94 + b"APETAGEX" + b"\xff" * 24,
    ],
)
def test_what_is_damaged_has_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "damaged"
    file.write_bytes(content)
    assert sound_sha256(file) is None


def test_a_wave_of_another_writer_has_the_same_sound(tmp_path: Path) -> None:
    """Chunks before the sound and after it, in any order."""
    ours, theirs = tmp_path / "ours.wav", tmp_path / "theirs.wav"
    write(ours, SECOND, Tags(title="One"))
    samples, rate = soundfile.read(ours, dtype="int32")
    soundfile.write(theirs, samples, rate, subtype="PCM_24")
    write_tags(theirs, "wav", Tags(title="Theirs"))
    assert sound_sha256(ours) == sound_sha256(theirs)


def edited(file: Path, old: bytes, new: bytes) -> None:
    content = file.read_bytes()
    assert content.count(old) == 1 and len(old) == len(new)
    file.write_bytes(content.replace(old, new))


def test_the_rate_that_a_file_is_played_at_is_a_part_of_it(tmp_path: Path) -> None:
    """The samples stay what they were, and sound faster."""
    wave, flac, m4a = (tmp_path / f"song.{suffix}" for suffix in ("wav", "flac", "m4a"))
    before = {}
    for file in (wave, flac, m4a):
        write(file, SECOND, Tags(title="One"))
        before[file] = sound_sha256(file)
    edited(wave, (44_100).to_bytes(4, "little"), (48_000).to_bytes(4, "little"))
    content = bytearray(flac.read_bytes())
    assert int.from_bytes(content[18:21]) >> 4 == 44_100
    content[18:21] = (48_000 << 4 | content[20] & 15).to_bytes(3)
    flac.write_bytes(content)
    assert soundfile.info(wave).samplerate == soundfile.info(flac).samplerate == 48_000
    content = bytearray(m4a.read_bytes())
    clock = content.index(b"mdhd") + 16
    content[clock : clock + 4] = (48_000).to_bytes(4)
    m4a.write_bytes(content)
    for file, digest in before.items():
        assert sound_sha256(file) not in (digest, None)


def test_the_order_of_chunks_is_a_part_of_it(tmp_path: Path) -> None:
    """A table that plays from another place; the frames stay."""
    file = tmp_path / "song.m4a"
    write(file, SECOND, Tags(title="One"))
    before, content = sound_sha256(file), bytearray(file.read_bytes())
    place = content.index(b"stco") + 15
    content[place] ^= 1
    file.write_bytes(content)
    assert sound_sha256(file) not in (before, None)


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_every_bit_of_ogg_but_the_comments_is_a_part_of_it(tmp_path: Path, subtype: str) -> None:
    file = tmp_path / "song.ogg"
    soundfile.write(file, SECOND, 48_000, format="OGG", subtype=subtype)
    content = file.read_bytes()
    before, pages = sound_sha256(file), [at for at in range(len(content)) if content[at : at + 4] == b"OggS"]
    gain, sound = content.index(b"OpusHead") + 16 if subtype == "OPUS" else 40, pages[-1]
    assert sound_sha256(file) == before
    for place in (gain, sound + 6, sound + 22, sound + 27, len(content) - 1):
        spoilt = bytearray(content)
        spoilt[place] ^= 1
        file.write_bytes(spoilt)
        assert sound_sha256(file) != before, place
