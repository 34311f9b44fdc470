"""`consonance evaluate trace`: how well a recording without marks is traced to its render."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from singer.cli_output import print_json
from singer.cli_song import EXISTING, WRITTEN

if TYPE_CHECKING:
    from singer.evaluation.trace import Trial


@click.command()
@click.argument("scores", nargs=-1, required=True, type=EXISTING)
@click.option("--voice", "-v", "voices", multiple=True, help="Voice id; may be repeated.  [default: all]")
@click.option("--attack", "-a", "chosen", multiple=True, help="Only what has this in its name.")
@click.option("--clips", default=12, show_default=True, type=click.IntRange(1, 1000), help="For each attack.")
@click.option(
    "--seeds", default=2, show_default=True, type=click.IntRange(1, 8), help="Renders of each voice and song."
)
@click.option("--seed", default=0, show_default=True, help="Fixes all that is drawn by chance.")
@click.option("--trials", "kept", type=WRITTEN, help="Keep every trial here, or read them from here.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.pass_obj
def trace(
    home: Path | None,
    scores: tuple[Path, ...],
    voices: tuple[str, ...],
    chosen: tuple[str, ...],
    clips: int,
    seeds: int,
    seed: int,
    kept: Path | None,
    as_json: bool,
) -> None:
    """Sing SCORES in a registry of their own (or the one of --home), attack clips of them, and sing them
    again to find each.

    The watermark is never asked. Prints the table, and the calibration that the trials give.
    """
    from singer.evaluation import trace as evaluation
    from singer.evaluation.trace_files import read_trials, write_trial

    results: list[Trial] = []
    attacks = evaluation.attacks(chosen)
    if kept is not None and kept.exists():
        results = read_trials(kept)
    else:
        with tempfile.TemporaryDirectory() as folder:
            released = Path(folder)
            registry, sung = evaluation.sing_all(home or released, released, scores, voices, range(seeds))
            try:
                for trial in evaluation.trials(registry, sung, attacks, clips, seed):
                    results.append(trial)
                    if kept is not None:
                        write_trial(kept, trial)
                    if sys.stderr.isatty():
                        click.echo(f"\r{len(results)} of {clips * len(attacks)}", nl=False, err=True)
            finally:
                registry.close()
    if as_json:
        print_json(_figures(results))
    else:
        _print(results)


def _figures(results: list[Trial]) -> dict[str, object]:
    from singer.evaluation import trace as evaluation
    from singer.evaluation import trace_calibration as calibration

    scale, pairs, wrong = calibration.between_renders(results)
    return {
        "table": [asdict(line) for line in evaluation.figures(results)],
        "between_renders": {"scale": scale, "pairs": pairs, "wrong_way_round": wrong},
        "same_song": asdict(calibration.same_song(results)),
        "same_render": asdict(calibration.same_render(results)),
    }


def _print(results: list[Trial]) -> None:
    from singer.evaluation import trace as evaluation
    from singer.evaluation import trace_calibration as calibration

    click.echo(f"{'attack':<34}{'clips':>6}{'right':>7}{'seed':>6}{'voice':>7}{'song':>6}")
    for line in evaluation.figures(results):
        click.echo(
            f"{line.attack:<34}{line.clips:>6}{line.right:>7}{line.other_seed:>6}"
            f"{line.other_voice:>7}{line.other_song:>6}"
        )
    scale, pairs, wrong = calibration.between_renders(results)
    click.echo(f"\nBetween renders of a song: {pairs} pairs, {wrong} the wrong way round; scale {scale:.4f}.")
    for name, fitted in (
        ("This song against another", calibration.same_song(results)),
        ("This render against another of the song", calibration.same_render(results)),
    ):
        weights = ", ".join(f"{weight:.3f}" for weight in fitted.weights)
        click.echo(
            f"{name}: {fitted.cases[0]} true and {fitted.cases[1]} false; {fitted.missed:.1%} missed, "
            f"{fitted.wrong:.1%} wrong, {fitted.cost:.2f} bits; "
            f"intercept {fitted.intercept:.3f}, weights {weights}."
        )
