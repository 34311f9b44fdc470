"""A lyric text → words cut into syllables, with the notes each syllable is held for.

What the text may hold beside words:

- `[Verse]`, `[Chorus 2]`, `(Bridge)`, `Refrain:` on a line of their own, or a bracket before the first word
of a line: a tag, not sung. So are LRC times (`[00:12.3]`) and `x2`.
- a bracket behind a word or syllable: its pronunciation in IPA, `read [ɹ ɛ d]`; a dot parts syllables. Only
a bracket that holds a section's name (`love [Chorus]`) is a tag there too.
- `[en]love[/en]`, over words or lines: they are in another language than the song.
- `twin-kle`: syllables given by hand; `-`, `+` or `_` alone: one more note for the syllable before it (`A -
- men`).
- `|`, a line break, or sentence punctuation: a phrase ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from singer.errors import LyricsError
from singer.score.sung import LyricSyllable, LyricWord
from singer.score.syllabletext import clean_letters, ends_phrase

MAX_LYRICS_CHARS = 200_000
_LONGEST_TAG = 120
_SECTION = (
    r"(verse|chorus|refrain|bridge|intro|outro|interlude|hook|coda|solo|instrumental|break|tag|ending|vamp|part|"
    r"(pre|post)[- ]?chorus|strophe|stanza|repeat|couplet|strofa|ritornello|estribillo|estrofa|refr[aã]o|"
    r"主歌|副歌|间奏|間奏|前奏|尾奏|尾声|桥段|橋段|サビ|Aメロ|Bメロ|イントロ|アウトロ|歌詞|[一二三四]番)"
)
_TAG = re.compile(rf"^\W*{_SECTION}[\s\d.:：IVXx×&,/A-D-]*(\b(by|of|with|repeat).*)?\W*$", re.IGNORECASE)
_HEADING = re.compile(rf"^{_SECTION}\s*(\d+\s*[:：.]?|[IVX]+\s*[:：]|[:：])$", re.IGNORECASE)
_TIMES = re.compile(r"^\W*([x×]\s*\d+|\d+\s*[x×])\W*$", re.IGNORECASE)
_LRC = re.compile(r"^\d{1,3}:\d{2}([.:]\d+)?$|^(ti|ar|al|by|offset|length|re|ve)\s*:", re.IGNORECASE)
_TOKEN = re.compile(r"\[[^\[\]\n]*\]|<\d+:\d+[.:]\d+>|\||[^\s\[\]|<]+|<")
_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
_CLOSES = re.compile(rf"\[/({_CODE.pattern})\]")
_HOLD = re.compile(r"^[-+_~]+$")
_HYPHENS = str.maketrans({"‐": "-", "‑": "-", "\u00ad": "-", "\u200b": " ", "\u3000": " "})
_CLAUSE = re.compile(r"(?<=[，。！？；、,!?;…])")


@dataclass
class ParsedWord:
    """One word while it is read: its syllables, and for each the further notes that hold it."""

    syllables: list[LyricSyllable]
    holds: list[int]
    phrase_end: bool = False
    by_hand: bool = False
    language: str | None = None

    @property
    def text(self) -> str:
        """The word as written, without hyphens."""
        return "".join(syllable.text for syllable in self.syllables)


@dataclass
class ParsedLyrics:
    """A lyric text, ready to be laid under notes."""

    words: list[ParsedWord] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def syllables(self) -> int:
        """How many syllables are sung."""
        return sum(len(word.syllables) for word in self.words)

    @property
    def notes_needed(self) -> int:
        """How many notes the text asks for: its syllables and its holds."""
        return self.syllables + sum(sum(word.holds) for word in self.words)

    def lyric_words(self) -> tuple[LyricWord, ...]:
        """The words as the underlay hands them on."""
        return tuple(LyricWord(tuple(word.syllables), word.phrase_end, word.language) for word in self.words)


def parse_lyrics(
    text: str,
    language: str,
    *,
    split_compounds: bool = False,
    known: Mapping[str, tuple[str, ...]] | None = None,
) -> ParsedLyrics:
    """The words of `text`, cut into sung syllables as `language` (BCP 47) pronounces them.

    Hyphens decide where they stand; with `split_compounds` the pieces between them are cut further
    ("merry-go-round"). `known` says how words, in lower case, are cut whatever the language says.
    Raises LyricsError for a text without a word, one that is too long, a hold or pronunciation that follows
    nothing, or a language's tag that is unknown or closes nothing.
    """
    if len(text) > MAX_LYRICS_CHARS:
        raise LyricsError(
            f"The lyrics have {len(text):,} characters (at most {MAX_LYRICS_CHARS:,}).",
            "Give one song's lyrics.",
        )
    reader = _TextReader(language, split_compounds, known or {}, text)
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        reader.read_line(line.translate(_HYPHENS).strip(), number)
    if not reader.parsed.words:
        raise LyricsError("The lyrics have no word to sing.", "Write the words, one line per phrase.")
    return reader.parsed


class _TextReader:
    def __init__(
        self, language: str, split_compounds: bool, known: Mapping[str, tuple[str, ...]], text: str
    ) -> None:
        self.language = language
        self.text = text
        self.tongues: list[str] = []
        self.closed = {code.lower() for code in _CLOSES.findall(text)}
        self.known = known
        self.split_compounds = split_compounds
        self.parsed = ParsedLyrics()
        self.joining = False

    def read_line(self, line: str, number: int) -> None:
        """Take in one line, counted from 1: words, pronunciations, holds, phrase ends; not its headings."""
        if not line or (len(line) <= _LONGEST_TAG and _is_heading(line)):
            return
        before = len(self.parsed.words)
        for token in _TOKEN.findall(line):
            if token.startswith("["):
                self._bracket(token[1:-1].strip(), number, first=len(self.parsed.words) == before)
            elif token == "|":
                self._end_phrase()
            elif token == "--":
                self.joining = bool(self.parsed.words)
            elif _HOLD.match(token):
                self._hold(len(token), number)
            elif _TIMES.match(token):
                self.parsed.notices.append(f"“{token}” in line {number} of the lyrics is not sung.")
            elif not re.match(r"<\d", token):
                self._token(token)
        self._end_phrase()

    def _bracket(self, inside: str, number: int, *, first: bool) -> None:
        if inside.lower() in self.closed:
            self._open_language(inside, number)
            return
        if inside[:1] == "/" and _CODE.fullmatch(inside[1:]):
            self._close_language(inside[1:], number)
            return
        if first or not inside or len(inside) > _LONGEST_TAG:
            return
        if _TAG.match(inside) or _LRC.match(inside) or _TIMES.match(inside):
            return
        self._pronounce(self.parsed.words[-1], inside, number)

    def _open_language(self, code: str, number: int) -> None:
        from singer import language as languages

        try:
            self.tongues.append(languages.normalise_language(code))
        except LyricsError as error:
            raise LyricsError(f"Line {number} of the lyrics: {error.sentence}", error.remedy) from error

    def _close_language(self, code: str, number: int) -> None:
        from singer import language as languages

        if not self.tongues or languages.normalise_language(code) != self.tongues.pop():
            raise LyricsError(
                f"Line {number} of the lyrics: [/{code}] closes nothing.",
                f"Write [{code}] before the words in that language, and close inner tags first.",
            )

    def _pronounce(self, word: ParsedWord, ipa: str, number: int) -> None:
        """Give `word` its pronunciation: to its last syllable if it was cut by hand, else to all of it."""
        spoken = [" ".join(part.split()) for part in ipa.strip("/").split(".") if part.strip()]
        if not spoken:
            raise LyricsError(
                f"Line {number} of the lyrics: the bracket [{ipa}] behind “{word.text}” is empty.",
                "Write IPA in it, such as [ɹ ɛ d], or take it out.",
            )
        if not word.by_hand:
            if len(spoken) == 1 and len(word.syllables) > 1:
                spoken = _spoken_syllables(spoken[0])
            if len(spoken) != len(word.syllables):
                word.syllables = [LyricSyllable(word.text)] + [LyricSyllable("")] * (len(spoken) - 1)
                word.holds = [0] * len(spoken)
        if len(spoken) > len(word.syllables):
            raise LyricsError(
                f"Line {number} of the lyrics: [{ipa}] has more syllables than “{word.text}”.",
                "Give one pronunciation per syllable.",
            )
        for place, phones in enumerate(spoken, start=len(word.syllables) - len(spoken)):
            word.syllables[place] = LyricSyllable(word.syllables[place].text, phones)

    def _hold(self, notes: int, number: int) -> None:
        if not self.parsed.words:
            raise LyricsError(
                f"Line {number} of the lyrics begins with a hold (-, + or _), but no syllable is before it.",
                "Write the syllable first.",
            )
        self.parsed.words[-1].holds[-1] += notes

    def _end_phrase(self) -> None:
        if self.parsed.words:
            self.parsed.words[-1].phrase_end = True

    def _token(self, token: str) -> None:
        for clause in _CLAUSE.split(token):
            if not clause:
                continue
            if "-" in clause.strip("-") or clause.endswith("-") or clause.rstrip("_+") != clause:
                self._by_hand(clause)
            else:
                self._plain(clause)
            if ends_phrase(clause) or clause.endswith("，"):
                self._end_phrase()

    def _plain(self, clause: str) -> None:
        from singer import language as languages

        if not clean_letters(clause):
            return
        for word in languages.words(clause.replace("’", "'"), self._tongue()):
            cut = self.known.get(word.casefold()) or languages.syllable_texts(word, self._tongue(), self.text)
            texts = [text for text in cut if text]
            if texts:
                self._add([LyricSyllable(text) for text in texts], [0] * len(texts), by_hand=False)

    def _by_hand(self, clause: str) -> None:
        """A word whose syllables are given: "twin-kle", "glo--ria", "star_"."""
        syllables: list[LyricSyllable] = []
        holds: list[int] = []
        bare = clause.rstrip("_+")
        for place, piece in enumerate(bare.split("-")):
            text = clean_letters(piece)
            if text:
                parts = self._cut(text)
                syllables += [LyricSyllable(part) for part in parts]
                holds += [0] * len(parts)
            elif holds and (place < bare.count("-") or set(piece) & set("_+")):
                holds[-1] += 1
        if not syllables:
            return
        holds[-1] += len(clause) - len(bare)
        self._add(syllables, holds, by_hand=True)
        self.joining = bare.endswith("-")

    def _tongue(self) -> str:
        return self.tongues[-1] if self.tongues else self.language

    def _cut(self, piece: str) -> tuple[str, ...]:
        if not self.split_compounds:
            return (piece,)
        from singer import language as languages

        return tuple(text for text in languages.syllable_texts(piece, self._tongue(), self.text) if text) or (
            piece,
        )

    def _add(self, syllables: list[LyricSyllable], holds: list[int], *, by_hand: bool) -> None:
        if self.joining:
            self.parsed.words[-1].syllables += syllables
            self.parsed.words[-1].holds += holds
            self.parsed.words[-1].by_hand = True
        else:
            tongue = self.tongues[-1] if self.tongues else None
            self.parsed.words.append(ParsedWord(syllables, holds, by_hand=by_hand, language=tongue))
        self.joining = False


def _is_heading(line: str) -> bool:
    """Whether a whole line only names a section: "(Bridge)", "Refrain:", "Verse 2"."""
    return bool(_HEADING.match(line) or (line[0] in "(（【<〔［" and _TAG.match(line)))


def _spoken_syllables(ipa: str) -> list[str]:
    """The syllables of a whole word's IPA, by its nuclei."""
    from singer.language import phones, syllables

    cut = syllables.syllabify(syllables.sounds_of(phones.tokenise(ipa)))
    return [" ".join(syllable.phones) for syllable in cut] or [ipa]
