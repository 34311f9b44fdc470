"""Takes and styles on the command line: a release for each take, and a style from a file of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_cli import EXAMPLES, Machine, machine, sentence

__all__ = ["machine"]

SONG = EXAMPLES / "twinkle.musicxml"


def test_three_takes_are_three_releases_that_sound_different(machine: Machine) -> None:
    how = ("sing", SONG, "-v", "tiny-open", "--style", "ballad", "--takes", 3, "--seed", 5)
    takes = machine.json(*how, "-o", "song.flac")
    assert [take["seed"] for take in takes] == [5, 6, 7]
    names = [Path(take["files"][0]).name for take in takes]
    assert names == ["song-1.flac", "song-2.flac", "song-3.flac"]
    assert len({take["render_id"] for take in takes}) == 3
    assert len({(machine.folder / name).read_bytes() for name in names}) == 3
    assert machine.json("verify", "song-2.flac")["render_id"] == takes[1]["render_id"]
    alone = machine.json(
        "sing", SONG, "-v", "tiny-open", "--style", "ballad", "--seed", 6, "-o", "alone.flac"
    )
    assert alone["render_id"] == takes[1]["render_id"]
    assert (machine.folder / "alone.flac").read_bytes() == (machine.folder / "song-2.flac").read_bytes()


def test_python_sings_takes(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    import singer
    from singer.errors import BadInput

    monkeypatch.delenv("USER", raising=False)
    how = {"voice": "tiny-open", "home": machine.home}
    songs = singer.sing_takes(SONG, machine.folder / "py.wav", 2, **how)
    assert [song.files[0].name for song in songs] == ["py-1.wav", "py-2.wav"]
    assert songs[0].render_id != songs[1].render_id
    with pytest.raises(BadInput, match="0 takes"):
        singer.sing_takes(SONG, machine.folder / "py.wav", 0, **how)


def test_a_style_comes_from_a_file_and_is_named_in_the_plan(machine: Machine) -> None:
    (machine.folder / "mine.toml").write_text('base = "pop"\nfinal_tempo = 0.5\n', encoding="utf-8")
    mine = machine.json("plan", SONG, "--style", "mine.toml", "-o", "mine.json")
    pop = machine.json("plan", SONG, "--style", "pop", "-o", "pop.json")
    assert mine["seconds"] > pop["seconds"] + 1.0
    assert '"style": "mine"' in (machine.folder / "mine.json").read_text("utf-8")
    (machine.folder / "mine.toml").write_text("vibrato_cents = 4000\n", encoding="utf-8")
    done = machine.run("plan", SONG, "--style", "mine.toml", "-o", "mine.json")
    assert done.returncode == 4
    assert "mine.toml: vibrato_cents is 4000" in sentence(done)
