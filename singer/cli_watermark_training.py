"""`consonance train-watermark`: the network that reads the watermark's gain mask."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import click

from singer import studio
from singer.cli_output import print_card
from singer.cli_training import FOLDER, folder_in, shown


@click.command("train-watermark")
@click.argument("recordings", type=FOLDER)
@click.argument("songs", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--work",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Keeps clips and checkpoints.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the weights go.  [default: where `verify` reads them]",
)
@click.option("--steps", type=click.IntRange(1), help="Steps of training.  [default: 6000]")
@click.option("--shards", default=77, show_default=True, type=click.IntRange(5), help="Files of 60 clips.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.pass_obj
def train_watermark(
    home: Path | None,
    recordings: Path,
    songs: tuple[Path, ...],
    work: Path,
    out: Path | None,
    steps: int | None,
    shards: int,
    workers: int,
) -> None:
    """Train the network that reads the watermark, on RECORDINGS, made speech and SONGS that were sung here.

    The registry is asked for every set of recordings first. Stopped at any moment, the same command goes on
    from there. Songs that were marked before stay readable: the network knows no key.
    """
    from safetensors.torch import save_file

    from singer.cli_evaluation import require_analysis
    from singer.training.watermark import BATCH, SCHEDULE, make_clips, train_reader
    from singer.training.watermark_sounds import SOURCES, training_sounds
    from singer.watermark.network import WEIGHTS

    require_analysis()
    allowed = studio.allow_training(studio.open_registry(home), SOURCES, folder_in(recordings, work))
    schedule = replace(SCHEDULE, steps=steps) if steps else SCHEDULE
    show = shown(False)
    made = work / "clips"
    make_clips(
        training_sounds(recordings, songs),
        made,
        shards,
        schedule.seed,
        workers,
        lambda number: show("clips", number + 1, shards, ""),
    )
    network = train_reader(
        made,
        work / "network",
        schedule,
        progress=lambda step, figures: show("network", step, schedule.steps, f"loss {figures['loss']:.4f}"),
    )
    target = (out or WEIGHTS.parent) / WEIGHTS.name
    target.parent.mkdir(parents=True, exist_ok=True)
    weights = {name: value.detach().contiguous() for name, value in network.state_dict().items()}
    save_file(weights, target)
    curve = [json.loads(line) for line in (work / "network" / "curve.jsonl").read_text().splitlines()]
    held_out = [row for row in curve if "held_out_score" in row]
    record = {
        "recordings": allowed,
        "songs": [song.name for song in songs],
        "clips": 60 * shards,
        "batch": BATCH,
        "schedule": asdict(schedule),
        "held_out": held_out,
    }
    text = json.dumps(record, indent=1, ensure_ascii=False)
    target.with_suffix(".json").write_text(text + "\n", "utf-8")
    print_card([("weights", str(target)), ("held out", f"score {held_out[-1]['held_out_score']:.1f}")])
