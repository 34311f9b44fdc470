"""The gate: a request becomes an authorisation or a refusal, and an authorisation is held against consent.

Consent is looked at anew each time: when the authorisation is made, when it opens the weights, when it
releases a file.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from consent.authorization import Authorization, derive_render_id, is_genuine, mac
from consent.clock import to_ms
from consent.decide import Decision, decide
from consent.errors import Reason, Refused
from consent.grants import load_grants
from consent.records import AuthorisationRow, VoiceRow
from consent.request import PURPOSES, Request
from consent.store import Store, Unit

LIFETIME = timedelta(hours=1)
"""How long an authorisation may be used, unless its grant ends sooner."""


def authorise(store: Store, request: Request) -> Authorization:
    """Decide a request, log the answer, and hand out an authorisation or raise Refused with every reason."""
    with store.write() as unit:
        request = complete(unit.session, request)
        decision = judge(store, unit.session, request, unit.now)
        if request.action != "sing" and decision.allow:
            reason = Reason("action", "An authorisation is for singing; ask `may` about anything else.")
            decision = Decision(False, None, (reason,))
        if decision.grant_id is None:
            log_refusal(store, unit, "authorise", request, decision.reasons)
        else:
            return _issue(store, unit, request, decision.grant_id)
    raise Refused(decision.reasons)


def objections(
    store: Store, session: Session, authorization: Authorization, now: datetime, seconds: float | None = None
) -> list[Reason]:
    """Everything that stands against using an authorisation now; `seconds` is the song's real length, once
    known.

    1. It is an authorisation, and its MAC is this registry's over exactly these fields.
    2. This registry's database knows it, unaltered, and it has not been used up.
    3. It has not expired.
    4. The voice has not been withdrawn, and the version it names still sings.
    5. Its grant still covers the use.
    """
    # 1
    if not is_genuine(store.keys, authorization):
        return [Reason("forged", "This authorisation was not issued by this registry, or was altered.")]
    # 2
    row = session.get(AuthorisationRow, authorization.id)
    if row is None or not hmac.compare_digest(row.mac, authorization.mac):
        return [Reason("forged", "This registry's records do not hold this authorisation.")]
    reasons = []
    if row.state != "issued":
        reasons.append(Reason("used-up", "This authorisation has been used for a release already."))
    # 3
    if now >= authorization.expires_at:
        reasons.append(
            Reason("expired", f"This authorisation expired at {authorization.expires_at:%H:%M:%S UTC}.")
        )
    # 4
    voice = session.get(VoiceRow, authorization.voice)
    reasons.extend(_voice_reasons(voice, authorization.voice))
    if voice is not None and voice.state == "active" and voice.version != authorization.voice_version:
        reasons.append(Reason("version-replaced", "A newer version of the voice has taken this one's place."))
    # 5
    grants = [
        grant for grant in load_grants(store, session, authorization.voice) if grant.id == authorization.grant
    ]
    decision = decide(grants, authorization.request(seconds), now)
    if not grants:
        reasons.append(
            Reason("superseded", "Newer terms have taken the place of the grant.", authorization.grant)
        )
    elif not decision.allow:
        reasons.extend(decision.reasons)
    return reasons


def judge(store: Store, session: Session, request: Request, now: datetime) -> Decision:
    """Decide a request from what the registry holds now; an unknown or withdrawn voice is a no."""
    voice = session.get(VoiceRow, request.voice) if isinstance(request.voice, str) else None
    reasons = _voice_reasons(voice, str(request.voice))
    if reasons:
        return Decision(False, None, tuple(reasons))
    return decide(load_grants(store, session, request.voice), request, now)


def complete(session: Session, request: Request) -> Request:
    """Put the voice's recorded name and credit line where the request leaves them open."""
    voice = session.get(VoiceRow, request.voice) if isinstance(request.voice, str) else None
    if voice is None:
        return request
    credit = request.credit if request.credit is not None else f"{voice.credit} {voice.link}".strip()
    name = request.presented_as if request.presented_as is not None else voice.name
    return replace(request, credit=credit, presented_as=name)


def log_refusal(store: Store, unit: Unit, stage: str, request: Request, reasons: Sequence[Reason]) -> None:
    """Write a refused request to the ledger: codes and pseudonyms, none of the request's own words."""
    known = isinstance(request.voice, str) and unit.session.get(VoiceRow, request.voice) is not None
    digest = str(request.work_digest)
    unit.append(
        "refusal",
        {
            "stage": stage,
            "voice": request.voice if known else None,
            "user": store.keys.pseudonym(str(request.user)),
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


def _issue(store: Store, unit: Unit, request: Request, grant_id: str) -> Authorization:
    voice = unit.session.get_one(VoiceRow, request.voice)
    grant = next(grant for grant in load_grants(store, unit.session, request.voice) if grant.id == grant_id)
    recipe = {
        "voice": voice.id,
        "version": voice.version,
        "grant": grant_id,
        "user": request.user,
        "work": request.work_digest,
    }
    recipe_digest = hashlib.sha256(rfc8785.dumps(recipe)).hexdigest()
    ends_at = grant.terms.ends_at()
    expires_at = unit.now + LIFETIME if ends_at is None else min(unit.now + LIFETIME, ends_at)
    unsigned = Authorization(
        id=secrets.token_hex(16),
        voice=voice.id,
        voice_version=voice.version,
        grant=grant_id,
        user=request.user,
        purpose=request.purpose,
        language=request.language,
        seconds=float(request.seconds),
        work_digest=request.work_digest,
        song_sha256="" if request.song is None else request.song.sung_sha256(),
        territory=request.territory,
        project=request.project,
        credit=request.credit or "",
        presented_as=request.presented_as or "",
        render_id=_free_render_id(store, unit.session, recipe, recipe_digest),
        issued_at=unit.now,
        expires_at=expires_at,
    )
    authorization = replace(unsigned, mac=mac(store.keys, unsigned))
    position = unit.append(
        "authorisation",
        {
            "authorisation": authorization.id,
            "voice": voice.id,
            "version": voice.version,
            "grant": grant_id,
            "user": store.keys.pseudonym(request.user),
            "purpose": request.purpose,
            "work": request.work_digest,
            "render": f"{authorization.render_id:016x}",
            "duration_ms": round(authorization.seconds * 1000),
        },
    )
    unit.session.add(
        AuthorisationRow(
            id=authorization.id,
            voice_id=voice.id,
            grant_id=grant_id,
            render_id=f"{authorization.render_id:016x}",
            recipe=recipe_digest,
            state="issued",
            expires_at_ms=to_ms(expires_at),
            mac=authorization.mac,
            ledger_index=position,
        )
    )
    return authorization


def _free_render_id(store: Store, session: Session, recipe: dict[str, str], recipe_digest: str) -> int:
    """The recipe's own id: derived, and derived again while the id belongs to another recipe."""
    counter = 0
    while True:
        render_id = derive_render_id(store.keys.render_id, recipe, counter)
        holder = session.scalars(
            select(AuthorisationRow.recipe).where(AuthorisationRow.render_id == f"{render_id:016x}").limit(1)
        ).first()
        if render_id != 0 and holder in (None, recipe_digest):
            return render_id
        counter += 1


def _voice_reasons(voice: VoiceRow | None, name: str) -> list[Reason]:
    if voice is None:
        return [Reason("unknown-voice", f"The registry knows no voice {name!r}.")]
    if voice.state != "active":
        return [Reason("withdrawn", f"The owner of {voice.name} has withdrawn the voice.")]
    if not voice.version:
        return [Reason("no-weights", f"No weights of {voice.name} rest in the registry.")]
    return []
