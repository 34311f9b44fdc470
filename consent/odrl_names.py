"""How the words of terms are called in ODRL 2.2, and in this project's profile of it where ODRL has no word.

docs/reference/odrl-profile.md describes the profile.
"""

from __future__ import annotations

PROFILE = "urn:consonance:odrl:1:"
"""The profile, and the namespace of its terms: `consonance:sing` is `urn:consonance:odrl:1:sing`."""

CONTEXT = ["http://www.w3.org/ns/odrl.jsonld", {"consonance": PROFILE}]
"""The JSON-LD context of every policy that is written or read here."""

ODRL = "http://www.w3.org/ns/odrl/2/"
"""The namespace of ODRL's own terms, which its context lets a policy leave out."""

ACTIONS = {
    "sing": "consonance:sing",
    "train": "consonance:train",
    "share-voice": "distribute",
    "sell-voice": "sell",
    "edit-recordings": "modify",
    "port-voice": "transform",
}
"""Actions of terms and their names in ODRL."""

ACTIONS_BACK = {name: action for action, name in ACTIONS.items()}
"""The reverse of `ACTIONS`."""

OTHER_ACTION = "consonance:action"
"""An action of stored terms that this version does not know, kept as a text."""

ORDER, QUOTE = "consonance:order", "consonance:quote"
"""Where a condition stands among all of its terms, and the owner's words for it."""
