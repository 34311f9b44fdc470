"""What the registry holds about people, table by table: how a row is theirs, and what of it goes.

Every table of the registry stands here: in HOLDINGS, or in IMPERSONAL with the reason. A test holds this list
against the database's own.
"""

from __future__ import annotations

from dataclasses import dataclass

from consent.records import (
    ApprovalAnswerRow,
    ApprovalRow,
    AuthorisationRow,
    Base,
    CredentialRow,
    DestructionRow,
    EvidenceRow,
    FingerprintRow,
    GrantRow,
    JobRow,
    MandateRow,
    NoticeRow,
    PersonRow,
    ReceiptRow,
    RecipeRow,
    RecordingListRow,
    RecordingRow,
    ReleasedFileRow,
    ReleaseRow,
    RenderRow,
    ReservationRow,
    RightRow,
    SubjectRow,
    VoiceRow,
    VoiceVersionRow,
)


@dataclass(frozen=True)
class Holding:
    """How the rows of one table belong to people.

    `people` are the columns with a person's id, `users` those with a handle, `called` those with a name as it
    is written; `acted` are those with the id of whoever acted for somebody else, whose row it then remains;
    `voice` is the column with a voice, whose owner the row concerns too. `through` leads from a column to the
    table whose row says whose it is. `words` are emptied when the person is erased, with `voices_words` also
    where the row is theirs by the voice alone; `removed` rows go altogether. `mentions` are columns in which
    rows of somebody else may name them; `secret` ones are never handed out.
    """

    table: type[Base]
    people: tuple[str, ...] = ()
    acted: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    voice: str | None = None
    through: tuple[str, type[Base]] | None = None
    words: tuple[str, ...] = ()
    voices_words: bool = False
    removed: bool = False
    mentions: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The table's name in the database."""
        return str(self.table.__tablename__)


HOLDINGS: tuple[Holding, ...] = (
    Holding(PersonRow, people=("id",), users=("handle",), words=("name", "contact")),
    Holding(MandateRow, people=("agent_id", "principal_id"), words=("evidence",), mentions=("evidence",)),
    Holding(
        RightRow,
        people=("person_id",),
        acted=("given_by",),
        voice="voice_id",
        words=("basis", "quote", "reason"),
        mentions=("basis", "quote", "reason"),
    ),
    Holding(VoiceRow, people=("owner_id",), words=("credit", "link", "reason"), mentions=("reason",)),
    Holding(VoiceVersionRow, voice="voice_id", secret=("wrapped_key",)),
    Holding(EvidenceRow, voice="voice_id", words=("text", "source"), voices_words=True),
    Holding(
        GrantRow,
        acted=("given_by",),
        voice="voice_id",
        words=("reason",),
        voices_words=True,
        mentions=("terms", "reason"),
    ),
    Holding(
        ApprovalRow,
        users=("user_id",),
        voice="voice_id",
        words=("request", "rules"),
        mentions=("named",),
    ),
    Holding(ApprovalAnswerRow, people=("person_id",), words=("note",), mentions=("note",)),
    Holding(
        NoticeRow,
        people=("person_id",),
        users=("user_id",),
        voice="voice_id",
        removed=True,
        mentions=("text",),
    ),
    Holding(ReceiptRow, people=("person_id",), words=("document",), mentions=("document",)),
    Holding(SubjectRow, users=("handle",), removed=True, secret=("salt",)),
    Holding(DestructionRow, people=("person_id",), voice="voice_id"),
    Holding(
        JobRow,
        users=("user_id",),
        removed=True,
        mentions=("stage", "result", "payload"),
    ),
    Holding(AuthorisationRow, words=("song",)),
    Holding(RenderRow, users=("user_id",), voice="voice_id"),
    Holding(ReleaseRow, through=("render_id", RenderRow)),
    Holding(ReleasedFileRow, through=("release_id", ReleaseRow), words=("path",)),
    Holding(CredentialRow, through=("render_id", RenderRow), removed=True),
    Holding(FingerprintRow, through=("render_id", RenderRow)),
    Holding(RecipeRow, through=("render_id", RenderRow), removed=True),
    Holding(
        RecordingRow,
        called=("performer", "owner"),
        voice="voice_id",
        words=("title", "source", "performer_quote", "owner_quote", "reason"),
        voices_words=True,
        mentions=("title", "performer", "owner", "performer_quote", "owner_quote"),
    ),
    Holding(ReservationRow, called=("holder",), words=("evidence", "source", "reason"), mentions=("title",)),
    Holding(RecordingListRow, through=("recordings", RecordingRow)),
)
"""The tables in which something about a person can stand."""

IMPERSONAL = {
    "facts": "what holds for the whole registry, and who runs it",
    "grant_use": "how many songs were released under each grant",
    "ledger": "pseudonyms, hashes and ids; what stands under a person's pseudonym is exported",
    "checkpoints": "signed heads of the ledger",
    "cosignatures": "witnesses' signatures under those heads",
    "keys": "which keys there are, by fingerprint",
    "sealings": "which authorisation was opened by which worker process",
    "reservation_shingles": "keyed hashes, by which reserved works are found",
    "reservation_summary": "how many reservations there are",
    "bases": "joint models and the names of the sets of recordings in them",
    "seeds": "what the operator's folders of voices looked like",
}
"""The tables that hold nothing about a person, and what they hold instead."""
