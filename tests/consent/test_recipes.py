"""Recipes, fingerprints and manifests go out with a release, are read back, and end when they must."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from made_registries import Place, a_release, a_request, database, voice_folder
from sqlalchemy import text

from consent.errors import KeyStoreError, Refused, StoreError, UnknownName
from consent.fingerprints import Fingerprint
from consent.keys import KeyStore, encrypt
from consent.recipes import Recipe, open_recipe, seal_recipe
from consent.registry import Registry, RenderRecord
from consent.release_marks import KnownBy, SignedManifest

RECIPE = Recipe('{"title": "Secret words of a song"}', 1)
FINGERPRINT = Fingerprint(b"contour", b"\x01\x02\x03\x04")
MANIFEST = SignedManifest("urn:c2pa:1", "8" * 64, b"manifest")
SUSPECT = "9" * 64


@pytest.fixture
def registry(place: Place, tmp_path: Path) -> Registry:
    registry = place.open()
    registry.seed(voice_folder(tmp_path / "voices"))
    return registry


def released(registry: Registry, folder: Path, name: str = "song", **changes: str) -> RenderRecord:
    """A song of Ada's with everything that it can be known by."""
    authorization = registry.authorise(a_request(**changes))
    registry.unseal(authorization)
    manifest = replace(MANIFEST, manifest=f"urn:c2pa:{authorization.id}")
    known_by = KnownBy(replace(RECIPE, words=b"digests"), FINGERPRINT, (manifest,))
    return registry.commit(authorization, replace(a_release(folder, name), known_by=known_by))


def rows(place: Place, table: str) -> int:
    with database(place).connect() as connection:
        return int(connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one())


def test_a_release_keeps_what_the_song_is_known_by(registry: Registry, place: Place, tmp_path: Path) -> None:
    song = released(registry, tmp_path)
    assert list(registry.tracing.contours()) == [(song.render_id, b"contour")]
    assert registry.tracing.fingerprints([song.render_id, 5]) == {song.render_id: FINGERPRINT}
    assert registry.tracing.renders_of_works([song.work_digest, "1" * 64]) == [song.render_id]
    with database(place).connect() as connection:
        kept = connection.execute(text("SELECT render_id, release_id, sha256, data FROM credentials")).one()
        release = connection.execute(text("SELECT id FROM releases")).scalar_one()
    assert (kept.render_id, kept.release_id) == (f"{song.render_id:016x}", release)
    assert (kept.sha256, bytes(kept.data)) == (MANIFEST.sha256, MANIFEST.data)


def test_a_song_released_again_keeps_one_recipe(registry: Registry, place: Place, tmp_path: Path) -> None:
    first = released(registry, tmp_path)
    second = released(registry, tmp_path)
    assert (first.render_id, second.releases) == (second.render_id, 2)
    assert [rows(place, table) for table in ("recipes", "fingerprints", "credentials")] == [1, 1, 2]


def test_a_release_that_fails_keeps_nothing(registry: Registry, place: Place, tmp_path: Path) -> None:
    authorization = registry.authorise(a_request())
    registry.withdraw("ada")
    with pytest.raises(Refused):
        registry.commit(authorization, replace(a_release(tmp_path), known_by=KnownBy(RECIPE, FINGERPRINT)))
    assert [rows(place, table) for table in ("recipes", "fingerprints")] == [0, 0]


def test_words_do_not_rest_in_the_database_in_clear(registry: Registry, place: Place, tmp_path: Path) -> None:
    song = released(registry, tmp_path)
    with database(place).connect() as connection:
        sealed = bytes(connection.execute(text("SELECT sealed FROM recipes")).scalar_one())
    assert b"Secret" not in sealed
    keys = KeyStore(place.home / "keys")
    assert open_recipe(keys, f"{song.render_id:016x}", 1, sealed) == RECIPE


def test_a_recipe_opens_for_its_own_render_alone(tmp_path: Path) -> None:
    keys = KeyStore(tmp_path / "keys")
    kept = seal_recipe(keys, "0" * 16, RECIPE)
    version, sealed = kept.key_version, kept.sealed
    with pytest.raises(KeyStoreError, match="does not open"):
        open_recipe(keys, "1" * 16, version, sealed)
    with pytest.raises(KeyStoreError, match="does not open"):
        open_recipe(keys, "0" * 16, version, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(KeyStoreError, match="is gone"):
        open_recipe(keys, "0" * 16, 7, sealed)
    key = keys.registry_keys("recipe")[1]
    strange = (
        b"[]",
        b'{"recipe": 2}',
        b'{"recipe": 3, "watermark_key": 1}\n{}',
        b'{"recipe": 1, "watermark_key": 1}',
        b'{"recipe": 2, "watermark_key": 1}\n\xff',
    )
    for plain in (b"no zlib", *map(zlib.compress, strange)):
        with pytest.raises(StoreError, match="is none"):
            open_recipe(keys, "0" * 16, 1, encrypt(key, plain, "recipe", "0" * 16))


def test_recipes_of_the_first_form_open(tmp_path: Path) -> None:
    """The whole of it was one line of JSON."""
    keys = KeyStore(tmp_path / "keys")
    first = json.dumps({"recipe": 1, "performance": '{\n "title": "ä"\n}', "watermark_key": 3})
    sealed = encrypt(keys.registry_keys("recipe")[1], zlib.compress(first.encode()), "recipe", "0" * 16)
    assert open_recipe(keys, "0" * 16, 1, sealed) == Recipe('{\n "title": "ä"\n}', 3)


@pytest.mark.parametrize("performance", ["", "{}", '{\n "title": "ä\u2028"\n}\n', "\n\n"])
def test_a_recipe_comes_back_as_it_was(tmp_path: Path, performance: str) -> None:
    keys = KeyStore(tmp_path / "keys")
    kept = seal_recipe(keys, "0" * 16, Recipe(performance, 9))
    assert open_recipe(keys, "0" * 16, kept.key_version, kept.sealed) == Recipe(performance, 9)
    assert kept.words is None


def test_words_are_read_without_opening_a_recipe(registry: Registry, place: Place, tmp_path: Path) -> None:
    song = released(registry, tmp_path)
    assert list(registry.tracing.words()) == [(song.render_id, b"digests")]
    registry.keyring.rotate_recipes()
    other = released(registry, tmp_path, "other", work_digest="6" * 64)
    both = sorted([(song.render_id, b"digests"), (other.render_id, b"digests")])
    assert list(registry.tracing.words()) == both, "each opens with the key that sealed it"
    with database(place).begin() as connection:
        sealed = [bytes(row) for row in connection.execute(text("SELECT words FROM recipes")).scalars()]
        assert not any(b"digests" in words for words in sealed)
        render = {"render": f"{song.render_id:016x}"}
        moved = "UPDATE recipes SET words = (SELECT sealed FROM recipes WHERE render_id = :render)"
        connection.execute(text(f"{moved} WHERE render_id = :render"), render)
    with pytest.raises(KeyStoreError, match="does not open"):
        list(registry.tracing.words())


def test_older_recipes_open_after_a_rotation(registry: Registry, tmp_path: Path) -> None:
    before = released(registry, tmp_path)
    assert registry.keyring.rotate_recipes() == 2
    after = released(registry, tmp_path, "other", work_digest="6" * 64)
    for song in (before, after):
        assert registry.tracing.reopen(song.render_id, "op", SUSPECT).recipe == RECIPE
    kinds = {(key.version, key.state) for key in registry.keyring.inventory() if key.kind == "recipe"}
    assert kinds == {(1, "kept"), (2, "current")}
    assert registry.check_ledger().findings == ()


def test_a_song_is_reopened_with_its_weights_and_the_ledger_says_so(
    registry: Registry, tmp_path: Path
) -> None:
    song = released(registry, tmp_path)
    registry.keyring.rotate_watermark()
    assert registry.tracing.objections(song.render_id) == []
    opened = registry.tracing.reopen(song.render_id, "op@example.org", SUSPECT)
    assert set(opened.weights) == {"weights.safetensors", "base.safetensors"}
    assert (opened.voice, opened.work_digest) == ("ada", song.work_digest)
    assert opened.watermark_key == dict(registry.watermark_keys())[1], "the key that marked it"
    entry = registry.ledger_rows(voice="ada", kind="trace")[-1]
    assert entry.body["render"] == f"{song.render_id:016x}"
    assert entry.body["suspect"] == SUSPECT
    assert "op@example.org" not in str(entry.body)
    assert registry.check_ledger().findings == ()


def test_a_suspended_voice_is_traced_and_a_withdrawn_one_is_not(
    registry: Registry, place: Place, tmp_path: Path
) -> None:
    song = released(registry, tmp_path)
    registry.suspend("ada")
    assert registry.tracing.reopen(song.render_id, "op", SUSPECT).recipe == RECIPE
    registry.resume("ada")
    registry.withdraw("ada")
    with pytest.raises(Refused, match="was withdrawn"):
        registry.tracing.reopen(song.render_id, "op", SUSPECT)
    assert registry.ledger_rows(kind="refusal")[-1].body["stage"] == "trace"
    assert rows(place, "recipes") == 0, "nobody could sing it again"
    assert rows(place, "fingerprints") == 1, "what is out can still be recognised"
    assert registry.check_ledger().findings == ()


def test_a_render_without_a_recipe_or_without_a_name_is_refused(registry: Registry, tmp_path: Path) -> None:
    authorization = registry.authorise(a_request())
    registry.unseal(authorization)
    song = registry.commit(authorization, a_release(tmp_path))
    assert list(registry.tracing.contours()) == []
    with pytest.raises(Refused, match="was not kept"):
        registry.tracing.reopen(song.render_id, "op", SUSPECT)
    with pytest.raises(UnknownName, match="ever released"):
        registry.tracing.reopen(5, "op", SUSPECT)
    with pytest.raises(UnknownName, match="SHA-256"):
        registry.tracing.reopen(song.render_id, "op", "song.wav")


def test_whoever_wrote_a_song_reads_its_recipe_and_takes_it_along(
    registry: Registry, place: Place, tmp_path: Path
) -> None:
    song = released(registry, tmp_path)
    other = released(registry, tmp_path, "other", user="eve@example.org")
    held = registry.personal_data.export("ben@example.org")["held"]
    assert [row["sealed"]["performance"] for row in held["recipes"]] == [RECIPE.performance]
    registry.personal_data.erase("ben@example.org")
    with pytest.raises(Refused, match="was erased"):
        registry.tracing.reopen(song.render_id, "op", SUSPECT)
    assert registry.tracing.reopen(other.render_id, "op", SUSPECT).recipe == RECIPE
    assert [rows(place, table) for table in ("recipes", "credentials")] == [1, 1]
    assert registry.check_ledger().findings == ()
