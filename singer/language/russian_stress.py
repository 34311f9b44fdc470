"""Where a Russian word is stressed: ё, a written acute, our list of words of song, else espeak-ng."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from singer.errors import LyricsError
from singer.language import espeak

VOWEL_LETTERS = "аеёиоуыэюя"
_ACUTE = "\u0301"

# a capital stands for the stressed letter, ё where e is written for it
_STRESSED = """
моЯ твоЯ своЯ моЁ твоЁ своЁ еЁ неЁ садУ душА бЕрег стрАстные кругОм жилА глазА потОм томУ пЕред гОрода городА
пОводу мОжет бЫло бЫли мОгут могУ бУду бУдем моглИ смОжет моглА бУдет бУдут тепЕрь вечерА берегА ещЁ идЁт поЁт
живЁт ждЁт зовЁт берЁт придЁт уйдЁт найдЁт цветЁт течЁт несЁт пришЁл ушЁл нашЁл чЁрный чЁрные чЁрная зелЁный
зелЁная жЁлтый тЁплый далЁкий полЁт звЁзды слЁзы сЁстры берЁза берЁзы ребЁнок ребЁнка самолЁт мЁртвый весЁлый
весЁлая тЁмная тЁмный лЁгкий рЕчка рЕчку песнЯр домОв дУшу рУки нОги гОры горА зимУ веснУ сестрА сестрЕ травА
трАвы росА окнО окнА свечА гОлос голосА пОле дЕвица красАвица лЕбедь голУбка сОкол ворОбей метЕль
вьЮга пургА морОз морОзко снегА снегУрочка Ёлка Ёлочка Ёлочке кОлокол ямщИк трОйка бубенцЫ гармОнь баЯн ромАнс
прощАй прощАйте проснИсь вернИсь придИ пойдЁм споЁм
"""


def _listed() -> dict[str, int]:
    places = {}
    for word in _STRESSED.split():
        at = next(place for place, letter in enumerate(word) if letter.isupper())
        places[word.lower()] = at
        places[word.lower().replace("ё", "е")] = at
    return places


_PLACES = _listed()
_YO = {word.lower().replace("ё", "е"): word.lower() for word in _STRESSED.split() if "Ё" in word}


@lru_cache(maxsize=20_000)
def stressed(word: str) -> tuple[str, int | None]:
    """The word with its ё, and the place of the stressed letter; None where there is no vowel.

    `word` is in lower case, without blanks. An acute over a vowel wins.
    """
    text = unicodedata.normalize("NFD", word)
    marked = text.find(_ACUTE)
    plain = unicodedata.normalize("NFC", text.replace(_ACUTE, ""))
    if marked > 0:
        return plain, len(unicodedata.normalize("NFC", text[:marked])) - 1
    plain = _YO.get(plain, plain)
    vowels = [at for at, letter in enumerate(plain) if letter in VOWEL_LETTERS]
    if not vowels:
        return plain, None
    if "ё" in plain:
        return plain, plain.rindex("ё")
    if len(vowels) == 1:
        return plain, vowels[0]
    if plain in _PLACES:
        return plain, _PLACES[plain]
    return _by_espeak(plain, vowels)


def _by_espeak(word: str, vowels: list[int]) -> tuple[str, int]:
    """espeak's stress; where it reads the stressed е as ё, so do we. Without any, the last vowel but one."""
    try:
        nuclei = [sound for sound in espeak.spoken(word, "ru") if sound.nucleus]
    except LyricsError:
        nuclei = []
    strong = [at for at, sound in enumerate(nuclei) if sound.stressed]
    if not strong or len(nuclei) != len(vowels):
        return word, vowels[-2]
    at = vowels[strong[0]]
    if word[at] == "е" and nuclei[strong[0]].phones[0] in ("ɵ", "o"):
        word = word[:at] + "ё" + word[at + 1 :]
    return word, at
