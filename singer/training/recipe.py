"""What a training run is made of: everything that decides its outcome, in one value that is kept beside the
weights."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from singer.acoustic.model import AcousticConfig
from singer.errors import BadInput
from singer.training.adversarial import AdversarialConfig
from singer.training.loop import Schedule
from singer.vocoder.model import VocoderConfig

RECIPE_FILE = "recipe.json"

CLEAN_CONDITION = "16-bit"
"""The recording condition that songs are rendered in."""


@dataclass(frozen=True)
class Recipe:
    """Voices and recording conditions in the order of the model's tables, sizes, schedules and shares.

    `sources` are the sets of recordings, by the names under which the registry knows them.
    `adversarial_schedule` of no steps leaves that stage out, as runs of before it did.
    `shipped` voices get a folder; the others only teach. `shares` gives (voice, condition) its part of each
    batch; a pair without one is drawn by its length.
    """

    voices: tuple[str, ...] = (
        "hitsune-kumi",
        "imagawa-yuki",
        "dorodoro-beta",
        "english-teacher",
        "formant-teacher",
    )
    shipped: tuple[str, ...] = ("hitsune-kumi", "imagawa-yuki", "dorodoro-beta")
    conditions: tuple[str, ...] = ("16-bit", "8-bit", "synthetic", "formant")
    sources: tuple[str, ...] = (
        "kumi_pastel_ja",
        "kumi_zh",
        "yuki_ja",
        "dorodoro_ja",
        "english-teacher",
        "formant-teacher",
    )
    acoustic: AcousticConfig = field(default_factory=lambda: AcousticConfig(voices=5, conditions=4))
    vocoder: VocoderConfig = field(default_factory=VocoderConfig)
    acoustic_schedule: Schedule = field(default_factory=lambda: Schedule(steps=4500, rate=1.5e-3, warmup=200))
    adversarial: AdversarialConfig = field(default_factory=AdversarialConfig)
    adversarial_schedule: Schedule = field(
        default_factory=lambda: Schedule(steps=2000, rate=2e-4, warmup=50, average=0.99)
    )
    vocoder_schedule: Schedule = field(default_factory=lambda: Schedule(steps=1500, rate=1e-3))
    acoustic_batch: int = 16
    vocoder_batch: int = 8
    shares: dict[str, float] = field(
        default_factory=lambda: {
            "hitsune-kumi/16-bit": 0.21,
            "hitsune-kumi/8-bit": 0.19,
            "imagawa-yuki/16-bit": 0.16,
            "dorodoro-beta/16-bit": 0.14,
            "english-teacher/synthetic": 0.20,
            "formant-teacher/formant": 0.10,
        }
    )

    def share_rows(self) -> dict[tuple[int, int], float]:
        """`shares` by table rows."""
        rows = {}
        for pair, share in self.shares.items():
            voice, condition = pair.split("/")
            rows[self.voices.index(voice), self.conditions.index(condition)] = share
        return rows

    def as_json(self) -> dict[str, object]:
        """The recipe as plain data, for the run's record."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Recipe:
        """The reverse of `as_json`. Raises BadInput for what is no recipe of this version."""
        try:
            return cls(
                voices=tuple(data["voices"]),
                shipped=tuple(data["shipped"]),
                conditions=tuple(data["conditions"]),
                sources=tuple(data["sources"]),
                acoustic=AcousticConfig(**data["acoustic"]),
                vocoder=VocoderConfig(**data["vocoder"]),
                acoustic_schedule=Schedule(**data["acoustic_schedule"]),
                adversarial=_adversarial(data.get("adversarial", {})),
                adversarial_schedule=Schedule(**data.get("adversarial_schedule", {"steps": 0})),
                vocoder_schedule=Schedule(**data["vocoder_schedule"]),
                acoustic_batch=int(data["acoustic_batch"]),
                vocoder_batch=int(data["vocoder_batch"]),
                shares={str(pair): float(share) for pair, share in data["shares"].items()},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInput(
                f"The recipe of a training run cannot be read ({error!r}).", "Train with a recipe of yours."
            ) from error

    def for_contributors(self, sources: Collection[str], pairs: Collection[tuple[str, str]]) -> Recipe:
        """The same recipe for fewer contributors: sets of recordings, and the (voice, condition) pairs in
        them.

        Whatever no recording is left of loses its row; the steps stay. Raises BadInput where no shipped voice
        has clean recordings left.
        """
        voices = tuple(voice for voice in self.voices if any(voice == left for left, _ in pairs))
        conditions = tuple(name for name in self.conditions if any(name == left for _, left in pairs))
        shipped = tuple(voice for voice in self.shipped if (voice, CLEAN_CONDITION) in pairs)
        if not shipped:
            raise BadInput("No voice is left whose clean recordings may be trained from.")
        return replace(
            self,
            voices=voices,
            shipped=shipped,
            conditions=conditions,
            sources=tuple(source for source in self.sources if source in sources),
            acoustic=replace(self.acoustic, voices=len(voices), conditions=len(conditions)),
            shares={pair: share for pair, share in self.shares.items() if tuple(pair.split("/")) in pairs},
        )


def keep_recipe(work: Path, recipe: Recipe) -> None:
    """Writes the recipe of a run into its work folder, so that the same command goes on with the same run."""
    work.mkdir(parents=True, exist_ok=True)
    partial = work / (RECIPE_FILE + ".part")
    partial.write_text(json.dumps(recipe.as_json(), indent=1) + "\n", encoding="utf-8")
    partial.replace(work / RECIPE_FILE)


def recipe_of(work: Path) -> Recipe:
    """The recipe of the run in `work`; the default one where none has begun. Raises BadInput for a damaged
    file."""
    file = work / RECIPE_FILE
    if not file.exists():
        return Recipe()
    try:
        return Recipe.from_json(json.loads(file.read_text(encoding="utf-8")))
    except ValueError as error:
        raise BadInput(
            f"{file} cannot be read ({error}).", "Remove it, or give another work folder."
        ) from error


def _adversarial(data: Mapping[str, Any]) -> AdversarialConfig:
    """The discriminator's part of a recipe that was read from JSON."""
    known = dict(data)
    channels = tuple(known.pop("channels", AdversarialConfig().channels))
    return AdversarialConfig(channels, **known)
