"""Where tags stand, as other programs find them, and what is read of theirs."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import av
import mutagen
import numpy as np
import pytest
import soundfile
from mutagen import flac, id3, mp4, oggopus, oggvorbis, wave

from singer import SAMPLE_RATE
from singer.audio_file import FORMATS, Tags, read, write
from singer.audio_tags import read_label, read_labels, read_tags

LABEL = '{"Label":"1","ContentProducer":"consonance","ProduceID":"0123456789abcdef"}'
TAGS = Tags(
    title="Sakura 桜",
    artist="Hitsune Kumi",
    comment="Sung by a machine",
    aigc=LABEL,
    credit="Voice: Hitsune Kumi",
    isrc="JPX012600001",
    iswc="T0345246801",
    copyright="℗ 2026 Sakura Records",
    encoder="Consonance",
)
SHOWN = {"TITLE": "title", "ARTIST": "artist", "ISRC": "isrc", "COPYRIGHT": "copyright", "ENCODER": "encoder"}


def song(folder: Path, audio_format: str, tags: Tags = TAGS) -> Path:
    path = folder / f"song.{audio_format}"
    write(path, (0.3 * np.sin(np.arange(SAMPLE_RATE) / 9)).astype(np.float32), tags)
    return path


def test_mp3_and_wav_have_the_frames_of_id3(tmp_path: Path) -> None:
    for tag in (id3.ID3(song(tmp_path, "mp3")), wave.WAVE(song(tmp_path, "wav")).tags):
        assert tag.version == (2, 4, 0)
        shown: dict[str, Any] = {key: str(frame) for key, frame in tag.items()}
        expected = {
            "TIT2": TAGS.title,
            "TPE1": TAGS.artist,
            "COMM::und": TAGS.comment,
            "TSRC": TAGS.isrc,
            "TXXX:ISWC": TAGS.iswc,
            "TXXX:CREDITS": TAGS.credit,
            "TCOP": TAGS.copyright,
            "TSSE": TAGS.encoder,
        }
        assert expected.items() <= shown.items()
    assert str(id3.ID3(tmp_path / "song.mp3")["TXXX:AIGC"]) == LABEL
    assert "TXXX:AIGC" not in wave.WAVE(tmp_path / "song.wav").tags, "a WAV's label has a chunk of its own"


@pytest.mark.parametrize(
    ("audio_format", "kind"), [("flac", flac.FLAC), ("ogg", oggvorbis.OggVorbis), ("opus", oggopus.OggOpus)]
)
def test_vorbis_comments_are_what_players_look_for(tmp_path: Path, audio_format: str, kind: Any) -> None:
    tags = kind(song(tmp_path, audio_format)).tags
    comments = {name.upper(): values for name, values in tags.as_dict().items()}
    expected = {name: [getattr(TAGS, field)] for name, field in SHOWN.items()}
    expected |= {"AIGC": [LABEL], "COMMENT": [TAGS.comment], "CREDITS": [TAGS.credit], "ISWC": [TAGS.iswc]}
    assert comments == expected


def test_m4a_has_the_items_of_itunes(tmp_path: Path) -> None:
    items = mp4.MP4(song(tmp_path, "m4a")).tags
    assert items is not None
    assert (items["\xa9nam"], items["\xa9ART"], items["\xa9cmt"]) == (
        [TAGS.title],
        [TAGS.artist],
        [TAGS.comment],
    )
    assert (items["cprt"], items["\xa9too"]) == ([TAGS.copyright], [TAGS.encoder])
    freeform = {
        key.rpartition(":")[2]: bytes(items[key][0]).decode() for key in items if key.startswith("----")
    }
    assert freeform == {"AIGC": LABEL, "ISRC": TAGS.isrc, "ISWC": TAGS.iswc, "CREDITS": TAGS.credit}


@pytest.mark.parametrize("audio_format", FORMATS)
def test_ffmpeg_shows_the_credits(tmp_path: Path, audio_format: str) -> None:
    with av.open(str(song(tmp_path, audio_format))) as container:
        shown = {**container.metadata, **container.streams.audio[0].metadata}
    upper = {key.upper(): value for key, value in shown.items()}
    assert (upper["TITLE"], upper["ARTIST"], upper["COMMENT"]) == (TAGS.title, TAGS.artist, TAGS.comment)
    if audio_format != "wav":
        assert upper["AIGC"] == LABEL


@pytest.mark.parametrize("audio_format", FORMATS)
def test_no_tag_is_written_that_was_not_given(tmp_path: Path, audio_format: str) -> None:
    bare = song(tmp_path, audio_format, Tags(aigc=LABEL))
    assert read_tags(bare) == Tags(aigc=LABEL)
    opened: Any = mutagen.File(bare)
    assert len(opened.tags or ()) == (0 if audio_format == "wav" else 1)


@pytest.mark.parametrize("version", [3, 4])
def test_the_id3_of_other_programs_is_read(tmp_path: Path, version: int) -> None:
    path = song(tmp_path, "mp3", Tags())
    tag = id3.ID3()
    tag.add(id3.TIT2(encoding=1, text=["Größe"]))
    tag.add(id3.TPE1(encoding=0, text=["Müller"]))
    tag.add(id3.APIC(encoding=0, mime="image/png", data=b"\x89PNG" * 60_000))
    tag.add(id3.TXXX(encoding=1, desc="aigc", text=[LABEL]))
    tag.update_to_v23() if version == 3 else tag.update_to_v24()
    tag.save(path, v2_version=version, v1=2)
    assert read_tags(path) == Tags(title="Größe", artist="Müller", aigc=LABEL)


def test_a_label_in_the_id3_of_a_wav_is_read_and_one_in_both_places_is_one(tmp_path: Path) -> None:
    path = song(tmp_path, "wav", Tags())
    tagged = wave.WAVE(path)
    tagged.add_tags()
    tagged.tags.add(id3.TXXX(encoding=3, desc="AIGC", text=[LABEL]))
    tagged.save()
    assert read_labels(path) == (LABEL,)
    with path.open("ab") as file:
        file.write(b"AIGC" + struct.pack("<I", len(LABEL)) + LABEL.encode())
    assert read_labels(path) == (LABEL,)


def test_comments_over_many_pages_are_read(tmp_path: Path) -> None:
    for audio_format, kind in (("ogg", oggvorbis.OggVorbis), ("opus", oggopus.OggOpus)):
        path = song(tmp_path, audio_format, Tags())
        file: Any = kind(path)
        file["METADATA_BLOCK_PICTURE"] = "A" * 500_000
        file["aigc"] = LABEL
        file.save()
        assert read_label(path) == LABEL
        assert read(path).duration_s == pytest.approx(1.0, abs=0.02)


def test_ogg_flac_is_read(tmp_path: Path) -> None:
    path = tmp_path / "song.oga"
    soundfile.write(path, np.zeros(9_000), SAMPLE_RATE, format="OGG", subtype="VORBIS")
    plain = path.read_bytes()
    with av.open(str(path), "w", format="oga") as container:
        container.metadata["AIGC"] = LABEL
        stream: Any = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.int16), format="s16", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert path.read_bytes() != plain and b"\x7fFLAC" in path.read_bytes()[:64]
    assert read_label(path) == LABEL


def test_a_wav_of_the_other_byte_order_is_read(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    soundfile.write(path, np.zeros(900), SAMPLE_RATE, subtype="PCM_16", endian="BIG")
    whole = path.read_bytes()
    assert whole[:4] == b"RIFX"
    path.write_bytes(whole + b"AIGC" + struct.pack(">I", len(LABEL)) + LABEL.encode())
    assert read_label(path) == LABEL


def test_a_label_of_nothing_but_blanks_is_a_label_that_is_no_label(tmp_path: Path) -> None:
    assert read_label(song(tmp_path, "flac", Tags(aigc=" "))) == " "
    assert read_label(song(tmp_path, "wav", Tags())) is None
