"""What a released song will be known by when its files are not what they were: rows of its release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import TextClause, text

from consent.fingerprints import Fingerprint
from consent.keys import KeyStore
from consent.recipes import Recipe, seal_recipe
from consent.records import Base, CredentialRow, FingerprintRow, RecipeRow, table_of


@dataclass(frozen=True)
class SignedManifest:
    """A manifest that went out with a file: its URN, the file's SHA-256 (hex), the manifest's bytes."""

    manifest: str
    sha256: str
    data: bytes


@dataclass(frozen=True)
class KnownBy:
    """What a song will be known by. Whatever is left out is not kept."""

    recipe: Recipe | None = None
    fingerprint: Fingerprint | None = None
    credentials: tuple[SignedManifest, ...] = ()


def _adding(table: type[Base]) -> TextClause:
    """A statement that adds a row, unless there is one under its key: a song released again is the same."""
    columns = [column.name for column in table_of(table).columns]
    return text(
        f"INSERT INTO {table.__tablename__} ({', '.join(columns)})"
        f" VALUES ({', '.join(f':{name}' for name in columns)}) ON CONFLICT DO NOTHING"
    )


ADD_RECIPE, ADD_FINGERPRINT = _adding(RecipeRow), _adding(FingerprintRow)
ADD_CREDENTIAL = _adding(CredentialRow)


@dataclass(frozen=True)
class MarkRows:
    """The rows of what one song will be known by, ready before the transaction that writes them begins."""

    statements: tuple[TextClause, ...]
    rows: tuple[dict[str, Any], ...]

    def at(self, now_ms: int) -> Sequence[dict[str, Any]]:
        """The parameters of the statements, as of an instant."""
        return [{**row, "made_at_ms": now_ms} if "made_at_ms" in row else row for row in self.rows]


def mark_rows(keys: KeyStore, render_id: int, release_id: str, known: KnownBy) -> MarkRows:
    """Seal the recipe and lay out the rows."""
    render = f"{render_id:016x}"
    statements: list[TextClause] = []
    rows: list[dict[str, Any]] = []
    if known.recipe is not None:
        sealed = seal_recipe(keys, render, known.recipe)
        statements.append(ADD_RECIPE)
        rows.append({"render_id": render, **asdict(sealed), "made_at_ms": 0})
    if known.fingerprint is not None:
        statements.append(ADD_FINGERPRINT)
        rows.append(
            {
                "render_id": render,
                "contour": known.fingerprint.contour,
                "chromaprint": known.fingerprint.chromaprint,
                "made_at_ms": 0,
            }
        )
    for signed in known.credentials:
        statements.append(ADD_CREDENTIAL)
        rows.append(
            {
                "manifest": signed.manifest,
                "render_id": render,
                "release_id": release_id,
                "sha256": signed.sha256,
                "data": signed.data,
            }
        )
    return MarkRows(tuple(statements), tuple(rows))
