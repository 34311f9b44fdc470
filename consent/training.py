"""Training is a use, too: each set of recordings is asked for, and silence is not a yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.decide import Decision
from consent.errors import Reason, Refused
from consent.grants import load_grants
from consent.records import RecordingRow, VoiceRow
from consent.store import Store


@dataclass(frozen=True)
class TrainingPermission:
    """A yes to training from one set of recordings, as it stands on the ledger at `ledger_index`."""

    recording: str
    title: str
    owner: str
    performer: str
    terms_sha256: str
    source: str
    at: datetime
    ledger_index: int


def may_train(store: Store, session: Session, recording: str) -> Decision:
    """Whether a model may be trained from a set of recordings, by its name; every reason if not."""
    row = session.get(RecordingRow, recording)
    if row is None:
        reason = Reason("unknown-recording", f"Nobody has said anything about the recordings {recording!r}.")
        return Decision(False, None, (reason,))
    reasons = []
    if row.training == "silent":
        reasons.append(
            Reason(
                "training-silent",
                f"The terms of {row.title} say nothing of training a model, and silence is not a yes.",
            )
        )
    elif row.training != "allowed":
        words = f": “{row.quote}”" if row.quote else ""
        reasons.append(
            Reason("training-forbidden", f"The owner of {row.title} forbids to train a model{words}.")
        )
    elif not row.terms_sha256:
        reasons.append(Reason("no-evidence", f"No text shows that the owner of {row.title} allows training."))
    grant_id = None
    if row.voice_id is not None:
        grant_id, voice_reasons = _voice_allows(store, session, row.voice_id)
        reasons.extend(voice_reasons)
    return Decision(not reasons, grant_id if not reasons else None, tuple(reasons))


def authorise_training(store: Store, recording: str) -> TrainingPermission:
    """Ask for a set of recordings before training; the answer is logged. Raises Refused with every reason."""
    with store.write() as unit:
        decision = may_train(store, unit.session, recording)
        row = unit.session.get(RecordingRow, recording)
        if row is not None and decision.allow:
            position = unit.append(
                "authorisation",
                {
                    "stage": "train",
                    "recordings": row.name,
                    "voice": row.voice_id,
                    "grant": decision.grant_id,
                    "terms_sha256": row.terms_sha256,
                },
            )
            return TrainingPermission(
                recording=row.name,
                title=row.title,
                owner=row.owner,
                performer=row.performer,
                terms_sha256=row.terms_sha256,
                source=row.source,
                at=unit.now,
                ledger_index=position,
            )
        unit.append(
            "refusal",
            {
                "stage": "train",
                "recordings": row.name if row else None,
                "reasons": [{"code": reason.code, "grant": reason.grant} for reason in decision.reasons],
            },
        )
    raise Refused(decision.reasons)


def recordings(session: Session) -> list[RecordingRow]:
    """Every set of recordings that somebody declared, by name."""
    return list(session.scalars(select(RecordingRow).order_by(RecordingRow.name)))


def _voice_allows(store: Store, session: Session, voice: str) -> tuple[str | None, list[Reason]]:
    """The grant under which the voice of these recordings may be trained on, or why there is none."""
    row = session.get_one(VoiceRow, voice)
    if row.state != "active":
        return None, [Reason("withdrawn", f"The owner of {row.name} has withdrawn the voice.")]
    for grant in load_grants(store, session, voice):
        if grant.state == "active" and "train" in grant.terms.actions:
            return grant.id, []
    return None, [
        Reason("no-grant", f"No grant that stands allows to train a model from the voice {row.name}.")
    ]
