"""Spelling against sound: which letters of a word belong to which of its syllables."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from singer.language import phones
from singer.language.syllables import Pair, Sound, Syllable, join, syllabify, vowel, with_nucleus

_VOWEL_LETTERS = set("aeiouyæœøıаеёиоуыэюяіїє")
_CYRILLIC = str.maketrans("бвгджзйклмнпрстфхцчшщґ", "bvgdzzjklmnprstfhccssg")

# the letters that commonly spell a consonant
_LETTERS_OF = {
    "p": "p", "b": "bp", "t": "td", "d": "dt", "k": "ckqxg", "ɡ": "gxc", "f": "fpv", "v": "vwfu",
    "θ": "tcz", "ð": "td",
    "s": "scxzt", "z": "zsx", "ʃ": "sctx", "ʒ": "szgj", "h": "hjxw", "tʃ": "ct", "dʒ": "jgd", "m": "m",
    "n": "n",
    "ŋ": "n", "l": "l", "ɹ": "rw", "r": "r", "ɾ": "rtd", "ʁ": "r", "w": "wuoqv", "j": "yijeul",
    "x": "cghjk", "ç": "cgh",
    "ts": "ztc", "tɕ": "ct", "ɕ": "s", "ʑ": "z", "ɲ": "ngñ", "ʎ": "lg", "β": "bv", "ɣ": "gj", "ʋ": "vw",
    "ɟ": "gj",
}  # fmt: skip
_VOWEL_OF_GLIDE = {"j": "i", "w": "u", "ɥ": "y"}
_SILENT, _UNSPELT = 0.7, 1.0


def align(word: str, sounds: Sequence[Sound]) -> tuple[int | None, ...]:
    """Index of the letter that spells each sound, None where no letter does: least edit cost, letters
    kept in order."""
    letters = _plain(word)
    rows, columns = len(letters) + 1, len(sounds) + 1
    cost = [[0.0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            ways = []
            if i:
                ways.append(cost[i - 1][j] + _silence(letters, i - 1))
            if j:
                ways.append(cost[i][j - 1] + _UNSPELT)
            if i and j:
                ways.append(cost[i - 1][j - 1] + _mismatch(letters, i - 1, sounds[j - 1]))
            cost[i][j] = min(ways, default=0.0)
    places: list[int | None] = [None] * len(sounds)
    i, j = len(letters), len(sounds)
    while i and j:
        if cost[i][j] == cost[i - 1][j - 1] + _mismatch(letters, i - 1, sounds[j - 1]):
            i, j = i - 1, j - 1
            places[j] = i
        elif cost[i][j] == cost[i][j - 1] + _UNSPELT:
            j -= 1
        else:
            i -= 1
    return tuple(places)


def pieces(
    word: str, sounds: Sequence[Sound], pair: Pair | None = None, whole_spellings: Sequence[str] = ()
) -> tuple[str, ...]:
    """Cut the spelling into as many pieces as the sounds have nuclei; the pieces joined are the word.

    A row of letters of `whole_spellings` ("ch") is not cut. Where there are fewer letters than syllables
    ("W"), the pieces left over are "·".
    """
    sounds = with_nucleus(sounds)
    syllables = syllabify(sounds, pair)
    count = len(syllables)
    whole = [at for at in range(len(word)) if at == 0 or not _leans(word[at])]
    if len(whole) < count:
        return (*(word[at : at + 1] for at in whole[:-1]), word[whole[-1] :], *("·",) * (count - len(whole)))
    places = align(word, sounds)
    cuts = [0]
    sound = 0
    for number, syllable in enumerate(syllables[:-1], start=1):
        sound += _size(sounds[sound:], syllable)
        later = [place for place in places[sound:] if place is not None]
        cut = later[0] if later else len(word)
        cut = max(cut, cuts[-1] + 1)
        cut = min(cut, whole[len(whole) - (count - number)])
        while cut not in whole:
            cut += 1
        cut = _around_whole(
            word.lower(), cut, cuts[-1], whole[len(whole) - (count - number)], whole_spellings
        )
        cuts.append(cut)
    return tuple(word[a:b] for a, b in zip(cuts, [*cuts[1:], len(word)], strict=True))


def _around_whole(word: str, cut: int, after: int, last: int, whole_spellings: Sequence[str]) -> int:
    """The cut, moved where it would part a row of letters: before consonants and silent h, behind vowels."""
    if cut > after + 1 and word[cut - 1] == "h" and {word[cut - 2], word[cut]} <= _VOWEL_LETTERS:
        return cut - 1
    for row in whole_spellings:
        start = word.find(row, max(after, cut - len(row) + 1))
        if not 0 <= start < cut < start + len(row):
            continue
        moved = start + len(row) if row[-1] in _VOWEL_LETTERS else start
        if after < moved <= last:
            return moved
    return cut


def divide(sounds: Sequence[Sound], texts: Sequence[str], pair: Pair | None = None) -> tuple[Syllable, ...]:
    """Give each notated piece of a word its syllable: one nucleus per piece, whatever the dictionary
    counts.

    Too many nuclei: those of one piece are joined ("heav'n"). Too few: a glide becomes a syllable
    ("fi-re", "na-ti-on"), a schwa stands where the piece spells a vowel ("ev-er-y"), or the vowel before is
    held on. No consonant is dropped. A language that says by `pair` how its syllables begin opens its glides
    even where the spelling does not show them ("a-lou-et-te").
    """
    sounds = with_nucleus(sounds)
    while sum(sound.nucleus for sound in sounds) < len(texts):
        sounds = _with_one_more(sounds, texts, opens=pair is not None)
    syllables = syllabify(sounds, pair)
    if len(syllables) == len(texts):
        return syllables
    wanted = _piece_of_nuclei(sounds, texts)
    groups = _contiguous(wanted, len(texts))
    stressed = [sound.stressed for sound in sounds if sound.nucleus]
    joined = []
    for start, end in groups:
        strong = next((at for at in range(start, end) if stressed[at]), None)
        full = next((at for at in range(start, end) if syllables[at].nucleus != ("ə",)), start)
        joined.append(join(syllables[start:end], (full if strong is None else strong) - start))
    return tuple(joined)


def _with_one_more(sounds: tuple[Sound, ...], texts: Sequence[str], opens: bool) -> tuple[Sound, ...]:
    """One nucleus more, for the piece that needs it most: a glide that it spells, or a schwa."""
    opened = _with_glide_opened(sounds, texts, opens)
    if opened is not None:
        return opened
    places = align("".join(texts), sounds)
    piece_of_letter = [number for number, text in enumerate(texts) for _ in text]
    nuclei = [at for at, sound in enumerate(sounds) if sound.nucleus]
    taken = _distinct(_piece_of_nuclei(sounds, texts), len(texts))
    bare = next(number for number in range(len(texts)) if number not in taken)
    starts = [number for number, piece in enumerate(piece_of_letter) if piece == bare]
    letters = _plain("".join(texts))
    spelt = next((at for at in starts if letters[at] in _VOWEL_LETTERS or letters[at] == "'"), None)
    own = [at for at, place in enumerate(places) if place in starts and not sounds[at].nucleus]
    before = [at for at, piece in zip(nuclei, taken, strict=True) if piece < bare]
    after = [at for at, piece in zip(nuclei, taken, strict=True) if piece > bare]
    low, high = (before[-1] + 1 if before else 0), (after[0] if after else len(sounds))
    own = [at for at in own if low <= at < high]
    if spelt is not None and own:
        put = next((at for at in own if (places[at] or 0) > spelt), own[-1] + 1)
        return (*sounds[:put], vowel("ə"), *sounds[put:])
    held = before[-1] if before else nuclei[0]
    return (*sounds[:held], *_stretched(sounds[held]), *sounds[held + 1 :])


def _with_glide_opened(
    sounds: tuple[Sound, ...], texts: Sequence[str], opens: bool
) -> tuple[Sound, ...] | None:
    """A glide before a vowel as a vowel of its own, where a piece more gets its nucleus by that."""
    enough = opens and sum(sound.nucleus for sound in sounds) + 1 == len(texts)
    filled = len(set(_piece_of_nuclei(sounds, texts)))
    for at, (sound, after) in enumerate(pairwise(sounds)):
        if at and after.nucleus and sound.phones[0] in _VOWEL_OF_GLIDE:
            opened = (*sounds[:at], vowel(_VOWEL_OF_GLIDE[sound.phones[0]]), *sounds[at + 1 :])
            if enough or len(set(_piece_of_nuclei(opened, texts))) > filled:
                return opened
    return None


def _stretched(sound: Sound) -> tuple[Sound, Sound]:
    """One nucleus as two: "fi-re" parts at the r, a diphthong keeps its glide for the end."""
    first, last = sound.phones[:-1], sound.phones[-1:]
    if len(sound.phones) > 2 or (first and last[0] in ("ɝ", "ɚ", "ə")):
        return vowel(*first, stressed=sound.stressed), vowel(*last)
    return vowel(*(first or last), stressed=sound.stressed), vowel(*sound.phones)


def _piece_of_nuclei(sounds: Sequence[Sound], texts: Sequence[str]) -> list[int]:
    """The notated piece in which each nucleus is spelt."""
    places = align("".join(texts), sounds)
    piece_of_letter = [number for number, text in enumerate(texts) for _ in text] or [0]
    wanted, last = [], 0
    for sound, place in zip(sounds, places, strict=True):
        if place is not None:
            last = piece_of_letter[min(place, len(piece_of_letter) - 1)]
        if sound.nucleus:
            wanted.append(last)
    return wanted


def _distinct(wanted: Sequence[int], count: int) -> list[int]:
    """Pieces for fewer nuclei than pieces: rising, each as near to its wish as that allows."""
    taken: list[int] = []
    for at, wish in enumerate(wanted):
        low = taken[-1] + 1 if taken else 0
        taken.append(max(low, min(wish, count - (len(wanted) - at))))
    return taken


def _contiguous(wanted: Sequence[int], count: int) -> list[tuple[int, int]]:
    """Ranges of nuclei for fewer pieces than nuclei: every piece gets one or more, as wished where
    possible."""
    ends: list[int] = []
    for piece in range(count - 1):
        low = (ends[-1] if ends else 0) + 1
        high = len(wanted) - (count - 1 - piece)
        wish = sum(1 for want in wanted if want <= piece)
        ends.append(max(low, min(wish, high)))
    return list(zip([0, *ends], [*ends, len(wanted)], strict=True))


def _leans(char: str) -> bool:
    """Whether the character is a mark of the one before it."""
    return unicodedata.category(char)[0] in "MC"


def _size(sounds: Sequence[Sound], syllable: Syllable) -> int:
    """How many sounds the syllable is made of."""
    size, length = 0, len(syllable.phones)
    while length > 0:
        length -= len(sounds[size].phones)
        size += 1
    return size


def _plain(word: str) -> str:
    """One plain lower-case letter for each character of the word."""
    plain = (unicodedata.normalize("NFD", char.lower())[:1] or char for char in word)
    return "".join(plain).replace("’", "'").translate(_CYRILLIC)


def _silence(letters: str, at: int) -> float:
    doubled = letters[at] in letters[max(0, at - 1) : at] + letters[at + 1 : at + 2]
    return 0.3 if doubled or letters[at] in "h'·‿" or _leans(letters[at]) else _SILENT


def _mismatch(letters: str, at: int, sound: Sound) -> float:
    letter = letters[at]
    foreign = 0.8 if not letter.isascii() else 0.0
    if not sound.nucleus:
        base = phones.parse(sound.phones[0]).base
        if letter in _LETTERS_OF.get(base, base):
            return 0.0
        return 1.9 if letter in _VOWEL_LETTERS else foreign or 1.2
    if letter in _VOWEL_LETTERS:
        run = len(letters[:at]) - len(letters[:at].rstrip("aeiouy"))
        silent_e = letter == "e" and at == len(letters) - 1 and any(char in "aiouy" for char in letters)
        return 0.3 if silent_e else 0.05 * run
    if letter in "rlmn" and (not phones.is_vowel(sound.phones[0]) or sound.phones[-1] in ("ɝ", "ɚ")):
        return 0.4
    return 0.4 if letter == "w" else foreign or 1.9
