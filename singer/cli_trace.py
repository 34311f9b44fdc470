"""`consonance trace`: from a recording back to the render that it was made from."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from singer import studio
from singer.cli_output import print_json
from singer.cli_song import EXISTING
from singer.studio.tracing import MOST_CANDIDATES, Trace
from singer.studio.tracing import trace as find
from singer.tracing.answer import IDENTIFIED, MARKED, Suspected
from singer.voice import Progress


@click.command()
@click.argument("file", type=EXISTING)
@click.option("--score", type=EXISTING, help="A score of the song that it may be, to look there first.")
@click.option("--lyrics", metavar="FILE_OR_TEXT", help="Words that are heard in it; a line or two will do.")
@click.option("--language", "-l", help="Language of --lyrics or --score.")
@click.option(
    "--most",
    default=MOST_CANDIDATES,
    show_default=True,
    type=click.IntRange(1, 200),
    help="So many renders are sung again.",
)
@click.option("--deep", is_flag=True, help="Sing candidates again even where the watermark was found.")
@click.option("--full", is_flag=True, help="Search all of it for a watermark at other speeds and pitches.")
@click.option("--by", metavar="USER", help="Who asks; the ledger keeps a pseudonym.  [default: the login]")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def trace(
    home: Path | None,
    file: Path,
    score: Path | None,
    lyrics: str | None,
    language: str | None,
    most: int,
    deep: bool,
    full: bool,
    by: str | None,
    as_json: bool,
) -> int:
    """Find the render that FILE was made from, when its marks are gone.

    Songs with its melody are sung again from their recipes and held against it. Nothing is released, and the
    ledger says that somebody looked.
    """
    if score is None and lyrics is None and language is not None:
        raise click.UsageError("--language goes with --lyrics or --score.")
    from singer.audio_file import MAX_SECONDS
    from singer.marks import USUAL_SCALED_S

    words = "" if lyrics is None else _words(lyrics)
    hint = None if score is None else studio.plan(score, words or None, language=language).performance
    with _progress_bar(as_json) as progress:
        found = find(
            studio.open_registry(home),
            file,
            by=by or studio.login_name(),
            hint=hint,
            lyrics=words,
            language=language,
            most=most,
            deep=deep,
            scaled_s=MAX_SECONDS if full else USUAL_SCALED_S,
            progress=progress,
        )
    if as_json:
        print_json({"file": str(file), **asdict(found)})
    else:
        _print(found)
    return 0 if found.state in (MARKED, IDENTIFIED) else 1


def _words(given: str) -> str:
    """What a file holds, if there is one of this name, else the text itself."""
    try:
        there = Path(given).is_file()
    except (OSError, ValueError):  # too long for a name, or with a zero byte
        there = False
    return studio.read_lyrics(Path(given)) if there else given


def _print(found: Trace) -> None:
    click.echo(found.sentence)
    if found.suspected:
        click.echo(
            f"\n{'render':<18}{'voice':<18}{'from':>7}{'tempo':>8}{'key':>7}"
            f"{'melody':>8}{'song':>7}{'render':>8}{'ahead':>7}"
        )
    for one in found.suspected:
        click.echo(
            f"{one.render_id:<18}{one.voice:<18}{one.start_s:>6.1f}s{one.tempo:>8.3f}{one.semitones:>+7.2f}"
            f"{one.melody:>8.2f}{_ratios(one)}"
        )
    if found.suspected:
        click.echo(
            "\nsong, render, ahead: natural logarithms of how much likelier it is that song than another, "
            "that render\nthan another of the song, and that render than the next one here."
        )


def _ratios(one: Suspected) -> str:
    if one.song_nats is None or one.render_nats is None:
        return f"  {one.why_not}"
    ahead = "" if one.ahead_nats is None else f"{one.ahead_nats:.1f}"
    return f"{one.song_nats:>7.1f}{one.render_nats:>8.1f}{ahead:>7}"


@contextmanager
def _progress_bar(quiet: bool) -> Iterator[Progress | None]:
    """A bar on standard error where somebody watches."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1000, label="Tracing", file=sys.stderr, show_eta=False) as bar:

        def show(share: float, what: str) -> None:
            bar.label = what.capitalize()
            bar.update(round(1000 * share) - bar.pos)

        yield show
