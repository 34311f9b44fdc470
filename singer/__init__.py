"""Score and lyrics in, sung audio out: in a voice whose owner said yes."""

SAMPLE_RATE = 44_100
"""Samples per second of everything the house sings."""

HOP = 256
"""Samples per frame: the grid that phrases, curves and spectral controls share."""
