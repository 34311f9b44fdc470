"""The bars that voices are held against, and figures beside their bars, floors and baselines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from singer.errors import BadInput

FIGURES_FILE = "figures.json"
_FORMAT = "consonance-figures-1"


@dataclass(frozen=True)
class Bar:
    """What a figure has to reach: at least, at most, or between the two."""

    least: float | None = None
    most: float | None = None

    def met(self, value: float) -> bool:
        """Whether a figure reaches the bar; no number reaches none."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        if self.least is not None and self.most is not None:
            return f"{self.least:g}–{self.most:g}"
        return f"≥ {self.least:g}" if self.least is not None else f"≤ {self.most:g}"


BARS: Mapping[str, Bar] = {
    "mcd_db": Bar(most=4.8),
    "variance_ratio": Bar(0.85, 1.15),
    "mr_stft": Bar(most=0.75),
    "pesq_wb": Bar(least=3.6),
    "words_spoken_own": Bar(least=0.95),
    "words_spoken": Bar(least=0.85),
    "words_160_bpm": Bar(least=0.75),
    "words_100_bpm": Bar(least=0.55),
    "phones_share": Bar(least=0.85),
    "identity": Bar(least=1.0),
    "spectrum_worst_db": Bar(most=3.0),
    "cents_median": Bar(most=3.0),
    "cents_worst": Bar(most=50.0),
    "onsets_25ms": Bar(least=0.97),
    "vibrato_within": Bar(least=1.0),
    "chain_one_core": Bar(most=0.05),
    "chain_two_cores": Bar(most=0.03),
    "times_faster": Bar(least=20.0),
    "training_hours": Bar(most=6.0),
    "clicks": Bar(most=0.0),
    "loudest_rest_db": Bar(most=-60.0),
    "breathiness_rises": Bar(least=0.0),
    "tension_rises": Bar(least=0.0),
    "loudness_rises": Bar(least=0.0),
    "brightness_rises": Bar(least=0.0),
}
"""By the name of the measure; a measure without a bar is printed for what it is."""


@dataclass(frozen=True)
class Figure:
    """One figure: `of` names voice and language (or what else is measured), `counted` of how many `things`.

    `floor` is what copy-synthesis of the same recordings gets, `baselines` what others get.
    """

    measure: str
    of: str
    value: float
    counted: int
    things: str
    floor: float | None = None
    baselines: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What the figure is kept under."""
        return f"{self.measure} {self.of}"

    @property
    def bar(self) -> Bar | None:
        """What it has to reach."""
        return BARS.get(self.measure)


def rows(figures: Iterable[Figure], last: Mapping[str, float]) -> list[dict[str, object]]:
    """Figures as rows of a table; `last` holds the last release's by their keys."""
    return [
        {
            "measure": one.measure,
            "of": one.of,
            "value": round(one.value, 4),
            "bar": str(one.bar) if one.bar else "",
            "met": "" if one.bar is None else "yes" if one.bar.met(one.value) else "no",
            "floor": "" if one.floor is None else round(one.floor, 4),
            "baselines": ", ".join(f"{name} {value:.3g}" for name, value in one.baselines.items()),
            "last": round(last[one.key], 4) if one.key in last else "",
            "counted": f"{one.counted} {one.things}",
        }
        for one in figures
    ]


def read_figures(voices: Path) -> dict[str, float]:
    """The last release's figures by key, of all voices in a folder of voices; none where none were kept.

    Raises BadInput for a damaged file.
    """
    found: dict[str, float] = {}
    for file in sorted(voices.glob(f"*/{FIGURES_FILE}")):
        found |= read_figures_in(file)
    return found


def read_figures_in(file: Path) -> dict[str, float]:
    """The figures in one file that `keep_figures` wrote. Raises BadInput for a damaged one."""
    return _read(file)[1]


def _read(file: Path) -> tuple[str, dict[str, float]]:
    """SHA-256 of the base that was measured, and the figures."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if document["format"] != _FORMAT:
            raise ValueError("another format")
        figures = {str(key): float(value) for key, value in document["figures"].items()}
        return str(document["base_sha256"]), figures
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"{file} cannot be read ({error}).", "Remove it, and measure with --keep anew."
        ) from error


def keep_figures(figures: Sequence[Figure], voices: Path, base_sha256: str) -> list[Path]:
    """Write figures into the folders of the voices that they are of, those of nobody into `base`. What was
    kept there of the same base stays, what was kept of another goes. Gives the files written."""
    folders = {path.name for path in voices.iterdir() if (path / "voice.toml").is_file()}
    by_folder: dict[str, dict[str, float]] = {}
    for one in figures:
        voice = one.of.split("/")[0].split(" ")[0]
        by_folder.setdefault(voice if voice in folders else "base", {})[one.key] = round(one.value, 4)
    written = []
    for name, mine in sorted(by_folder.items()):
        file = voices / name / FIGURES_FILE
        base, kept = _read(file) if file.exists() else ("", {})
        together = {**kept, **mine} if base == base_sha256 else mine
        document = {"format": _FORMAT, "base_sha256": base_sha256, "figures": together}
        file.write_text(json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
        written.append(file)
    return written
