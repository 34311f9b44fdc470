"""English: the ARPABET of speech corpora in our phones."""

from __future__ import annotations

ARPABET: dict[str, tuple[str, ...]] = {
    "aa": ("ɑ",), "ae": ("æ",), "ah": ("ʌ",), "ao": ("ɔ",), "aw": ("a", "ʊ"), "ax": ("ə",), "axr": ("ɚ",),
    "ay": ("a", "ɪ"), "b": ("b",), "ch": ("tʃ",), "d": ("d",), "dh": ("ð",), "dx": ("ɾ",), "eh": ("ɛ",),
    "el": ("ə", "l"), "em": ("ə", "m"), "en": ("ə", "n"), "er": ("ɝ",), "ey": ("e", "ɪ"), "f": ("f",),
    "g": ("ɡ",),
    "hh": ("h",), "hv": ("h",), "ih": ("ɪ",), "ix": ("ɪ",), "iy": ("i",), "jh": ("dʒ",), "k": ("k",),
    "l": ("l",),
    "m": ("m",), "n": ("n",), "ng": ("ŋ",), "nx": ("n",), "ow": ("o", "ʊ"), "oy": ("ɔ", "ɪ"), "p": ("p",),
    "r": ("ɹ",), "s": ("s",), "sh": ("ʃ",), "t": ("t",), "th": ("θ",), "uh": ("ʊ",), "uw": ("u",),
    "v": ("v",),
    "w": ("w",), "wh": ("w",), "y": ("j",), "z": ("z",), "zh": ("ʒ",), "pau": ("SP",), "h#": ("SP",),
    "brth": ("AP",),
}  # fmt: skip
"""Phones of each ARPABET name as Festival's radio phone set writes it, lower case; diphthongs are two phones."""
