"""`consonance evaluate registry`: how many songs a second a registry lets out, with all that is kept of
each."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path

import click

from consent.measurement import measure_registry
from consent.recipes import Recipe
from consent.release_marks import KnownBy, SignedManifest
from singer import studio
from singer.cli_output import print_json
from singer.cli_song import EXISTING
from singer.evaluation.card import shown
from singer.performance.model import Performance
from singer.places import examples_folder

FIRST_SONG = "first-song.musicxml"


@click.command()
@click.option("--database", help="An empty PostgreSQL database (URL).  [default: SQLite]")
@click.option(
    "--songs", default=500, show_default=True, type=click.IntRange(1), help="How many are released."
)
@click.option(
    "--score",
    type=EXISTING,
    help="Sung once; each song is asked for and known as it is.  [default: the shipped first song]",
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def registry(database: str | None, songs: int, score: Path | None, as_json: bool) -> None:
    """Decide, authorise and release songs in a registry of its own, one after the other.

    A real song is sung there first: its words are asked for, and its recipe, fingerprints and manifests are
    kept for every song.
    """
    performance = studio.plan(score or examples_folder() / FIRST_SONG).performance
    with tempfile.TemporaryDirectory() as folder:
        opened = studio.Registry.open(Path(folder) / "registry", database)
        opened.seed(studio.voices_folder())
        use = studio.Use("measurement")
        known_by = _known_by(opened, performance, use, Path(folder))
        asked = studio.request_for(performance, studio.DEFAULT_VOICE, use)
        figures = measure_registry(opened, asked, known_by, Path(folder), songs)
        opened.close()
    if as_json:
        print_json(asdict(figures))
        return
    for name, value in asdict(figures).items():
        click.echo(f"{name:<34}{shown(value)}")


def _known_by(opened: studio.Registry, performance: Performance, use: studio.Use, folder: Path) -> KnownBy:
    """What a song is known by that was really released, as the registry kept it."""
    places = [folder / "song.wav", folder / "song.mp3"]
    song = studio.render(opened, performance, places, use=use)
    render_id = int(song.render_id, 16)
    signed = []
    for kept in opened.manifests.of_render(render_id):
        data = opened.manifests.get(kept.manifest)
        signed += [SignedManifest(kept.manifest, kept.sha256, data)] if data else []
    key_version = opened.watermark_keys()[-1][0]
    return KnownBy(
        Recipe(performance.to_json(), key_version),
        opened.tracing.fingerprints([render_id]).get(render_id),
        tuple(signed),
    )
