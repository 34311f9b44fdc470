"""What a deployment asks of every song: its settings, and the variables that count where they say nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from consent.registry import Registry
from singer import studio
from singer.audible_label import ENVIRONMENT, AudibleLabel, announce
from singer.cli import main
from singer.deployment import RECIPES, SETTINGS_FILE, Deployment, deployment_of
from singer.errors import SettingsError
from singer.performance.model import Performance
from singer.places import CREDENTIALS_CHAIN, CREDENTIALS_KEY
from tests.consent.made_chains import KEYS, bought_chain
from web import app

ME = studio.Use("me")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def registry(home: Path, tiny_voices: Path) -> Registry:
    return studio.open_registry(home, tiny_voices)


def write(home: Path, *lines: str) -> None:
    (home / SETTINGS_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_where_nothing_is_said_nothing_is_asked(home: Path) -> None:
    assert deployment_of(home) == Deployment(None, True, None)
    write(home, "# nothing", 'audible_label = ""')
    assert deployment_of(home) == Deployment(None, True, None)


def test_no_variable_takes_away_what_the_file_requires(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        (ENVIRONMENT, "rhythm-end"),
        (RECIPES, "off"),
        (CREDENTIALS_CHAIN, "/their/chain.pem"),
        (CREDENTIALS_KEY, "/their/key.pem"),
    ):
        monkeypatch.setenv(name, value)
    theirs = (Path("/their/chain.pem"), Path("/their/key.pem"))
    assert deployment_of(home) == Deployment(AudibleLabel("rhythm", "end"), False, theirs)
    write(home, 'audible_label = "spoken-start"', "recipes = true", 'credentials_chain = "own/chain.pem"',
          'credentials_key = "/own/key.pem"')  # fmt: skip
    own = (home / "own" / "chain.pem", Path("/own/key.pem"))
    assert deployment_of(home) == Deployment(AudibleLabel("spoken", "start"), True, own)


def test_a_song_obeys_the_settings_of_its_registry(
    home: Path, registry: Registry, performance: Performance, tmp_path: Path
) -> None:
    chain = bought_chain(home, KEYS["Es256"]())
    write(home, 'audible_label = "rhythm-start"', "recipes = false",
          f'credentials_chain = "{chain.chain.name}"', f'credentials_key = "{chain.key.name}"')  # fmt: skip
    song = studio.render(
        registry, performance, [tmp_path / "a.wav"], voice="tiny-open", use=ME,
        label=AudibleLabel("spoken", "end"),
    )  # fmt: skip
    heard = announce(AudibleLabel("rhythm", "start"), performance.language)
    assert len(song.samples) - len(song.sung) == len(heard.samples)
    assert np.abs(song.samples[: len(heard.samples)]).max() > 0.1
    objections = registry.tracing.objections(int(song.render_id, 16))
    assert [reason.code for reason in objections] == ["no-recipe"]
    found = registry.credentials.read(tmp_path / "a.wav")
    assert found is not None and (found.state, found.issuer) == ("trusted", "A record label")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('audible_label = "whistled"', "audible_label: “whistled” is not an audible label"),
        ("audible_label = true", "audible_label is not a text"),
        ('recipes = "off"', "recipes is not true or false"),
        ("recipes = 0", "recipes is not true or false"),
        ('audible_lable = "spoken-start"', "audible_lable is not understood"),
        ("[audible_label]", "audible_label is not a text"),
        ('credentials_key = "key.pem"', "only one of"),
        ("audible_label", "is not TOML"),
        ("#" * (1 << 17), "too large"),
        ("a = " + "[" * 10_000, "is not TOML"),
    ],
)
def test_settings_that_are_not_understood_let_nobody_sing(
    line: str, said: str, home: Path, registry: Registry, performance: Performance, tmp_path: Path
) -> None:
    """The song, the page and the doctor each say so, with the file's name."""
    write(home, line)
    with pytest.raises(SettingsError, match=said) as raised:
        studio.render(registry, performance, [tmp_path / "a.wav"], voice="tiny-open", use=ME)
    assert str(home / SETTINGS_FILE) in raised.value.sentence
    assert not list(tmp_path.glob("*.wav"))


def test_settings_that_are_no_text_are_said(home: Path) -> None:
    (home / SETTINGS_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="is not TOML"):
        deployment_of(home)
    (home / SETTINGS_FILE).unlink()
    (home / SETTINGS_FILE).mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        deployment_of(home)


def test_page_and_doctor_look_at_the_settings_first(
    home: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONSONANCE_HOME", str(home))
    write(home, 'audible_label = "spoken-start"')
    main(["--home", str(home), "doctor"])
    assert "every song gets the label spoken-start" in capsys.readouterr().out
    write(home, 'audible_label = "whistled"')
    with pytest.raises(SettingsError, match="whistled"):
        app.create_app()
    assert main(["--home", str(home), "doctor"]) == 1
    assert "“whistled” is not an audible label" in capsys.readouterr().out
