"""Asking before training: every set of recordings, of its performer and of its owner (law 3 of the house)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from consent.registry import Registry
from consent.reservations import Sound
from singer.places import login_name

if TYPE_CHECKING:
    from consent.decide import Decision


def allow_training(
    registry: Registry, sources: Sequence[str], folder_of: Callable[[str], Path] | None = None
) -> list[dict[str, object]]:
    """Ask the registry for each set of recordings before a model is trained from it; its answers, for the
    run's record.

    Where recordings or voices are reserved, the set is listened to first, in the folder that `folder_of`
    gives for its name. Raises `Refused` with the sentence why, for the first set whose performer or owner
    has not said yes, or that runs into a reservation.
    """
    answers = [
        registry.authorise_training(source, by=login_name(), sound=_sound(registry, source, folder_of))
        for source in sources
    ]
    return [
        {
            "source": answer.recording,
            "title": answer.title,
            "performer": answer.performer.name,
            "performer_terms_sha256": answer.performer.terms_sha256,
            "owner": answer.owner.name,
            "owner_terms_sha256": answer.owner.terms_sha256,
            "from": answer.source,
        }
        for answer in answers
    ]


def may_train(registry: Registry, source: str, folder_of: Callable[[str], Path] | None = None) -> Decision:
    """Whether a model may be trained from a set of recordings, asked as `allow_training` asks; nothing is
    logged."""
    return registry.may_train(source, by=login_name(), sound=_sound(registry, source, folder_of))


def _sound(registry: Registry, source: str, folder_of: Callable[[str], Path] | None) -> Sound | None:
    """What a set of recordings sounds like, where a reservation asks for it and somebody can tell."""
    reserved = registry.reservations.kinds("train")
    if folder_of is None or not reserved & {"recording", "voice"}:
        return None
    from singer.listening import listen

    heard = listen(folder_of(source), voices="voice" in reserved, recordings="recording" in reserved)
    return Sound(heard.fingerprints or None, heard.screen_vectors or None)
