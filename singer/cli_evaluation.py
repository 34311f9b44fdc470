"""`consonance evaluate`: the figures that README and cards quote, measured anew."""

from __future__ import annotations

import importlib.util
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from singer import studio
from singer.cli_language_figures import languages
from singer.cli_output import print_json
from singer.cli_registry_figures import registry as registry_figures
from singer.cli_reservation_figures import listening, reservations
from singer.cli_song import EXISTING, style_given
from singer.cli_trace_figures import trace
from singer.cli_voice_figures import bars
from singer.cli_watermark_figures import watermark
from singer.errors import ConsonanceError
from singer.evaluation.card import shown, write_card

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def evaluate() -> None:
    """Measure songs, voices, speed and marks."""


evaluate.add_command(registry_figures)
evaluate.add_command(reservations)
evaluate.add_command(languages)
evaluate.add_command(listening)
evaluate.add_command(trace)
evaluate.add_command(watermark)
evaluate.add_command(bars)


def require_analysis() -> None:
    """Raise a ConsonanceError where the libraries that analyse sound are not installed."""
    missing = [name for name in ("parselmouth", "pyworld") if importlib.util.find_spec(name) is None]
    if missing:
        raise ConsonanceError(
            f"This measurement needs {' and '.join(missing)}.", "Install them: pip install -e '.[train]'."
        )


@evaluate.command()
@click.argument("scores", nargs=-1, required=True, type=EXISTING)
@click.option("--voice", "-v", "voices", multiple=True, help="Voice id; may be repeated.  [default: all]")
@click.option("--style", default="plain", show_default=True, help="A preset, or a TOML file.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.pass_obj
def songs(
    home: Path | None, scores: tuple[Path, ...], voices: tuple[str, ...], style: str, as_json: bool
) -> None:
    """Sing scores, and hold the released files against them: pitch, onsets, vibrato, rests, length."""
    require_analysis()
    registry = studio.open_registry(home)
    chosen = voices or tuple(record.id for record in registry.voices())
    rows: list[dict[str, object]] = []
    for score in scores:
        for voice in chosen:
            rows.append(_measure(registry, score, voice, style))
            if not as_json:
                _print_row(rows[-1], first=len(rows) == 1)
    if as_json:
        print_json(rows)


@evaluate.command()
@click.argument("score", type=EXISTING)
@click.option("--voice", "-v", default=studio.DEFAULT_VOICE, show_default=True, help="Voice id.")
@click.option("--runs", default=3, show_default=True, type=click.IntRange(1, 20))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.pass_obj
def speed(home: Path | None, score: Path, voice: str, runs: int, as_json: bool) -> None:
    """Sing a score in processes of their own: CPU seconds per audio second, peak memory, files included."""
    seconds_sung = studio.plan(score).performance.duration_s
    arguments = [sys.executable, "-m", "singer", *(["--home", str(home)] if home else [])]
    studio.open_registry(home)
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        command = [*arguments, "sing", str(score), "--voice", voice, "-o", str(Path(folder) / "song.wav")]
        for _ in range(runs):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, check=True, capture_output=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            measured.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    row = {
        "song": score.stem,
        "seconds": seconds_sung,
        "cpu_s": sorted(measured)[len(measured) // 2],
        "cpu_s_per_second": sorted(measured)[len(measured) // 2] / seconds_sung,
        "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }
    if as_json:
        print_json(row)
    else:
        _print_row(row, first=True)


@evaluate.command()
@click.argument("scores", type=FOLDER)
@click.option("--language", "-l", help="Language of the lyrics.  [default: the score's own, or guessed]")
@click.option("--show", is_flag=True, help="Print every place at which a rule fires as well.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.pass_obj
def content(home: Path | None, scores: Path, language: str | None, show: bool, as_json: bool) -> None:
    """Hold the lyrics of all SCORES in a folder against the content rules: how often each one fires."""
    from consent.content import examine, rule_book
    from consent.song import Song
    from singer.evaluation.content import SungText, examined, rates, sung_texts

    book = rule_book(studio.home_folder(home))
    characters, seconds = 0, 0.0

    def found(text: SungText) -> list[tuple[str, bool, str]]:
        nonlocal characters, seconds
        song = Song(text.lyrics, (), text.sounds)
        began = time.process_time()
        findings = examine(song, text.language, book)
        seconds += time.process_time() - began
        characters += len(text.lyrics)
        return [(finding.rule, finding.borderline, finding.sentence) for finding in findings]

    songs_by_language, fired = examined(sung_texts(scores, language), found)
    _print_rows(rates(songs_by_language, fired), as_json)
    click.echo(f"Examined {characters} characters in {seconds:.2f} CPU-s.", err=True)
    for place in fired if show else ():
        click.echo(f"{place.song}: {place.rule}: {place.sentence}", err=True)


@evaluate.command()
@click.option(
    "--entries", default=1_000_000, show_default=True, type=click.IntRange(1000), help="How long it is."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def ledger(entries: int, as_json: bool) -> None:
    """Write a long ledger into a registry of its own; prove from it, and check it."""
    from consent.ledger.measurement import measure_ledger

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "registry"
        studio.open_registry(home).close()
        with click.progressbar(length=entries, label="Writing", file=sys.stderr) as bar:
            figures = measure_ledger(home, entries, progress=lambda written: bar.update(written - bar.pos))
    if as_json:
        print_json(asdict(figures))
        return
    for name, value in asdict(figures).items():
        click.echo(f"{name:<34}{shown(value)}")


@evaluate.command()
@click.argument("recordings", type=FOLDER)
@click.option("--work", required=True, type=FOLDER, help="Work folder of the training run.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def voices(recordings: Path, work: Path, as_json: bool) -> None:
    """Hold the trained models against recordings that training never saw.

    Gives MCD beside that of the phones' means, variance ratio, and copy-synthesis beside WORLD's.
    """
    from singer.evaluation.report import report_voices

    require_analysis()
    rows = report_voices(recordings, work)
    _print_rows(rows, as_json)


@evaluate.command()
@click.argument("recordings", type=FOLDER)
@click.option("--work", required=True, type=FOLDER, help="Work folder of the training run.")
@click.option("--examples", required=True, type=FOLDER, help="Scores to sing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON.")
@click.pass_obj
def cards(home: Path | None, recordings: Path, work: Path, examples: Path, as_json: bool) -> None:
    """Measure the shipped voices and write card.md into each one's folder."""
    from singer.evaluation.report import report_voices

    require_analysis()
    registry = studio.open_registry(home)
    held_out = report_voices(recordings, work)
    written = []
    for record in registry.voices():
        songs = [_measure(registry, score, record.id) for score in sorted(examples.glob("*.musicxml"))]
        mine = [row for row in held_out if str(row["voice"]).startswith(f"{record.id}/")]
        facts = {"name": record.name, "owner": record.owner, "credit": record.credit}
        folder = studio.voices_folder() / record.id
        write_card(folder, facts, mine, songs)
        written.append({"voice": record.id, "card": folder / "card.md"})
        if not as_json:
            click.echo(f"{record.id}: card.md")
    if as_json:
        print_json(written)


def _measure(registry: studio.Registry, score: Path, voice: str, style: str = "plain") -> dict[str, object]:
    """Sing a score and hold the released file against it."""
    from singer.audio_file import read
    from singer.evaluation.songs import expectations, measure_song

    performance = studio.plan(score, style=style_given(style)).performance
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"{score.stem}.wav"
        studio.render(registry, performance, [target], use=studio.Use("evaluation"), voice=voice)
        samples = read(target).samples
    vowels, sounding = expectations(performance)
    figures = measure_song(samples, vowels, sounding, performance.duration_s)
    return {"song": score.stem, "voice": voice, **figures.as_row()}


def _print_rows(rows: Sequence[Mapping[str, object]], as_json: bool) -> None:
    """All rows, as a table or as JSON."""
    if as_json:
        print_json(rows)
        return
    for number, row in enumerate(rows):
        _print_row(row, first=number == 0)


def _print_row(row: Mapping[str, object], first: bool) -> None:
    """One line of a table; the first line is preceded by the names of its columns."""
    widths = [max(len(name), 14) for name in row]
    if first:
        click.echo("  ".join(name.rjust(width) for name, width in zip(row, widths, strict=True)))
    click.echo(
        "  ".join(shown(value).rjust(width) for value, width in zip(row.values(), widths, strict=True))
    )
