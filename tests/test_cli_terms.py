"""`consonance terms`: terms in plain words, as data, as ODRL, and what is wrong with those of a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from consent.odrl import from_odrl, to_odrl
from consent.terms import Terms
from singer import studio
from singer.cli import main

ROOT = Path(__file__).resolve().parents[1]
TERMS = """
actions = ["sing"]
constraints = [
  { type = "licensee", users = ["ben@example.org"] },
  { type = "purpose", allowed = ["private"], quote = "Only at home" },
]
"""


def test_a_file_is_read_back_in_plain_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "terms.toml"
    file.write_text(TERMS, encoding="utf-8")
    assert main(["terms", "check", str(file)]) == 0
    said = capsys.readouterr().out
    assert "Allowed: to let the voice sing." in said
    assert "For private use (“Only at home”)." in said


def test_every_form_of_terms_is_read_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    voice = ROOT / "voices" / "imagawa-yuki" / "voice.toml"
    assert main(["terms", "check", str(voice), "--json"]) == 0
    [entry] = json.loads(capsys.readouterr().out)
    said = Terms.from_json(entry["terms"])
    for name, data in (("terms.json", said.to_json()), ("policy.jsonld", to_odrl(said, "urn:voice"))):
        (tmp_path / name).write_text(json.dumps(data), encoding="utf-8")
        assert main(["terms", "check", str(tmp_path / name), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)[0]["terms"] == entry["terms"]


def test_the_terms_of_a_voice_are_shown_and_go_out_as_odrl(
    tmp_path: Path, tiny_voices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    studio.open_registry(tmp_path / "home", tiny_voices).close()
    command = ["--home", str(tmp_path / "home"), "terms", "show", "tiny-open"]
    assert main(command) == 0
    assert "Anyone may use it." in capsys.readouterr().out
    assert main([*command, "--odrl"]) == 0
    [policy] = json.loads(capsys.readouterr().out)
    assert main([*command, "--json"]) == 0
    [entry] = json.loads(capsys.readouterr().out)
    assert from_odrl(policy) == Terms.from_json(entry["terms"])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.toml", b"actions = [", "neither TOML nor JSON"),
        ("a.json", b"[" * 100_000, "neither TOML nor JSON"),
        ("a.json", b"[]", "a list, not terms"),
        ("a.toml", b"\xff\xfe", "neither TOML nor JSON"),
        ("a.toml", b"title = 'x'", "holds no terms"),
        ("a.toml", b"#" * (1 << 21), "longer than 1 MiB"),
        ("a.toml", TERMS.replace("private", "fun").encode(), "unknown purposes"),
        ("a.json", b'{"permission": [{"action": "play"}]}', "Such a policy allows nothing"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    name: str, content: bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert main(["terms", "check", str(tmp_path / name)]) == 4
    assert words in capsys.readouterr().err
