"""A voice's measured card: how it was trained, how near it comes to its owner, and how it holds a song."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from singer.evaluation.bars import BARS, FIGURES_FILE, read_figures_in
from singer.training.publish import RECORD_FILE

Row = Mapping[str, object]

HEAD = """# {name}: measured card

Owner: {owner}. Credit: {credit}. Terms and credits lie beside this file.

This page is written by `consonance evaluate cards`; every figure comes from a command of this repository.
"""

HELD_OUT = """
## Against recordings that training never saw

`mcd_db` is the mel-cepstral distortion of the model's envelope, given the recording's own phones and pitch;
`phone_mean_mcd_db` is that of each phone's mean, which a model must beat. `variance_ratio` is 1 where
nothing is smoothed. `copy_synthesis` is the vocoder's log-spectral distance given its own analysis, `world`
that of uncoded WORLD.
"""

SONGS = """
## Songs against their scores

Measured on the released files of `examples/`: pitch of the held vowels in cents, share of vowel onsets
within 30 ms of the beat, the loudest rest in dB of full scale.
"""

KEPT = """
## Against the bars

As `consonance evaluate bars --keep` measured them last; what each figure means stands in
`docs/reference/evaluation.md`.
"""

SONG_COLUMNS = (
    "song",
    "notes",
    "cents_median",
    "cents_p90",
    "cents_worst",
    "onsets_within_30ms",
    "onset_median_ms",
    "loudest_rest_db",
)


def write_card(folder: Path, facts: Row, held_out: Sequence[Row], songs: Sequence[Row]) -> None:
    """Writes `card.md` and the picture of the run's curves into a voice's folder.

    `facts` are its name, owner and credit line; `held_out` and `songs` rows of `report_voices` and of
    `measure_song`.
    """
    record = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    _draw_curves(record["curves"], folder / "training.png")
    recipe = record["recipe"]
    lines = [HEAD.format(**facts), "\n## Training\n"]
    lines.append("| recordings | used | held out | minutes |\n|---|---|---|---|")
    lines += [
        f"| {name} | {row['recordings']} | {row['held_out']} | {row['minutes']:.1f} |"
        for name, row in record["contributors"].items()
    ]
    steps = {name: recipe[f"{name}_schedule"]["steps"] for name in ("acoustic", "vocoder")}
    seconds = {name: max(row.get("cpu_s", 0) for row in rows) for name, rows in record["curves"].items()}
    lines.append(
        f"\nOne model for all voices, seed {recipe['acoustic_schedule']['seed']}: {steps['acoustic']} steps"
        f" of the acoustic model ({seconds['acoustic']} CPU seconds), {steps['vocoder']} of the vocoder"
        f" ({seconds['vocoder']}). The recipe and the curves are in `{RECORD_FILE}`.\n"
    )
    lines.append("![Losses over the run](training.png)")
    sung = [{key: row[key] for key in SONG_COLUMNS} for row in songs]
    lines += [HELD_OUT, table(held_out), SONGS, table(sung)]
    kept = read_figures_in(folder / FIGURES_FILE) if (folder / FIGURES_FILE).exists() else {}
    if kept:
        lines += [KEPT, table([_kept_row(key, value) for key, value in sorted(kept.items())])]
    (folder / "card.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _kept_row(key: str, value: float) -> dict[str, object]:
    """A kept figure beside its bar."""
    measure, _, of = key.partition(" ")
    bar = BARS.get(measure)
    met = "" if bar is None else "yes" if bar.met(value) else "no"
    return {"figure": measure, "of": of, "value": value, "bar": str(bar or ""), "met": met}


def table(rows: Sequence[Row]) -> str:
    """Rows as a Markdown table; numbers with three places."""
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(shown(row[name]) for name in names) + " |" for row in rows]
    return "\n".join(lines)


def shown(value: object) -> str:
    """A figure as tables give it: whole numbers whole, others with three places."""
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:.3f}"
    return str(value)


def _draw_curves(curves: Mapping[str, Sequence[Mapping[str, float]]], path: Path) -> None:
    """Training losses and the held-out figures of vocoder and acoustic model, side by side."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3), dpi=90, layout="constrained")
    for place, (name, rows) in enumerate(curves.items(), 1):
        axes = figure.add_subplot(1, len(curves), place)
        losses = [(row["step"], row["loss"]) for row in rows if "loss" in row]
        axes.plot(*zip(*losses, strict=True), color="#b9c4d0", label="training loss")
        for key, colour in (("held_out_loss", "#c2304a"), ("held_out_db", "#c2304a")):
            held_out = [(row["step"], row[key]) for row in rows if key in row]
            if held_out:
                side = axes if key == "held_out_loss" else axes.twinx()
                side.plot(*zip(*held_out, strict=True), color=colour, label=key)
                side.legend(loc="upper right", frameon=False, fontsize=8)
        axes.set_title(name, loc="left", fontsize=10)
        axes.set_xlabel("step", fontsize=8)
        axes.tick_params(labelsize=7)
    FigureCanvasAgg(figure).print_png(str(path))
