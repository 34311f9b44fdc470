"""Which encoding a score's lyrics are in, where the file does not say: Unicode, Japanese, Chinese, Korean,
Latin."""

from __future__ import annotations

import re
import unicodedata

_CANDIDATES = ("cp932", "gb18030", "big5", "euc_jp", "euc_kr", "cp1251", "cp1252", "latin-1")
_COMMON_LEADS = {
    "cp932": range(0x88, 0x99),
    "euc_jp": range(0xB0, 0xD0),
    "gb18030": range(0xB0, 0xD8),
    "big5": range(0xA4, 0xC7),
}
"""First bytes under which each charset keeps its frequent Han characters (level 1 of JIS and GB)."""
_SONG_HAN = frozenset(
    "的一是不了在人有我他这这個们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "這們來為國說時會對於過發後裡愛爱心想天花月风風春夜梦夢情歌开開飞飛光雨云雲星海山水红紅白好小无無见見"
    "日今何君私行思言手声空色明世命道涙恋咲散待知多少没沒外古边邊草连連晚阳陽长長美丽麗家送别別让讓她它"
    "走远遠近去回头頭起再还還给給哭笑泪淚孤单單寂寞快乐樂永远永久每次都只想念看听聽见面前身边轻輕轻吹青"
    "绿綠黄黃黑夏秋冬雪叶葉树樹鸟鳥河江湖火土金木门門窗灯燈路城乡鄉村母父儿兒女孩朋友老师師亲親吻抱甜苦酒"
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
    total = sum(_worth(char, codec) for char in foreign)
    if codec in ("cp1252", "latin-1"):
        total -= 1.5 * _unbroken(text)
    elif codec == "cp1251":
        total -= 1.5 * _mixed(text)
    return total / len(foreign)


def _worth(char: str, codec: str) -> float:
    """How likely `char` is in a song that is written in `codec`."""
    code = ord(char)
    if 0x3040 <= code <= 0x30FF:
        return 3.0
    if 0x4E00 <= code <= 0x9FFF:
        if char in _SONG_HAN and codec in _COMMON_LEADS:
            return 2.5
        common = codec in _COMMON_LEADS and char.encode(codec)[0] in _COMMON_LEADS[codec]
        return 1.0 if common else -1.0 if codec == "euc_kr" else 0.0
    if 0xAC00 <= code <= 0xD7A3:
        return 1.3
    if 0xFF61 <= code <= 0xFF9F:
        return -0.5
    if 0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFF60 or 0x2010 <= code <= 0x203F:
        return 0.5
    category = unicodedata.category(char)
    if category in ("Cc", "Co", "Cn"):
        return -4.0
    return {"Ll": 1.0, "Lu": 0.3}.get(category, -1.0)


def _unbroken(text: str) -> int:
    """How many characters stand in runs of more than two accented ones, which no Western spelling has."""
    return sum(len(run) for run in re.findall("[^\x00-\x7f]{3,}", text))


def _mixed(text: str) -> int:
    """How many Cyrillic letters touch a Latin one, which no Cyrillic spelling has."""
    return len(re.findall("(?<=[A-Za-z])[\u0400-\u045f]|[\u0400-\u045f](?=[A-Za-z])", text))
