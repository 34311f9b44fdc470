"""What a deployment asks of every song: `settings.toml` in the registry's home, and environment variables.

The file holds for every process that opens the registry. A variable counts where the file says nothing, so
none takes away what the file requires.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from singer import audible_label
from singer.audible_label import AudibleLabel
from singer.errors import BadInput, SettingsError
from singer.places import credentials_files

SETTINGS_FILE = "settings.toml"
RECIPES = "CONSONANCE_RECIPES"
"""The environment variable by which a deployment says `off`: then no recipe is kept."""

_LARGEST_FILE = 1 << 16
_KINDS = {"audible_label": str, "recipes": bool, "credentials_chain": str, "credentials_key": str}
_WORDS = {str: "a text", bool: "true or false"}


@dataclass(frozen=True)
class Deployment:
    """The label that every song gets, or None; whether recipes are kept; the files (chain, key) of a bought
    certificate, or None."""

    audible_label: AudibleLabel | None = None
    keeps_recipes: bool = True
    credentials: tuple[Path, Path] | None = None


def deployment_of(home: Path) -> Deployment:
    """What the deployment around the registry in `home` asks.

    Raises SettingsError, naming file and entry or the variable, for anything that is not understood: nothing
    is sung under settings that somebody may have meant otherwise.
    """
    path = home / SETTINGS_FILE
    said = _read(path)
    asked = str(said.get("audible_label", ""))
    keeps = os.environ.get(RECIPES, "").strip().lower() != "off"
    try:
        label = AudibleLabel.parse(asked) if asked else None
    except BadInput as error:
        raise SettingsError(f"{path}: audible_label: {error.sentence}", error.remedy) from error
    try:
        return Deployment(
            audible_label=label or audible_label.required(),
            keeps_recipes=bool(said.get("recipes", keeps)),
            credentials=_credentials(path, said) or credentials_files(),
        )
    except SettingsError:
        raise
    except BadInput as error:  # a variable's
        raise SettingsError(error.sentence, error.remedy) from error


def _credentials(path: Path, said: Mapping[str, Any]) -> tuple[Path, Path] | None:
    """The files that the settings name; relative names are looked for beside them."""
    names = [said.get("credentials_chain", ""), said.get("credentials_key", "")]
    if bool(names[0]) != bool(names[1]):
        raise SettingsError(
            f"{path}: only one of credentials_chain and credentials_key is set.", "Set both or none."
        )
    if not names[0]:
        return None
    chain, key = (path.parent / Path(name).expanduser() for name in names)
    return chain, key


def _read(path: Path) -> dict[str, Any]:
    """The settings as they are written; empty where there is no file."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > _LARGEST_FILE:
        raise SettingsError(f"{path} is too large for settings.")
    try:
        said = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsError(f"{path} is not TOML: {error}.") from None
    for name, value in said.items():
        kind = _KINDS.get(name)
        if kind is None:
            raise SettingsError(f"{path}: {name} is not understood.", f"Known are {', '.join(_KINDS)}.")
        if type(value) is not kind:
            raise SettingsError(f"{path}: {name} is not {_WORDS[kind]}.")
    return said
