"""Underlay: which syllable is sung on which note."""

from __future__ import annotations

from singer.score.sung import LyricSyllable, LyricWord, SungNote, Underlay

__all__ = ["LyricSyllable", "LyricWord", "SungNote", "Underlay"]
