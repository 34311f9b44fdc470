"""What attacks are made of: sounds at 44 100 Hz, rates, levels and spectra."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from singer import SAMPLE_RATE

Sound = NDArray[np.float32]
"""(n,) float32 at 44 100 Hz unless said."""


def resampled(samples: Sound, rate: int, wanted: int) -> Sound:
    """`samples` at `rate` brought to the rate `wanted`, pitch and length kept."""
    import soxr

    return np.asarray(soxr.resample(np.asarray(samples, np.float32), rate, wanted), np.float32)


def rms(samples: NDArray[np.floating]) -> float:
    """Root mean square, never zero."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)) + 1e-20)) if len(samples) else 1e-10


def convolved(samples: Sound, response: NDArray[np.floating]) -> Sound:
    """`samples` through an impulse response, cut to their own length."""
    size = 1 << (len(samples) + len(response)).bit_length()
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)
    return np.asarray(wet[: len(samples)], np.float32)


def through_filters(samples: Sound, *filters: str, rate: int = SAMPLE_RATE) -> Sound:
    """`samples` through a chain of FFmpeg's audio filters, each written "name=option=value:option=value"."""
    import av
    import av.filter

    graph = av.filter.Graph()
    last = graph.add_abuffer(sample_rate=rate, format="fltp", layout="mono", channels=1)
    source = last
    for text in (*filters, "aformat=sample_fmts=fltp:channel_layouts=mono"):
        name, _, options = text.partition("=")
        node = graph.add(name, options or None)
        last.link_to(node)
        last = node
    sink = graph.add("abuffersink")
    last.link_to(sink)
    graph.configure()
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32)[None, :], "fltp", "mono")
    frame.sample_rate, frame.pts = rate, 0
    source.push(frame)
    source.push(None)
    parts: list[Sound] = []
    while True:
        try:
            pulled: Any = sink.pull()
            parts.append(pulled.to_ndarray()[0])
        except (av.error.BlockingIOError, av.error.EOFError):
            return np.concatenate([*parts, np.zeros(0, np.float32)])
