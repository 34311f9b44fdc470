"""The curves that an editor draws and a renderer follows."""

from __future__ import annotations

from dataclasses import dataclass

F0_RANGE_HZ = (40.0, 1600.0)
"""Lowest and highest pitch that is sung."""


@dataclass(frozen=True)
class Curve:
    """One curve: a value for each frame from `minimum` to `maximum`; `default` changes nothing.

    A curve without a default must stand in every phrase.
    """

    name: str
    unit: str
    minimum: float
    maximum: float
    default: float | None


CURVES: tuple[Curve, ...] = (
    Curve("f0_hz", "Hz", *F0_RANGE_HZ, None),  # never zero: voicing is the phones' matter
    Curve("loudness_db", "dB", -60.0, 12.0, 0.0),  # gain on everything; 0 is as trained
    Curve("breathiness_db", "dB", -24.0, 24.0, 0.0),  # gain on the noise part of what is voiced
    Curve("tension", "dB per octave", -6.0, 6.0, 0.0),  # spectral tilt of the harmonics, positive is brighter
    Curve("brightness", "semitones", -4.0, 4.0, 0.0),  # shift of all formants
)
"""Every curve, declared once: file, editor and renderer follow this table."""
