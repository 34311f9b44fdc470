"""The measurement of the registry really asks, authorises and releases."""

from __future__ import annotations

from pathlib import Path

from consent.measurement import measure_registry
from consent.registry import Registry


def test_the_measurement_releases_what_it_counts(registry: Registry, tmp_path: Path) -> None:
    folder = tmp_path / "measured"
    folder.mkdir()
    figures = measure_registry(registry, "ada", folder, 4)
    assert (figures.songs, len(list(folder.glob("*.wav"))), len(list(folder.glob("*.proof")))) == (4, 4, 8)
    assert figures.songs_per_second > 0 and 0 < figures.decision_ms < figures.authorise_ms
    (grant,) = registry.voice("ada").grants
    assert (grant.renders_used, grant.seconds_used) == (4, 240.0)
    assert registry.check_ledger().findings == ()
