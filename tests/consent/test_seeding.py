"""Seeding: what a voice folder says is what the registry holds, cheaply, and wrong folders are named."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path

import pytest
from made_registries import BASE, STANDING, VOICE_TOML, Place, a_request, voice_folder

from consent.errors import ConsentError, TermsError, VoiceFileError
from consent.registry import Refused, Registry
from consent.terms import Terms


def test_a_voice_comes_with_owner_evidence_and_grant(registry: Registry) -> None:
    (voice,) = registry.voices()
    assert (voice.id, voice.name, voice.languages, voice.state) == ("ada", "Ada", ("en", "ja"), "active")
    assert (voice.owner.name, voice.owner.contact) == ("Ada Singer", "https://example.org/")
    (evidence,) = voice.evidence
    assert evidence.text == "Sing with it, for yourself. Never sell it.\n"
    (grant,) = voice.grants
    assert grant.kind == "standing"
    assert grant.terms.describe()[:2] == [
        "Allowed: to let the voice sing and train a model from the voice.",
        "Anyone may use it.",
    ]
    assert re.fullmatch(r"1\.0-[0-9a-f]{12}", voice.version)


def test_seeding_again_changes_nothing_and_costs_little(registry: Registry, voices: Path) -> None:
    head = registry.ledger_head()
    start = time.process_time()
    assert registry.seed(voices) == ()
    assert time.process_time() - start < 0.05
    assert registry.ledger_head() == head


def test_the_same_terms_make_the_same_grant_in_every_registry(tmp_path: Path, voices: Path) -> None:
    ids = set()
    for name in ("one", "two"):
        registry = Registry.open(tmp_path / name)
        registry.seed(voices)
        ids.add(registry.voice("ada").grants[0].id)
    assert len(ids) == 1


def test_new_weights_take_the_old_ones_place(registry: Registry, place: Place, voices: Path) -> None:
    before = registry.authorise(a_request())
    (voices / "ada" / "weights.safetensors").write_bytes(b"trained further")
    assert registry.seed(voices) == ("ada",)
    after = registry.authorise(a_request())
    assert after.voice_version != before.voice_version
    assert after.render_id != before.render_id
    assert registry.unseal(after) == {"weights.safetensors": b"trained further", "base.safetensors": BASE}
    with pytest.raises(Refused, match="newer version"):
        registry.unseal(before)
    assert [file.stem for file in (place.home / "voices" / "ada").glob("*")] == [after.voice_version]


def test_new_terms_take_the_old_ones_place_and_old_ones_may_return(registry: Registry, voices: Path) -> None:
    first = registry.voice("ada").grants[0].id
    authorization = registry.authorise(a_request())
    tighter = STANDING.replace('"private", "non-commercial"', '"non-commercial"')
    voice_folder(voices, grant=tighter)
    registry.seed(voices)
    with pytest.raises(Refused, match="owner allows non-commercial use"):
        registry.authorise(a_request())
    with pytest.raises(Refused, match="Newer terms"):
        registry.unseal(authorization)
    voice_folder(voices)
    registry.seed(voices)
    assert registry.authorise(a_request()).grant == first
    assert registry.check_ledger().ok


def test_a_sealed_file_that_was_lost_is_sealed_again(registry: Registry, place: Place, voices: Path) -> None:
    sealed = next((place.home / "voices" / "ada").glob("*.sealed"))
    sealed.unlink()
    with pytest.raises(ConsentError, match="Seed the registry again"):
        registry.unseal(registry.authorise(a_request()))
    assert registry.seed(voices) == ("ada",)
    assert registry.unseal(registry.authorise(a_request()))["base.safetensors"] == BASE


def test_a_sealed_file_that_was_altered_does_not_open(registry: Registry, place: Place) -> None:
    sealed = next((place.home / "voices" / "ada").glob("*.sealed"))
    content = bytearray(sealed.read_bytes())
    content[len(content) // 2] ^= 1
    sealed.write_bytes(content)
    with pytest.raises(ConsentError, match="does not open with its key"):
        registry.unseal(registry.authorise(a_request()))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('id = "ada"', 'id = "../ada"', "id '../ada' is not lower-case words"),
        ('version = "1.0"', 'version = "1/0"', "version '1/0' is not"),
        ('name = "Ada"\n', "", r"\[voice\] name is not a text"),
        ('languages = ["en", "ja"]', "languages = 7", r"\[voice\] languages is not a list"),
        ("../base/base.safetensors", "../../base.safetensors", "outside the folder of voices"),
        ("../base/base.safetensors", "more.safetensors", "more.safetensors is not there"),
        ("../base/base.safetensors", "../ada/weights.safetensors", "two weight files bear the same name"),
        ('terms = ["TERMS.md"]', 'terms = ["NOTHING.md"]', "NOTHING.md is not there"),
        ("[owner]", "[keeper]", r"\[owner\] is missing"),
        ("[evidence]", "[evidence", "is not TOML"),
        ('"licensee", anyone = true', '"moon-phase"', "type 'moon-phase'"),
        ('"licensee", anyone = true', '"licensee"', "incomplete or contradicts itself"),
        ('actions = ["sing", "train"]', 'actions = ["hum"]', "'hum'"),
        ("[rights.performer]", "[rights.composer]", r"\[rights\] composer is not understood"),
        ('basis = "Ada sings', 'bases = "Ada sings', r"\[rights.performer\] bases is not understood"),
        (
            'quote = "Sing with it"',
            'quote = "Sing it"',
            r"\[rights.performer\] quote does not stand in TERMS.md",
        ),
        ('quote = "Sing with it"', 'quote = "[…]"', r"\[rights.performer\] quote does not stand in TERMS.md"),
        ('evidence = "TERMS.md"', 'evidence = "ELSE.md"', "'ELSE.md' is none of the texts"),
        ('kind = "organisation"', 'kind = "band"', "kind is 'band', not one of person"),
        ('actions = ["sing", "train", "share', 'actions = ["hum", "share', r"\['hum'\] are not known"),
        ("[…] Never sell it.", "[…] Sing with it", r"\[rights.recording-owner\] quote does not stand"),
    ],
)
def test_a_wrong_folder_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    voices = voice_folder(tmp_path / "voices")
    toml = voices / "ada" / "voice.toml"
    whole = toml.read_text(encoding="utf-8")
    assert old in whole
    toml.write_text(whole.replace(old, new, 1), encoding="utf-8")
    registry = Registry.open(tmp_path / "home")
    with pytest.raises((VoiceFileError, TermsError), match=words) as wrong:
        registry.seed(voices)
    assert str(toml) in wrong.value.sentence and wrong.value.exit_status == 4
    assert registry.voices() == []


def test_terms_older_than_utf_8_are_read(tmp_path: Path) -> None:
    voices = voice_folder(tmp_path / "voices")
    toml = voices / "ada" / "voice.toml"
    toml.write_text(
        re.sub(r'quote = "Sing.*"', 'quote = "どう使っても"', toml.read_text(encoding="utf-8")), "utf-8"
    )
    (voices / "ada" / "TERMS.md").write_bytes("どう使ってもかまいません。".encode("cp932"))
    registry = Registry.open(tmp_path / "home")
    registry.seed(voices)
    assert registry.voice("ada").evidence[0].text == "どう使ってもかまいません。"


def test_no_folder_of_voices_is_said(tmp_path: Path) -> None:
    with pytest.raises(VoiceFileError, match="not a folder of voices"):
        Registry.open(tmp_path / "home").seed(tmp_path / "nowhere")


def test_the_example_in_the_docs_is_a_voice(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "voices.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    voices = voice_folder(tmp_path / "voices")
    (voices / "ada" / "voice.toml").write_text(example, encoding="utf-8")
    shipped = Path(__file__).parents[2] / "voices" / "hitsune-kumi" / "TERMS.md"
    (voices / "ada" / "TERMS.md").write_bytes(shipped.read_bytes())
    registry = Registry.open(tmp_path / "home")
    registry.seed(voices)
    said = Terms.parse(tomllib.loads(example)["grant"], "docs/voices.md")
    assert registry.voice("hitsune-kumi").grants[0].terms == said
    request = a_request(voice="hitsune-kumi", purpose="commercial")
    assert registry.unseal(registry.authorise(request))
    assert "Forbidden" in str(registry.may(a_request(voice="hitsune-kumi", action="sell-voice")).reasons)
    assert registry.may_train("kumi_pastel_ja").allow


def test_the_voice_of_these_tests_is_whole_toml() -> None:
    assert set(tomllib.loads(VOICE_TOML + STANDING)) == {"voice", "owner", "evidence", "rights", "grant"}
