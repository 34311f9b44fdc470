"""What lyrics say: normalised, held against rule lists, each finding named and quoted."""

from consent.content.normalise import LyricsTooLong, NormalText, Word, normalise

__all__ = ["LyricsTooLong", "NormalText", "Word", "normalise"]
