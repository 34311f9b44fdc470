"""The shipped voices' real terms: quoted as they stand, understood in full, and answered from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_registries import a_request

from consent.odrl import from_odrl, to_odrl
from consent.recording_files import read_recordings_file
from consent.registry import Registry
from consent.voice_files import VoiceFile, read_voice_file

VOICES = Path(__file__).parents[2] / "voices"
FILES = {path.parent.name: path for path in sorted(VOICES.glob("*/voice.toml"))}


def plain(text: str) -> str:
    """A text without line breaks, white space, and the marks of Markdown."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[\s#*]+", "", text)


@pytest.mark.parametrize("voice", FILES)
def test_every_quote_stands_in_the_owner_s_own_text(voice: str) -> None:
    file = read_voice_file(FILES[voice], VOICES)
    assert file.terms is not None
    words = plain("\n".join(text.text for text in file.evidence))
    for condition in file.terms.constraints:
        assert condition.quote or condition.type == "name", f"{condition.describe()} is not shown by words"
        for part in condition.quote.split("[…]"):
            assert plain(part) in words, part


@pytest.mark.parametrize("voice", FILES)
def test_a_file_that_must_go_along_is_the_one_in_the_folder(voice: str) -> None:
    file = read_voice_file(FILES[voice], VOICES)
    digests = {text.name: text.sha256 for text in file.evidence}
    assert file.terms is not None
    for condition in file.terms.constraints:
        if condition.type == "enclosure":
            assert digests[condition.file] == condition.sha256  # type: ignore[attr-defined]


@pytest.mark.parametrize("voice", FILES)
def test_the_terms_go_out_as_a_policy_and_come_in_again(voice: str) -> None:
    terms = read_voice_file(FILES[voice], VOICES).terms
    assert terms is not None and from_odrl(to_odrl(terms, voice)) == terms


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry that knows the shipped voices."""
    registry = Registry.open(tmp_path_factory.mktemp("shipped") / "home")
    registry.seed(VOICES)
    yield registry
    registry.close()


def enclosed(voice: str, name: str) -> tuple[str, ...]:
    """The digest of one of a voice's texts."""
    file: VoiceFile = read_voice_file(FILES[voice], VOICES)
    return tuple(text.sha256 for text in file.evidence if text.name == name)


KUMI = {"credit": "by Cubialpha https://cubialpha.wixsite.com/kumivoice/character"}
DORODORO = {"credit": "どろどろβ https://chongzhen.wikidot.com/files:8940236"}


@pytest.mark.parametrize(
    ("voice", "facts", "codes"),
    [
        ("hitsune-kumi", {}, set()),
        ("hitsune-kumi", {"purpose": "commercial"}, set()),
        ("hitsune-kumi", {"purpose": "political"}, {"purpose"}),
        ("hitsune-kumi", {"purpose": "advertising"}, {"purpose"}),
        ("hitsune-kumi", {"presented_as": "Kumi Prime"}, {"name"}),
        ("hitsune-kumi", {"action": "train", "purpose": "model-training"}, set()),
        ("hitsune-kumi", {"action": "train", "purpose": "model-training", "presented_as": "K"}, {"name"}),
        ("hitsune-kumi", {"action": "share-voice", **KUMI}, set()),
        ("hitsune-kumi", {"action": "share-voice", "credit": "by Cubialpha"}, {"attribution"}),
        ("hitsune-kumi", {"action": "edit-recordings"}, {"changes-stated"}),
        ("hitsune-kumi", {"action": "edit-recordings", "changes_stated": True}, set()),
        ("hitsune-kumi", {"action": "port-voice"}, set()),
        (
            "hitsune-kumi",
            {"action": "sell-voice", **KUMI},
            {"action", "forbidden", "no-performer-consent", "no-recording-permission"},
        ),
        ("imagawa-yuki", {"purpose": "political"}, set()),
        ("imagawa-yuki", {"action": "sell-voice", "credit": "Yuki"}, {"enclosure"}),
        ("imagawa-yuki", {"action": "sell-voice", "credit": "Yuki, under a Public Domain license"}, set()),
        ("imagawa-yuki", {"action": "share-voice", "enclosed": enclosed("imagawa-yuki", "LICENCE")}, set()),
        ("dorodoro-beta", {"purpose": "commercial"}, set()),
        ("dorodoro-beta", {"action": "share-voice", "credit": ""}, {"attribution", "enclosure"}),
        ("dorodoro-beta", {"action": "share-voice", **DORODORO}, {"enclosure"}),
        (
            "dorodoro-beta",
            {"action": "share-voice", **DORODORO, "enclosed": enclosed("dorodoro-beta", "readme.txt")},
            set(),
        ),
    ],
)
def test_what_the_owners_allow(shipped: Registry, voice: str, facts: dict[str, Any], codes: set[str]) -> None:
    decision = shipped.may(a_request(voice=voice, **facts))
    assert {reason.code for reason in decision.reasons} == codes
    assert decision.allow == (not codes)


def test_scottpoid_allows_much_and_no_training(shipped: Registry) -> None:
    recordings, _ = read_recordings_file(VOICES / "recordings.toml", VOICES)
    [scottpoid] = [source for source in recordings if source.name == "scottpoid"]
    assert scottpoid.terms is not None
    assert set(scottpoid.terms.actions) == {"sing", "edit-recordings", "port-voice"}
    assert from_odrl(to_odrl(scottpoid.terms, "scottpoid")) == scottpoid.terms
    decision = shipped.may_train("scottpoid")
    assert not decision.allow
    assert all("silence is not a yes" in reason.sentence for reason in decision.reasons)
