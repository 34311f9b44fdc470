"""The measurement of the registry really asks, authorises and releases."""

from __future__ import annotations

from pathlib import Path

from made_registries import Place, a_request, database
from sqlalchemy import text

from consent.fingerprints import Fingerprint
from consent.measurement import measure_registry
from consent.recipes import Recipe
from consent.registry import Registry
from consent.release_marks import KnownBy, SignedManifest
from consent.song import Song


def test_the_measurement_releases_what_it_counts(registry: Registry, place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "measured"
    folder.mkdir()
    asked = a_request(song=Song("la la", ((60.0, 1.0), (62.0, 1.0)), ("l", "a", "|", "l", "a")))
    manifests = tuple(SignedManifest(f"urn:c2pa:{name}", "0" * 64, b"signed" * 1000) for name in "ab")
    known_by = KnownBy(Recipe("{}" * 5000, 1), Fingerprint(b"contour", b"items"), manifests)
    figures = measure_registry(registry, asked, known_by, folder, 4)
    assert figures.rows_bytes == 10_000 + 12 + 12_000
    assert (figures.songs, len(list(folder.glob("*.wav"))), len(list(folder.glob("*.proof")))) == (4, 4, 8)
    assert figures.songs_per_second > 0 and 0 < figures.decision_ms < figures.authorise_ms
    (grant,) = registry.voice("ada").grants
    assert (grant.renders_used, grant.seconds_used) == (4, 240.0)
    assert registry.check_ledger().findings == ()
    with database(place).connect() as connection:
        kept = {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            for table in ("recipes", "fingerprints", "credentials", "renders")
        }
    assert kept == {"recipes": 4, "fingerprints": 4, "credentials": 8, "renders": 4}
