"""What somebody who wants a voice without a yes tries on a registry, and what must come of it: nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from made_registries import a_release

from consent.errors import ConsentError
from consent.registry import Authorization, Registry
from consent.worker import WorkerKey


def attempts(
    registry: Registry, authorization: Authorization, folder: Path
) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every door of a registry that an authorisation opens, by name."""
    yield "unseal", lambda: registry.unseal(authorization)
    yield "seal_for", lambda: registry.seal_for(authorization, WorkerKey.generate().public_key)
    yield "commit", lambda: registry.commit(authorization, a_release(folder, "attack"))


def assert_opens_nothing(registry: Registry, authorization: Any, folder: Path) -> set[str]:
    """Try every door; each fails with a sentence, and no file of a song is out. Returns the codes."""
    folder.mkdir(exist_ok=True)
    codes = set()
    for name, attempt in attempts(registry, authorization, folder):
        with pytest.raises(ConsentError) as failed:
            attempt()
        assert failed.value.sentence, name
        codes |= {reason.code for reason in getattr(failed.value, "reasons", ())} or {failed.value.code}
    assert not [file for file in folder.rglob("*") if file.suffix in (".wav", ".mp3") and not staged(file)]
    return codes


def staged(file: Path) -> bool:
    """Whether a file is one that waits to be released."""
    return file.parent.name == "staging"
