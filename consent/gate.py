"""The gate: a request becomes an authorisation or a refusal, and an authorisation is held against consent.

Consent is looked at anew each time: when the authorisation is made, when it opens the weights, when it
releases a file.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from consent import approvals
from consent.authorization import Authorization, is_genuine
from consent.decide import Decision, Grant, decide
from consent.errors import Reason, Refused
from consent.inquire import inquire
from consent.issuing import issue
from consent.records import AuthorisationRow, ReleaseRow, VoiceRow, table_of
from consent.request import PURPOSES, Request, is_song
from consent.song import Song
from consent.standing import Standing, standing_of
from consent.store import Store, Unit, not_before
from consent.subjects import pseudonym

_AUTHORISATIONS = table_of(AuthorisationRow)
_RELEASES = table_of(ReleaseRow)
_ISSUED = select(
    _AUTHORISATIONS.c.state,
    _AUTHORISATIONS.c.mac,
    _AUTHORISATIONS.c.song,
    select(func.count())
    .select_from(_RELEASES)
    .where(_RELEASES.c.render_id == _AUTHORISATIONS.c.render_id)
    .scalar_subquery()
    .label("releases"),
).where(_AUTHORISATIONS.c.id == bindparam("id"))
_LONG_LYRICS = 20_000  # characters


@dataclass(frozen=True)
class Judgement:
    """A decision, with the request as it was decided upon and what stood for its voice."""

    request: Request
    decision: Decision
    standing: Standing


@dataclass(frozen=True)
class SecondLook:
    """What an authorisation meets when it is used: `reasons` is everything that stands against it.

    Once it is known to be the registry's own: what stands for its voice, its grant if that still is one, and
    how often its render was released before.
    """

    reasons: tuple[Reason, ...]
    standing: Standing | None = None
    grant: Grant | None = None
    releases: int = 0


def authorise(store: Store, request: Request) -> Authorization:
    """Decide a request, log the answer, and hand out an authorisation or raise Refused with every reason."""
    digests = _digests(request.song)
    if isinstance(request.song, Song) and len(str(request.song.lyrics)) > _LONG_LYRICS:
        with store.read() as session:  # what is found is kept: the writer's lock is not held for the search
            judge(store, session, request)
    with store.write() as unit:
        judgement = judge(store, unit.session, request, unit.now)
        decision = judgement.decision
        if request.action != "sing" and decision.allow:
            reason = Reason("action", "An authorisation is for singing; ask `may` about anything else.")
            decision = Decision(False, None, (reason,))
        if decision.grant_id is None:
            reasons = refuse(store, unit, "authorise", judgement.request, decision.reasons)
        else:
            return issue(store, unit, judgement.request, judgement.standing, decision.grant_id, digests)
    raise Refused(reasons)


def objections(
    store: Store, session: Session, authorization: Authorization, now: datetime, seconds: float | None = None
) -> list[Reason]:
    """Everything that stands against using an authorisation now (see `second_look`)."""
    return list(second_look(store, session, authorization, now, seconds).reasons)


def second_look(
    store: Store, session: Session, authorization: Authorization, now: datetime, seconds: float | None = None
) -> SecondLook:
    """Everything that stands against using an authorisation now, and under what it is used.

    `seconds` is the song's real length, once known.

    1. It is an authorisation, and its MAC is this registry's over exactly these fields.
    2. This registry's database knows it, unaltered, and it has not been used up.
    3. It has not expired.
    4. The voice has not been withdrawn, and the version it names still sings.
    5. Its grant still covers the use.
    """
    # 1
    if not is_genuine(store.keys, authorization):
        return _turned_away("forged", "This authorisation was not issued by this registry, or was altered.")
    # 2
    row = session.connection().execute(_ISSUED, {"id": authorization.id}).first()
    if row is not None and row.state == "erased":
        return _turned_away("erased", "Whoever this authorisation was for has been erased from the registry.")
    if row is None or not hmac.compare_digest(row.mac, authorization.mac):
        return _turned_away("forged", "This registry's records do not hold this authorisation.")
    if row.state != "issued":
        return _turned_away("used-up", "This authorisation has been used for a release already.")
    song = None if row.song is None else Song.from_json(row.song)
    if authorization.song_sha256 != ("" if song is None else song.sha256()):
        return _turned_away("forged", "The song that was shown for this authorisation was altered on record.")
    reasons = []
    # 3
    if now >= authorization.expires_at:
        reasons.append(
            Reason("expired", f"This authorisation expired at {authorization.expires_at:%H:%M:%S UTC}.")
        )
    # 4
    standing = standing_of(store, session, authorization.voice)
    reasons.extend(standing.reasons)
    if not standing.reasons and standing.version != authorization.voice_version:
        reasons.append(Reason("version-replaced", "A newer version of the voice has taken this one's place."))
    # 5
    grants = [grant for grant in standing.grants if grant.id == authorization.grant]
    request = authorization.request(seconds, song)
    decision = decide(grants, request, now, inquire(store, session, request, grants, standing.reserved))
    if not grants:
        reasons.append(
            Reason("superseded", "Newer terms have taken the place of the grant.", authorization.grant)
        )
    elif not decision.allow:
        reasons.extend(decision.reasons)
    return SecondLook(tuple(reasons), standing, grants[0] if grants else None, row.releases)


def _turned_away(code: str, sentence: str) -> SecondLook:
    return SecondLook((Reason(code, sentence),))


def judge(store: Store, session: Session, request: Request, now: datetime | None = None) -> Judgement:
    """Decide a request from what the registry holds now; an unknown or withdrawn voice is a no.

    `now` is left out where the ledger's last instant was not read before: then it is read in the same look.

    Where the request leaves them open, the voice's recorded name and credit line are put in.
    """
    standing = standing_of(store, session, request.voice)
    if not standing.name:
        return Judgement(request, Decision(False, None, standing.reasons), standing)
    completed = replace(
        request,
        credit=f"{standing.credit} {standing.link}".strip() if request.credit is None else request.credit,
        presented_as=standing.name if request.presented_as is None else request.presented_as,
    )
    if standing.reasons:
        return Judgement(completed, Decision(False, None, standing.reasons), standing)
    now = not_before(standing.last_at_ms) if now is None else now
    inquiry = inquire(store, session, completed, standing.grants, standing.reserved)
    return Judgement(completed, decide(standing.grants, completed, now, inquiry), standing)


def refuse(
    store: Store, unit: Unit, stage: str, request: Request, reasons: Sequence[Reason]
) -> tuple[Reason, ...]:
    """Log a refusal; where an approval is all that is missing under some grant, ask for it.

    Returns the reasons, with the number under which the owner was asked.
    """
    log_refusal(store, unit, stage, request, reasons)
    by_grant: dict[str, list[Reason]] = {}
    for reason in reasons:
        by_grant.setdefault(reason.grant or "", []).append(reason)
    answers = []
    for grant, against in by_grant.items():
        if grant and all(reason.code == "approval-needed" for reason in against):
            number = approvals.ask(store, unit, request, grant, against)
            answers.append(Reason("approval-asked", approvals.said_of(unit.session, number), grant))
    return (*reasons, *answers)


def log_refusal(store: Store, unit: Unit, stage: str, request: Request, reasons: Sequence[Reason]) -> None:
    """Write a refused request to the ledger: codes and pseudonyms, none of the request's own words."""
    known = isinstance(request.voice, str) and unit.session.get(VoiceRow, request.voice) is not None
    digest = str(request.work_digest)
    unit.append(
        "refusal",
        {
            "stage": stage,
            "voice": request.voice if known else None,
            "user": pseudonym(store, unit, request.user),
            "purpose": request.purpose if request.purpose in PURPOSES else None,
            "work": digest if re.fullmatch(r"[0-9a-f]{64}", digest) else None,
            "reasons": [{"code": reason.code, "grant": reason.grant} for reason in reasons],
        },
    )


def log_turned_away(
    store: Store, unit: Unit, stage: str, authorization: Authorization, reasons: Sequence[Reason]
) -> None:
    """Write to the ledger that an authorisation was turned away; of a forged one nothing is believed."""
    genuine = is_genuine(store.keys, authorization)
    unit.append(
        "refusal",
        {
            "stage": stage,
            "voice": authorization.voice if genuine else None,
            "authorisation": authorization.id if genuine else None,
            "reasons": [{"code": reason.code, "grant": reason.grant} for reason in reasons],
        },
    )


def _digests(song: object) -> tuple[str, str]:
    """Of everything that is said of a song, and of what is heard of it; "" where none is shown."""
    if not isinstance(song, Song) or not is_song(song):
        return "", ""  # the decision says what is wrong with it
    return song.sha256(), song.sung_sha256()
