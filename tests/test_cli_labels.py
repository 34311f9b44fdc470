"""What the command line says of a song beside its sound: numbers, an audible label, the stores' values."""

from __future__ import annotations

import json

from test_cli import Machine, machine

from singer.audio_tags import read_tags

__all__ = ["machine"]
CODES = ("--isrc", "JP-X01-26-00001", "--iswc", "T-034.524.680-1")


def test_numbers_of_work_and_recording_stand_in_every_file(machine: Machine) -> None:
    names = [f"song.{suffix}" for suffix in ("wav", "flac", "mp3", "m4a", "ogg", "opus")]
    more = [word for name in names[1:] for word in ("-o", name)]
    song = machine.sing(names[0], *more, *CODES)
    for name in names:
        tags = read_tags(machine.folder / name)
        assert (tags.isrc, tags.iswc) == ("JPX012600001", "T0345246801")
        assert tags.artist == song["voice_name"] and tags.credit in tags.comment
        assert tags.encoder.startswith("Consonance ") and song["grant"] in tags.comment
        assert "AI" in tags.comment and not tags.copyright


def test_a_number_that_is_none_is_not_written(machine: Machine) -> None:
    machine.sing("song.mp3", "--isrc", "whatever", "--iswc", "T-034.524.680-2")
    tags = read_tags(machine.folder / "song.mp3")
    assert (tags.isrc, tags.iswc) == ("", "")


def test_the_stores_are_told_what_a_machine_made(machine: Machine) -> None:
    song = machine.sing("song.flac", *CODES, "--ern", "stores.json")
    values = json.loads((machine.folder / "stores.json").read_text(encoding="utf-8"))
    assert values["SoundRecording"]["ContainsAI"] == "All"
    assert values["SoundRecording"]["ISRC"] == "JPX012600001"
    (vocals,) = values["Contributors"]
    assert (vocals["PartyName"], vocals["AiContribution"]) == (song["voice_name"], "All")
    assert values["WhenMixed"]["ContainsAI"] == "Partly"
    assert song["ern"].endswith("stores.json")
    done = machine.run("sing", "-h")
    assert "--ern" in done.stdout and "--audible-label" in done.stdout


def test_a_label_that_is_heard_is_asked_for_by_an_option(machine: Machine) -> None:
    plain = machine.sing("plain.flac")
    said = machine.sing("said.flac", "--audible-label", "spoken-start", "--picture", "song.png")
    assert 2 < said["seconds"] - plain["seconds"] < 8
    assert said["render_id"] == plain["render_id"], "it is the same song"
    assert machine.json("verify", "said.flac")["state"] == "made-here"
    refused = machine.run("render", "song.json", "-o", "x.wav", "--audible-label", "whistled")
    assert refused.returncode == 2 and "rhythm-start" in refused.stderr
