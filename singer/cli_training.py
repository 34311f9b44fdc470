"""`consonance train`: from recordings whose owners allow it to the weights of the shipped voices."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from singer import studio
from singer.cli_output import print_card, print_json

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("recordings", type=FOLDER)
@click.option(
    "--work",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Keeps labels, features, checkpoints.",
)
@click.option(
    "--voices",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the weights go.  [default: the voices folder]",
)
@click.option("--steps", type=click.IntRange(1), help="Steps of the acoustic model.  [default: the recipe's]")
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes for features."
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.pass_obj
def train(
    home: Path | None,
    recordings: Path,
    work: Path,
    voices: Path | None,
    steps: int | None,
    workers: int,
    as_json: bool,
) -> None:
    """Train all shipped voices from RECORDINGS; stopped at any moment, the same command goes on from there.

    The registry is asked for every set of recordings first, and its answers stand in the ledger.
    """
    from singer.cli_evaluation import require_analysis
    from singer.training.corpora import read_corpus
    from singer.training.pipeline import contributors, run
    from singer.training.recipe import Recipe

    require_analysis()
    recipe = Recipe()
    if steps:
        recipe = replace(recipe, acoustic_schedule=replace(recipe.acoustic_schedule, steps=steps))
    registry = studio.open_registry(home)
    allowed = studio.allow_training(registry, recipe.sources)
    work.mkdir(parents=True, exist_ok=True)
    utterances = read_corpus(recordings, work, progress=None if as_json else click.echo)
    last = ""

    def show(stage: str, done: int, total: int, remark: str) -> None:
        nonlocal last
        step = f"{stage} {100 * done // max(total, 1)} %"
        if step != last and not as_json:
            click.echo(f"{step:<16}{remark}")
        last = step

    run(utterances, work, voices or studio.voices_folder(), recipe, allowed, show, workers)
    outcome = {"voices": list(recipe.shipped), "contributors": contributors(utterances), "allowed": allowed}
    if as_json:
        print_json(outcome)
    else:
        print_card((voice, "trained") for voice in recipe.shipped)
