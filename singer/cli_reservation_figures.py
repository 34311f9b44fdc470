"""`consonance evaluate reservations` and `listening`: how well what was reserved is known again, and how
often something else is taken for it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from singer.cli_output import print_json

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--asked", default=250, show_default=True, type=click.IntRange(1), help="Songs for each guise.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def reservations(folder: Path, asked: int, as_json: bool) -> None:
    """Reserve every song of FOLDER (scores, texts); ask with it in many guises, and with every other."""
    from consent.registry import Registry
    from consent.reservations import ReservationError
    from consent.song import Song
    from singer.evaluation.reservations import Tune, measure_lyrics, measure_melodies, read_pieces

    pieces = read_pieces(folder, lambda line: click.echo(line, err=True))
    rows: list[dict[str, object]] = []
    for kind, measure in (("melody", measure_melodies), ("lyric", measure_lyrics)):
        with tempfile.TemporaryDirectory() as home:
            door = Registry.open(Path(home)).reservations

            def keep(what: str, data: dict[str, object], title: str, door: Any = door) -> str | None:
                try:
                    made: str = door.reserve(what, holder="-", title=title, data=data, source="-").id
                except ReservationError:
                    return None
                return made

            def ask(words: str, tune: Tune, door: Any = door) -> frozenset[str]:
                return frozenset(hit.reservation for hit in door.hits_of_song(Song(words, tune)))

            for row in measure(pieces, keep, ask, asked):
                rows.append({"kind": kind, **row})
                if not as_json:
                    _print_figures(rows[-1])
    if as_json:
        print_json(rows)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--same", multiple=True, help="Banks of one singer, parted by commas; may be repeated.")
@click.option("--asked", default=40, show_default=True, type=click.IntRange(1), help="Tapes for each guise.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def listening(folder: Path, same: tuple[str, ...], asked: int, as_json: bool) -> None:
    """Reserve recordings and voices of FOLDER (a folder for each bank), and ask with them and with others."""
    from consent.reservations import fingerprint, screening
    from singer.evaluation.listening import TAKE_S, TAPE_S, measure_fingerprints, measure_voices, tapes_of

    def judges(one: Mapping[str, Any], two: Mapping[str, Any]) -> tuple[str, float]:
        return screening.screen([one], [two]), screening.distance(one, two)

    def singer_of(bank: str) -> str:
        return next((group for group in same if bank in group.split(",")), bank)

    rows = [
        *measure_fingerprints(tapes_of(folder, TAPE_S, 22), fingerprint.is_same_recording, asked),
        *measure_voices(tapes_of(folder, TAKE_S, 24), judges, singer_of),
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        _print_figures(row)


def _print_figures(row: Mapping[str, object]) -> None:
    """A guise on one line; the hits on others with their examples, a line each."""
    examples = row.get("examples", ())
    click.echo("  ".join(f"{name} {value}" for name, value in row.items() if name != "examples"))
    for example in examples if isinstance(examples, list) else ():
        click.echo(f"    {example}")
