"""Mandarin: pinyin to phones, with medials in the onset and apical vowels of their own.

After Lee and Zee, "Standard Chinese (Beijing)", Journal of the IPA 33 (2003). The melody takes
the place of the tones.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from singer.errors import LyricsError
from singer.language.syllables import Syllable

INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l", "g": "k",
    "k": "kʰ", "h": "x",
    "j": "tɕ", "q": "tɕʰ", "x": "ɕ", "zh": "ʈʂ", "ch": "ʈʂʰ", "sh": "ʂ", "r": "ɻ", "z": "ts", "c": "tsʰ",
    "s": "s",
}  # fmt: skip

# final → medial, nucleus, coda
FINALS = {
    "a": ("", "a", ""), "o": ("", "o", ""), "e": ("", "ɤ", ""), "ê": ("", "ɛ", ""), "ai": ("", "a ɪ", ""),
    "ei": ("", "e ɪ", ""), "ao": ("", "a ʊ", ""), "ou": ("", "o ʊ", ""), "an": ("", "a", "n"), "en": ("",
    "ə", "n"),
    "ang": ("", "ɑ", "ŋ"), "eng": ("", "ə", "ŋ"), "ong": ("", "ʊ", "ŋ"), "er": ("", "ɚ", ""),
    "i": ("", "i", ""), "ia": ("j", "a", ""), "io": ("j", "o", ""), "ie": ("j", "ɛ", ""), "iai": ("j",
    "a ɪ", ""),
    "iao": ("j", "a ʊ", ""), "iou": ("j", "o ʊ", ""), "ian": ("j", "ɛ", "n"), "in": ("", "i", "n"),
    "iang": ("j", "ɑ", "ŋ"), "ing": ("", "i", "ŋ"), "iong": ("j", "ʊ", "ŋ"),
    "u": ("", "u", ""), "ua": ("w", "a", ""), "uo": ("w", "o", ""), "uai": ("w", "a ɪ", ""), "uei": ("w",
    "e ɪ", ""),
    "uan": ("w", "a", "n"), "uen": ("w", "ə", "n"), "uang": ("w", "ɑ", "ŋ"), "ueng": ("w", "ə", "ŋ"),
    "ü": ("", "y", ""), "üe": ("ɥ", "ɛ", ""), "üan": ("ɥ", "ɛ", "n"), "ün": ("", "y", "n"),
}  # fmt: skip
_SYLLABIC = {"m": "m", "n": "n", "ng": "ŋ", "hm": "m", "hng": "ŋ"}
_SHORT = {"iu": "iou", "ui": "uei", "un": "uen", "ue": "üe", "ve": "üe", "van": "üan", "vn": "ün", "v": "ü"}
_SPELLINGS = """
a ai an ang ao ba bai ban bang bao bei ben beng bi bian biang biao bie bin bing bo bong bu ca cai
can cang cao ce cei cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai
chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng di
dia dian diao die din ding diu dong dou du duan dui dun duo e ei en eng er fa fan fang fei fen feng
fiao fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha
hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao
jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken keng kong kou ku kua kuai kuan
kuang kui kun kuo la lai lan lang lao le lei len leng li lia lian liang liao lie lin ling liu lo
long lou lu luan lun luo lü lüe ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo
mou mu na nai nan nang nao ne nei nen neng ni nia nian niang niao nie nin ning niu nong nou nu nuan
nun nuo nü nüe o ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu qi qia qian
qiang qiao qie qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou ru rua ruan
rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou
shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te
tei teng ti tian tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi
xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong
you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen zheng
zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo ê
"""
_SYLLABLES = frozenset(_SPELLINGS.split())
_LETTERS = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcs])?(.+)")


@cache
def pinyin_phones(pinyin: str) -> Syllable:
    """One pinyin syllable: medial glides end the onset, n and ŋ are the coda, a final -r colours the vowel.

    Tones (digits or marks) are ignored; ü may be ü, v or u:. Raises LyricsError for what is no pinyin.
    """
    text = _plain(pinyin)
    if text in _SYLLABIC:
        return Syllable(("x",) if text[0] == "h" else (), (_SYLLABIC[text] + "\u0329",))
    if text == "r":
        return Syllable((), ("ɚ",))
    if text != "er" and text.endswith("r") and len(text) > 1:
        return erhua(pinyin_phones(text[:-1]))
    if text in ("lue", "nue"):
        text = text.replace("u", "ü")
    if text not in _SYLLABLES:
        raise LyricsError(f"“{pinyin}” is not a pinyin syllable.", "Write it like zhuang or zhuang1, ü as v.")
    initial, final = _initial_and_final(text)
    medial, nucleus, coda = FINALS[final]
    if initial in ("zh", "ch", "sh", "r") and final == "i":
        nucleus = "ʅ"
    elif initial in ("z", "c", "s") and final == "i":
        nucleus = "ɿ"
    onset = ((INITIALS[initial],) if initial else ()) + ((medial,) if medial else ())
    return Syllable(onset, tuple(nucleus.split()), tuple(coda.split()))


def is_pinyin(text: str) -> bool:
    """Whether the text is one pinyin syllable."""
    try:
        pinyin_phones(text)
    except LyricsError:
        return False
    return True


def erhua(syllable: Syllable) -> Syllable:
    """The syllable with the northern retroflex ending: n and ɪ give way to it, ŋ leaves the vowel nasal."""
    nucleus = syllable.nucleus[:-1] if syllable.nucleus[-1:] == ("ɪ",) else syllable.nucleus
    if syllable.coda == ("ŋ",):
        nucleus = (*nucleus[:-1], nucleus[-1] + "\u0303")
    if nucleus[-1] in ("i", "y", "ɿ", "ʅ"):
        nucleus = (*nucleus, "ə") if nucleus[-1] in ("i", "y") else ("ə",)
    return Syllable(syllable.onset, nucleus, ("ɻ",))


def _plain(pinyin: str) -> str:
    """Lower case without tones; ü as one letter."""
    text = unicodedata.normalize("NFD", pinyin.lower().strip().replace("u:", "ü")).rstrip("012345")
    text = re.sub("[\u0300\u0301\u0304\u030c]", "", text)
    return unicodedata.normalize("NFC", text).replace("v", "ü").replace("ɡ", "g")


def _initial_and_final(text: str) -> tuple[str, str]:
    """Undo the spelling rules: y and w, ü after j q x y, and the short iu ui un."""
    text = text.replace("ü", "v")
    if text.startswith("yu") or text.startswith("yv"):
        return "", "ü" + {"": "", "e": "e", "an": "an", "n": "n"}.get(text[2:], "?")
    if text.startswith("y"):
        rest = text[1:]
        return "", {"ou": "iou", "ong": "iong"}.get(rest, rest if rest.startswith("i") else "i" + rest)
    if text.startswith("w"):
        rest = text[1:]
        full = {"ei": "uei", "en": "uen", "eng": "ueng"}.get(
            rest, rest if rest.startswith("u") else "u" + rest
        )
        return "", full
    match = _LETTERS.fullmatch(text)
    if match is None:
        return "", text
    initial, final = match[1] or "", match[2]
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    final = _SHORT.get(final, final)
    return initial, final
