"""Looks at this machine and says what would keep Consonance from singing here, and what to do about it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

OK, WARN, FAIL = "ok", "warn", "fail"

OUR_PACKAGES = ("singer", "consent", "web")
"""Names that other distributions on PyPI carry as well: singer-python, consent, web.py."""

INSTALL = "Run ./run doctor in the checkout, or: pip install --upgrade consonance"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `state` is ok, warn (some feature is missing) or fail (nothing can be sung or
    proved)."""

    subject: str
    state: str
    sentence: str
    remedy: str = ""


def examine(home: Path) -> Iterator[Finding]:
    """Every finding, in the order in which a song needs the things; `home` is the registry's folder."""
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("python", _python),
        ("packages", _packages),
        ("torch", _torch),
        ("espeak-ng", _espeak),
        ("Japanese", _japanese),
        ("Mandarin", _mandarin),
        ("audio formats", _audio_formats),
        ("registry", lambda: _registry(home)),
        ("ledger", lambda: _ledger(home)),
        ("settings", lambda: _settings(home)),
        ("credentials", lambda: _credentials(home)),
        ("reservations", lambda: _reservations(home)),
        ("Chromaprint", _chromaprint),
        ("fonts", _fonts),
        ("PostgreSQL", _postgresql),
        ("Chromium", _chromium),
    )
    for subject, check in checks:
        try:
            yield check()
        # A check that breaks is itself a finding, and the others still have to be made.
        except Exception as error:
            yield Finding(subject, FAIL, f"{type(error).__name__}: {error}", INSTALL)


def _python() -> Finding:
    version = ".".join(str(number) for number in sys.version_info[:3])
    return Finding("python", OK, f"{version} at {sys.executable}")


def _packages() -> Finding:
    ours = Path(__file__).resolve().parents[1]
    owners = importlib.metadata.packages_distributions()
    strangers: set[str] = set()
    for name in OUR_PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None or Path(spec.origin).resolve().parents[1] != ours:
            where = spec.origin if spec else "nowhere"
            return Finding(
                "packages",
                FAIL,
                f"`import {name}` finds {where}, not Consonance's own package.",
                "Uninstall the distribution it belongs to, or use the environment that ./run makes.",
            )
        strangers |= {owner for owner in owners.get(name, []) if owner.lower() != "consonance"}
    if strangers:
        names = ", ".join(sorted(strangers))
        return Finding(
            "packages",
            WARN,
            f"{names} has a package of the same name as one of ours; ours is found first, for now.",
            f"pip uninstall {' '.join(sorted(strangers))}, or use an environment of Consonance's own.",
        )
    return Finding("packages", OK, f"singer, consent and web come from {ours}")


def _torch() -> Finding:
    import torch

    build = f"CUDA {torch.version.cuda}" if torch.version.cuda else "CPU build"
    return Finding("torch", OK, f"{torch.__version__} ({build})")


def _said(text: str, language: str) -> str:
    """The phones of a word, which take every library of its language to find."""
    from singer.language import phonemise
    from singer.score.sung import LyricSyllable, LyricWord

    (syllables,) = phonemise([LyricWord((LyricSyllable(text),), False)], language)
    phones = [phone for s in syllables for phone in (*s.onset, *s.nucleus, *s.coda)]
    return f"“{text}” is said {' '.join(phones)}"


def _espeak() -> Finding:
    return Finding("espeak-ng", OK, _said("morning", "en"))


def _japanese() -> Finding:
    return Finding("Japanese", OK, _said("桜", "ja"))


def _mandarin() -> Finding:
    return Finding("Mandarin", OK, _said("花", "zh"))


def _audio_formats() -> Finding:
    import av.codec

    missing = [
        name for name in ("libmp3lame", "aac", "flac", "libopus") if name not in av.codec.codecs_available
    ]
    if missing:
        return Finding(
            "audio formats",
            FAIL,
            f"PyAV was built without {', '.join(missing)}.",
            "pip install --force-reinstall av",
        )
    return Finding("audio formats", OK, "WAV, FLAC, MP3, M4A")


def _registry(home: Path) -> Finding:
    from singer.studio import open_registry

    voices = [voice.id for voice in open_registry(home).voices()]
    if not voices:
        return Finding(
            "registry",
            FAIL,
            f"{home} holds no voice.",
            "Clone the repository whole: voices/ is a part of it.",
        )
    return Finding("registry", OK, f"{home} holds {', '.join(voices)}")


def _ledger(home: Path) -> Finding:
    from singer.studio import open_registry

    report = open_registry(home).check_ledger()
    if not report.ok:
        sentence = f"{len(report.findings)} things in the ledger are wrong."
        return Finding(
            "ledger", FAIL, sentence, "consonance ledger fsck names them; keep the folder as it is."
        )
    return Finding("ledger", OK, "every row, head and signature agrees")


def _settings(home: Path) -> Finding:
    from singer.deployment import deployment_of
    from singer.errors import SettingsError

    try:
        asked = deployment_of(home)
    except SettingsError as error:
        return Finding("settings", FAIL, error.sentence, error.remedy)
    label = f"every song gets the label {asked.audible_label}" if asked.audible_label else "no label is heard"
    recipes = "recipes are kept" if asked.keeps_recipes else "no recipes are kept"
    return Finding("settings", OK, f"{label}, {recipes}")


def _credentials(home: Path) -> Finding:
    from singer.deployment import deployment_of
    from singer.errors import SettingsError
    from singer.studio import open_registry

    try:
        files = deployment_of(home).credentials
    except SettingsError:
        files = None  # the settings are a finding of their own
    door = open_registry(home).credentials
    for fault in door.faults(files):
        return Finding("credentials", WARN if fault.usable else FAIL, fault.sentence, fault.remedy)
    by = "the registry's own signer" if files is None else f"the certificate in {files[0]}"
    return Finding("credentials", OK, f"songs are signed by {by}")


def _reservations(home: Path) -> Finding:
    from singer.studio import open_registry

    door = open_registry(home).reservations
    faults = door.faults()
    if faults:
        return Finding("reservations", FAIL, faults[0], "Bring back the database and keys of one backup.")
    return Finding("reservations", OK, f"{len(door.list())} stand, and their index is whole")


def _chromaprint() -> Finding:
    from singer.chromaprint import REMEDY, version

    found = version()
    if found:
        return Finding("Chromaprint", OK, f"{found}: recordings can be held against reserved ones")
    return Finding(
        "Chromaprint",
        WARN,
        "Not installed: where recordings are reserved, none at all can be trained on.",
        REMEDY,
    )


def _fonts() -> Finding:
    from singer.picture_fonts import families

    if len(families("ja")) > 1:
        return Finding("fonts", OK, "pictures can show Chinese and Japanese lyrics")
    return Finding(
        "fonts",
        WARN,
        "No font with Chinese and Japanese characters: pictures show such lyrics as phones only.",
        "On Debian or Ubuntu: apt-get install fonts-noto-cjk",
    )


def _found(*programs: str) -> str | None:
    return next((path for name in programs if (path := shutil.which(name))), None)


def _postgresql() -> Finding:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    path = _found("initdb") or (str(debian[-1]) if debian else None)
    if path:
        return Finding("PostgreSQL", OK, path)
    return Finding("PostgreSQL", WARN, "Not installed; only the tests need it.", "./run test installs it.")


def _chromium() -> Finding:
    path = _found("chromium", "chromium-browser", "google-chrome")
    if path:
        return Finding("Chromium", OK, path)
    return Finding("Chromium", WARN, "Not installed; only the tests need it.", "./run test installs it.")


def worst(findings: list[Finding]) -> str:
    """The worst state among the findings."""
    return max((finding.state for finding in findings), key=(OK, WARN, FAIL).index, default=OK)
