"""Measures by how much a trained model's levels lack the spread and the average of a voice's recordings, and
how much of its voiced sounds is noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from singer import HOP, SAMPLE_RATE
from singer.acoustic.global_variance import GlobalVariance, cosines
from singer.acoustic.model import AcousticModel
from singer.acoustic.voicing import is_sonorant
from singer.errors import BadInput
from singer.training.examples import Example, whole
from singer.vocoder.controls import BANDS

MEASURED_EXAMPLES = 60
"""Recordings of each voice that are looked at."""

GAINS = (0.9, 1.8)
"""The least and the most that a coefficient is spread by."""

STRENGTH = 0.85
"""How much of what lacks is given, as an exponent: the last of it costs the most distortion."""

CEILING_SHARE = 0.95
"""Share of a voice's sonorant frames that hold no more noise than its ceiling."""

EDGE_FRAMES = 2
"""Frames at either end of a phone that are left out: its neighbour may reach into them."""

OFFSET_DB, OFFSET_SHARE, OFFSET_BANDS = 4.0, 0.7, 9
"""The most that a band's average is moved by, the share of what lacks, and the bands that it is averaged
over: narrower differences belong to the few loudest phones."""


def measure_global_variance(model: AcousticModel, examples: Sequence[Example]) -> GlobalVariance:
    """The correction for one voice from clean recordings of its own, (gains, centre, offset).

    Raises BadInput where no recording has a sounding frame.
    """
    step = max(1, len(examples) // MEASURED_EXAMPLES)
    made, target, voiced = [], [], []
    for example in examples[::step][:MEASURED_EXAMPLES]:
        with torch.no_grad():
            levels = model(whole(example).given)[0, : len(example.f0_hz)].float()
        heard = example.weight >= 1.0
        made.append(levels[heard])
        target.append(torch.from_numpy(example.levels_db[heard].astype(np.float32)))
        voiced.append(example.voiced[heard])
    if not any(len(rows) for rows in made):
        raise BadInput("No recording of the voice has a sounding frame.", "Give clean recordings of it.")
    given, wanted, sung = torch.cat(made), torch.cat(target), torch.from_numpy(np.concatenate(voiced))
    analysis = torch.from_numpy(cosines()[0])
    lacking = _total_db(wanted) @ analysis, _total_db(given) @ analysis
    gains = torch.sqrt(lacking[0].var(dim=0) / lacking[1].var(dim=0).clamp(min=1e-6))
    gains = (gains**STRENGTH).clamp(*GAINS)
    centre = torch.stack(
        [given[sung, 0].mean(dim=0) if sung.any() else given[:, 0].mean(dim=0), given[:, 1].mean(dim=0)]
    )
    spread = GlobalVariance(gains, centre, torch.zeros(BANDS)).apply(given)
    missing = _average_db(wanted) - _average_db(spread)
    missing = torch.nn.functional.pad(
        (missing - missing.mean())[None], 2 * (OFFSET_BANDS // 2,), mode="replicate"
    )
    missing = torch.nn.functional.avg_pool1d(missing, OFFSET_BANDS, stride=1)[0]
    return GlobalVariance(gains, centre, (OFFSET_SHARE * missing).clamp(-OFFSET_DB, OFFSET_DB))


def measure_noise_ceiling(examples: Sequence[Example]) -> Tensor | None:
    """How far below the whole the noise of a voiced sound stays in CEILING_SHARE of all frames, (BANDS,) in
    dB: inside vowels, nasals, liquids and glides whose pitch was found. None where there are no such
    frames."""
    found = []
    for example in examples[:: max(1, len(examples) // MEASURED_EXAMPLES)][:MEASURED_EXAMPLES]:
        inside = np.zeros(len(example.f0_hz), dtype=bool)
        for span in example.phones:
            if is_sonorant(span.phone):
                first, last = (round(edge * SAMPLE_RATE / HOP) for edge in (span.start_s, span.end_s))
                inside[first + EDGE_FRAMES : max(first, last - EDGE_FRAMES)] = True
        levels = torch.from_numpy(example.levels_db[inside & example.voiced].astype(np.float32))
        found.append(levels[:, 1] - _total_db(levels))
    frames = torch.cat(found) if found else torch.zeros(0, BANDS)
    return frames.quantile(CEILING_SHARE, dim=0).clamp(max=0.0) if len(frames) else None


def _total_db(levels_db: Tensor) -> Tensor:
    """Harmonic plus noise power, (frames, 2, BANDS) dB → (frames, BANDS) dB."""
    return 10.0 * torch.log10((10.0 ** (levels_db / 10.0)).sum(dim=1))


def _average_db(levels_db: Tensor) -> Tensor:
    """Long-term average spectrum, (frames, 2, BANDS) dB → (BANDS,) dB."""
    return 10.0 * torch.log10((10.0 ** (levels_db / 10.0)).sum(dim=1).mean(dim=0))
