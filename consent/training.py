"""Training is a use, too: each set of recordings is asked for, of two people, and silence is not a yes.

The door is the same for a joint base and for adapting it to one voice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from consent.condition import Circumstances
from consent.decide import RIGHT_REASONS, Decision, Grant, is_standing
from consent.errors import Reason, Refused
from consent.grants import load_grants
from consent.receipts import issue
from consent.recording_files import ALLOWED, SILENT, TrainingAnswer
from consent.recordings import Recordings, load_recordings
from consent.records import VoiceRow
from consent.request import Request
from consent.reservations.recordings import Sound, hits_of_recordings
from consent.store import Store

MODEL_TRAINING = "model-training"
"""The purpose that performer and recording owner are asked for; "model training" is heard as the same."""

_ABOUT_SONGS = frozenset(("language", "renders", "seconds", "song-seconds", "works", "content", "approval"))
"""Conditions on songs, which training does not make; every other condition of a grant binds it."""


@dataclass(frozen=True)
class TrainingPermission:
    """A yes to training from one set of recordings, as it stands on the ledger at `ledger_index`."""

    recording: str
    title: str
    performer: TrainingAnswer
    owner: TrainingAnswer
    purpose: str
    grant: str | None
    source: str
    at: datetime
    ledger_index: int


def may_train(
    store: Store,
    session: Session,
    recording: str,
    purpose: str = MODEL_TRAINING,
    by: str = "",
    sound: Sound | None = None,
) -> Decision:
    """Whether `by` may train a model from a set of recordings; every reason if not.

    `sound` is what the recordings sound like: where recordings or voices are reserved, silence on it denies.

    1. The purpose is model training.
    2. The set is on record, unaltered, and was not withdrawn.
    3. Its performer said yes, and a text shows it.
    4. Its owner said yes, and a text shows it.
    5. Where it is of a voice in the registry: the voice stands, and a grant with both rights behind it covers
    training.
    6. No reservation speaks against it.
    """
    try:
        return _decide(store, session, recording, purpose, by, sound or Sound())
    except Exception as error:  # law 1: an error while deciding is a no
        reason = Reason("decision-error", f"Training from {recording!r} could not be judged: {error!r}.")
        return Decision(False, None, (reason,))


def authorise_training(
    store: Store, recording: str, purpose: str = MODEL_TRAINING, by: str = "", sound: Sound | None = None
) -> TrainingPermission:
    """Ask for a set of recordings before training; the answer is logged. Raises Refused with every reason."""
    with store.write() as unit:
        decision = may_train(store, unit.session, recording, purpose, by, sound)
        found = load_recordings(store, unit.session, recording)
        if found is not None and decision.allow:
            position = unit.append(
                "authorisation",
                {
                    "stage": "train",
                    "purpose": MODEL_TRAINING,
                    "recordings": found.name,
                    "voice": found.voice,
                    "grant": decision.grant_id,
                    "performer_terms_sha256": found.performer.terms_sha256,
                    "owner_terms_sha256": found.owner.terms_sha256,
                },
            )
            if found.voice is not None:
                owner = unit.session.get_one(VoiceRow, found.voice).owner_id
                issue(
                    store,
                    unit,
                    event="training-permitted",
                    voice=found.voice,
                    grant=decision.grant_id,
                    person=owner,
                )
            return TrainingPermission(
                recording=found.name,
                title=found.title,
                performer=found.performer,
                owner=found.owner,
                purpose=MODEL_TRAINING,
                grant=decision.grant_id,
                source=found.source,
                at=unit.now,
                ledger_index=position,
            )
        unit.append(
            "refusal",
            {
                "stage": "train",
                "recordings": found.name if found else None,
                "reasons": [{"code": reason.code, "grant": reason.grant} for reason in decision.reasons],
            },
        )
    raise Refused(decision.reasons)


def _decide(store: Store, session: Session, recording: str, purpose: str, by: str, sound: Sound) -> Decision:
    reasons = []
    # 1
    if not _is_training(purpose):
        reasons.append(
            Reason(
                "unknown-purpose",
                f"Recordings are asked for the purpose {MODEL_TRAINING!r}, not {purpose!r}.",
            )
        )
    # 2
    found = load_recordings(store, session, recording) if isinstance(recording, str) else None
    if found is None:
        reasons.append(
            Reason("unknown-recording", f"Nobody has said anything about the recordings {recording!r}.")
        )
        return Decision(False, None, tuple(reasons))
    if found.state == "withdrawn":
        reasons.append(Reason("withdrawn", f"The recordings {found.title} have been withdrawn."))
    elif found.state != "active":
        sentence = f"What is stored about the recordings {found.title} is not what the registry wrote."
        reasons.append(Reason("damaged", sentence))
    # 3, 4
    reasons.extend(_answer_reasons(found, found.performer, "performer"))
    reasons.extend(_answer_reasons(found, found.owner, "owner"))
    # 5
    grant_id = None
    if found.voice is not None:
        grant_id, voice_reasons = _voice_allows(store, session, found.voice, by)
        reasons.extend(voice_reasons)
    # 6
    hits = hits_of_recordings(
        store,
        session,
        performer=found.performer.name,
        owner=found.owner.name,
        title=found.title,
        fingerprints=sound.fingerprints,
        screen_vectors=sound.screen_vectors,
        isrcs=sound.isrcs,
    )
    reasons.extend(Reason("reserved", hit.sentence) for hit in hits)
    return Decision(not reasons, None if reasons else grant_id, tuple(reasons))


def _answer_reasons(found: Recordings, answer: TrainingAnswer, who: str) -> Iterator[Reason]:
    """What one of the two people has not allowed."""
    title, words = {
        "performer": ("The performer", "the performer has not agreed"),
        "owner": ("The owner", "the owner of the recordings has not agreed"),
    }[who]
    if answer.training == SILENT:
        yield Reason(
            f"{who}-training-silent",
            f"The terms of {found.title} say nothing of training a model, and silence is not a yes: {words}.",
        )
    elif answer.training != ALLOWED:
        quote = f": “{answer.quote}”" if answer.quote else ""
        yield Reason(
            f"{who}-training-forbidden", f"{title} of {found.title} forbids to train a model{quote}."
        )
    elif not answer.terms_sha256:
        yield Reason(f"{who}-no-evidence", f"No text shows that the {who} of {found.title} allows training.")


def _voice_allows(store: Store, session: Session, voice: str, by: str) -> tuple[str | None, list[Reason]]:
    """The grant under which the voice of these recordings may be trained on, or why there is none."""
    row = session.get_one(VoiceRow, voice)
    if row.state != "active":
        ended = "suspended" if row.state == "suspended" else "withdrawn"
        return None, [Reason(ended, f"The owner of {row.name} has {ended} the voice.")]
    now = store.now(session)
    reasons: list[Reason] = []
    for grant in load_grants(store, session, voice):
        if "train" in grant.terms.actions and grant.state == "active":
            against = list(_against(grant, row, by, now))
            if not against:
                return grant.id, []
            reasons.extend(against)
    nobody = Reason("no-grant", f"No grant that stands allows to train a model from the voice {row.name}.")
    return None, reasons or [nobody]


def _against(grant: Grant, voice: VoiceRow, by: str, now: datetime) -> Iterator[Reason]:
    """What keeps a grant that speaks of training from covering it now."""
    for kind, (code, words) in RIGHT_REASONS.items():
        standing = [right for right in grant.rights if right.kind == kind and is_standing(right, now)]
        if not any("train" in right.actions for right in standing):
            sentence = f"To train a model from the voice {voice.name} lacks {words}."
            yield Reason(code, sentence, grant.id)
    if grant.mandate is not None and not is_standing(grant.mandate, now):
        sentence = f"The mandate under which the grant {grant.id} was given does not stand."
        yield Reason("mandate-ended", sentence, grant.id)
    request = Request(
        voice=voice.id,
        user=by,
        purpose=MODEL_TRAINING,
        work_digest="",
        seconds=0.0,
        language="",
        action="train",
        credit=f"{voice.credit} {voice.link}".strip(),
        presented_as=voice.name,
    )
    for constraint in grant.terms.constraints:
        if constraint.type not in _ABOUT_SONGS:
            failure = constraint.check(request, Circumstances(now))
            if failure is not None:
                yield Reason(failure.code, failure.sentence, grant.id)


def _is_training(purpose: object) -> bool:
    return isinstance(purpose, str) and purpose.replace(" ", "-") == MODEL_TRAINING
