"""Content rules: what is hidden in lyrics is found and quoted, what is innocent is not, and files are read
strictly."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.constraints import CATEGORIES as FORBIDDABLE
from consent.content import CATEGORIES, LyricsTooLong, RuleError, examine, normalise, rule_book
from consent.content.normalise import LONGEST
from consent.content.rule_files import built_in
from consent.inquiry import ContentFinding
from consent.song import Song


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    return tmp_path


def found(
    home: Path, lyrics: str, language: str = "en", sounds: str = "", persons: tuple[str, ...] = ()
) -> dict[str, ContentFinding]:
    """What is found in lyrics, by rule."""
    song = Song(lyrics, (), tuple(sounds.split()))
    return {finding.rule: finding for finding in examine(song, language, rule_book(home), persons)}


@pytest.mark.parametrize(
    "hidden",
    [
        "FUCK", "fuсk", "ｆｕｃｋ", "𝒻𝓊𝒸𝓀", "🅵🅤c🇰", "ғᴜᴄᴋ", "fυck", "fu\u200bck",
        "fu\u00adck", "f\u0336u\u0336c\u0336k", "fück", "f*ck", "f u c k", "f.u.c.k", "f-u-c-k", "f\nu\nc\nk",
        "fu ck", "fu-ck", "fu- cking", "fuuuuuck", "ffuucckk", "phuck", "phuq", "fvck", "mo-ther-fu-cker",
        "I, f, u, c, k, you",
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_hidden(home: Path, hidden: str) -> None:
    finding = found(home, f"Oh my darling\n{hidden} and more")["any-obscene"]
    assert (finding.category, finding.borderline) == ("explicit", False)
    assert "(line " in finding.sentence


@pytest.mark.parametrize(
    ("lyrics", "rule"),
    [
        ("$h1t", "en-obscene"), ("b!tch", "en-obscene"), ("a$$hole", "en-obscene"),
        ("n1gg3r", "any-racist-slur"), ("k1ll the Jews", "en-hate-call"),
        ("Kill all those Muslims", "en-hate-call"),
        ("vote for the Democrats", "en-endorsement"), ("vote Labour", "en-endorsement"),
        ("why don't you kill your-self", "en-self-harm"), ("sui-cide", "en-self-harm"),
        ("snorting a line", "en-hard-drugs"), ("h3roin", "en-hard-drugs"),
        ("slit her throat", "en-atrocity"), ("put a bullet in his head", "en-atrocity"),
    ],
)  # fmt: skip
def test_each_category_is_known_in_english(home: Path, lyrics: str, rule: str) -> None:
    assert not found(home, lyrics)[rule].borderline


@pytest.mark.parametrize(
    ("lyrics", "language", "rule"),
    [
        ("ﾏﾝｺ", "ja", "ja-explicit"), ("ま ん こ", "ja", "ja-explicit"), ("ぶっ殺すぞ", "ja", "ja-violence"),
        ("じさつする", "ja", "ja-self-harm"), ("自民党に清き一票を", "ja", "ja-endorsement"),
        ("操你媽", "zh", "zh-obscene"), ("草泥馬", "cmn-Hant", "zh-obscene"),
        ("操★你★妈", "zh", "zh-obscene"),
        ("投票給民進黨", "zh", "zh-endorsement"), ("強姦", "zh", "zh-violence"), ("海洛因", "zh", "zh-drugs"),
        ("fuсk", "ru", "any-obscene"),
    ],
)  # fmt: skip
def test_other_scripts_are_read_in_their_own_way(home: Path, lyrics: str, language: str, rule: str) -> None:
    assert rule in found(home, lyrics, language)


@pytest.mark.parametrize(
    ("lyrics", "language"),
    [
        ("Scunthorpe and Penistone", "en"), ("my pen is on the table", "en"), ("push it, wish it", "en"),
        ("a cocktail for the peacock's class", "en"),
        ("they snigger at the niggard", "en"), ("shiitake", "en"), ("he said sh, it is late", "en"),
        ("Qui cum Patre dicunt et nascuntur", "la"), ("in 1984 and 55 ways", "en"), ("R E S P E C T", "en"),
        ("сор и мох", "ru"), ("Fück", "de"), ("しゃぶしゃぶ", "ja"),
        ("やくそく、死ねない、おかまいなく", "ja"),
        ("妈妈的爱", "zh"),
        ("体操你做", "zh"), ("想死你了", "zh"), ("", "en"), ("\u200b \u0301", "en"), ("🎵🎶", "ja"),
    ],
)  # fmt: skip
def test_what_is_innocent_stays_so(home: Path, lyrics: str, language: str) -> None:
    assert found(home, lyrics, language) == {}


def test_words_with_two_senses_are_for_a_person(home: Path) -> None:
    assert found(home, "the ox and ass before him bow")["en-coarse"].borderline
    assert found(home, "f**k")["any-obscene"].borderline
    assert found(home, "we will vote for change")["en-campaign"].borderline


def test_what_will_be_heard_counts_whatever_is_written(home: Path) -> None:
    heard = found(home, "Fah Kew, my love", sounds="f ɑ k j u | m a ɪ | l ʌ v")
    assert "“f ɑ k j u”" in heard["any-obscene"].sentence
    assert "any-obscene" in found(home, "x", sounds="l ʌ v | f ʌ ʌ k | ɪ t")
    assert "zh-obscene" in found(home, "曹尼玛家", "zh", "tsʰ a ʊ | n i | m a | tɕ j a")
    assert found(home, "push it", sounds="p ʊ ʃ | ɪ t") == {}
    assert not found(home, "x", sounds="oʊ | ʃ ɪ t")["en-obscene"].borderline
    assert found(home, "push it", sounds="p ʊ ʃ ɪ t")["en-obscene"].borderline  # no word edges are known
    assert found(home, "the fuchsia", sounds="ð ə | f j u ʃ ə") == {}


def test_a_finding_quotes_the_place_as_it_was_written(home: Path) -> None:
    finding = found(home, "La la la\nAch Du f\u200bu\u00adсk yes")["any-obscene"]
    assert finding.sentence == "The lyrics say “f\u200bu\u00adсk” (line 2)."


def test_people_are_found_by_name(home: Path) -> None:
    named = found(home, "Oh Jane  D-oe, oh JΑNE DOE!", persons=("Jane Doe", "John Roe"))
    assert set(named) == {"named-person: Jane Doe"}
    assert "en-endorsement" in found(home, "so vote for our dear Jane Doe", persons=("Jane Doe",))


def test_normalised_words_know_their_places() -> None:
    lyrics = "Mo-ther, ﾊﾞﾗ 習近 don’t—stop\u0301"
    normal = normalise(lyrics, "zh")
    assert [word.text for word in normal.words][:3] == ["mother", "ば", "ら"]
    assert normal.text == "mother ばら习近 dont stop\u0301".replace("p\u0301", "ṕ")
    assert lyrics[normal.words[0].start : normal.words[0].end] == "Mo-ther"


@given(
    st.text(st.characters(codec="utf-8"), max_size=80), st.sampled_from(["en", "ja", "zh", "ru", "de", "xx"])
)
@settings(max_examples=300, deadline=None)
def test_anything_can_be_read_and_quoted(lyrics: str, language: str) -> None:
    normal = normalise(lyrics, language)
    places = [(word.start, word.end) for word in normal.words]
    assert all(0 <= start < end <= len(lyrics) for start, end in places)
    assert places == sorted(places)
    assert "\n" not in normal.text
    book = rule_book(Path("/nonexistent"))
    for finding in examine(Song(lyrics, ()), language, book):
        assert finding.category in CATEGORIES and finding.sentence.endswith(".")


@pytest.mark.parametrize(
    "padding", ["love ", "fu c ", "kill the ", "f u c ", "scunthorpe", "s*t#f ", "vote for for ", "a\u0301"]
)
def test_long_lyrics_take_time_in_proportion(home: Path, padding: str) -> None:
    def seconds(length: int) -> float:
        text = (padding * (length // len(padding) + 1))[:length]
        began = time.process_time()
        found(home, text)
        return time.process_time() - began

    seconds(1000)
    short, long = seconds(20_000), seconds(160_000)
    assert long < 40 * short + 0.5  # eight times the text; quadratic would be sixty-four


def test_lyrics_beyond_any_song_are_refused(home: Path) -> None:
    with pytest.raises(LyricsTooLong):
        found(home, "a" * (LONGEST + 1))


def test_the_built_in_rules_cover_what_grants_can_forbid() -> None:
    assert set(FORBIDDABLE) <= set(CATEGORIES)
    for language in ("en", "ja", "zh"):
        rules = [rule for rule in built_in() if rule.applies_to(language)]
        assert set(FORBIDDABLE) <= {rule.category for rule in rules if not rule.borderline} | {"named-person"}


def test_an_operator_adds_extends_and_switches_off(home: Path) -> None:
    assert found(home, "the frumious bandersnatch, ass").keys() == {"en-coarse"}
    (home / "rules" / "ours.toml").write_text(
        """
language = "en"
off = ["en-coarse"]
persons = ["Jane Doe"]
[[rule]]
name = "house-beasts"
category = "violence"
severity = "borderline"
stems = ["bander"]
phrases = ["beware .. jabberwock/jubjub my son"]
[[extend]]
name = "en-obscene"
words = ["frumious"]
exceptions = []
""",
        encoding="utf-8",
    )
    now = found(home, "the frumious bandersnatch, ass. Elect Jane Doe")
    assert now.keys() == {"house-beasts", "en-obscene", "en-endorsement"}
    assert "house-beasts" in found(home, "Beware the dread Jabberwock, my son")
    assert found(home, "Beware the dread Jabberwock, my dear old friend and son") == {}
    assert rule_book(home).off == (("en-coarse", "rules/ours.toml"),)
    assert rule_book(home) is rule_book(home)
    (home / "rules" / "ours.toml").unlink()
    assert found(home, "the frumious bandersnatch, ass").keys() == {"en-coarse"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("language = 5", "language is not"),
        ("[[rule]]\nname = 'x'\ncategory = 'rude'\nwords = ['a']", "'rude'"),
        ("[[rule]]\ncategory = 'explicit'\nwords = ['a']", "has no name"),
        ("[[rule]]\nname = 'x'\ncategory = 'explicit'", "lists nothing"),
        ("[[rule]]\nname = 'x'\ncategory = 'explicit'\nwords = ['two words']", "not one word"),
        ("[[rule]]\nname = 'x'\ncategory = 'explicit'\nphrases = ['.. end']", "gap"),
        ("[[rule]]\nname = 'x'\ncategory = 'explicit'\nphrases = ['a .. .. .. b']", "more than 2"),
        ("[[rule]]\nname = 'x'\ncategory = 'explicit'\nsounds = ['f']", "fewer than two sounds"),
        ("[[rule]]\nname = 'x'\ncategory = 'explicit'\nregex = ['f+']", "'regex'"),
        ("[[rule]]\nname = 'x'\ncategory = 'explicit'\nseverity = 'mild'\nwords = ['a']", "severity"),
        ("[[rule]]\nname = 'en-obscene'\ncategory = 'explicit'\nwords = ['a']", "already"),
        ("off = ['no-such-rule']", "no rule 'no-such-rule'"),
        ("[[extend]]\nname = 'nothing'\nwords = ['a']", "no rule 'nothing'"),
        ("colour = 'red'", "'colour'"),
        ("[[rule]\n", "not TOML"),
    ],
)
def test_a_fault_in_a_rule_file_is_named_with_its_place(home: Path, written: str, said: str) -> None:
    (home / "rules" / "wrong.toml").write_text(written, encoding="utf-8")
    with pytest.raises(RuleError) as error:
        rule_book(home)
    assert "rules/wrong.toml" in error.value.sentence and said in str(error.value)


def test_a_rule_file_in_which_only_the_time_changed_is_read_anew(home: Path) -> None:
    path = home / "rules" / "ours.toml"
    path.write_text("[[rule]]\nname = 'one'\ncategory = 'drugs'\nwords = ['aaa']\n", encoding="utf-8")
    assert "one" in found(home, "aaa")
    path.write_text("[[rule]]\nname = 'two'\ncategory = 'drugs'\nwords = ['aaa']\n", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert "two" in found(home, "aaa")
