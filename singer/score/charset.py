"""Which encoding a score's lyrics are in, where the file does not say: Unicode, Japanese, Chinese, Korean,
Latin."""

from __future__ import annotations

import unicodedata

_CANDIDATES = ("cp932", "gb18030", "big5", "euc_jp", "euc_kr", "cp1251", "cp1252", "latin-1")
_COMMON_HAN = frozenset(
    "的一是不了在人有我他这这個们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "這們來為國說時會對於過發後裡愛爱心想天花月风風春夜梦夢情歌开開飞飛光雨云雲星海山水红紅白好小无無见見"
    "日今何君私今行見思言手声空色明世命道涙恋咲散待知"
)


def detect_charset(data: bytes) -> str:
    """The codec name whose reading of `data` looks most like lyrics; "latin-1" reads anything, so one always
    fits.

    UTF-8 wins where it is valid. Else each legacy charset that decodes `data` is weighed by how much of the
    result is kana, common Han characters, Hangul or letters, and how much of it is unlikely in a song.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and error.start > len(data) - 4:
            return "utf-8"
    else:
        return "utf-8"
    weights = {codec: _plausibility(data, codec) for codec in _CANDIDATES}
    best = max(weights, key=lambda codec: weights[codec])
    return best if weights[best] > 0 else _second_opinion(data)


def _second_opinion(data: bytes) -> str:
    from charset_normalizer import from_bytes

    found = from_bytes(data).best()
    return found.encoding if found else "latin-1"


def _plausibility(data: bytes, codec: str) -> float:
    """The mean worth of the non-ASCII characters that `codec` reads in `data`; -inf where it cannot read
    it."""
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return float("-inf")
    foreign = [char for char in text if ord(char) >= 0x80]
    if not foreign:
        return 0.0
    total = sum(_worth(char) for char in foreign)
    if codec in ("cp1252", "latin-1", "cp1251"):
        total -= 0.6 * _runs_without_ascii(text, codec)
    # Fewer characters out of the same bytes mean that more of the bytes made sense together.
    return total / len(foreign)


def _worth(char: str) -> float:
    code = ord(char)
    if 0x3040 <= code <= 0x30FF:
        return 3.0
    if char in _COMMON_HAN:
        return 2.5
    if 0x4E00 <= code <= 0x9FFF:
        return 0.4
    if 0xAC00 <= code <= 0xD7A3:
        return 1.0
    if 0xFF61 <= code <= 0xFF9F:
        return -0.5
    if 0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFF60 or 0x2010 <= code <= 0x203F:
        return 0.5
    category = unicodedata.category(char)
    if category in ("Cc", "Co", "Cn"):
        return -4.0
    if category == "Ll":
        return 1.0
    if category == "Lu":
        return 0.3
    return -1.0


def _runs_without_ascii(text: str, codec: str) -> int:
    """How many characters stand in runs that no Western (or, for cp1251, no single-word) spelling would
    write."""
    run = bad = 0
    for char in text + " ":
        if ord(char) >= 0x80 and (codec != "cp1251" or not "\u0400" <= char <= "\u045f"):
            run += 1
            continue
        bad += run if run > 2 else 0
        run = 0
    return bad
