"""Content limits through the registry: a forbidden lyric is refused in every disguise, a doubtful one waits
for its owner, and nothing is allowed that nobody examined."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from acting import owner_of
from made_registries import a_release, a_request, grant_terms, voice_folder

from consent.registry import Refused, Registry, Request
from consent.song import Song

DISGUISES = {
    "homoglyphs": Song("my fuсkin heart", ()),
    "signs for letters": Song("my $h1tty heart", ()),
    "letters apart": Song("f u c k my heart", ()),
    "syllables": Song("mo-ther-fu-cker", ()),
    "joiners": Song("f\u200bu\u2060c\u00adk", ()),
    "sound alone": Song("Fah Kew", (), ("f", "ɑ", "|", "k", "j", "u")),
    "respelt": Song("oh phuck", (), ("o", "ʊ", "|", "f", "ʌ", "k")),
}


@pytest.fixture
def limited(registry: Registry, voices: Path) -> Registry:
    """A registry, on each database in turn, in which Ada sings nothing explicit, hateful or political."""
    registry.seed(voice_folder(voices, grant=""))
    owner_of(registry)
    forbidden = ["explicit", "hateful", "political-endorsement"]
    terms = grant_terms({"type": "content", "forbidden": forbidden, "persons": ["Jane Doe"]})
    registry.grant("ada", terms, to="ben@example.org")
    return registry


def singing(lyrics: str | Song | None, **changes: Any) -> Request:
    song = Song(lyrics, ((60.0, 0.5),)) if isinstance(lyrics, str) else lyrics
    return a_request(**{"song": song, **changes})


def refusal(registry: Registry, request: Request) -> dict[str, str]:
    """The codes and sentences with which a song is refused."""
    with pytest.raises(Refused) as refused:
        registry.authorise(request)
    return {reason.code: reason.sentence for reason in refused.value.reasons}


def test_an_explicit_lyric_is_refused_with_its_rule_and_place(limited: Registry) -> None:
    reasons = refusal(limited, singing("Twinkle twinkle\nlittle fucking star"))
    assert reasons.keys() == {"content"}
    assert "any-obscene" in reasons["content"] and "“fucking” (line 2)" in reasons["content"]
    logged = json.dumps([entry.body for entry in limited.ledger_rows()])
    assert '"content"' in logged and "twinkle" not in logged.lower() and "fuck" not in logged
    assert limited.authorise(singing("Twinkle twinkle little star")).voice == "ada"


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_disguise_gets_past(limited: Registry, disguise: str) -> None:
    assert "content" in refusal(limited, singing(DISGUISES[disguise]))


@pytest.mark.parametrize(
    ("lyrics", "language", "word"),
    [
        ("操你媽的心", "zh", "zh-obscene"),
        ("マ ン コ", "ja", "ja-explicit"),
        ("vote for the Democrats", "en", "en-endorsement"),
        ("Oh Ja-ne Doe, my love", "en", "Jane Doe"),
        ("OH JΑNE DOE", "en", "Jane Doe"),
    ],
)
def test_languages_categories_and_names(limited: Registry, lyrics: str, language: str, word: str) -> None:
    assert word in refusal(limited, singing(lyrics, language=language))["content"]


def test_a_category_that_the_owner_does_not_mind_is_sung(limited: Registry) -> None:
    assert limited.may(singing("cocaine in my veins")).allow


def test_without_a_song_nothing_is_allowed(limited: Registry) -> None:
    assert "missing-fact" in refusal(limited, singing(None))


def test_a_doubtful_lyric_waits_for_the_owner_and_is_sung_after_the_yes(
    limited: Registry, tmp_path: Path
) -> None:
    request = singing("The ox and ass before him bow")
    reasons = refusal(limited, request)
    assert "en-coarse" in reasons["approval-needed"] and "content" not in reasons
    (waiting,) = limited.approvals.waiting("ada")
    assert "“ass” (line 1)" in " ".join(waiting.rules) and waiting.asked["lyrics"] == request.song.lyrics  # type: ignore[union-attr]
    limited.approvals.approve(waiting.id, "ada")
    released = limited.commit(limited.authorise(request), a_release(tmp_path))
    assert released.voice == "ada"
    assert "approval-needed" in refusal(limited, singing("The ass and ox before him bow"))


def test_no_approval_makes_up_for_a_clear_finding(limited: Registry) -> None:
    reasons = refusal(limited, singing("The ox and ass, the fucking ass"))
    assert "content" in reasons and limited.approvals.waiting("ada") == []


def test_an_operators_own_rule_counts_from_the_next_decision_on(limited: Registry, place: Any) -> None:
    request = singing("the frumious bandersnatch")
    authorised = limited.authorise(request)
    (place.home / "rules").mkdir()
    path = place.home / "rules" / "beasts.toml"
    rule = "[[rule]]\nname = 'beasts'\ncategory = 'hateful'\nwords = ['bandersnatch']\n"
    path.write_text(rule, encoding="utf-8")
    assert "beasts" in refusal(limited, request)["content"]
    with pytest.raises(Refused, match="beasts"):  # what was authorised before is held against it, too
        limited.commit(authorised, a_release(place.home))
    path.write_text("[[rule]]\nname = 'beasts'\n", encoding="utf-8")  # damaged: nobody can examine, so no
    assert "missing-fact" in refusal(limited, request)
    path.unlink()
    assert limited.may(request).allow
