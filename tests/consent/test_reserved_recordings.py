"""What was reserved is not trained on and not enrolled: recordings by fingerprint, voices by a screen,
everything that was declared."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from made_recordings import TRAINABLE, recordings_toml
from made_registries import Place, voice_folder

from consent.errors import Refused
from consent.registry import Registry
from consent.reservations import Reservation, Sound
from consent.reservations.screening import SIZE, VERSION

EVE = {"holder": "Eve Records", "source": "https://example.org/eve"}
Items = tuple[int, ...]


def items(seed: int, count: int = 400) -> Items:
    """A fingerprint in which, as in a real one, a few bits change from one item to the next."""
    rng = random.Random(seed)
    item, made = rng.getrandbits(32), []
    for _ in range(count):
        for _ in range(rng.randrange(7)):
            item ^= 1 << rng.randrange(32)
        made.append(item)
    return tuple(made)


def with_flips(fingerprint: Items, share: float, seed: int = 5) -> Items:
    """A fingerprint with a share of its bits turned over, as noise and another encoder do."""
    rng = random.Random(seed)
    return tuple(item ^ sum((rng.random() < share) << bit for bit in range(32)) for item in fingerprint)


def vector(seed: int, apart: float = 0.0) -> dict[str, Any]:
    rng = random.Random(seed)
    return {"version": VERSION, "values": [rng.gauss(0, 4) + apart for _ in range(SIZE)]}


def hits(registry: Registry, **facts: Any) -> list[tuple[str, str]]:
    return [(hit.kind, hit.reservation) for hit in registry.reservations.hits_of_recordings(**facts)]


def reserve(registry: Registry, kind: str, data: dict[str, Any], **more: Any) -> Reservation:
    return registry.reservations.reserve(kind, title="Nights", data=data, **{**EVE, **more})


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (items(1), True),
        (items(1)[150:260], True),
        (items(2) + items(1)[100:220] + items(3), True),
        (with_flips(items(1), 0.08), True),
        (items(1)[:60], False),
        (items(2), False),
        (items(1)[::2], False),
        ((items(1)[0],) * 400, False),
    ],
    ids=["whole", "part", "inside another", "noisy", "too little", "another", "twice as fast", "one tone"],
)
def test_a_reserved_recording_is_known_by_its_fingerprint(
    sqlite_registry: Registry, asked: Items, found: bool
) -> None:
    made = reserve(sqlite_registry, "recording", {"items": items(1)})
    reserve(sqlite_registry, "recording", {"items": items(77)})
    expected = [("recording", made.id)] if found else []
    assert hits(sqlite_registry, fingerprints=[items(50), asked]) == expected
    assert hits(sqlite_registry, fingerprints=[items(50), asked], use="enrol") == expected


def test_held_tones_of_two_singers_are_not_one_recording(sqlite_registry: Registry) -> None:
    """Where hardly a bit changes, bits agree without meaning anything."""
    rng = random.Random(1)
    base = rng.getrandbits(32)
    held = [tuple(base ^ (rng.random() < 0.3) << rng.randrange(3) for _ in range(200)) for _ in range(2)]
    reserve(sqlite_registry, "recording", {"items": held[0]})
    assert hits(sqlite_registry, fingerprints=[held[1]]) == []


def test_what_cannot_be_asked_is_not_allowed(sqlite_registry: Registry) -> None:
    assert hits(sqlite_registry) == []
    made = reserve(sqlite_registry, "recording", {"items": items(1)}, uses=["train"])
    (hit,) = sqlite_registry.reservations.hits_of_recordings()
    assert hit.kind == "no-fingerprint" and "libchromaprint1" in hit.sentence
    assert hits(sqlite_registry, fingerprints=[]) == [("no-fingerprint", "")]
    assert hits(sqlite_registry, use="enrol") == []
    sqlite_registry.reservations.end(made.id)
    assert hits(sqlite_registry) == []
    voice = reserve(sqlite_registry, "voice", {"takes": [vector(1)]})
    assert hits(sqlite_registry) == [("no-screen-vector", voice.id)]
    (broken,) = sqlite_registry.reservations.hits_of_recordings(screen_vectors=[{"version": 0, "values": []}])
    assert broken.kind == "reservations"


def test_a_voice_is_the_same_may_be_the_same_or_is_another(sqlite_registry: Registry) -> None:
    made = reserve(
        sqlite_registry, "voice", {"takes": [vector(1), vector(2)]}, exceptions={"names": ["Ada Singer"]}
    )
    assert hits(sqlite_registry, screen_vectors=[vector(9), vector(2, 0.5)]) == [("voice", made.id)]
    assert hits(sqlite_registry, screen_vectors=[vector(2, 1.7)]) == [("voice-review", made.id)]
    assert hits(sqlite_registry, screen_vectors=[vector(9)]) == []
    assert hits(sqlite_registry, screen_vectors=[vector(1)], performer="ADA singer") == []


def test_a_declaration_speaks_of_people_titles_and_codes(sqlite_registry: Registry) -> None:
    data = {
        "names": ["Mina Stern", "Sternklang Records"],
        "everything": True,
        "isrc_registrants": ["DE-A12"],
        "works": [{"title": "Nachtlied"}],
    }
    made = reserve(sqlite_registry, "declaration", data, exceptions={"titles": ["Free Song"]})
    found = [("declaration", made.id)]
    assert hits(sqlite_registry, performer="MINA  STERN") == found
    assert hits(sqlite_registry, owner="Sternklang-Records") == found
    assert hits(sqlite_registry, isrcs=["DEA122500001"]) == found
    assert hits(sqlite_registry, title="Nachtlied [remastered]") == found
    assert hits(sqlite_registry, performer="Mina Stern", title="Free Song") == []
    assert hits(sqlite_registry, performer="Mina", owner="Stern", title="Lied", isrcs=["DEB122500001"]) == []


# --- through the whole registry -----------------------------------------------------------------------------


def test_training_asks_first(place: Place, tmp_path: Path) -> None:
    name = "ada-a3"
    registry = place.open()
    registry.seed(voice_folder(tmp_path / "voices", TRAINABLE, recordings_toml(name, terms="TERMS.md")))
    assert registry.may_train(name).allow
    made = reserve(registry, "recording", {"items": items(1)})
    with pytest.raises(Refused, match="without a fingerprint"):
        registry.authorise_training(name)
    with pytest.raises(Refused, match=made.id):
        registry.authorise_training(name, sound=Sound(fingerprints=(items(1)[20:300],)))
    assert registry.ledger_rows()[-1].kind == "refusal"
    assert registry.authorise_training(name, sound=Sound(fingerprints=(items(2),))).recording == name
    registry.reservations.end(made.id)
    assert registry.authorise_training(name).recording == name
