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
    """One thing looked at: `state` is ok, warn (some feature is missing) or fail (nothing can be sung or proved)."""

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
        ("fonts", _fonts),
        ("PostgreSQL", _postgresql),
        ("Chromium", _chromium),
    )
    for subject, check in checks:
        try:
            yield check()
        except Exception as error:  # a check that breaks is itself a finding, and the others still have to be made
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
                "Uninstall the distribution it belongs to, or use an environment of Consonance's own (./run makes one).",
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


def _phones_of(text: str, language: str) -> str:
    from singer.language import phonemise, split_lyrics

    syllables = [
        syllable for word in phonemise(split_lyrics(text, language), language) for syllable in _flat(word)
    ]
    return " ".join(syllables)


def _flat(syllables: object) -> list[str]:
    phones: list[str] = []
    for syllable in syllables if isinstance(syllables, tuple) else (syllables,):
        phones += [*syllable.onset, *syllable.nucleus, *syllable.coda]
    return phones


def _espeak() -> Finding:
    return Finding("espeak-ng", OK, f"“morning” is said {_phones_of('morning', 'en')}")


def _japanese() -> Finding:
    return Finding("Japanese", OK, f"“桜” is said {_phones_of('桜', 'ja')}")


def _mandarin() -> Finding:
    return Finding("Mandarin", OK, f"“花” is said {_phones_of('花', 'zh')}")


def _audio_formats() -> Finding:
    import av.codec

    missing = [name for name in ("libmp3lame", "aac", "flac") if name not in av.codec.codecs_available]
    if missing:
        return Finding(
            "audio formats", FAIL, f"PyAV was built without {', '.join(missing)}.", "pip install --force-reinstall av"
        )
    return Finding("audio formats", OK, "WAV, FLAC, MP3, M4A")


def _registry(home: Path) -> Finding:
    from singer.studio import open_registry

    voices = [voice.id for voice in open_registry(home).voices()]
    if not voices:
        return Finding(
            "registry", FAIL, f"{home} holds no voice.", "Clone the repository whole: voices/ is a part of it."
        )
    return Finding("registry", OK, f"{home} holds {', '.join(voices)}")


def _ledger(home: Path) -> Finding:
    from singer.studio import open_registry

    report = open_registry(home).fsck()
    if report.problems:
        return Finding(
            "ledger", FAIL, "; ".join(report.problems), "consonance ledger fsck says more; keep the folder as it is."
        )
    return Finding("ledger", OK, "every row, head and signature agrees")


def _fonts() -> Finding:
    from matplotlib import font_manager

    if any("CJK" in font.name or "Gothic" in font.name for font in font_manager.fontManager.ttflist):
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
