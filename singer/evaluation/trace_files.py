"""Trials of traces in a file: a line of JSON for each, so that a calibration can be made anew from them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from singer.evaluation.trace import Trial
from singer.fingerprint.alignment import Alignment
from singer.tracing.comparison import Comparison
from singer.tracing.weighing import Weighed


def write_trial(path: Path, trial: Trial) -> None:
    """Add a trial to a file."""
    weighed = [
        {"kin": kin, "render": f"{one.render_id:016x}", "comparison": asdict(one.comparison)}
        for kin, one in trial.weighed
    ]
    kept = {"attack": trial.attack, "weighed": weighed, "stranger_nats": trial.stranger_nats}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(kept, ensure_ascii=False) + "\n")


def read_trials(path: Path) -> list[Trial]:
    """Every trial of a file that `write_trial` wrote."""
    return [_trial(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _trial(line: str) -> Trial:
    data = json.loads(line)
    weighed = []
    for one in data["weighed"]:
        alignment = Alignment(**one["comparison"].pop("alignment"))
        comparison = Comparison(alignment=alignment, **one["comparison"])
        weighed.append((one["kin"], Weighed(int(one["render"], 16), comparison)))
    return Trial(data["attack"], tuple(weighed), data["stranger_nats"])
