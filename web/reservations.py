"""The opt-out that machines read: nothing on this page is for text and data mining unless its owner says so.

TDM Reservation Protocol (W3C community group, final report of 10 May 2024): a file at a well-known place, two
headers on every page, and a policy in the protocol's ODRL profile that says whom to ask.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from werkzeug.exceptions import SecurityError

room = Blueprint("reservations", __name__)

RESERVED = 1


@room.get("/.well-known/tdmrep.json")
def tdmrep() -> Response:
    """The reservation of everything that is served here."""
    return jsonify([{"location": "/", "tdm-reservation": RESERVED, "tdm-policy": _policy_url()}])


@room.get("/tdm-policy.json")
def policy() -> Response:
    """Under which condition mining is allowed: with the consent of whoever's voice, song or text it is."""
    response = jsonify(tdm_policy())
    response.mimetype = "application/ld+json"
    return response


def tdm_policy() -> dict[str, Any]:
    """The policy as JSON-LD, in the protocol's profile of ODRL 2.2."""
    return {
        "@context": [
            "http://www.w3.org/ns/odrl.jsonld",
            {"tdm": "http://www.w3.org/ns/tdmrep#", "vcard": "http://www.w3.org/2006/vcard/ns#"},
        ],
        "@type": "Offer",
        "profile": "http://www.w3.org/ns/tdmrep",
        "uid": _policy_url(),
        "assigner": {
            "uid": url_for("voices.voices", _external=True),
            "vcard:fn": "The owners of the voices on this page, each named with an address",
            "vcard:hasURL": url_for("voices.voices", _external=True),
        },
        "permission": [
            {
                "target": url_for("sing.sing", _external=True),
                "action": "tdm:mine",
                "duty": [{"action": "obtainConsent"}],
            }
        ],
    }


@room.after_app_request
def reserve(response: Response) -> Response:
    """Say the same in the headers of every answer."""
    response.headers.setdefault("tdm-reservation", str(RESERVED))
    if not isinstance(request.routing_exception, SecurityError):  # a name that is not ours has no address
        response.headers.setdefault("tdm-policy", _policy_url())
    return response


def _policy_url() -> str:
    return url_for("reservations.policy", _external=True)
