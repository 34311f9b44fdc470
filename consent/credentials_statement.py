"""What a song's manifest says: how it was made and by whom it was allowed. Nothing of who asked for it.

C2PA Technical Specification 2.x: actions, soft binding; CAWG Training and Data Mining 1.1; CAWG Metadata 1.1.
What the ledger says of a release is known only after its files are finished: so the manifest names the ledger
and its key, and the proof that comes beside the file names the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from consent.authorization import Authorization
from consent.constraints import NoFurtherTraining, Purpose
from consent.credentials import RENDER_ASSERTION, SOFT_BINDING
from consent.terms import Terms
from consent.training import MODEL_TRAINING

PRODUCER = "Consonance"
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
BY_MODEL, BY_HAND = SOURCE_TYPES + "trainedAlgorithmicMedia", SOURCE_TYPES + "humanEdits"
BY_RULE = SOURCE_TYPES + "algorithmicMedia"
"""IPTC's terms. The sound is a model's from its first sample on; the composition under it is no medium that
was put together with it, so this is not `compositeWithTrainedAlgorithmicMedia`."""

VOICE_ALLOWS = "The voice's grant allows it; whoever owns words and music was not asked."
_MOST_TITLE = 500


@dataclass(frozen=True)
class HumanEdit:
    """Something that a person decided or changed: the part of the song in a word, and a sentence."""

    part: str
    sentence: str


@dataclass(frozen=True)
class CreditedSong:
    """What a song is called and known by elsewhere, and what people had a hand in."""

    title: str = ""
    iswc: str = ""
    isrc: str = ""
    edits: Sequence[HumanEdit] = ()
    announced: str = ""
    """Where a label is heard, "start" or "end"; empty where none is."""
    sound_sha256: str = ""
    """Of the file's bytes that sound, apart from its tags: tells an edited tag from an edited sound."""


@dataclass(frozen=True)
class LedgerName:
    """The ledger that the song's release will stand in: its origin, and the key of its signed heads."""

    origin: str
    key: str


def definition(
    authorization: Authorization, terms: Terms, song: CreditedSong, ledger: LedgerName
) -> dict[str, Any]:
    """The definition of a manifest, as C2PA's library takes it. The same arguments give the same."""
    render = f"{authorization.render_id:016x}"
    return {
        "claim_generator_info": [{"name": PRODUCER, "version": program_version()}],
        "title": song.title[:_MOST_TITLE],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": _actions(authorization, song)}},
            {
                "label": "c2pa.soft-binding",
                "data": {"alg": SOFT_BINDING, "blocks": [{"scope": {}, "value": render}]},
            },
            {"label": "cawg.training-mining", "data": {"entries": _training(terms)}},
            {"label": "cawg.metadata", "data": _metadata(authorization, song), "kind": "Json"},
            {
                "label": RENDER_ASSERTION,
                "data": {
                    "render": render,
                    "voice": {
                        "id": authorization.voice,
                        "name": authorization.presented_as,
                        "version": authorization.voice_version,
                        "credit": authorization.credit,
                    },
                    "grant": {"id": authorization.grant, "terms_sha256": terms.sha256},
                    "ledger": {"origin": ledger.origin, "key": ledger.key},
                    "sound_sha256": song.sound_sha256,
                    "proof": "The file's proof names it by its SHA-256; it comes beside it, as NAME.proof.",
                },
            },
        ],
    }


def program_version() -> str:
    """The version of this program, as it is installed."""
    try:
        return version("consonance")
    except PackageNotFoundError:
        return "unknown"


def _actions(authorization: Authorization, song: CreditedSong) -> list[dict[str, Any]]:
    """Made by a model first, as C2PA asks; then what people did; then the label that is heard; the mark."""
    agent = {"name": PRODUCER, "version": program_version()}
    voice = f"{authorization.presented_as} ({authorization.voice} {authorization.voice_version})"
    created = {
        "action": "c2pa.created",
        "digitalSourceType": BY_MODEL,
        "softwareAgent": agent,
        "description": f"Sung by the model of the voice {voice} from a score and lyrics that were given.",
    }
    edited = [
        {
            "action": "c2pa.edited",
            "digitalSourceType": BY_HAND,
            "description": edit.sentence,
            "parameters": {"vnd.consonance.part": edit.part},
        }
        for edit in song.edits
    ]
    announced = {
        "action": "c2pa.edited",
        "digitalSourceType": BY_RULE,
        "softwareAgent": agent,
        "description": f"A label that tells of the machine is heard at the {song.announced} of the song.",
        "parameters": {"vnd.consonance.part": "label"},
    }
    marked = {"action": "c2pa.watermarked.bound", "softwareAgent": agent}
    return [created, *edited, *([announced] if song.announced else []), marked]


def _training(terms: Terms) -> dict[str, Any]:
    """What the voice's grant says of training from its songs; it says nothing of mining and inference."""
    purposes = [condition for condition in terms.constraints if isinstance(condition, Purpose)]
    allowed = all(purpose.anything or MODEL_TRAINING in purpose.allowed for purpose in purposes)
    if any(isinstance(condition, NoFurtherTraining) for condition in terms.constraints):
        allowed = False
    use = {"use": "constrained", "constraint_info": VOICE_ALLOWS} if allowed else {"use": "notAllowed"}
    return {"cawg.ai_training": use, "cawg.ai_generative_training": use}


def _metadata(authorization: Authorization, song: CreditedSong) -> dict[str, Any]:
    """Credits in Dublin Core, as JSON-LD."""
    numbers = [f"ISRC:{song.isrc}"] * bool(song.isrc) + [f"ISWC:{song.iswc}"] * bool(song.iswc)
    said: dict[str, Any] = {
        "@context": {"dc": "http://purl.org/dc/elements/1.1/"},
        "dc:contributor": [authorization.presented_as],
        "dc:rights": authorization.credit,
    }
    if song.title:
        said["dc:title"] = song.title[:_MOST_TITLE]
    return {**said, "dc:identifier": numbers} if numbers else said
