"""Who may sing with whose voice, and proof of it.

The public door is `consent.registry.Registry`. This package imports no audio, numpy, torch or Flask, and
nothing of `singer`; importing the package itself loads no database library.
"""
