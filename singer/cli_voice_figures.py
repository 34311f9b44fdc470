"""`consonance evaluate bars`: every bar that the voices are held against, as figures beside their floors."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from singer import studio
from singer.cli_output import print_json
from singer.errors import BadInput
from singer.evaluation.bars import keep_figures, read_figures, rows

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)

MEASURES = (
    "vocoder",
    "spectrum",
    "noises",
    "identity",
    "phones",
    "english",
    "controls",
    "compass",
    "songs",
    "joins",
    "envelope",
    "speed",
)
"""What can be measured alone: the names in `singer.evaluation.measures`, which takes long to import."""


@click.command()
@click.argument("recordings", type=FOLDER)
@click.option("--work", required=True, type=FOLDER, help="Work folder of the training run.")
@click.option("--voices", "folder", type=FOLDER, help="Folder of the voices.  [default: the shipped ones]")
@click.option("--voice", "-v", "chosen", multiple=True, help="Voice id; may be repeated.  [default: all]")
@click.option("--only", multiple=True, type=click.Choice(MEASURES), help="May be repeated.  [default: all]")
@click.option("--keep", is_flag=True, help="Keep the figures beside the voices, as this release's.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def bars(
    recordings: Path,
    work: Path,
    folder: Path | None,
    chosen: tuple[str, ...],
    only: tuple[str, ...],
    keep: bool,
    as_json: bool,
) -> None:
    """Hold the voices against every bar: beside copy-synthesis, other singers and the last release.

    Everything is sung by a registry of its own from RECORDINGS that training never saw; nothing stays but the
    figures. Each line says of how much it is measured.
    """
    from singer.cli_evaluation import require_analysis
    from singer.evaluation.bench import bench
    from singer.evaluation.measures import MEASURES as MEASURED
    from singer.training.publish import BASE_FILE

    require_analysis()
    voices = folder or studio.voices_folder()
    shipped = tuple(sorted(path.parent.name for path in voices.glob("*/voice.toml")))
    unknown = sorted(set(chosen) - set(shipped))
    if unknown:
        raise BadInput(f"{voices} has no voice {unknown[0]}.", f"It has {', '.join(shipped) or 'none'}.")
    last = read_figures(voices)
    figures = []
    printed: list[dict[str, object]] = []
    with bench(recordings, work, voices, chosen or shipped) as made:
        for name in only or MEASURES:
            for figure in MEASURED[name](made):
                figures.append(figure)
                printed += rows([figure], last)
                if not as_json:
                    _print(printed[-1], first=len(printed) == 1)
    if as_json:
        print_json(printed)
    if keep:
        base = hashlib.sha256((voices / "base" / BASE_FILE).read_bytes()).hexdigest()
        for file in keep_figures(figures, voices, base):
            click.echo(f"Kept in {file}.", err=True)


_WIDTHS = {"measure": 28, "of": 46, "value": 9, "bar": 10, "met": 4, "floor": 8, "last": 8}


def _print(row: dict[str, object], first: bool) -> None:
    """A line for people: narrow columns, the baselines and the count at its end."""
    names = [*_WIDTHS, "counted", "baselines"]
    for line in ([{name: name for name in names}] if first else []) + [row]:
        left = [str(line[name]).ljust(_WIDTHS[name]) for name in ("measure", "of")]
        numbers = [str(line[name]).rjust(_WIDTHS[name]) for name in list(_WIDTHS)[2:]]
        click.echo("  ".join([*left, *numbers, str(line["counted"]), str(line["baselines"])]).rstrip())
