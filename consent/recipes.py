"""Recipes: what a released song was sung from, sealed, so that a suspect recording can be held against the
song itself when none of its marks is left.

A recipe holds lyrics. So it is sealed with AES-256-GCM under the registry's recipe key and bound to its
render; it goes when its user is erased, and when its voice is withdrawn, because nobody could sing it again.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from consent.errors import KeyStoreError, StoreError
from consent.keys import KeyStore, decrypt, encrypt
from consent.records import RecipeRow, RenderRow, table_of

LARGEST_RECIPE = 96 << 20
"""Bytes of a recipe before it is packed: the longest performance that is read, and room."""

_KIND, _WORDS = "recipe", "words of a recipe"
_FORMAT = 2
"""What is sealed: a line of JSON, then the performance as it is. Format 1 held it within that line."""

_EFFORT = 1  # of zlib: a sixth of the time of the usual one, and a quarter larger
_RECIPES, _RENDERS = table_of(RecipeRow), table_of(RenderRow)
_RECIPE = select(_RECIPES.c.key_version, _RECIPES.c.sealed).where(
    _RECIPES.c.render_id == bindparam("render_id")
)
_PAGE = 2_000
_ALL_WORDS = (
    select(_RECIPES.c.render_id, _RECIPES.c.key_version, _RECIPES.c.words)
    .where(_RECIPES.c.render_id > bindparam("after"), _RECIPES.c.words.is_not(None))
    .order_by(_RECIPES.c.render_id)
    .limit(_PAGE)
)
_OF_VOICE = delete(_RECIPES).where(
    _RECIPES.c.render_id.in_(
        select(_RENDERS.c.render_id).where(_RENDERS.c.voice_id == bindparam("voice")).scalar_subquery()
    )
)


@dataclass(frozen=True)
class Recipe:
    """What a song was sung from: its performance as the text whose SHA-256 the ledger holds, and the version
    of the watermark key that marked it. `words` is what its lyrics are recognised by without opening it
    (`singer.fingerprint.words`)."""

    performance: str
    watermark_key: int
    words: bytes = b""


@dataclass(frozen=True)
class SealedRecipe:
    """A recipe as it is kept: the key's version, the performance sealed, and the words sealed or None."""

    key_version: int
    sealed: bytes
    words: bytes | None


def seal_recipe(keys: KeyStore, render_id: str, recipe: Recipe) -> SealedRecipe:
    """Pack and encrypt a recipe under the newest key for one render (16 hex digits)."""
    version, key = list(keys.registry_keys(_KIND).items())[-1]
    said = json.dumps({"recipe": _FORMAT, "watermark_key": recipe.watermark_key})
    plain = f"{said}\n{recipe.performance}".encode()
    words = encrypt(key, recipe.words, _WORDS, render_id) if recipe.words else None
    return SealedRecipe(version, encrypt(key, zlib.compress(plain, _EFFORT), _KIND, render_id), words)


def open_recipe(keys: KeyStore, render_id: str, key_version: int, sealed: bytes) -> Recipe:
    """The reverse of `seal_recipe`.

    Raises KeyStoreError where its key is gone or it was sealed for another render, StoreError for something
    else than a recipe.
    """
    key = keys.registry_keys(_KIND).get(key_version)
    if key is None:
        raise KeyStoreError(f"The recipe key {key_version} of this registry is gone.")
    unpacking = zlib.decompressobj()
    try:
        plain = unpacking.decompress(decrypt(key, sealed, _KIND, render_id), LARGEST_RECIPE)
        said, parted, performance = plain.partition(b"\n")
        data = json.loads(said)
        if unpacking.unconsumed_tail or data["recipe"] != (_FORMAT if parted else 1):
            raise ValueError("format")
        sung = performance.decode() if parted else str(data["performance"])
        return Recipe(sung, int(data["watermark_key"]))
    except (zlib.error, ValueError, KeyError, TypeError):
        raise StoreError(f"What is sealed as the recipe of {render_id} is none.") from None


def load_recipe(keys: KeyStore, session: Session, render_id: str) -> Recipe | None:
    """The recipe of a render, or None: released before recipes were kept, erased, or its voice withdrawn."""
    row = session.connection().execute(_RECIPE, {"render_id": render_id}).first()
    return None if row is None else open_recipe(keys, render_id, row.key_version, bytes(row.sealed))


def load_words(keys: KeyStore, session: Session) -> Iterator[tuple[int, bytes]]:
    """(render id, `Recipe.words`) of every recipe that has some, a page in memory at a time.

    Raises KeyStoreError where a key is gone or a row was changed.
    """
    by_version, after = keys.registry_keys(_KIND), ""
    while rows := session.connection().execute(_ALL_WORDS, {"after": after}).all():
        for row in rows:
            if row.key_version not in by_version:
                raise KeyStoreError(f"The recipe key {row.key_version} of this registry is gone.")
            words = decrypt(by_version[row.key_version], bytes(row.words), _WORDS, row.render_id)
            yield int(row.render_id, 16), words
        after = rows[-1].render_id


def forget_recipes(session: Session, voice: str) -> int:
    """Remove the recipes of every song of a voice; returns how many there were."""
    return session.connection().execute(_OF_VOICE, {"voice": voice}).rowcount
