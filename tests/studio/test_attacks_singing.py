"""Attempts to hear a lent voice without a yes, through the Python API and the command line: none gives
sound."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import singer
from consent.errors import ConsentError, Refused, UnknownName
from consent.registry import Authorization, Registry, Release
from singer import studio
from singer.cli import main
from singer.performance.model import Performance, Phrase
from singer.voice import Voice

ROOT = Path(__file__).resolve().parent.parent.parent
ALICE, BOB = studio.Use("alice"), studio.Use("bob")


@pytest.fixture
def registry(tmp_path: Path, tiny_voices: Path) -> Iterator[Registry]:
    opened = studio.open_registry(tmp_path / "home", tiny_voices)
    yield opened
    opened.close()


def public_functions(package: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every public function and method of a package, by module and name."""
    for path in sorted((ROOT / package).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"{module}.{node.name}", node
            elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_"):
                        yield f"{module}.{node.name}.{inner.name}", inner


def written_types(function: ast.FunctionDef) -> str:
    """The types of a function's parameters, as they are written."""
    parameters = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return " ".join(ast.unparse(parameter.annotation) for parameter in parameters if parameter.annotation)


def gives_sound(function: ast.FunctionDef) -> bool:
    """Whether what comes back can hold samples, or a voice that gives them."""
    returned = ast.unparse(function.returns) if function.returns else ""
    words = {"NDArray", "ndarray", "Tensor", "Song", "Voice", "VoiceModel", "Synthesiser"}
    return bool(words & set(returned.replace("[", " ").replace("]", " ").replace(",", " ").split()))


def test_the_doors_to_a_voice_are_known() -> None:
    """Whoever adds a way from a registry to sound finds this test, and adds an attack on it below."""
    doors = {
        name
        for name, function in public_functions("singer")
        if gives_sound(function)
        and (
            {"Registry", "Authorization"} & set(written_types(function).replace("|", " ").split())
            or {"home", "voice"}
            & {parameter.arg for parameter in function.args.kwonlyargs + function.args.args}
            or name.startswith("singer.voice.Voice.")
        )
    }
    assert doors == {
        "singer.audible_label.speech.say",  # a voice of espeak-ng's, none of the registry's
        "singer.studio.singing.render",
        "singer.studio.singing.sing_file",
        "singer.voice.Voice.open",
        "singer.voice.Voice.sing",
        "singer.voice.Voice.sing_again",
    }


def test_only_a_voice_reaches_what_is_locked() -> None:
    """No other room of singer or web names the doors of keys, sealed files and unsealing."""
    locked = {
        "unseal",
        "reopen",
        "seal_for",
        "open_voice",
        "open_sealed",
        "read_sealed",
        "unwrap",
        "KeyStore",
        "read_key",
        "_store",
    }
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for package in ("singer", "web")
        for path in (ROOT / package).rglob("*.py")
        for name in names_of_consent(ast.parse(path.read_text(encoding="utf-8"))) & locked
    }
    assert found == {("singer/voice.py", "unseal"), ("singer/voice.py", "reopen")}


def names_of_consent(tree: ast.Module) -> set[str]:
    """Attributes that a room asks for, and names that it imports from consent."""
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "consent":
            names |= {alias.name for alias in node.names}
    return names


def test_consent_asks_no_environment() -> None:
    """No variable and no flag of the interpreter skips it."""
    asked = {
        path.name
        for path in (ROOT / "consent").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "flags")
    }
    assert asked <= {"env.py"}  # where alembic is told its database


def test_nobody_without_a_yes_hears_a_voice(
    registry: Registry, performance: Performance, tmp_path: Path
) -> None:
    """At every door, with no authorisation and with what is none; nothing is left and all is logged."""
    out = tmp_path / "out"
    out.mkdir()
    score = ROOT / "examples" / "first-song.musicxml"
    attempts: list[Any] = [
        lambda: studio.render(registry, performance, [out / "a.wav"], voice="tiny-closed", use=BOB),
        lambda: singer.sing(score, out / "b.wav", voice="tiny-closed", use=BOB, home=tmp_path / "home"),
        lambda: Voice.open(registry, None),  # type: ignore[arg-type]
        lambda: Voice.open(registry, "alice"),  # type: ignore[arg-type]
        lambda: Voice.open(registry, registry.may(studio.request_for(performance, "tiny-closed", ALICE))),  # type: ignore[arg-type]
    ]
    for attempt in attempts:
        with pytest.raises(Refused):
            attempt()
        assert registry.ledger_rows()[-1].kind == "refusal"
    assert list(out.iterdir()) == []


def test_what_was_never_released_is_not_sung_for_a_trace(
    registry: Registry, performance: Performance
) -> None:
    """An authorisation is no release: the door for traces opens to neither it nor to a made-up id."""
    authorization = registry.authorise(studio.request_for(performance, "tiny-open", ALICE))
    for render_id in (authorization.render_id, 0, 1):
        with pytest.raises(UnknownName):
            Voice.sing_again(registry, render_id, 0.0, 60.0, by="mallory", suspect_sha256="0" * 64)


def test_a_released_song_is_not_sung_again_once_its_voice_is_withdrawn(
    registry: Registry, performance: Performance, tmp_path: Path
) -> None:
    song = studio.render(registry, performance, [tmp_path / "a.wav"], voice="tiny-open", use=ALICE)
    render_id, asked = int(song.render_id, 16), {"by": "bob", "suspect_sha256": "0" * 64}
    assert Voice.sing_again(registry, render_id, 0.0, 60.0, **asked).any()
    assert registry.ledger_rows()[-1].kind == "trace"
    registry.withdraw("tiny-open")
    with pytest.raises(Refused, match="withdrawn"):
        Voice.sing_again(registry, render_id, 0.0, 60.0, **asked)
    assert registry.ledger_rows()[-1].kind == "refusal"


def test_the_command_line_refuses_in_the_same_way(tmp_path: Path, tiny_voices: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out.wav"
    studio.open_registry(home, tiny_voices).close()
    score = str(ROOT / "examples" / "first-song.musicxml")
    arguments = ["--home", str(home), "sing", score, "--voice", "tiny-closed", "-o", str(out)]
    assert main(arguments) == 3
    assert not out.exists()


def other_songs(performance: Performance) -> Iterator[tuple[str, Performance]]:
    """Songs that differ from one in a single thing."""
    first = performance.phrases[0]
    f0_hz = list(first.curves["f0_hz"])
    f0_hz[len(f0_hz) // 2] *= 2 ** (1 / 12)
    phones = tuple(replace(span, phone="o") if span.phone == "a" else span for span in first.phones)
    notes = (replace(first.notes[0], text="no"), *first.notes[1:])
    changed = {
        "one value of the pitch": replace(first, curves={**first.curves, "f0_hz": tuple(f0_hz)}),
        "a vowel": replace(first, phones=phones),
        "a word": replace(first, notes=notes),
        "a note": replace(first, notes=(replace(first.notes[0], pitch=58.0), *first.notes[1:])),
    }
    for name, phrase in changed.items():
        yield name, replace(performance, phrases=(phrase, *performance.phrases[1:]))
    yield "the seed", replace(performance, seed=performance.seed + 1)
    yield "the title", replace(performance, title="Another")
    yield "the language", replace(performance, language="ja")
    yield "a phrase less", replace(performance, phrases=performance.phrases[:1])


def test_a_harmless_song_opens_no_other(registry: Registry, performance: Performance) -> None:
    """The yes to one performance sings no other, however little it differs."""
    authorization = registry.authorise(studio.request_for(performance, "tiny-open", ALICE))
    voice = Voice.open(registry, authorization)
    tried = 0
    for name, other in other_songs(performance):
        with pytest.raises(Refused, match="another song"):
            voice.sing(other)
        tried += bool(name)
    assert tried == 8
    assert voice.sing(performance).any()


def test_a_song_that_changes_while_it_is_sung_is_sung_as_it_was_allowed(
    registry: Registry, performance: Performance
) -> None:
    """A phrase's curves are a dictionary: what is put into it after the check is not sung."""
    curves = [dict(phrase.curves) for phrase in performance.phrases]
    mine = tuple(replace(p, curves=c) for p, c in zip(performance.phrases, curves, strict=True))
    song = replace(performance, phrases=mine)
    authorization = registry.authorise(studio.request_for(song, "tiny-open", ALICE))
    voice = Voice.open(registry, authorization)
    expected = voice.sing(song)

    def meddle(share: float, what: str) -> None:
        for curve in curves:
            curve["f0_hz"] = tuple(value * 1.5 for value in curve["f0_hz"])

    assert np.array_equal(voice.sing(song, meddle), expected)


def test_a_song_that_shows_another_than_it_is_is_judged_as_it_is_sung(
    registry: Registry, performance: Performance
) -> None:
    """A class of one's own that gives the allowed song as text and another one as phrases."""
    authorization = registry.authorise(studio.request_for(performance, "tiny-open", ALICE))
    other = dict(other_songs(performance))["one value of the pitch"]

    class Liar(Performance):
        def to_json(self) -> str:
            return performance.to_json()

    liar = Liar(*(getattr(other, field.name) for field in fields(Performance)))
    voice = Voice.open(registry, authorization)
    assert np.array_equal(voice.sing(liar), voice.sing(performance))


def test_another_voices_token_opens_nothing(registry: Registry, performance: Performance) -> None:
    """Neither by its name alone, nor with the other's version, grant and render id."""
    request = studio.request_for(performance, "tiny-open", ALICE)
    token = registry.authorise(request)
    closed = registry.authorise(studio.request_for(performance, "tiny-closed", ALICE))
    names = [field.name for field in fields(Authorization) if field.name not in ("id", "mac")]
    for changed in (["voice"], ["voice", "voice_version"], ["voice", "voice_version", "grant"], names):
        forged = replace(token, **{name: getattr(closed, name) for name in changed})
        with pytest.raises(Refused):
            Voice.open(registry, forged)
    with pytest.raises(Refused, match="another song"):
        Voice.open(registry, token).sing(dict(other_songs(performance))["a vowel"])


def test_a_released_song_is_not_sung_again_with_its_yes(
    registry: Registry, performance: Performance, tmp_path: Path
) -> None:
    authorization = registry.authorise(studio.request_for(performance, "tiny-open", ALICE))
    voice = Voice.open(registry, authorization)
    staged = tmp_path / "staged.wav"
    staged.write_bytes(voice.sing(performance).tobytes())
    registry.commit(authorization, Release(((staged, tmp_path / "song.wav"),), 6.0, "7" * 64))
    with pytest.raises(Refused, match="used for a release already"):
        Voice.open(registry, authorization)


def test_a_stolen_home_without_its_keys_sings_nothing(
    registry: Registry, performance: Performance, tmp_path: Path, tiny_voices: Path
) -> None:
    """Nor does its database with the keys of a home that the thief founded."""
    authorization = registry.authorise(studio.request_for(performance, "tiny-closed", ALICE))
    stolen, own = tmp_path / "stolen", tmp_path / "own"
    shutil.copytree(tmp_path / "home", stolen)
    shutil.rmtree(stolen / "keys")
    with pytest.raises(ConsentError):
        studio.open_registry(stolen, tiny_voices)
    thief = studio.open_registry(own, tiny_voices)
    for file in (own / "voices" / "tiny-closed").glob("*.sealed"):
        shutil.copy(next((stolen / "voices" / "tiny-closed").glob("*.sealed")), file)
    with pytest.raises(Refused):
        Voice.open(thief, authorization)
    with pytest.raises(ConsentError):
        Voice.open(thief, thief.authorise(studio.request_for(performance, "tiny-closed", ALICE)))
    thief.close()


def test_a_phrase_of_ones_own_is_no_performance(registry: Registry, performance: Performance) -> None:
    authorization = registry.authorise(studio.request_for(performance, "tiny-open", ALICE))
    voice = Voice.open(registry, authorization)
    for thing in (performance.phrases[0], None, performance.phrases):
        with pytest.raises((AttributeError, Refused)):
            voice.sing(thing)  # type: ignore[arg-type]
    assert isinstance(performance.phrases[0], Phrase)
