"""Recipes: what a released song was sung from, sealed, so that a suspect recording can be held against the
song itself when none of its marks is left.

A recipe holds lyrics. So it is sealed with AES-256-GCM under the registry's recipe key and bound to its
render; it goes when its user is erased, and when its voice is withdrawn, because nobody could sing it again.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from consent.errors import KeyStoreError, StoreError
from consent.keys import KeyStore, decrypt, encrypt
from consent.records import RecipeRow, RenderRow, table_of

LARGEST_RECIPE = 96 << 20
"""Bytes of a recipe before it is packed: the longest performance that is read, and room."""

_KIND = "recipe"
_FORMAT = 1
_EFFORT = 4  # of zlib: a third of the time of the usual one, and 7 % larger
_RECIPES, _RENDERS = table_of(RecipeRow), table_of(RenderRow)
_RECIPE = select(_RECIPES.c.key_version, _RECIPES.c.sealed).where(
    _RECIPES.c.render_id == bindparam("render_id")
)
_OF_VOICE = delete(_RECIPES).where(
    _RECIPES.c.render_id.in_(
        select(_RENDERS.c.render_id).where(_RENDERS.c.voice_id == bindparam("voice")).scalar_subquery()
    )
)


@dataclass(frozen=True)
class Recipe:
    """What a song was sung from: its performance as the text whose SHA-256 the ledger holds, and the version
    of the watermark key that marked it."""

    performance: str
    watermark_key: int


def seal_recipe(keys: KeyStore, render_id: str, recipe: Recipe) -> tuple[int, bytes]:
    """The newest key's version, and a recipe packed and encrypted under it for one render (16 hex digits)."""
    version, key = list(keys.registry_keys(_KIND).items())[-1]
    said = {"recipe": _FORMAT, "performance": recipe.performance, "watermark_key": recipe.watermark_key}
    plain = json.dumps(said, ensure_ascii=False).encode()
    return version, encrypt(key, zlib.compress(plain, _EFFORT), _KIND, render_id)


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
        data = json.loads(plain)
        if unpacking.unconsumed_tail or data["recipe"] != _FORMAT:
            raise ValueError("format")
        return Recipe(str(data["performance"]), int(data["watermark_key"]))
    except (zlib.error, ValueError, KeyError, TypeError):
        raise StoreError(f"What is sealed as the recipe of {render_id} is none.") from None


def load_recipe(keys: KeyStore, session: Session, render_id: str) -> Recipe | None:
    """The recipe of a render, or None: released before recipes were kept, erased, or its voice withdrawn."""
    row = session.connection().execute(_RECIPE, {"render_id": render_id}).first()
    return None if row is None else open_recipe(keys, render_id, row.key_version, bytes(row.sealed))


def forget_recipes(session: Session, voice: str) -> int:
    """Remove the recipes of every song of a voice; returns how many there were."""
    return session.connection().execute(_OF_VOICE, {"voice": voice}).rowcount
