"""What a store is told of a song's machine part: the disclosures of DDEX's Electronic Release Notification.

ERN 4.3.2 (namespace http://ddex.net/xml/ern/432) has an element `ContainsAI` of a release or resource, and
`AiContribution` of a contributor, both of the allowed values All, Partly and None: how much of the content
was created using generative AI. A label or distributor puts the values into its own message; a whole message
has facts that are not known here.
"""

from __future__ import annotations

from typing import Any

ALL, PARTLY, NONE = "All", "Partly", "None"


def ern_values(
    *, title: str, voice: str, credit: str, isrc: str = "", iswc: str = "", edits: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The values for one of our songs, as JSON under ERN's own names; codes in plain form, "" for none.

    All of the sound is a model's, so the recording is All; nothing is said of who wrote words and music, as
    that is not known here. Mixed with what people play, the whole recording is Partly: its producer says so,
    and the voice stays All.
    """
    recording: dict[str, Any] = {"DisplayTitleText": title, "ContainsAI": ALL}
    if isrc:
        recording["ISRC"] = isrc
    if iswc:
        recording["ISWC"] = iswc
    vocals = {"PartyName": voice, "Role": "Vocalist", "AiContribution": ALL, "Credit": credit}
    return {
        "Standard": "DDEX ERN 4.3.2",
        "SoundRecording": recording,
        "Contributors": [vocals],
        "HumanEdits": list(edits),
        "WhenMixed": {"ContainsAI": PARTLY, "Contributor": {"PartyName": voice, "AiContribution": ALL}},
    }
