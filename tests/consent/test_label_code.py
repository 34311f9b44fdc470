"""The signature in a label: whose it is, what it covers, and what it does not prove."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from made_registries import a_request

from consent.label_code import FORGED, OTHER_KEY, SIGNED, UNSIGNED, check_code
from consent.labels import AigcLabel, LabelError, parse_label
from consent.ledger.log_keys import LogKeys
from consent.registry import Registry


@pytest.fixture
def label(registry: Registry) -> AigcLabel:
    return registry.labels.of(registry.authorise(a_request()), "Consonance")


def test_a_label_is_signed_for_its_render(registry: Registry) -> None:
    authorization = registry.authorise(a_request())
    label = registry.labels.of(authorization, "Consonance Berlin")
    assert label.produce_id == f"{authorization.render_id:016x}"
    assert label.content_producer == "Consonance_Berlin"
    assert registry.labels.check(label) == SIGNED
    assert parse_label(label.to_json()) == label, "what is signed is a label by the standard"
    assert len(label.to_json()) < 400


def test_it_is_checked_with_the_public_keys_alone(registry: Registry, label: AigcLabel) -> None:
    keys = LogKeys.parse(str(registry.proofs.public_keys))
    assert check_code(parse_label(label.to_json()), keys) == SIGNED


def test_the_same_song_gives_the_same_label(registry: Registry, label: AigcLabel) -> None:
    assert registry.labels.of(registry.authorise(a_request()), "Consonance") == label


def test_what_a_propagator_fills_in_is_not_covered(registry: Registry, label: AigcLabel) -> None:
    spread = replace(label, content_propagator="somebody", propagate_id="7", reserved_code2="x")
    assert registry.labels.check(spread) == SIGNED


@pytest.mark.parametrize(
    "change",
    [
        {"produce_id": "00000000000000ff"},
        {"content_producer": "Somebody"},
        {"label": "2"},
    ],
)
def test_a_code_under_another_label_is_forged(
    registry: Registry, label: AigcLabel, change: dict[str, str]
) -> None:
    assert registry.labels.check(replace(label, **change)) == FORGED


def test_no_other_signature_is_taken(registry: Registry, label: AigcLabel) -> None:
    head, _, signature = label.reserved_code1.rpartition(":")
    for at in range(len(signature)):
        letter = "A" if signature[at] != "A" else "B"
        code = f"{head}:{signature[:at]}{letter}{signature[at + 1 :]}"
        assert registry.labels.check(replace(label, reserved_code1=code)) != SIGNED, at


@pytest.mark.parametrize(
    "code", ["", "0123", "ed25519:", "ed25519:zzzzzzzz:" + "A" * 86 + "==", "sha256:00ff"]
)
def test_what_is_not_of_our_form_is_no_signature(registry: Registry, label: AigcLabel, code: str) -> None:
    assert registry.labels.check(replace(label, reserved_code1=code)) == UNSIGNED


def test_another_registrys_label_is_another_keys(label: AigcLabel, tmp_path: Path) -> None:
    assert Registry.open(tmp_path / "other").labels.check(label) == OTHER_KEY


def test_a_label_outlives_the_key_that_signed_it(registry: Registry, label: AigcLabel) -> None:
    registry.keyring.rotate_ledger_key()
    assert registry.labels.check(label) == SIGNED
    newer = registry.labels.of(registry.authorise(a_request()), "Consonance")
    assert newer.reserved_code1 != label.reserved_code1
    assert registry.labels.check(newer) == SIGNED


def test_no_label_is_signed_for_what_was_not_authorised(registry: Registry) -> None:
    authorization = registry.authorise(a_request())
    with pytest.raises(LabelError, match="authorised"):
        registry.labels.of(replace(authorization, render_id=5), "Consonance")
