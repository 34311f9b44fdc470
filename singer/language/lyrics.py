"""The door from lyrics to syllables: tokenising a line, cutting words, pronouncing what the notes carry."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from singer.errors import LyricsError
from singer.language import (
    cantonese,
    japanese,
    japanese_reading,
    korean,
    mandarin_reading,
    phones,
    readers,
    scripts,
    tokens,
)
from singer.language.codes import ENGLISH, JAPANESE, MANDARIN, normalise_language
from singer.language.mandarin import pinyin_phones
from singer.language.scripts import CANTONESE, KOREAN
from singer.language.syllables import Sound, Syllable, join, sounds_of, syllabify, with_nucleus

if TYPE_CHECKING:
    from singer.score.underlay import LyricWord

_PHRASE_ENDS = re.compile(r"[\n.,;:!?|。、，！？；：…]+")


def words(line: str, language: str) -> tuple[str, ...]:
    """Words of a line of lyrics, without punctuation; a run of kana and kanji, or of han, is one word.

    English digits become words; a Slavic preposition without a vowel is one word with the next ("в‿саду").
    Raises LyricsError for an unknown language.
    """
    language = normalise_language(language)
    return tokens.with_clitics(tokens.tokens(line, language), language)


def syllable_texts(word: str, language: str, beside: str = "") -> tuple[str, ...]:
    """Cut a word into the text of each sung syllable, as many as it has when nothing is notated.

    Spelled languages keep their letters (joined, they are the word); Japanese gives kana, one mora each;
    Mandarin and Cantonese one character or pinyin syllable each, Korean one block each. A word in another
    script is cut as its own language; `beside` is the text around it, which tells kanji from hanzi.
    Raises LyricsError for a word that cannot be read.
    """
    language = scripts.word_language(word, normalise_language(language), beside)
    text = tokens.letters(word)
    if not text:
        raise _unsingable(word)
    among_kana = scripts.has_script(beside, (scripts.KANA, scripts.HAN))
    english = language == JAPANESE and tokens.is_latin(text) and among_kana
    cut = _CUTTERS[language](text) if language in _CUTTERS and not english else None
    if cut is not None:
        return cut
    return readers.pieces(word, ENGLISH if language in (JAPANESE, MANDARIN) else language)


def split_lyrics(text: str, language: str) -> tuple[LyricWord, ...]:
    """Words of a lyric text with the syllables of the language; line breaks and punctuation end phrases.

    Raises LyricsError as `syllable_texts` does.
    """
    from singer.score.sung import LyricSyllable, LyricWord

    found = []
    for phrase in filter(tokens.speaks, _PHRASE_ENDS.split(text)):
        row = words(phrase, language)
        for number, word in enumerate(row, start=1):
            syllables = tuple(LyricSyllable(piece) for piece in syllable_texts(word, language, text))
            found.append(LyricWord(syllables, phrase_end=number == len(row)))
    return tuple(found)


def phonemise(words: Sequence[LyricWord], language: str) -> tuple[tuple[Syllable, ...], ...]:
    """Pronounce words in the context of their phrase: a tuple per word, a Syllable per notated syllable.

    A syllable's own `pronunciation` (IPA) wins; a word's own `language`, or another script than the song's,
    decides how it is read. Raises LyricsError, naming the word, for what has no letters, cannot be read or
    holds an unknown symbol, and for an unknown language.
    """
    language = normalise_language(language)
    for word in words:
        if not word.syllables or not (tokens.speaks(word.text) or _given(word)):
            raise _unsingable(word.text)
        if len(word.text) > tokens.LONGEST_RUN:
            raise LyricsError(
                f"“{word.text[:20]}…” is one word of {len(word.text):,} letters.", "Write the words apart."
            )
    beside = " ".join(word.text for word in words)
    tongues = [_tongue(word, language, beside) for word in words]
    spoken: list[tuple[Syllable, ...]] = []
    for tongue, run in groupby(zip(tongues, words, strict=True), key=lambda pair: pair[0]):
        spoken.extend(_read([word for _, word in run], *tongue))
    return tuple(_pronounced(word, syllables) for word, syllables in zip(words, spoken, strict=True))


def _tongue(word: LyricWord, language: str, beside: str) -> tuple[str, bool]:
    """The language of a word, and whether it writes several scripts ("Tシャツ")."""
    own = normalise_language(word.language or language)
    mixed = not _given(word) and tokens.is_mixed(word.text)
    return (own if mixed else scripts.word_language(word.text, own, beside)), mixed


def _read(words: Sequence[LyricWord], language: str, mixed: bool) -> list[tuple[Syllable, ...]]:
    """Words of one language in a row."""
    if mixed:
        return [tuple(_mixed(part.text, language) for part in word.syllables) for word in words]
    if language == JAPANESE:
        among_kana = any(not tokens.is_latin(word.text) for word in words)
        latin = _as_english if among_kana else _romaji
        return _in_context(words, _japanese, japanese_reading.phonemise, latin)
    if language == MANDARIN:
        return _in_context(words, _han, mandarin_reading.phonemise, _pinyin)
    if language == CANTONESE:
        return _in_context(words, _characters, cantonese.phonemise, _as_english)
    if language == KOREAN:
        return [syllables for word in words for syllables in _in_context([word], *_HANGUL_READERS)]
    return _spelled_words(words, language)


def _spelled_words(words: Sequence[LyricWord], language: str) -> list[tuple[Syllable, ...]]:
    """Words of an alphabet: each read whole, in sight of its neighbour, then divided over its syllables."""
    sounds = [() if _given(word) else _notated(word, language) for word in words]
    texts = [tokens.letters(word.text) for word in words]
    linked = [
        own if before.phrase_end else readers.linked(own, text, after, next_text, language)
        for before, own, text, after, next_text in zip(
            words, sounds, texts, [*sounds[1:], ()], [*texts[1:], ""], strict=True
        )
    ]
    return [
        readers.divided([part.text for part in word.syllables], own, language)
        if own
        else tuple(Syllable((), ("ə",)) for _ in word.syllables)
        for word, own in zip(words, linked, strict=True)
    ]


def _notated(word: LyricWord, language: str) -> tuple[Sound, ...]:
    return readers.notated(word.text, [tokens.letters(part.text) for part in word.syllables], language)


def _in_context(
    words: Sequence[LyricWord],
    in_script: Callable[[str], str | None],
    read_phrase: Callable[[Sequence[str]], tuple[Syllable, ...]],
    read_latin: Callable[[LyricWord], tuple[Syllable, ...] | None],
) -> list[tuple[Syllable, ...]]:
    """Words of a script without spaces: phrases are read whole, Latin words by `read_latin` or as English."""
    spoken: list[tuple[Syllable, ...]] = []
    phrase: list[LyricWord] = []

    def close() -> None:
        texts = [tokens.letters(part.text) for word in phrase for part in word.syllables]
        syllables = iter(read_phrase(texts) if texts else ())
        spoken.extend(tuple(next(syllables) for _ in word.syllables) for word in phrase)
        phrase.clear()

    for word in words:
        if not _given(word) and in_script(word.text) is not None and not tokens.is_latin(word.text):
            phrase.append(word)
            if word.phrase_end:
                close()
            continue
        close()
        spoken.append((not _given(word) and read_latin(word)) or _as_english(word))
    close()
    return spoken


def _japanese(text: str) -> str | None:
    """The text in kana and kanji, romaji as kana; None for a Latin word that is no romaji."""
    if not tokens.is_latin(text):
        return text
    try:
        return japanese.romaji_kana(text)
    except LyricsError:
        return None


def _japanese_texts(text: str) -> tuple[str, ...] | None:
    """Morae of a Japanese word as it is written, romaji in its own letters; None for other Latin words."""
    if not tokens.is_latin(text):
        return japanese_reading.syllable_texts(text)
    return japanese.romaji_texts(text) if _japanese(text) is not None else None


def _han(text: str) -> str | None:
    return text if mandarin_reading.HAN.search(text) or text.isdigit() else None


def _characters(text: str) -> str | None:
    return text if cantonese.HAN.search(text) else None


def _blocks(text: str) -> str | None:
    return text if korean.syllable_texts(text) else None


def _mixed(text: str, language: str) -> Syllable:
    """One syllable that may write two scripts ("Tシャ"): each by itself, sung as one."""
    from singer.score.sung import LyricSyllable, LyricWord

    runs = [LyricWord((LyricSyllable(run),)) for run in tokens.tokens(text, language)]
    if not runs:
        raise _unsingable(text)
    return join([syllable for word in phonemise(runs, language) for syllable in word])


def _as_english(word: LyricWord) -> tuple[Syllable, ...]:
    """A Latin word among kana and kanji."""
    return _spelled_words([word], ENGLISH)[0]


def _romaji(word: LyricWord) -> tuple[Syllable, ...] | None:
    """A romaji word as notated, without context; None where it is no romaji."""
    texts = [tokens.letters(part.text) for part in word.syllables]
    try:
        kana = japanese.romaji_kana_of_pieces(texts)
    except LyricsError:
        return None
    return japanese_reading.syllables(kana)


def _pinyin(word: LyricWord) -> tuple[Syllable, ...] | None:
    """A pinyin word as notated; None where a syllable is no pinyin."""
    cut = [mandarin_reading.split_pinyin(tokens.letters(part.text)) for part in word.syllables]
    if not all(cut):
        return None
    return tuple(join([pinyin_phones(text) for text in part]) for part in cut if part)


def _pronounced(word: LyricWord, syllables: tuple[Syllable, ...]) -> tuple[Syllable, ...]:
    return tuple(
        _from_ipa(part.pronunciation, word.text) if part.pronunciation else syllable
        for part, syllable in zip(word.syllables, syllables, strict=True)
    )


def _from_ipa(ipa: str, word: str) -> Syllable:
    """One syllable of IPA. Raises LyricsError naming the word."""
    try:
        found = phones.tokenise(ipa.strip("[]/ ").replace("ˈ", "").replace("ˌ", ""))
    except LyricsError as error:
        raise LyricsError(f"The pronunciation of “{word}”: {error.sentence}", error.remedy) from error
    if not found:
        raise LyricsError(f"The pronunciation of “{word}” is empty.", "Write its phones in the brackets.")
    return join(syllabify(with_nucleus(sounds_of(found))))


def _given(word: LyricWord) -> bool:
    return all(part.pronunciation for part in word.syllables)


def _unsingable(word: str) -> LyricsError:
    return LyricsError(
        f"“{word}” has no letters to sing.", "Write the syllable, or leave the note without lyrics."
    )


_HANGUL_READERS = (_blocks, korean.phonemise, _as_english)
_CUTTERS: dict[str, Callable[[str], tuple[str, ...] | None]] = {
    JAPANESE: _japanese_texts,
    MANDARIN: mandarin_reading.syllable_texts,
    CANTONESE: cantonese.syllable_texts,
    KOREAN: korean.syllable_texts,
}
