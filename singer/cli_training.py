"""`consonance train`: from recordings whose performers and owners allow it to the weights of the voices."""

from __future__ import annotations

from collections.abc import Callable
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
@click.option("--due", is_flag=True, help="Train anew the base that holds what was withdrawn, without it.")
@click.option("--list", "list_only", is_flag=True, help="Only list the recordings of the finished run.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.pass_obj
def train(
    home: Path | None,
    recordings: Path,
    work: Path,
    voices: Path | None,
    steps: int | None,
    workers: int,
    due: bool,
    list_only: bool,
    as_json: bool,
) -> None:
    """Train all shipped voices from RECORDINGS; stopped at any moment, the same command goes on from there.

    The registry is asked for every set of recordings first, and its answers stand in the ledger.
    """
    from singer.cli_evaluation import require_analysis

    if due and (list_only or steps):
        raise click.UsageError("--due takes the marked base's own recipe: give neither --steps nor --list.")
    require_analysis()
    work.mkdir(parents=True, exist_ok=True)
    folder = voices or studio.voices_folder()
    if due:
        from singer.cli_retraining import retrain_due

        retrain_due(home, recordings, work, folder, workers, as_json)
    elif list_only:
        _list(recordings, work, folder, as_json)
    else:
        _train(home, recordings, work, folder, steps, workers, as_json)


def _train(
    home: Path | None,
    recordings: Path,
    work: Path,
    voices: Path,
    steps: int | None,
    workers: int,
    as_json: bool,
) -> None:
    from singer.training.corpora import read_corpus
    from singer.training.pipeline import contributors, run
    from singer.training.recipe import recipe_of

    recipe = recipe_of(work)  # a run that has begun keeps its own
    if steps:
        recipe = replace(recipe, acoustic_schedule=replace(recipe.acoustic_schedule, steps=steps))
    registry = studio.open_registry(home)
    allowed = studio.allow_training(registry, recipe.sources, folder_in(recordings, work))
    say = None if as_json else click.echo
    utterances = read_corpus(recordings, work, sources=recipe.sources, progress=say)
    run(utterances, work, voices, recipe, allowed, shown(as_json), workers)
    outcome = {"voices": list(recipe.shipped), "contributors": contributors(utterances), "allowed": allowed}
    if as_json:
        print_json(outcome)
    else:
        print_card((voice, "trained") for voice in recipe.shipped)


def _list(recordings: Path, work: Path, voices: Path, as_json: bool) -> None:
    """Write the lists of what the run in `work` was trained on beside the base in `voices`."""
    from singer.errors import BadInput
    from singer.training.corpora import read_corpus
    from singer.training.listing import list_recordings
    from singer.training.pipeline import contributors
    from singer.training.publish import publish_record, read_record
    from singer.training.recipe import Recipe

    record = read_record(voices)
    recipe = Recipe.from_json(record["recipe"])
    utterances = read_corpus(recordings, work, sources=recipe.sources)
    if contributors(utterances) != record["contributors"]:
        raise BadInput(
            f"{work} does not hold the run that the base in {voices} came from.", "Give that run's folder."
        )
    lists = list_recordings(utterances, record["allowed"])
    publish_record(record, lists, voices)
    rows = [(source, content.count("\n") - 1) for source, content in lists.items()]
    if as_json:
        print_json(dict(rows))
    else:
        print_card((source, f"{files} files") for source, files in rows)


def folder_in(recordings: Path, work: Path) -> Callable[[str], Path]:
    """Where a set of recordings lies; the teachers', which are made here, in the work folder."""
    from singer.training.corpora import (
        FORMANT_TEACHER,
        TEACHER,
        synthesise_formant_teacher,
        synthesise_teacher,
    )

    def folder_of(source: str) -> Path:
        if source == FORMANT_TEACHER:
            synthesise_formant_teacher(work / "formant")
            return work / "formant"
        if source != TEACHER:
            return recordings / source
        synthesise_teacher(work / "english")
        return work / "english"

    return folder_of


def shown(as_json: bool) -> Callable[[str, int, int, str], None]:
    """A progress that prints a line at each new per cent of a stage; silent for JSON."""
    last = ""

    def show(stage: str, done: int, total: int, remark: str) -> None:
        nonlocal last
        step = f"{stage} {100 * done // max(total, 1)} %"
        if step != last and not as_json:
            click.echo(f"{step:<16}{remark}")
        last = step

    return show
