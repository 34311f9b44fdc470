"""`consonance reserve` and `consonance reservations`: what must not be used, and whether something is."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from consent.reservations import Reservation
from consent.song import Song
from singer import studio
from singer.cli_output import print_card, print_json
from singer.errors import BadInput

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PLACE = click.Path(exists=True, path_type=Path)
REFUSED = 3
_LYRICS = (".txt", ".lrc", ".text")
_DECLARED = ("works", "names", "isrc_registrants", "everything")
_SAID = ("holder", "title", "source", "uses", "exceptions")


def _about(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every kind of reservation has."""
    options = (
        click.option("--holder", help="Whose right it is."),
        click.option("--title", help="What it is called."),
        click.option("--source", default="", help="Where the reservation can be read."),
        click.option("--evidence", type=FILE, help="A text that shows the reservation."),
        click.option(
            "--use", "uses", multiple=True, help="train, enrol or sing; may be repeated.  [default: all]"
        ),
        click.option(
            "--except-voice", "voices", multiple=True, help="A voice (id) that may use it all the same."
        ),
        click.option("--except-name", "names", multiple=True, help="A performer or owner who may."),
        click.option("--except-title", "titles", multiple=True, help="A title that is left free."),
        click.option("--json", "as_json", is_flag=True, help="Print the reservation as JSON."),
        click.pass_obj,
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def reserve() -> None:
    """Reserve something that must not be used: singing, training and enrolment ask first."""


@reserve.command()
@click.argument("score", type=FILE)
@click.option("--part", help="Part of the score (id or name).  [default: the first with lyrics]")
@_about
def melody(home: Path | None, score: Path, part: str | None, **about: Any) -> None:
    """Reserve the melody of SCORE (MusicXML, .mxl, MIDI), in any key, octave and tempo."""
    from singer.score import read_score
    from singer.score.tune import tune_of

    read = read_score(score)
    _reserve(home, "melody", {"notes": tune_of(read, part)}, read.title or score.stem, about)


@reserve.command()
@click.argument("text", type=FILE)
@click.option(
    "--language", help="Its language (en, ja, zh …): then other spellings are found by their sound."
)
@_about
def lyric(home: Path | None, text: Path, language: str | None, **about: Any) -> None:
    """Reserve the lyric in TEXT. The words themselves are not kept."""
    words = studio.read_lyrics(text)
    data: dict[str, Any] = {"text": words}
    if language:
        data["sounds"] = _sounds(words, language)
    _reserve(home, "lyric", data, text.stem, about)


@reserve.command()
@click.argument("file", type=FILE)
@_about
def recording(home: Path | None, file: Path, **about: Any) -> None:
    """Reserve the recording in FILE, by its Chromaprint fingerprint."""
    from singer.listening import listen

    items = [item for tape in listen(file, voices=False).fingerprints for item in tape]
    _reserve(home, "recording", {"items": items}, file.stem, about)


@reserve.command()
@click.argument("place", type=PLACE)
@_about
def voice(home: Path | None, place: Path, **about: Any) -> None:
    """Reserve the voice in PLACE: a recording of it alone, or a folder of takes."""
    from singer.listening import listen

    takes = listen(place, recordings=False).screen_vectors
    _reserve(home, "voice", {"takes": takes}, "", about)


@reserve.command()
@click.argument("file", type=FILE)
@_about
def declaration(home: Path | None, file: Path, **about: Any) -> None:
    """Take in a rights holder's declaration from FILE (TOML): works, names, ISRC registrants, everything."""
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            f"{file.name} is not TOML: {error}.", "docs/guide/rights-holder.md shows a declaration."
        ) from error
    strange = sorted(set(said) - {*_DECLARED, *_SAID})
    if strange:
        raise BadInput(f"{file.name}: {', '.join(strange)} is not understood.")
    data = {name: said[name] for name in _DECLARED if name in said}
    for name in ("holder", "title", "source"):
        about[name] = about[name] or said.get(name, "")
    about["uses"] = about["uses"] or said.get("uses", ())
    for name in ("voices", "names", "titles"):
        about[name] = about[name] or said.get("exceptions", {}).get(name, ())
    if about["evidence"] is None and not about["source"]:
        about["evidence"] = file
    _reserve(home, "declaration", data, "", about)


@click.group()
def reservations() -> None:
    """Look at what is reserved, take a reservation back, or ask whether something runs into one."""


@reservations.command(name="list")
@click.option("--kind", help="voice, recording, melody, lyric or declaration.")
@click.option("--ended", is_flag=True, help="Show those that ended, too.")
@click.option("--json", "as_json", is_flag=True, help="Print a list as JSON.")
@click.pass_obj
def list_all(home: Path | None, kind: str | None, ended: bool, as_json: bool) -> None:
    """List the reservations that stand."""
    door = studio.open_registry(home).reservations
    found = door.list(kind, ended=ended)
    if as_json:
        print_json([one.to_json() for one in found])
        return
    for one in found:
        called = f" “{one.title}”" if one.title else ""
        click.echo(f"{one.id}  {one.kind}{called}, {one.holder}: {', '.join(one.uses)} ({one.state})")
    for fault in door.faults():
        click.echo(fault, err=True)


@reservations.command()
@click.argument("reservation")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def show(home: Path | None, reservation: str, as_json: bool) -> None:
    """Show one RESERVATION."""
    _print(studio.open_registry(home).reservations.get(reservation), as_json)


@reservations.command()
@click.argument("reservation")
@click.option("--reason", default="", help="Why it ends.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def end(home: Path | None, reservation: str, reason: str, as_json: bool) -> None:
    """Take RESERVATION back: what it was known by is erased."""
    _print(studio.open_registry(home).reservations.end(reservation, reason), as_json)


@reservations.command()
@click.argument("file", type=PLACE)
@click.option("--title", default="", help="What the song or the recordings are called.")
@click.option("--iswc", default="", help="ISWC of the work.")
@click.option("--isrc", default="", help="ISRC of the recording.")
@click.option("--performer", default="", help="Who performs in the recordings.")
@click.option("--owner", default="", help="Who owns the recordings.")
@click.option("--part", help="Part of the score.")
@click.option("--voice", default="", help="Voice (id) that is to sing it.")
@click.option("--use", default="train", show_default=True, help="For recordings: train or enrol.")
@click.option("--json", "as_json", is_flag=True, help="Print the hits as JSON.")
@click.pass_obj
def check(home: Path | None, file: Path, part: str | None, voice: str, as_json: bool, **facts: str) -> int:
    """Ask whether a score, a lyric, a recording or a folder of them runs into a reservation.

    Exit status 3 where it does.
    """
    from singer.listening import SUFFIXES

    door = studio.open_registry(home).reservations
    if file.is_dir() or file.suffix.lower() in SUFFIXES:
        hits = door.hits_of_recordings(**_recorded(door.kinds(facts["use"]), file, facts))
    else:
        hits = door.hits_of_song(_song(file, part, facts), voice)
    if as_json:
        print_json(
            [{"reservation": hit.reservation, "kind": hit.kind, "sentence": hit.sentence} for hit in hits]
        )
    else:
        for hit in hits:
            click.echo(hit.sentence)
        if not hits:
            click.echo("Nothing that is reserved was found in it.")
    return REFUSED if hits else 0


def _recorded(kinds: frozenset[str], place: Path, facts: dict[str, str]) -> dict[str, Any]:
    """What is asked about recordings; they are listened to where a reservation needs it."""
    from singer.listening import listen

    asked: dict[str, Any] = {name: facts[name] for name in ("performer", "owner", "title", "use")}
    asked["isrcs"] = (facts["isrc"],) if facts["isrc"] else ()
    if kinds & {"voice", "recording"}:
        heard = listen(place, voices="voice" in kinds, recordings="recording" in kinds)
        asked["fingerprints"] = heard.fingerprints or None
        asked["screen_vectors"] = heard.screen_vectors or None
    return asked


def _song(file: Path, part: str | None, facts: dict[str, str]) -> Song:
    """A score or a text as the song that it would be."""
    from singer.score import read_score
    from singer.score.tune import part_of, tune_of, words_of

    if file.suffix.lower() in _LYRICS:
        song = Song(lyrics=studio.read_lyrics(file), melody=())
    else:
        score = read_score(file)
        words = words_of(part_of(score, part))
        song = Song(lyrics=words, melody=tune_of(score, part), title=score.title)
    return replace(song, title=facts["title"] or song.title, iswc=facts["iswc"], isrc=facts["isrc"])


def _sounds(text: str, language: str) -> list[str]:
    """The phones of a text in the order in which they would be sung."""
    from singer.language import normalise_language, phonemise, split_lyrics

    tongue = normalise_language(language)
    return [
        phone
        for word in phonemise(split_lyrics(text, tongue), tongue)
        for syllable in word
        for phone in (*syllable.onset, *syllable.nucleus, *syllable.coda)
    ]


def _reserve(home: Path | None, kind: str, data: dict[str, Any], called: str, about: dict[str, Any]) -> None:
    if not about["holder"]:
        raise click.UsageError("Say whose right it is: --holder NAME.")
    evidence = "" if about["evidence"] is None else studio.read_lyrics(about["evidence"])
    free = {name: list(about[name]) for name in ("voices", "names", "titles") if about[name]}
    made = studio.open_registry(home).reservations.reserve(
        kind,
        holder=about["holder"],
        title=about["title"] or called,
        data=data,
        evidence=evidence,
        source=about["source"],
        uses=about["uses"] or None,
        exceptions=free,
    )
    _print(made, about["as_json"])


def _print(one: Reservation, as_json: bool) -> None:
    if as_json:
        print_json(one.to_json())
        return
    free = [f"{name}: {', '.join(values)}" for name, values in one.exceptions.items()]
    print_card(
        (
            ("Reserved", one.id),
            ("Kind", one.kind),
            ("Title", one.title),
            ("Holder", one.holder),
            ("Against", ", ".join(one.uses)),
            ("Except", "; ".join(free)),
            ("Source", one.source),
            ("State", one.state),
            ("Made", f"{one.made_at:%Y-%m-%d}"),
            ("Ended", f"{one.ended_at:%Y-%m-%d}" if one.ended_at else ""),
            ("Reason", one.reason),
        )
    )
