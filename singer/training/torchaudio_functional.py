"""torchaudio's `functional`, also beside a CPU build of torch.

The wheels of torchaudio load a library that is linked against CUDA, so `import torchaudio` fails beside a
CPU torch. What training needs of it is pure Python; here it is imported without that library where the
library does not load.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from functools import cache

from singer.errors import ConsonanceError


class TorchaudioMissing(ConsonanceError):
    """torchaudio is not installed."""

    code = "torchaudio-missing"


@cache
def functional() -> types.ModuleType:
    """The module `torchaudio.functional`. Raises TorchaudioMissing where torchaudio is not installed."""
    try:
        return importlib.import_module("torchaudio.functional")
    except (OSError, ImportError):
        for name in [name for name in sys.modules if name.split(".")[0] == "torchaudio"]:
            del sys.modules[name]
    spec = importlib.util.find_spec("torchaudio")
    if spec is None or not spec.submodule_search_locations:
        raise TorchaudioMissing(
            "torchaudio is not installed.", "Install it: pip install 'consonance[train]'."
        )
    package = types.ModuleType("torchaudio")
    package.__path__ = list(spec.submodule_search_locations)
    extension = types.ModuleType("torchaudio._extension")
    extension._IS_TORCHAUDIO_EXT_AVAILABLE = False  # type: ignore[attr-defined]
    extension.fail_if_no_align = _without_alignment  # type: ignore[attr-defined]
    sys.modules["torchaudio"] = package
    sys.modules["torchaudio._extension"] = extension
    package._extension = extension  # type: ignore[attr-defined]
    return importlib.import_module("torchaudio.functional")


def _without_alignment(_: object) -> object:
    """Stands where torchaudio's forced alignment would: it needs the library."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("torchaudio's forced alignment needs its compiled library.")

    return fail
