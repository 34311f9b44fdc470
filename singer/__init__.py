"""Score and lyrics in, sung audio out: in a voice whose owner said yes.

    import singer
    song = singer.sing("song.musicxml", "song.wav", voice="hitsune-kumi")

`singer.sing` is `singer.studio.sing_file`, loaded when it is first asked for: importing `singer` costs
nothing. `singer.sing_takes` sings several takes of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from singer.studio import sing_file as sing
    from singer.takes import sing_takes

__all__ = ["HOP", "SAMPLE_RATE", "sing", "sing_takes"]

SAMPLE_RATE = 44_100
"""Samples per second of everything the house sings."""

HOP = 256
"""Samples per frame: the grid that phrases, curves and spectral controls share."""


def __getattr__(name: str) -> Any:
    if name == "sing":
        from singer.studio import sing_file

        return sing_file
    if name == "sing_takes":
        from singer.takes import sing_takes

        return sing_takes
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
