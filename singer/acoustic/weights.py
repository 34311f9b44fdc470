"""Weight files: the joint base, and what is one voice's own. Safetensors only, so that a file is data and
never code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn

from singer.acoustic.global_variance import SHAPES, GlobalVariance
from singer.acoustic.model import AcousticConfig, AcousticModel
from singer.errors import BadInput
from singer.vocoder.controls import BANDS
from singer.vocoder.model import Vocoder, VocoderConfig


class WeightsError(BadInput):
    """A weight file is damaged, or not of the kind that is needed."""

    code = "bad-weights"


@dataclass(frozen=True)
class VoiceWeights:
    """What is one voice's own: `film` (film_values,), the gain in dB that brings it to the house's loudness,
    what its levels lack after the model, and how much of a voiced sound is noise at most, (BANDS,) in dB."""

    voice: str
    film: Tensor
    gain_db: float
    lacking: GlobalVariance | None = None
    noise_ceiling_db: Tensor | None = None

    def finished(self, levels_db: Tensor) -> Tensor:
        """The model's levels, (…, 2, BANDS) in dB, with this voice's own spread and average."""
        return self.lacking.apply(levels_db) if self.lacking else levels_db


def save_base(acoustic: AcousticModel, vocoder: Vocoder) -> bytes:
    """The joint base as a safetensors file in float16, without the rows of any voice."""
    from safetensors.torch import save

    own = ("voice_film.", "condition_film.")
    tensors = {f"acoustic.{k}": v for k, v in acoustic.state_dict().items() if not k.startswith(own)}
    tensors |= {f"vocoder.{k}": v for k, v in vocoder.state_dict().items()}
    metadata = {
        "kind": "base",
        "acoustic": json.dumps(asdict(acoustic.config)),
        "vocoder": json.dumps(asdict(vocoder.config)),
    }
    return save({name: value.to(torch.float16).contiguous() for name, value in tensors.items()}, metadata)


def save_voice(own: VoiceWeights) -> bytes:
    """One voice's own weights as a safetensors file; the film includes the clean recording condition."""
    from safetensors.torch import save

    metadata = {"kind": "voice", "voice": own.voice, "gain_db": repr(float(own.gain_db))}
    tensors = {"film": own.film}
    if own.lacking:
        tensors |= {name: getattr(own.lacking, name) for name in SHAPES}
    if own.noise_ceiling_db is not None:
        tensors["noise_ceiling_db"] = own.noise_ceiling_db
    halves = {name: value.detach().to(torch.float16).contiguous() for name, value in tensors.items()}
    return save(halves, metadata)


def _read(files: Mapping[str, bytes], kind: str) -> tuple[dict[str, str], dict[str, Tensor]]:
    from safetensors import SafetensorError
    from safetensors.torch import load

    for name, content in files.items():
        try:
            length = int.from_bytes(content[:8], "little")
            metadata = json.loads(content[8 : 8 + length]).get("__metadata__", {})
            if metadata.get("kind") == kind:
                return metadata, {key: value.float() for key, value in load(content).items()}
        except (SafetensorError, ValueError, AttributeError) as error:
            raise WeightsError(
                f"{name}: the weights are damaged ({error}).", "Install the voice again."
            ) from error
    raise WeightsError(
        f"No {kind} weights among {', '.join(files) or 'nothing'}.", "Install the voice again."
    )


def _fill(module: nn.Module, tensors: dict[str, Tensor], prefix: str) -> None:
    mine = {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}
    expected = {name: value.shape for name, value in module.state_dict().items() if "_film." not in name}
    if {name: value.shape for name, value in mine.items()} != expected:
        raise WeightsError(
            f"The weights of {prefix[:-1]} do not fit this version.", "Install the voice again."
        )
    module.load_state_dict(mine, strict=False)
    module.eval().requires_grad_(False)


def load_acoustic(files: Mapping[str, bytes]) -> AcousticModel:
    """The acoustic model of the base among `files` (name → bytes), without any voice. Raises WeightsError."""
    metadata, tensors = _read(files, "base")
    config = AcousticConfig(**json.loads(metadata["acoustic"]))
    model = AcousticModel(AcousticConfig(**{**asdict(config), "voices": 1, "conditions": 1}))
    _fill(model, tensors, "acoustic.")
    return model


def load_vocoder(files: Mapping[str, bytes]) -> Vocoder:
    """The vocoder of the base among `files` (name → bytes). Raises WeightsError."""
    metadata, tensors = _read(files, "base")
    vocoder = Vocoder(VocoderConfig(**json.loads(metadata["vocoder"])))
    _fill(vocoder, tensors, "vocoder.")
    return vocoder


def load_voice(files: Mapping[str, bytes]) -> VoiceWeights:
    """The voice's own weights among `files` (name → bytes). Raises WeightsError."""
    metadata, tensors = _read(files, "voice")
    if "film" not in tensors:
        raise WeightsError("The voice's weights have no film.", "Install the voice again.")
    ceiling = tensors.get("noise_ceiling_db")
    shapes = {name: tuple(tensors[name].shape) for name in SHAPES if name in tensors}
    if shapes not in ({}, SHAPES) or (ceiling is not None and ceiling.shape != (BANDS,)):
        raise WeightsError("What the voice's levels lack is damaged.", "Install the voice again.")
    lacking = GlobalVariance(**{name: tensors[name] for name in SHAPES}) if shapes else None
    gain_db = float(metadata.get("gain_db", "0"))
    return VoiceWeights(metadata.get("voice", ""), tensors["film"], gain_db, lacking, ceiling)
