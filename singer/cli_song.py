"""`consonance sing`, `plan` and `render`: from a score to a released song, in one step or with an edit
between."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from singer import studio
from singer.audible_label import CHOICES
from singer.cli_output import print_card, print_json
from singer.errors import BadInput
from singer.takes import MOST_TAKES, take_files
from singer.voice import Progress

if TYPE_CHECKING:
    from singer.performance.model import Performance
    from singer.performance.styles import Style

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITTEN = click.Path(dir_okay=False, path_type=Path)

COMMAND = os.environ.get("CONSONANCE_COMMAND", "consonance")
"""What a person types to run this program again; ./run says how it was called."""

Decorated = Callable[..., Any]


def song_options(command: Decorated) -> Decorated:
    """What shapes a song before a voice is asked for."""
    options = (
        click.option(
            "--lyrics", type=EXISTING, help="Text file with the lyrics, instead of the score's own."
        ),
        click.option("--language", "-l", help="Language of the lyrics: en, ja, zh …  [default: the score's]"),
        click.option("--part", help="Part to sing, by name or id.  [default: the first with lyrics]"),
        click.option(
            "--verse", type=click.IntRange(1), help="Verse to sing.  [default: the first with lyrics]"
        ),
        click.option("--transpose", type=float, default=0.0, help="Semitones up (down: negative)."),
        click.option(
            "--style",
            default="plain",
            show_default=True,
            help="How it is sung: plain, straight, pop, choral, enka, ballad, or a TOML file of your own.",
        ),
        click.option("--seed", type=int, default=0, show_default=True, help="Varies a take."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def use_options(command: Decorated) -> Decorated:
    """Whose voice, for whom and for what: what the owner's terms are held against."""
    options = (
        click.option(
            "--voice", "-v", default=studio.DEFAULT_VOICE, show_default=True, help="Whose voice (its id)."
        ),
        click.option("--user", default="", help="Who asks.  [default: your login name]"),
        click.option("--purpose", default="private", show_default=True, help="What the song is for."),
        click.option("--project", help="The project that a grant was made for."),
        click.option("--territory", help="The country of its use (ISO 3166)."),
        click.option("--iswc", default="", help="The work's number, where a grant names works."),
        click.option("--isrc", default="", help="The recording's number, where a grant names recordings."),
        click.option("--accept-price", help="The price that the grant asks, in its own words."),
        click.option("--for-training", is_flag=True, help="Say that a model will be trained from the song."),
        click.option(
            "-o",
            "--output",
            "outputs",
            type=WRITTEN,
            multiple=True,
            required=True,
            help="WAV, FLAC, MP3, M4A, Ogg, Opus.",
        ),
        click.option(
            "--audible-label",
            type=click.Choice(CHOICES),
            help="A label that is heard, before the song or after it.  [default: what the deployment asks]",
        ),
        click.option("--picture", type=WRITTEN, help="Also draw the song: PNG."),
        click.option("--ern", type=WRITTEN, help="Also write what stores are told of AI (DDEX ERN): JSON."),
        click.option("--json", "as_json", is_flag=True, help="Print the result as JSON."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("score", type=EXISTING)
@song_options
@click.option(
    "--takes",
    type=click.IntRange(1, MOST_TAKES),
    default=1,
    show_default=True,
    help="How many takes, each a release of its own: song-1.wav, song-2.wav …",
)
@use_options
@click.pass_obj
def sing(home: Path | None, /, score: Path, lyrics: Path | None, takes: int, **given: Any) -> None:
    """Sing SCORE (MusicXML, .mxl, MIDI, KAR) into one or more files and release them."""
    results = []
    for take in range(1, takes + 1):
        clock = _Clock()
        mine = given | {"seed": given["seed"] + take - 1}
        if takes > 1:
            mine["outputs"] = take_files(given["outputs"], take)
            for beside in ("picture", "ern"):
                mine[beside] = given[beside] and take_files([given[beside]], take)[0]
        planned = _plan(score, lyrics, mine)
        if take == 1:
            _notices(planned)
        results.append(_release(home, planned.performance, mine, clock, planned))
    if given["as_json"]:
        print_json(results if takes > 1 else results[0])


@click.command()
@click.argument("score", type=EXISTING)
@song_options
@click.option("-o", "--output", type=WRITTEN, required=True, help="Performance file (JSON) to write.")
@click.option("--json", "as_json", is_flag=True, help="Print a summary as JSON.")
def plan(score: Path, lyrics: Path | None, output: Path, as_json: bool, **given: Any) -> None:
    """Plan how SCORE is sung, phone by phone and curve by curve, for a person or a program to edit."""
    planned = _plan(score, lyrics, given)
    performance = planned.performance
    output.write_text(performance.to_json(), encoding="utf-8")
    summary = {
        "performance": str(output),
        "title": performance.title,
        "language": performance.language,
        "part": planned.underlay.part,
        "verse": planned.underlay.verse,
        "seconds": performance.duration_s,
        "phrases": len(performance.phrases),
        "notes": len(planned.underlay.notes),
        "notices": list(planned.notices),
    }
    if as_json:
        print_json(summary)
        return
    _notices(planned)
    size = f"{summary['notes']} notes in {summary['phrases']} phrases, {performance.duration_s:.1f} s"
    click.echo(f"{output}: {size}, part “{summary['part']}”, verse {summary['verse']}.")
    click.echo(f"Sing it: {COMMAND} render {shlex.quote(str(output))} -o song.wav")


@click.command()
@click.argument("performance", type=EXISTING)
@use_options
@click.pass_obj
def render(home: Path | None, /, performance: Path, **given: Any) -> None:
    """Sing PERFORMANCE, a file that `plan` wrote and that you may have edited."""
    clock = _Clock()
    result = _release(home, studio.read_performance(performance), given, clock, None)
    if given["as_json"]:
        print_json(result)


class _Clock:
    """Seconds of wall time since it was made, and CPU seconds of the process since it started.

    Read when the song is released: what its picture costs is not the song's.
    """

    def __init__(self) -> None:
        self._start_s = time.monotonic()

    def read(self) -> tuple[float, float]:
        return time.monotonic() - self._start_s, time.process_time()


def _plan(score: Path, lyrics: Path | None, given: dict[str, Any]) -> studio.Plan:
    words = studio.read_lyrics(lyrics) if lyrics else None
    shape = {name: given[name] for name in ("language", "part", "verse", "transpose", "seed")}
    shape["style"] = style_given(given["style"])
    return studio.plan(score, words, **shape)


def style_given(text: str) -> str | Style:
    """A preset's name as it is, or the style in the TOML file that `text` names."""
    if not text.casefold().endswith(".toml"):
        return text
    from singer.performance.styles import read_style

    return read_style(Path(text))


def _notices(planned: studio.Plan) -> None:
    for notice in planned.notices:
        click.echo(f"Note: {notice}", err=True)


def _release(
    home: Path | None, performance: Any, given: dict[str, Any], clock: _Clock, planned: studio.Plan | None
) -> dict[str, Any]:
    """Render, draw and say what was sung, by whom, under which grant; gives back what `--json` prints."""
    picture: Path | None = given["picture"]
    ern: Path | None = given["ern"]
    for beside in (picture, ern):
        if beside and not beside.absolute().parent.is_dir():
            raise BadInput(f"{beside} cannot be written.", "Name a file in a folder that exists.")
    use = studio.Use(
        user=given["user"] or studio.login_name(),
        purpose=given["purpose"],
        project=given["project"],
        territory=given["territory"],
        iswc=given["iswc"],
        isrc=given["isrc"],
        accepted_price=given["accept_price"],
        further_training=given["for_training"],
    )
    label = given["audible_label"] and studio.AudibleLabel.parse(given["audible_label"])
    registry = studio.open_registry(home)
    with _progress_bar() as progress:
        song = studio.render(
            registry,
            performance,
            given["outputs"],
            voice=given["voice"],
            use=use,
            label=label,
            progress=progress,
        )
    wall_s, cpu_s = clock.read()
    if picture:
        from singer.picture import draw

        draw(performance, song.sung, picture)
    if ern:
        _write_ern(ern, registry, song, performance, use)
    result = {
        "render_id": song.render_id,
        "voice": song.voice,
        "voice_name": song.voice_name,
        "owner": song.owner,
        "grant": song.grant,
        "title": song.title,
        "seed": performance.seed,
        "seconds": round(song.duration_s, 3),
        "cpu_seconds": round(cpu_s, 3),
        "cpu_seconds_per_second": round(cpu_s / max(song.duration_s, 1e-9), 4),
        "wall_seconds": round(wall_s, 3),
        "files": [str(path) for path in song.files],
        "sidecars": [str(path) for path in song.sidecars],
        "picture": str(picture) if picture else None,
        "ern": str(ern) if ern else None,
        "notices": list(planned.notices) if planned else [],
    }
    if not given["as_json"]:
        print_card(_card(song, result))
    return result


def _write_ern(
    path: Path, registry: studio.Registry, song: studio.Song, performance: Performance, use: studio.Use
) -> None:
    """What a distributor puts into its message to the stores."""
    from consent.codes import normal_isrc, normal_iswc
    from singer.ddex import ern_values
    from singer.studio.files import human_edits

    record = registry.render(int(song.render_id, 16))
    values = ern_values(
        title=song.title,
        voice=song.voice_name,
        credit=record.credit if record else "",
        isrc=normal_isrc(use.isrc) or "",
        iswc=normal_iswc(use.iswc) or "",
        edits=tuple(edit.sentence for edit in human_edits(performance)),
    )
    path.write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _card(song: studio.Song, result: dict[str, Any]) -> list[tuple[str, object]]:
    return [
        ("Song", f"{song.title or 'untitled'}, {song.duration_s:.1f} s"),
        ("Voice", f"{song.voice_name} ({song.voice})"),
        ("Owner", song.owner),
        ("Grant", song.grant),
        ("Render id", song.render_id),
        ("Took", f"{result['cpu_seconds_per_second']:.3f} CPU seconds per second of audio"),
        *(("File", path) for path in (*result["files"], *result["sidecars"])),
        ("Picture", result["picture"]),
        ("Stores", result["ern"]),
        ("Verify", f"{COMMAND} verify {shlex.quote(result['files'][0])}"),
    ]


@contextmanager
def _progress_bar() -> Iterator[Progress | None]:
    """A bar on standard error while a person watches, nothing otherwise."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1000, label="Singing", file=sys.stderr, show_eta=False) as bar:

        def show(share: float, what: str) -> None:
            bar.label = what.capitalize().ljust(12)
            bar.update(max(0, round(1000 * share) - bar.pos))

        yield show
