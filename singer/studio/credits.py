"""What a released song says of itself to whoever plays it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from singer.audio_tags import Tags

if TYPE_CHECKING:
    from consent.authorization import Authorization
    from consent.credentials_statement import CreditedSong
    from consent.labels import AigcLabel


def tags_of(song: CreditedSong, authorization: Authorization, label: AigcLabel, program: str) -> Tags:
    """The tags of a song: who sings as the voice's owner wants it said, how it was made, its numbers, the
    AIGC label.

    An ISRC or ISWC that is none is left out: stores take what stands there for true. No copyright is claimed
    for anybody: whose the song is, is not known here.
    """
    from consent.codes import normal_isrc, normal_iswc

    return Tags(
        title=song.title,
        artist=authorization.presented_as,
        comment=f"{authorization.credit}. Sung by a machine (AI-generated singing), with the owner's consent "
        f"({authorization.grant}).",
        aigc=label.to_json(),
        credit=authorization.credit,
        isrc=normal_isrc(song.isrc) or "",
        iswc=normal_iswc(song.iswc) or "",
        encoder=program,
    )
